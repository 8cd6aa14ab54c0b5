/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-outline"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-markdown-view.h"
#include "sage-notebook-outline.h"
#include "sage-side-stack.h"
#include "sage-text.h"

#define DELAY_MS 300 /* after the last change */
#define MAX_ROWS 2000

struct _SageNotebookOutline
{
  AdwBin            parent_instance;

  SageNotebookView *view;     /* (weak) (nullable) */
  SageNotebook     *notebook; /* (owned) (nullable) */
  guint             update;   /* source */
  gboolean          is_old;

  GtkStack         *stack;
  GtkListBox       *list;
};

G_DEFINE_FINAL_TYPE (SageNotebookOutline, sage_notebook_outline, ADW_TYPE_BIN)

static void
append_heading (SageNotebookOutline *self,
                SageCell            *cell,
                SageHeading         *heading)
{
  g_autofree char *text = sage_text_shorten_end (sage_heading_get_text (heading), SAGE_TEXT_MAX_LINE);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_start (label, (int) (sage_heading_get_level (heading) - 1) * 12);
  if (sage_heading_get_level (heading) > 2)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  g_object_set_data_full (G_OBJECT (row), "sage-cell", g_object_ref (cell), g_object_unref);
  gtk_list_box_append (self->list, row);
}

static void
update (SageNotebookOutline *self)
{
  guint n = self->notebook != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->notebook)) : 0;
  guint found = 0;

  self->is_old = FALSE;
  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < n && found < MAX_ROWS; i++)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, i);
      g_autoptr(GListModel) headings = NULL;

      if (sage_cell_get_kind (cell) != SAGE_CELL_MARKDOWN
          || strpbrk (sage_cell_get_source (cell), "#=-") == NULL)
        continue;
      headings = sage_markdown_list_headings (sage_cell_get_source (cell));
      for (guint j = 0; j < g_list_model_get_n_items (headings); j++, found++)
        {
          g_autoptr(SageHeading) heading = g_list_model_get_item (headings, j);

          append_heading (self, cell, heading);
        }
    }
  sage_side_stack_show (self->stack, found > 0);
}

static gboolean
update_cb (gpointer user_data)
{
  SageNotebookOutline *self = user_data;

  self->update = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (SageNotebookOutline *self)
{
  self->is_old = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && self->update == 0)
    self->update = g_timeout_add (DELAY_MS, update_cb, self);
}

static void
activated_cb (SageNotebookOutline *self,
              GtkListBoxRow       *row)
{
  if (self->view == NULL)
    return;

  sage_notebook_view_show_cell (self->view, g_object_get_data (G_OBJECT (row), "sage-cell"));
  sage_notebook_view_grab_focus (self->view);
}

static void
sage_notebook_outline_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_notebook_outline_parent_class)->map (widget);
  if (SAGE_NOTEBOOK_OUTLINE (widget)->is_old)
    update (SAGE_NOTEBOOK_OUTLINE (widget));
}

static void
sage_notebook_outline_dispose (GObject *object)
{
  SageNotebookOutline *self = SAGE_NOTEBOOK_OUTLINE (object);

  g_clear_handle_id (&self->update, g_source_remove);
  g_clear_weak_pointer (&self->view);
  if (self->notebook != NULL)
    g_signal_handlers_disconnect_by_data (self->notebook, self);
  g_clear_object (&self->notebook);

  G_OBJECT_CLASS (sage_notebook_outline_parent_class)->dispose (object);
}

static void
sage_notebook_outline_class_init (SageNotebookOutlineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notebook_outline_dispose;
  GTK_WIDGET_CLASS (klass)->map = sage_notebook_outline_map;
}

static void
sage_notebook_outline_init (SageNotebookOutline *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  self->stack = sage_side_stack_new (_("No headings"), _("Headings of text cells are listed here"),
                                     GTK_WIDGET (self->list), _("Headings of the notebook"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_notebook_outline_new (void)
{
  return g_object_new (SAGE_TYPE_NOTEBOOK_OUTLINE, NULL);
}

/**
 * sage_notebook_outline_set_view:
 * @self: an outline
 * @view: (nullable): what goes to a heading
 * @notebook: (nullable): what it shows the headings of
 */
void
sage_notebook_outline_set_view (SageNotebookOutline *self,
                                SageNotebookView    *view,
                                SageNotebook        *notebook)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_OUTLINE (self));

  if (self->notebook != NULL)
    g_signal_handlers_disconnect_by_data (self->notebook, self);
  g_set_weak_pointer (&self->view, view);
  g_set_object (&self->notebook, notebook);
  if (notebook != NULL)
    g_signal_connect_object (notebook, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
}
