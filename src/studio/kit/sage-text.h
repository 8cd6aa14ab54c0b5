/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a widget can take of a text that is data: more would stall the layout and tell nobody more. */
#define SAGE_TEXT_MAX_LINE 512       /* characters, on one line that is ellipsised anyway */
#define SAGE_TEXT_MAX_PARAGRAPH 2048 /* characters, where it wraps */

char *sage_text_shorten_end    (const char *text,
                                guint       max_chars);
char *sage_text_shorten_middle (const char *text,
                                guint       max_chars);
char *sage_text_isolate        (const char *text);
void  sage_text_tip_when_cut   (GtkLabel   *label);
void  sage_text_copy           (GtkWidget  *widget,
                                const char *text);

G_END_DECLS
