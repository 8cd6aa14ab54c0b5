/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void sage_text_dialog_show (GtkWidget  *widget,
                            const char *title,
                            GBytes     *text);

G_END_DECLS
