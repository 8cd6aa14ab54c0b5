/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * A name or an identifier on one line: it can be selected, is ellipsised in the middle, and has a
 * button that copies the whole of it, which shows on hover and on focus. The style class of the
 * widget gives the font. Property: "text".
 */
#define SAGE_TYPE_COPY_LABEL (sage_copy_label_get_type ())

G_DECLARE_FINAL_TYPE (SageCopyLabel, sage_copy_label, SAGE, COPY_LABEL, GtkWidget)

GtkWidget  *sage_copy_label_new      (const char    *text);
const char *sage_copy_label_get_text (SageCopyLabel *self);
void        sage_copy_label_set_text (SageCopyLabel *self,
                                      const char    *text);

G_END_DECLS
