/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connections.h"
#include "sage-tab.h"

G_BEGIN_DECLS

#define SAGE_TYPE_WINDOW (sage_window_get_type ())

G_DECLARE_FINAL_TYPE (SageWindow, sage_window, SAGE, WINDOW, AdwApplicationWindow)

SageWindow      *sage_window_new             (AdwApplication  *application,
                                              GSettings       *settings,
                                              SageConnections *connections);
SageConnections *sage_window_get_connections (SageWindow      *self);
SageConnection  *sage_window_get_connection  (SageWindow      *self);
void             sage_window_connect         (SageWindow      *self,
                                              SageProfile     *profile);
void             sage_window_show_connection (SageWindow      *self,
                                              SageProfile     *profile,
                                              const char      *location,
                                              GVariant        *state);
void             sage_window_set_project     (SageWindow      *self,
                                              GFile           *folder);
GFile           *sage_window_get_project     (SageWindow      *self);
GSettings       *sage_window_get_settings    (SageWindow      *self);
SageTab         *sage_window_get_current_tab (SageWindow      *self);
gboolean         sage_window_open            (SageWindow      *self,
                                              const char      *location,
                                              gboolean         new_tab);
gboolean         sage_window_open_file       (SageWindow      *self,
                                              GFile           *file,
                                              GVariant        *state);

G_END_DECLS
