/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libpanel.h>

#include "sage-page.h"

G_BEGIN_DECLS

/* A document tab: a page, and the pages that one can go back to in it. */
#define SAGE_TYPE_TAB (sage_tab_get_type ())

G_DECLARE_FINAL_TYPE (SageTab, sage_tab, SAGE, TAB, PanelWidget)

SageTab    *sage_tab_new          (SageConnection *connection,
                                   const char     *location,
                                   GVariant       *state);
SageTab    *sage_tab_new_later    (SageConnection *connection,
                                   const char     *location,
                                   GVariant       *state,
                                   const char     *title,
                                   const char     *icon_name);
SagePage   *sage_tab_get_page     (SageTab        *self);
gboolean    sage_tab_is_asleep    (SageTab        *self);
GVariant   *sage_tab_save_state   (SageTab        *self);
const char *sage_tab_get_location (SageTab        *self);
SageConnection *sage_tab_get_connection (SageTab  *self);
gboolean    sage_tab_go           (SageTab        *self,
                                   const char     *location);
gboolean    sage_tab_can_go_back  (SageTab        *self);
void        sage_tab_go_back      (SageTab        *self);
void        sage_tab_force_close  (SageTab        *self);
gboolean    sage_tab_is_forced    (SageTab        *self);

G_END_DECLS
