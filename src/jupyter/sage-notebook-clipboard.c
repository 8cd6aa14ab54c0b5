/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-notebook-private.h"

/**
 * sage_notebook_copy:
 * @positions: (array length=n): which cells, in the order they are wanted
 *
 * Returns: (transfer full): them as a JSON array of nbformat cells, which is what JupyterLab has on
 *   its clipboard too
 */
char *
sage_notebook_copy (SageNotebook *self,
                    const guint  *positions,
                    guint         n)
{
  GString *out = g_string_new ("[");
  gboolean is_first = TRUE;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  for (guint i = 0; i < n; i++)
    {
      if (positions[i] >= self->cells->len)
        continue;
      if (!is_first)
        g_string_append_c (out, ',');
      is_first = FALSE;
      sage_cell_write (g_ptr_array_index (self->cells, positions[i]), out, &self->style, TRUE, NULL);
    }
  g_string_append_c (out, ']');

  return g_string_free_and_steal (out);
}

/* A cell from its text, in this notebook's style and with an id of its own, or @id. */
static SageCell *
read_cell (SageNotebook         *self,
           const SageJsonPiece  *piece,
           const char           *id,
           GError              **error)
{
  GString *text = g_string_sized_new (piece->length);
  g_autoptr(GBytes) raw = NULL;
  g_autofree char *own_id = id != NULL ? g_strdup (id) : sage_notebook_make_id (self);
  SageJsonCursor cursor;
  SageCellRaw parts;
  SageFault fault = { 0 };
  gsize length;
  const char *data;

  sage_json_style_value (&self->style, text, piece, 2);
  raw = g_string_free_to_bytes (text);
  data = g_bytes_get_data (raw, &length);
  sage_json_cursor_init (&cursor, data, length);
  sage_cell_read (&cursor, &parts, &fault);
  if (fault.n > 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "What was pasted is no cell: %s", fault.what);
      g_free (fault.what);
      return NULL;
    }

  return sage_cell_new_from_raw (raw, &parts, -1, own_id);
}

/* Returns: (transfer full) (nullable): a cell of another notebook as one of this, with the id @id;
 * %NULL where it is broken */
SageCell *
sage_notebook_import_cell (SageNotebook *self,
                           SageCell     *cell,
                           const char   *id)
{
  g_autoptr(GString) text = g_string_new (NULL);
  SageJsonPiece piece;

  sage_cell_write (cell, text, &self->style, TRUE, NULL);
  piece = (SageJsonPiece) { text->str, text->len };

  return read_cell (self, &piece, id, NULL);
}

/* The array of cells in a text: it itself, a notebook's, or one cell alone. */
static gboolean
find_cells (const char     *text,
            SageJsonPiece  *array,
            gboolean       *is_one,
            GError        **error)
{
  SageJsonCursor cursor;

  if (!g_utf8_validate (text, -1, NULL))
    return sage_throw (error, SAGE_ERROR_SYNTAX, "What was pasted is not UTF-8");

  sage_json_cursor_init (&cursor, text, strlen (text));
  sage_json_cursor_value (&cursor, array);
  if (!sage_json_cursor_finish (&cursor))
    {
      g_autofree char *place = sage_json_place (text, cursor.at);

      return sage_throw (error, SAGE_ERROR_SYNTAX, "What was pasted is malformed at %s: %s", place,
                         cursor.problem);
    }

  *is_one = sage_json_piece_kind (array) == '{' && !sage_json_piece_find (array, "cells", array);
  if (!*is_one && sage_json_piece_kind (array) != '[')
    return sage_throw (error, SAGE_ERROR_INVALID, "What was pasted holds no cells");

  return TRUE;
}

static gboolean
read_cells (SageNotebook         *self,
            const SageJsonPiece  *array,
            GPtrArray            *cells,
            GError              **error)
{
  SageJsonCursor cursor;
  SageJsonPiece piece;
  gboolean is_first = TRUE;

  sage_json_cursor_init (&cursor, array->at, array->length);
  sage_json_cursor_enter (&cursor, '[');
  while (sage_json_cursor_next (&cursor, ']', &is_first) && sage_json_cursor_value (&cursor, &piece))
    {
      SageCell *cell;

      if (self->cells->len + cells->len >= SAGE_NOTEBOOK_MAX_CELLS)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "A notebook has at most %u cells",
                           SAGE_NOTEBOOK_MAX_CELLS);
      cell = read_cell (self, &piece, NULL, error);
      if (cell == NULL)
        return FALSE;
      g_ptr_array_add (cells, cell);
    }

  return TRUE;
}

/**
 * sage_notebook_paste:
 * @position: where the first of them will be
 * @text: what sage_notebook_copy() or JupyterLab gave, a whole notebook, or one cell
 * @trust: the number that vouches for the outputs in it; 0 where nobody does
 *
 * Inserts cells, unknown members and all, with ids of their own. A step.
 *
 * Returns: whether @text holds cells; else %SAGE_ERROR_SYNTAX, %SAGE_ERROR_INVALID or
 *   %SAGE_ERROR_TOO_LARGE, and %SAGE_ERROR_DENIED where the notebook is read-only
 */
gboolean
sage_notebook_paste (SageNotebook  *self,
                     guint          position,
                     const char    *text,
                     guint          trust,
                     GError       **error)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);
  SageJsonPiece array;
  gboolean is_one;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), FALSE);
  g_return_val_if_fail (position <= self->cells->len, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (self->is_read_only)
    return sage_throw (error, SAGE_ERROR_DENIED, "The notebook is read-only");
  if (!find_cells (text, &array, &is_one, error))
    return FALSE;

  if (is_one)
    {
      SageCell *cell = read_cell (self, &array, NULL, error);

      if (cell == NULL)
        return FALSE;
      g_ptr_array_add (cells, cell);
    }
  else if (!read_cells (self, &array, cells, error))
    {
      return FALSE;
    }

  if (cells->len == 0)
    return TRUE;
  for (guint i = 0; i < cells->len; i++)
    ((SageCell *) g_ptr_array_index (cells, i))->trust = trust; /* no output of them is made yet */
  sage_history_begin (self->history, g_dngettext (NULL, "Paste Cell", "Paste Cells", cells->len));
  sage_history_splice (self->history, position, 0, cells, FALSE);
  sage_history_end (self->history);

  return TRUE;
}
