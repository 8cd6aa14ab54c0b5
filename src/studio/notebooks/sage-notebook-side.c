/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-side"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-outline.h"
#include "sage-notebook-plots.h"
#include "sage-notebook-runs.h"
#include "sage-notebook-side.h"
#include "sage-notebook-variables.h"

struct _SageNotebookSide
{
  AdwBin                 parent_instance;

  SageNotebookOutline   *outline;
  SageNotebookVariables *variables;
  SageNotebookPlots     *plots;
  SageNotebookRuns      *runs;
  AdwViewStackPage      *runs_page;
  gboolean               has_kernel;
};

G_DEFINE_FINAL_TYPE (SageNotebookSide, sage_notebook_side, ADW_TYPE_BIN)

static void
sage_notebook_side_class_init (SageNotebookSideClass *klass)
{
}

static AdwViewStackPage *
add_page (AdwViewStack *stack,
          gpointer      child,
          const char   *name,
          const char   *title,
          const char   *icon_name)
{
  return adw_view_stack_add_titled_with_icon (stack, GTK_WIDGET (child), name, title, icon_name);
}

static void
chosen_cb (AdwViewStack *stack,
           GParamSpec   *pspec,
           GtkLabel     *title)
{
  AdwViewStackPage *page = adw_view_stack_get_page (stack, adw_view_stack_get_visible_child (stack));

  gtk_label_set_text (title, adw_view_stack_page_get_title (page));
}

/* The pane is too narrow for the names of all: the one in sight stands beside their icons. */
static GtkWidget *
make_header (AdwViewStack *stack)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *switcher = adw_inline_view_switcher_new ();

  g_object_set (title, "xalign", 0.0f, "hexpand", TRUE, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (title, "heading");
  gtk_accessible_update_state (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  g_object_set (switcher, "stack", stack, "display-mode", ADW_INLINE_VIEW_SWITCHER_ICONS, NULL);
  g_object_set (header, "margin-start", 18, "margin-end", 12, "margin-top", 6, NULL);
  gtk_box_append (GTK_BOX (header), title);
  gtk_box_append (GTK_BOX (header), switcher);
  g_signal_connect_object (stack, "notify::visible-child", G_CALLBACK (chosen_cb), title, 0);
  chosen_cb (stack, NULL, GTK_LABEL (title));

  return header;
}

static void
sage_notebook_side_init (SageNotebookSide *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  AdwViewStack *stack = ADW_VIEW_STACK (adw_view_stack_new ());

  self->outline = SAGE_NOTEBOOK_OUTLINE (sage_notebook_outline_new ());
  self->variables = SAGE_NOTEBOOK_VARIABLES (sage_notebook_variables_new ());
  self->plots = SAGE_NOTEBOOK_PLOTS (sage_notebook_plots_new ());
  self->runs = SAGE_NOTEBOOK_RUNS (sage_notebook_runs_new ());
  add_page (stack, self->outline, "outline", _("Outline"), "view-list-bullet-symbolic");
  add_page (stack, self->variables, "variables", _("Variables"), "accessories-calculator-symbolic");
  add_page (stack, self->plots, "plots", _("Plots"), "image-x-generic-symbolic");
  self->runs_page = add_page (stack, self->runs, "runs", _("Runs"), "sagebrush-jobs-symbolic");
  gtk_widget_set_vexpand (GTK_WIDGET (stack), TRUE);
  gtk_box_append (GTK_BOX (box), make_header (stack));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (stack));
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
  sage_notebook_runs_set_document (self->runs, document);
  /* the console of a script is nothing that runs as a job */
  adw_view_stack_page_set_visible (self->runs_page, sage_notebook_document_get_run_file (document)
                                                      == sage_notebook_document_get_file (document));
  if (!self->has_kernel)
    sage_notebook_variables_set_kernel (self->variables, sage_notebook_kernel_for (document));
  self->has_kernel = TRUE;
}
