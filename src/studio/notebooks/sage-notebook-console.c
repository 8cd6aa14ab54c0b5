/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-console"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-console.h"
#include "sage-notebook-page-private.h"

#define MAX_CELLS 200 /* what ran before that goes */

/* Whether it is a script's console, which nobody saves, compares or runs as a job. */
gboolean
sage_notebook_page_is_console (SageNotebookPage *self)
{
  return sage_notebook_document_get_run_file (self->document) != sage_notebook_document_get_file (self->document);
}

/* --- Running ---------------------------------------------------------------------------------- */

static void
save (SageNotebookPage *self)
{
  sage_page_save_async (SAGE_PAGE (self), NULL, NULL, NULL); /* the page says what goes wrong */
}

/* What came out is in the file then, and the engine need not keep it any more. */
static void
cell_ended_cb (SageNotebookPage *self)
{
  if (sage_notebook_kernel_get_n_pending (self->kernel) == 0)
    save (self);
}

/* Makes place for one more. What runs or waits stays, as what comes out of it needs a place. */
static void
drop_old_cell (SageNotebook *notebook)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; n >= MAX_CELLS && i < n; i++)
    {
      SageCellState state = sage_cell_get_state (sage_notebook_get_cell (notebook, i));

      if (state != SAGE_CELL_QUEUED && state != SAGE_CELL_RUNNING)
        {
          sage_notebook_remove (notebook, &i, 1);
          return;
        }
    }
}

/* The file has the cell before it runs: what comes out of it later, although nobody looks, finds its
 * place by that. */
static void
run_now (SageNotebookPage *self,
         const char       *code)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  g_autoptr(GPtrArray) cells = g_ptr_array_new ();
  SageCell *cell;
  guint n;

  if (sage_notebook_is_read_only (notebook)) /* the page says so, and why */
    return;

  drop_old_cell (notebook);
  n = g_list_model_get_n_items (G_LIST_MODEL (notebook));
  cell = n > 0 ? sage_notebook_get_cell (notebook, n - 1) : NULL;
  if (cell != NULL && sage_cell_get_source (cell)[0] == '\0')
    sage_notebook_set_source (notebook, cell, code); /* an empty cell is where one writes next */
  else
    cell = sage_notebook_insert (notebook, n, SAGE_CELL_CODE, code);
  save (self);
  g_ptr_array_add (cells, cell);
  sage_notebook_kernel_run (self->kernel, cells);
  sage_notebook_view_show_cell (self->view, cell);
}

/* The notebook has been read. */
void
sage_notebook_console_ready (SageNotebookPage *self)
{
  g_autoptr(GPtrArray) codes = g_steal_pointer (&self->to_run);

  for (guint i = 0; codes != NULL && i < codes->len; i++)
    run_now (self, codes->pdata[i]);
}

/**
 * sage_notebook_console_run:
 * @self: a console
 * @code: what to run next
 *
 * Runs a piece of the script, after what runs or waits already.
 */
void
sage_notebook_console_run (SageNotebookPage *self,
                           const char       *code)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_PAGE (self));

  if (self->view != NULL)
    {
      run_now (self, code);
      return;
    }
  if (self->to_run == NULL)
    self->to_run = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->to_run, g_strdup (code));
}

/**
 * sage_notebook_console_new:
 * @connection: the engine whose kernel it is to have
 * @script: a file of this machine
 *
 * Returns: (transfer floating): the console of the script, with what ran there before; %NULL if it
 *   cannot be kept
 */
SageNotebookPage *
sage_notebook_console_new (SageConnection  *connection,
                           GFile           *script,
                           GError         **error)
{
  static const char * const not_here[] = { "notebook.run-job", "notebook.compare-disk", "notebook.compare-head" };
  g_autoptr(GFile) file = sage_notebook_console_ensure_file (script, error);
  g_autofree char *location = NULL;
  SageNotebookPage *self;

  if (file == NULL)
    return NULL;

  location = g_strconcat ("notebook/", g_file_peek_path (file), NULL);
  self = g_object_new (SAGE_TYPE_NOTEBOOK_PAGE, "connection", connection, "location", location, NULL);
  sage_notebook_document_set_script (self->document, script);
  gtk_label_set_text (self->file_name, _("Console"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->file_name), NULL);
  gtk_widget_set_visible (self->run_all, FALSE);
  gtk_widget_set_visible (self->add, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (not_here); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), not_here[i], FALSE);
  g_signal_connect_object (self->kernel, "cell-ended", G_CALLBACK (cell_ended_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}
