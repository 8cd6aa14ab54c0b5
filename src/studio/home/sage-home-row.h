/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Something on Home: what it is, how it stands, since when or why, and a way to stop it. */
#define SAGE_TYPE_HOME_ROW (sage_home_row_get_type ())

G_DECLARE_FINAL_TYPE (SageHomeRow, sage_home_row, SAGE, HOME_ROW, GtkListBoxRow)

GtkWidget    *sage_home_row_new          (SageConnection *connection,
                                          SageResource   *resource);
SageResource *sage_home_row_get_resource (SageHomeRow    *self);

G_END_DECLS
