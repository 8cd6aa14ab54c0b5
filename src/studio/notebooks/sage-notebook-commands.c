/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-commands"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-view-private.h"
#include "sage-page.h"

/* What one can have a view do, by the names of the actions. */
typedef void (*Command) (SageNotebookView *self);

static guint
count_cells (SageNotebookView *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
}

/* --- Running ---------------------------------------------------------------------------------- */

/* Has the code of some cells run; Markdown among them is shown as what it comes to. */
static void
run_range (SageNotebookView *self,
           guint             first,
           guint             end)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = first; i < end; i++)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, i);

      if (sage_cell_get_kind (cell) == SAGE_CELL_CODE)
        g_ptr_array_add (cells, g_object_ref (cell));
      else if (sage_cell_get_kind (cell) == SAGE_CELL_MARKDOWN)
        sage_notebook_view_set_flag (self, cell, SAGE_CELL_ROW_EDITING, FALSE);
    }
  if (cells->len > 0)
    g_signal_emit_by_name (self, "run", cells);
}

static guint
run_selected (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  run_range (self, positions[0], positions[n - 1] + 1);

  return positions[n - 1];
}

static void
run (SageNotebookView *self)
{
  run_selected (self);
  sage_notebook_view_stop_editing (self);
}

static void
run_advance (SageNotebookView *self)
{
  guint last = run_selected (self);

  if (last + 1 == count_cells (self) && !sage_notebook_is_read_only (self->notebook))
    {
      sage_notebook_insert (self->notebook, last + 1, SAGE_CELL_CODE, "");
      sage_notebook_view_go_to (self, last + 1, TRUE);
    }
  else
    sage_notebook_view_go_to (self, last + 1, FALSE);
}

static void
run_insert (SageNotebookView *self)
{
  guint last = run_selected (self);

  if (sage_notebook_is_read_only (self->notebook))
    return;
  sage_notebook_insert (self->notebook, last + 1, SAGE_CELL_CODE, "");
  sage_notebook_view_go_to (self, last + 1, TRUE);
}

static void
run_all (SageNotebookView *self)
{
  run_range (self, 0, count_cells (self));
}

static void
run_above (SageNotebookView *self)
{
  run_range (self, 0, sage_notebook_view_get_position (self));
}

static void
run_below (SageNotebookView *self)
{
  run_range (self, sage_notebook_view_get_position (self), count_cells (self));
}

/* From the first cell that is stale on; what stands above it is as it was. */
static void
run_stale (SageNotebookView *self)
{
  guint n = count_cells (self);

  for (guint i = 0; i < n; i++)
    if (sage_cell_is_stale (sage_notebook_get_cell (self->notebook, i)))
      {
        run_range (self, i, n);
        return;
      }
  sage_toast (GTK_WIDGET (self), _("Nothing has changed since it ran"));
}

/* --- Cells ------------------------------------------------------------------------------------ */

static void
insert_at (SageNotebookView *self,
           guint             position)
{
  sage_notebook_insert (self->notebook, position, SAGE_CELL_CODE, "");
  sage_notebook_view_go_to (self, position, FALSE);
}

static void
insert_above (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  insert_at (self, positions[0]);
}

static void
insert_below (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  insert_at (self, positions[n - 1] + 1);
}

static void
delete_cells (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);
  guint first = positions[0];

  sage_notebook_remove (self->notebook, positions, n);
  sage_notebook_view_go_to (self, first, FALSE);
}

static void
cut (SageNotebookView *self)
{
  sage_notebook_view_copy (self);
  delete_cells (self);
}

static void
paste_below (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  sage_notebook_view_paste (self, positions[n - 1] + 1);
}

static void
paste_above (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  sage_notebook_view_paste (self, positions[0]);
}

static void
move_up (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  if (positions[0] > 0)
    sage_notebook_move (self->notebook, positions, n, positions[0] - 1);
  sage_notebook_view_refresh (self);
}

static void
move_down (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  if (positions[n - 1] + 1 < count_cells (self))
    sage_notebook_move (self->notebook, positions, n, positions[n - 1] + 2);
  sage_notebook_view_refresh (self);
}

/* With one cell selected, the one below is merged into it, as Jupyter does. */
static void
merge (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);
  guint first = positions[0];

  if (n == 1 && first + 1 < count_cells (self))
    n = 2;
  if (n > 1)
    {
      sage_notebook_merge (self->notebook, first, n);
      sage_notebook_view_go_to (self, first, FALSE);
    }
}

