/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-side-stack"

#include "config.h"

#include "sage-side-stack.h"

/**
 * sage_side_stack_new:
 * @title: what is said in place of the list while there is nothing in it
 * @description: (nullable): more of that
 * @list: (transfer floating): a list box or a list view
 * @label: what the list is called
 *
 * Returns: (transfer floating): what a pane beside a notebook shows: a list that scrolls, or that there is
 *   nothing; see sage_side_stack_show()
 */
GtkStack *
sage_side_stack_new (const char *title,
                     const char *description,
                     GtkWidget  *list,
                     const char *label)
{
  GtkStack *self = GTK_STACK (gtk_stack_new ());
  GtkWidget *empty = g_object_new (ADW_TYPE_STATUS_PAGE, "title", title, "description", description, NULL);

  gtk_widget_add_css_class (empty, "compact");
  gtk_widget_add_css_class (list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_stack_add_named (self, empty, "empty");
  gtk_stack_add_named (self,
                       g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", list, "hscrollbar-policy",
                                     GTK_POLICY_NEVER, NULL),
                       "list");

  return self;
}

/* Returns: (transfer none): what says that there is nothing */
AdwStatusPage *
sage_side_stack_get_empty (GtkStack *self)
{
  return ADW_STATUS_PAGE (gtk_stack_get_child_by_name (self, "empty"));
}

/* @any: whether there is anything in the list */
void
sage_side_stack_show (GtkStack *self,
                      gboolean  any)
{
  gtk_stack_set_visible_child_name (self, any ? "list" : "empty");
}
