/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *sage_strip_command (void);
void  sage_strip_ask     (GtkWidget *widget,
                          GFile     *folder);

G_END_DECLS