static void
split (SageNotebookView *self)
{
  guint position = sage_notebook_view_get_position (self);
  SageCell *cell = sage_notebook_get_cell (self->notebook, position);
  SageCellBuffer *buffer;
  GtkTextIter iter;

  if (!sage_notebook_view_is_editing (self))
    return;

  buffer = sage_notebook_document_get_buffer (self->document, cell);
  gtk_text_buffer_get_iter_at_mark (GTK_TEXT_BUFFER (buffer), &iter,
                                    gtk_text_buffer_get_insert (GTK_TEXT_BUFFER (buffer)));
  sage_notebook_split (self->notebook, position, sage_cell_buffer_get_offset (buffer, &iter));
  sage_notebook_view_go_to (self, position + 1, TRUE);
}

static void
clear_outputs (SageNotebookView *self)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  sage_notebook_clear_outputs (self->notebook, positions, n);
}

static void
clear_all_outputs (SageNotebookView *self)
{
  guint n = count_cells (self);
  g_autofree guint *positions = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    positions[i] = i;
  sage_notebook_clear_outputs (self->notebook, positions, n);
}

/* --- Kinds ------------------------------------------------------------------------------------ */

static void
set_kind (SageNotebookView *self,
          SageCellKind      kind)
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);

  sage_notebook_set_kind (self->notebook, positions, n, kind);
}

static void
to_code (SageNotebookView *self)
{
  set_kind (self, SAGE_CELL_CODE);
}

static void
to_markdown (SageNotebookView *self)
{
  set_kind (self, SAGE_CELL_MARKDOWN);
}

static void
to_raw (SageNotebookView *self)
{
  set_kind (self, SAGE_CELL_RAW);
}

/* Makes it Markdown whose first line is a heading of that level. */
static void
make_heading (SageNotebookView *self,
              guint             level)
{
  guint position = sage_notebook_view_get_position (self);
  SageCell *cell = sage_notebook_get_cell (self->notebook, position);
  const char *source = sage_cell_get_source (cell);
  const char *text = source + strspn (source, "#");
  g_autofree char *marks = g_strnfill (level, '#');
  g_autofree char *heading = NULL;

  text += strspn (text, " ");
  heading = g_strconcat (marks, " ", text, NULL);
  sage_notebook_begin_step (self->notebook, _("Make a heading"));
  sage_notebook_set_kind (self->notebook, &position, 1, SAGE_CELL_MARKDOWN);
  sage_notebook_set_source (self->notebook, cell, heading);
  sage_notebook_end_step (self->notebook);
}

#define HEADING(level) \
  static void \
  heading_ ## level (SageNotebookView *self) \
  { \
    make_heading (self, level); \
  }

HEADING (1)
HEADING (2)
HEADING (3)
HEADING (4)
HEADING (5)
HEADING (6)

/* --- Moving about ----------------------------------------------------------------------------- */

static void
edit (SageNotebookView *self)
{
  sage_notebook_view_go_to (self, sage_notebook_view_get_position (self), TRUE);
}

static void
previous (SageNotebookView *self)
{
  guint position = sage_notebook_view_get_position (self);

  sage_notebook_view_go_to (self, position > 0 ? position - 1 : 0, FALSE);
}

static void
next (SageNotebookView *self)
{
  sage_notebook_view_go_to (self, sage_notebook_view_get_position (self) + 1, FALSE);
}

static void
first (SageNotebookView *self)
{
  sage_notebook_view_go_to (self, 0, FALSE);
}

static void
last (SageNotebookView *self)
{
  sage_notebook_view_go_to (self, G_MAXUINT, FALSE);
}

static void
extend (SageNotebookView *self,
        int               step)
{
  guint at = sage_notebook_view_get_position (self);
  guint anchor = self->end != NULL ? sage_notebook_view_find (self, self->end) : at;
  gint64 to = (gint64) at + step;

  if (to < 0 || to >= count_cells (self))
    return;
  sage_notebook_view_select (self, anchor != G_MAXUINT ? anchor : at, (guint) to);
  gtk_widget_grab_focus (sage_cell_list_reach_row (self->list, (guint) to));
}

static void
extend_up (SageNotebookView *self)
{
  extend (self, -1);
}

static void
extend_down (SageNotebookView *self)
{
  extend (self, 1);
}

static void
select_all (SageNotebookView *self)
{
  if (count_cells (self) > 0)
    sage_notebook_view_select (self, 0, count_cells (self) - 1);
}

/* --- Taking back ------------------------------------------------------------------------------ */

/* What a step concerned is shown, in the mode that one is in. */
static void
show_step (SageNotebookView *self,
           SageCell         *cell,
           gboolean          editing)
{
  guint position = cell != NULL ? sage_notebook_view_find (self, cell) : G_MAXUINT;

  if (position != G_MAXUINT)
    sage_notebook_view_go_to (self, position, editing);
}

static void
undo (SageNotebookView *self)
{
  gboolean editing = sage_notebook_view_is_editing (self);

  show_step (self, sage_notebook_undo (self->notebook), editing);
}

