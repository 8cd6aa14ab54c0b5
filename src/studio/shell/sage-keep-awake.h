/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Keeps the machine from suspending while work runs on it. */
#define SAGE_TYPE_KEEP_AWAKE (sage_keep_awake_get_type ())

G_DECLARE_FINAL_TYPE (SageKeepAwake, sage_keep_awake, SAGE, KEEP_AWAKE, GObject)

SageKeepAwake *sage_keep_awake_new    (GtkApplication *application);
void           sage_keep_awake_follow (SageKeepAwake  *self,
                                       SageConnection *connection);

G_END_DECLS
