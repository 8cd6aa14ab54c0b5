/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-diff-head"

#include "config.h"

#include "sage-diff-head.h"

/**
 * sage_diff_label_new:
 * @text: what it says
 * @style: the style class of that
 *
 * Returns: (transfer floating): a line of words about a difference
 */
GtkWidget *
sage_diff_label_new (const char *text,
                     const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);

  return label;
}

/**
 * sage_diff_head_new:
 * @name: what is compared: "Cell 3"
 * @change: what has become of it: "Changed"
 * @style: the style class of that
 * @parts: (nullable): what of it has changed
 * @button: (nullable): (transfer floating): what can be done about it
 *
 * Returns: (transfer floating): the line above a difference
 */
GtkWidget *
sage_diff_head_new (const char *name,
                    const char *change,
                    const char *style,
                    const char *parts,
                    GtkWidget  *button)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *change_label = sage_diff_label_new (change, "caption-heading");
  GtkWidget *rest = sage_diff_label_new (parts != NULL ? parts : "", "dimmed");

  gtk_widget_add_css_class (change_label, style);
  gtk_widget_set_hexpand (rest, TRUE);
  gtk_box_append (GTK_BOX (head), sage_diff_label_new (name, "heading"));
  gtk_box_append (GTK_BOX (head), change_label);
  gtk_box_append (GTK_BOX (head), rest);
  if (button != NULL)
    gtk_box_append (GTK_BOX (head), button);

  return head;
}
