/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *sage_diff_label_new (const char *text,
                                const char *style);
GtkWidget *sage_diff_head_new  (const char *name,
                                const char *change,
                                const char *style,
                                const char *parts,
                                GtkWidget  *button);

G_END_DECLS
