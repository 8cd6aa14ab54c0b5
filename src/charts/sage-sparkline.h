/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Properties: "from-zero", whether the bottom is zero, for what is a number of something, and not the
 * lowest value. */
#define SAGE_TYPE_SPARKLINE (sage_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (SageSparkline, sage_sparkline, SAGE, SPARKLINE, GtkWidget)

GtkWidget *sage_sparkline_new        (void);
void       sage_sparkline_append     (SageSparkline *self,
                                      double         value);
void       sage_sparkline_set_values (SageSparkline *self,
                                      const double  *values,
                                      gsize          n_values);

G_END_DECLS
