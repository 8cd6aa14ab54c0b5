/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the code of a cell asks for, as input() does. Signal: "answered" (const char *text). */
#define SAGE_TYPE_INPUT_BAR (sage_input_bar_get_type ())

G_DECLARE_FINAL_TYPE (SageInputBar, sage_input_bar, SAGE, INPUT_BAR, GtkBox)

GtkWidget *sage_input_bar_new (const char *prompt,
                               gboolean    is_secret);

G_END_DECLS
