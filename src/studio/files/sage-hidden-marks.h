/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Makes characters visible that are in a text and are not seen, or turn what is seen around: the
 * bidi controls, spaces without a width. A reader who sees other code than runs is misled.
 */
void     sage_hidden_marks_attach (GtkTextBuffer *buffer);
gboolean sage_hidden_marks_any    (GtkTextBuffer *buffer);

G_END_DECLS
