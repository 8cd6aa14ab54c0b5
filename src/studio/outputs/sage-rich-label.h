/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What stands in a text in the place of each formula. */
#define SAGE_RICH_LABEL_OBJECT "\xef\xbf\xbc" /* U+FFFC */

/*
 * A text with formulas in its lines. It is selected and its links are followed as in any label.
 * Signal: "link-activated" (const char *uri).
 */
#define SAGE_TYPE_RICH_LABEL (sage_rich_label_get_type ())

G_DECLARE_FINAL_TYPE (SageRichLabel, sage_rich_label, SAGE, RICH_LABEL, GtkWidget)

GtkWidget *sage_rich_label_new       (GtkAccessibleRole   role);
void       sage_rich_label_set       (SageRichLabel      *self,
                                      const char         *markup,
                                      const char * const *formulas);
GtkWidget *sage_rich_label_get_label (SageRichLabel      *self);

G_END_DECLS
