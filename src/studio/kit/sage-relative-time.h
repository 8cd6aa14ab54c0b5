/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * A point in time as lists show it ("4 min ago"), exact in the tooltip; it keeps itself up to date
 * while it is in sight. Property: "time" (seconds since 1970; 0 shows nothing).
 */
#define SAGE_TYPE_RELATIVE_TIME (sage_relative_time_get_type ())

G_DECLARE_FINAL_TYPE (SageRelativeTime, sage_relative_time, SAGE, RELATIVE_TIME, GtkWidget)

GtkWidget *sage_relative_time_new      (void);
double     sage_relative_time_get_time (SageRelativeTime *self);
void       sage_relative_time_set_time (SageRelativeTime *self,
                                        double            seconds);

G_END_DECLS
