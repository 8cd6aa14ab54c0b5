/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-side"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-outline.h"
#include "sage-notebook-plots.h"
#include "sage-notebook-side.h"
#include "sage-notebook-variables.h"

struct _SageNotebookSide
{
  AdwBin                 parent_instance;

  SageNotebookOutline   *outline;
  SageNotebookVariables *variables;
  SageNotebookPlots     *plots;
  gboolean               has_kernel;
};

G_DEFINE_FINAL_TYPE (SageNotebookSide, sage_notebook_side, ADW_TYPE_BIN)

static void
sage_notebook_side_class_init (SageNotebookSideClass *klass)
{
}

static void
sage_notebook_side_init (SageNotebookSide *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *stack = adw_view_stack_new ();
  GtkWidget *switcher = adw_inline_view_switcher_new ();

  self->outline = SAGE_NOTEBOOK_OUTLINE (sage_notebook_outline_new ());
  self->variables = SAGE_NOTEBOOK_VARIABLES (sage_notebook_variables_new ());
  self->plots = SAGE_NOTEBOOK_PLOTS (sage_notebook_plots_new ());
  adw_view_stack_add_titled (ADW_VIEW_STACK (stack), GTK_WIDGET (self->outline), "outline",
                             _("Outline"));
  adw_view_stack_add_titled (ADW_VIEW_STACK (stack), GTK_WIDGET (self->variables), "variables",
                             _("Variables"));
  adw_view_stack_add_titled (ADW_VIEW_STACK (stack), GTK_WIDGET (self->plots), "plots", _("Plots"));
  adw_inline_view_switcher_set_stack (ADW_INLINE_VIEW_SWITCHER (switcher), ADW_VIEW_STACK (stack));
  g_object_set (switcher, "homogeneous", FALSE, "margin-start", 12, "margin-end", 12, "margin-top", 6, NULL);
  g_object_set (stack, "vexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_box_append (GTK_BOX (box), stack);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * sage_notebook_side_set_view:
 * @self: what stands beside the cells
 * @view: the cells
 * @document: what they are of; always the same one
 */
void
sage_notebook_side_set_view (SageNotebookSide     *self,
                             SageNotebookView     *view,
                             SageNotebookDocument *document)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_SIDE (self));

  sage_notebook_outline_set_view (self->outline, view, sage_notebook_document_get_notebook (document));
  sage_notebook_plots_set_view (self->plots, view, document);
  if (!self->has_kernel)
    sage_notebook_variables_set_kernel (self->variables, sage_notebook_kernel_for (document));
  self->has_kernel = TRUE;
}
