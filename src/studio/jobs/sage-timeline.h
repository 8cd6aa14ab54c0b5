/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The phases that a job went through, as a bar, each as long as it took. */
#define SAGE_TYPE_TIMELINE (sage_timeline_get_type ())

G_DECLARE_FINAL_TYPE (SageTimeline, sage_timeline, SAGE, TIMELINE, GtkWidget)

GtkWidget *sage_timeline_new             (void);
void       sage_timeline_set_transitions (SageTimeline *self,
                                          JsonArray    *transitions);

G_END_DECLS