static void
redo (SageNotebookView *self)
{
  gboolean editing = sage_notebook_view_is_editing (self);

  show_step (self, sage_notebook_redo (self->notebook), editing);
}

/* --- Looks ------------------------------------------------------------------------------------ */

static void
toggle (SageNotebookView *self,
        gboolean        (*get) (SageCell *cell),
        void            (*set) (SageCell *cell,
                                gboolean  is_set))
{
  guint n;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);
  gboolean is_set = get (sage_notebook_get_cell (self->notebook, positions[0]));

  for (guint i = 0; i < n; i++)
    set (sage_notebook_get_cell (self->notebook, positions[i]), !is_set);
}

static void
fold_outputs (SageNotebookView *self)
{
  toggle (self, sage_cell_are_outputs_folded, sage_cell_set_outputs_folded);
}

static void
fold_source (SageNotebookView *self)
{
  toggle (self, sage_cell_is_folded, sage_cell_set_folded);
}

static void
line_numbers (SageNotebookView *self)
{
  self->numbers = !self->numbers;
  sage_notebook_view_refresh (self);
}

static void
full_width (SageNotebookView *self)
{
  g_object_set (self, "full-width", !self->full_width, NULL);
}

/* --- The table -------------------------------------------------------------------------------- */

static const struct
{
  const char *action;
  Command     command;
  gboolean    edits; /* not for a notebook that can only be read */
} commands[] = {
  { "notebook.run", run, FALSE },
  { "notebook.run-advance", run_advance, FALSE },
  { "notebook.run-insert", run_insert, FALSE },
  { "notebook.run-all", run_all, FALSE },
  { "notebook.run-above", run_above, FALSE },
  { "notebook.run-below", run_below, FALSE },
  { "notebook.run-stale", run_stale, FALSE },
  { "notebook.edit", edit, FALSE },
  { "notebook.command-mode", sage_notebook_view_stop_editing, FALSE },
  { "notebook.previous", previous, FALSE },
  { "notebook.next", next, FALSE },
  { "notebook.first", first, FALSE },
  { "notebook.last", last, FALSE },
  { "notebook.extend-up", extend_up, FALSE },
  { "notebook.extend-down", extend_down, FALSE },
  { "notebook.select-all", select_all, FALSE },
  { "notebook.insert-above", insert_above, TRUE },
  { "notebook.insert-below", insert_below, TRUE },
  { "notebook.delete", delete_cells, TRUE },
  { "notebook.cut", cut, TRUE },
  { "notebook.copy", sage_notebook_view_copy, FALSE },
  { "notebook.paste-below", paste_below, TRUE },
  { "notebook.paste-above", paste_above, TRUE },
  { "notebook.move-up", move_up, TRUE },
  { "notebook.move-down", move_down, TRUE },
  { "notebook.merge", merge, TRUE },
  { "notebook.split", split, TRUE },
  { "notebook.clear-outputs", clear_outputs, TRUE },
  { "notebook.clear-all-outputs", clear_all_outputs, TRUE },
  { "notebook.to-code", to_code, TRUE },
  { "notebook.to-markdown", to_markdown, TRUE },
  { "notebook.to-raw", to_raw, TRUE },
  { "notebook.heading-1", heading_1, TRUE },
  { "notebook.heading-2", heading_2, TRUE },
  { "notebook.heading-3", heading_3, TRUE },
  { "notebook.heading-4", heading_4, TRUE },
  { "notebook.heading-5", heading_5, TRUE },
  { "notebook.heading-6", heading_6, TRUE },
  { "notebook.undo", undo, TRUE },
  { "notebook.redo", redo, TRUE },
  { "notebook.fold-outputs", fold_outputs, FALSE },
  { "notebook.fold-source", fold_source, FALSE },
  { "notebook.line-numbers", line_numbers, FALSE },
  { "notebook.full-width", full_width, FALSE },
};

/**
 * sage_notebook_view_has_command:
 * @action: the name of an action
 *
 * Returns: whether it is the view that does it
 */
gboolean
sage_notebook_view_has_command (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].action, action) == 0)
      return TRUE;

  return FALSE;
}

/**
 * sage_notebook_view_command:
 * @self: a view
 * @action: the name of an action
 *
 * Does what it names, to what is selected.
 *
 * Returns: whether the view knows it
 */
gboolean
sage_notebook_view_command (SageNotebookView *self,
                            const char       *action)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK_VIEW (self), FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].action, action) == 0)
      {
        if (commands[i].edits && sage_notebook_is_read_only (self->notebook))
          sage_toast (GTK_WIDGET (self), _("This notebook can only be read"));
        else if (count_cells (self) > 0)
          commands[i].command (self);
        return TRUE;
      }

  return FALSE;
}
