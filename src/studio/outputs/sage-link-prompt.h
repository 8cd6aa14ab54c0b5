/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void sage_link_prompt (GtkWidget  *widget,
                       const char *uri);

G_END_DECLS
