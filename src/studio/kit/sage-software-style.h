/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void sage_software_style_follow (GtkWidget *window);

G_END_DECLS
