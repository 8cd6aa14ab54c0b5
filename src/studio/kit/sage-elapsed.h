/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * How long something took, or takes: it counts while it is in sight until the end is known.
 * Properties: "start", "end" (seconds since 1970; 0: not known yet).
 */
#define SAGE_TYPE_ELAPSED (sage_elapsed_get_type ())

G_DECLARE_FINAL_TYPE (SageElapsed, sage_elapsed, SAGE, ELAPSED, GtkWidget)

GtkWidget *sage_elapsed_new (void);
void       sage_elapsed_set (SageElapsed *self,
                             double       start,
                             double       end);

G_END_DECLS
