/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* How the last executions of a pipeline went, as beads, and in how many of them it succeeded. */
#define SAGE_TYPE_RUN_BEADS (sage_run_beads_get_type ())

G_DECLARE_FINAL_TYPE (SageRunBeads, sage_run_beads, SAGE, RUN_BEADS, GtkWidget)

GtkWidget *sage_run_beads_new          (SageConnection *connection);
void       sage_run_beads_set_pipeline (SageRunBeads   *self,
                                        const char     *pipeline);

G_END_DECLS
