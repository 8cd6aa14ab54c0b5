/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A text as a terminal shows it; the end of a long one, and all of it in a dialog. Action:
 * "plain.show-all". */
#define SAGE_TYPE_PLAIN_VIEW (sage_plain_view_get_type ())

G_DECLARE_FINAL_TYPE (SagePlainView, sage_plain_view, SAGE, PLAIN_VIEW, GtkWidget)

GtkWidget *sage_plain_view_new (const char *text);

G_END_DECLS
