/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Whether somebody can see a widget: it is mapped, and the desktop shows its window. For what is only
 * worth while asking for then. Properties: "in-sight". It holds its widget weakly.
 */
#define SAGE_TYPE_SIGHT (sage_sight_get_type ())

G_DECLARE_FINAL_TYPE (SageSight, sage_sight, SAGE, SIGHT, GObject)

SageSight *sage_sight_new         (GtkWidget *widget);
gboolean   sage_sight_is_in_sight (SageSight *self);

G_END_DECLS
