/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Something that was opened lately, under its section in the sidebar. */
#define SAGE_TYPE_RECENT_ROW (sage_recent_row_get_type ())

G_DECLARE_FINAL_TYPE (SageRecentRow, sage_recent_row, SAGE, RECENT_ROW, GtkListBoxRow)

GtkWidget  *sage_recent_row_new          (SageConnection *connection,
                                          const char     *location);
const char *sage_recent_row_get_location (SageRecentRow  *self);

G_END_DECLS
