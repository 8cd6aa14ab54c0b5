/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* What has failed since the window shows the engine, and why. */
#define SAGE_TYPE_PROBLEMS (sage_problems_get_type ())

G_DECLARE_FINAL_TYPE (SageProblems, sage_problems, SAGE, PROBLEMS, AdwBin)

GtkWidget *sage_problems_new            (void);
void       sage_problems_set_connection (SageProblems   *self,
                                         SageConnection *connection);

G_END_DECLS
