/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-private.h"

/* What reading one notebook needs. */
typedef struct
{
  SageNotebook   *notebook;
  SageJsonCursor  cursor;
  SageFault       fault;
  SageJsonPiece   format;
  SageJsonPiece   minor;
  GArray         *cells;    /* (owned): of CellText */
  GHashTable     *ordinals; /* (owned): how many cells had a derived id */
  guint           n_bad_ids;
} Reader;

typedef struct
{
  SageJsonPiece piece;
  SageCellRaw   parts;
} CellText;

static gboolean
throw_at (GError     **error,
          SageError    code,
          const char  *start,
          const char  *at,
          const char  *what)
{
  g_autofree char *place = sage_json_place (start, at);

  return sage_throw (error, code, "%s at %s", what, place);
}

static gboolean
read_cells (Reader  *self,
            GError **error)
{
  SageJsonCursor *cursor = &self->cursor;
  gboolean is_first = TRUE;

  sage_json_cursor_enter (cursor, '[');
  while (sage_json_cursor_next (cursor, ']', &is_first))
    {
      CellText cell;
      guint before = self->fault.n_outputs;

      if (self->cells->len == SAGE_NOTEBOOK_MAX_CELLS)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The notebook has more than %u cells",
                           SAGE_NOTEBOOK_MAX_CELLS);
      sage_json_cursor_peek (cursor);
      cell.piece.at = cursor->at;
      sage_cell_read (cursor, &cell.parts, &self->fault);
      cell.piece.length = (gsize) (cursor->at - cell.piece.at);
      g_array_append_val (self->cells, cell);
      if (self->fault.n_outputs - before > SAGE_NOTEBOOK_MAX_CELL_OUTPUTS)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "A cell has more than %u outputs",
                           SAGE_NOTEBOOK_MAX_CELL_OUTPUTS);
      if (self->fault.n_outputs > SAGE_NOTEBOOK_MAX_OUTPUTS)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The notebook has more than %u outputs",
                           SAGE_NOTEBOOK_MAX_OUTPUTS);
    }

  return TRUE;
}

static gboolean
read_member (Reader               *self,
             const SageJsonPiece  *key,
             GError              **error)
{
  SageNotebook *notebook = self->notebook;
  SageJsonPiece ignored;
  SageJsonPiece *into = &ignored;
  gboolean is_cells = sage_json_piece_is (key, "cells");

  if (is_cells)
    into = &notebook->cells_piece;
  else if (sage_json_piece_is (key, "metadata"))
    into = &notebook->metadata_piece;
  else if (sage_json_piece_is (key, "nbformat"))
    into = &self->format;
  else if (sage_json_piece_is (key, "nbformat_minor"))
    into = &self->minor;

  if (into != &ignored && into->length > 0)
    {
      sage_fault_note (&self->fault, key->at, "the notebook has the same key twice");
      into = &ignored;
    }

  if (is_cells && into != &ignored && sage_json_cursor_peek (&self->cursor) == '[')
    {
      into->at = self->cursor.at;
      if (!read_cells (self, error))
        return FALSE;
      into->length = (gsize) (self->cursor.at - into->at);
    }
  else
    {
      sage_json_cursor_value (&self->cursor, into);
    }

  return TRUE;
}

/* The members of the notebook's object that have to be right for it to be one. */
static gboolean
check_format (Reader  *self,
              GError **error)
{
  SageNotebook *notebook = self->notebook;
  const char *start = notebook->document.at;
  gint64 format = 4;

  if (self->format.length == 0 && notebook->cells_piece.length == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Not a notebook: neither 'nbformat' nor 'cells'");

  if (self->format.length == 0)
    sage_fault_note (&self->fault, start, "the notebook has no 'nbformat'");
  else if (!sage_json_piece_to_int (&self->format, &format))
    sage_fault_note (&self->fault, self->format.at, "'nbformat' is no integer");

  if (format > 4)
    return throw_at (error, SAGE_ERROR_TOO_NEW, self->cursor.start, self->format.at,
                     "The notebook's format is newer than 4");
  if (format < 0)
    return throw_at (error, SAGE_ERROR_INVALID, self->cursor.start, self->format.at,
                     "The notebook's format is negative");
  if (format < 4)
    return throw_at (error, SAGE_ERROR_UNSUPPORTED, self->cursor.start, self->format.at,
                     "The notebook's format is older than 4; "
                     "'jupyter nbconvert --to notebook' brings it up to date: format");

  if (!sage_json_piece_to_int (&self->minor, &notebook->minor) || notebook->minor < 0)
    {
      notebook->minor = 0;
      sage_fault_note (&self->fault, self->minor.length > 0 ? self->minor.at : start,
                       "'nbformat_minor' is no integer");
    }
  if (sage_json_piece_kind (&notebook->metadata_piece) != '{')
    sage_fault_note (&self->fault,
                     notebook->metadata_piece.length > 0 ? notebook->metadata_piece.at : start,
                     "the notebook's 'metadata' is no object");
  if (sage_json_piece_kind (&notebook->cells_piece) != '[')
    sage_fault_note (&self->fault,
                     notebook->cells_piece.length > 0 ? notebook->cells_piece.at : start,
                     "the notebook's 'cells' are no array");

  return TRUE;
}

/* nbformat 4.5: 1 to 64 letters, digits, - and _. */
static gboolean
is_id (const char *id)
{
  gsize length = strlen (id);

  if (length < 1 || length > 64)
    return FALSE;
  for (const char *at = id; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      return FALSE;

  return TRUE;
}

/* An id for a cell of a file that has none: the same when the file is opened again, so that what a
 * kernel goes on telling finds its cell. */
static char *
derive_id (Reader         *self,
           const CellText *cell)
{
  guint8 digest[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;
  g_autofree char *base = NULL;
  char *id = NULL;

  sage_sha256 (cell->parts.source.at, cell->parts.source.length, digest);
  hex = sage_hex (digest, 6);
  base = g_strconcat (sage_cell_kind_name (cell->parts.kind), "-", hex, NULL);

  do
    {
      guint ordinal = GPOINTER_TO_UINT (g_hash_table_lookup (self->ordinals, base));

      g_hash_table_insert (self->ordinals, g_strdup (base), GUINT_TO_POINTER (ordinal + 1));
      g_free (id);
      id = ordinal == 0 ? g_strdup (base) : g_strdup_printf ("%s-%u", base, ordinal + 1);
    }
  while (g_hash_table_contains (self->notebook->by_id, id));

  return id;
}

static SageCell *
make_cell (Reader         *self,
           const CellText *text,
           int             origin)
{
  const char *start = g_bytes_get_data (self->notebook->bytes, NULL);
  g_autoptr(GBytes) raw =
    g_bytes_new_from_bytes (self->notebook->bytes, (gsize) (text->piece.at - start),
                            text->piece.length);
  g_autofree char *id = NULL;

  if (sage_json_piece_kind (&text->parts.id) == '"')
    id = sage_json_piece_string (&text->parts.id);
  if (id == NULL || !is_id (id) || g_hash_table_contains (self->notebook->by_id, id))
    {
      if (self->notebook->minor >= 5 || id != NULL)
        self->n_bad_ids++;
      g_free (id);
      id = derive_id (self, text);
    }

  return sage_cell_new_from_raw (raw, &text->parts, origin, id);
}

/* It may be a long way to the ends of the first cells, which nobody is to go at each save. */
static void
find_space (SageNotebook *self)
{
  const SageJsonPiece *array = &self->cells_piece;
  const char *end;
  const char *last;
  SageJsonCursor cursor;
  SageJsonPiece first;
  SageJsonPiece second;
  gboolean is_first = TRUE;

  if (self->n_read == 0 || sage_json_piece_kind (array) != '[')
    return;

  sage_json_cursor_init (&cursor, array->at, array->length);
  sage_json_cursor_enter (&cursor, '[');
  if (!sage_json_cursor_next (&cursor, ']', &is_first) || !sage_json_cursor_value (&cursor, &first))
    return;
  self->space.lead = (SageJsonPiece) { array->at + 1, (gsize) (first.at - array->at - 1) };
  if (self->n_read > 1 && sage_json_cursor_next (&cursor, ']', &is_first) &&
      sage_json_cursor_value (&cursor, &second))
    self->space.between = (SageJsonPiece) { first.at + first.length,
                                            (gsize) (second.at - first.at) - first.length };

  end = array->at + array->length - 1;
  for (last = end; strchr (" \t\r\n", last[-1]) != NULL;)
    last--;
  self->space.trail = (SageJsonPiece) { last, (gsize) (end - last) };
}

static void
make_cells (Reader *self)
{
  SageNotebook *notebook = self->notebook;

  notebook->n_read = self->cells->len;
  find_space (notebook);
  for (guint i = 0; i < self->cells->len; i++)
    {
      const CellText *text = &g_array_index (self->cells, CellText, i);
      SageCell *cell = make_cell (self, text, (int) i);

      cell->notebook = notebook;
      g_ptr_array_add (notebook->cells, cell);
      g_hash_table_insert (notebook->by_id, cell->id, cell);
    }

  for (guint i = 0; i < self->cells->len; i++)
    {
      char kind = sage_json_piece_kind (&g_array_index (self->cells, CellText, i).parts.source);

      if (kind == '"' || kind == '[')
        {
          notebook->style.has_lines = kind == '[';
          break;
        }
    }
}

static void
take_faults (Reader *self)
{
  SageNotebook *notebook = self->notebook;

  if (self->fault.n > 0)
    {
      g_autofree char *place = sage_json_place (self->cursor.start, self->fault.at);

      notebook->is_read_only = TRUE;
      notebook->fault = self->fault.n == 1
                        ? g_strdup_printf ("%s: %s", place, self->fault.what)
                        : g_strdup_printf ("%s: %s; %u more faults", place, self->fault.what,
                                           self->fault.n - 1);
    }
  if (self->n_bad_ids > 0)
    notebook->note = g_strdup_printf ("%u cells had no valid id of their own and got one",
                                      self->n_bad_ids);
}

static gboolean
read_document (Reader  *self,
               GError **error)
{
  SageNotebook *notebook = self->notebook;
  SageJsonCursor *cursor = &self->cursor;
  SageJsonPiece key;
  gboolean is_first = TRUE;

  sage_json_cursor_peek (cursor);
  notebook->document.at = cursor->at;
  sage_json_cursor_enter (cursor, '{');
  while (cursor->problem == NULL && sage_json_cursor_member (cursor, &is_first, &key))
    if (!read_member (self, &key, error))
      return FALSE;
  notebook->document.length = (gsize) (cursor->at - notebook->document.at);

  if (!sage_json_cursor_finish (cursor))
    {
      g_autofree char *what = g_strdup_printf ("Malformed JSON: %s", cursor->problem);

      return throw_at (error, SAGE_ERROR_SYNTAX, cursor->start, cursor->at, what);
    }
  if (!check_format (self, error))
    return FALSE;

  sage_json_style_detect (&notebook->style, &notebook->document,
                          cursor->has_escaped && !cursor->has_raw);
  make_cells (self);
  take_faults (self);

  return TRUE;
}

/* Reads a file into a notebook that is empty yet. */
gboolean
sage_notebook_read (SageNotebook  *self,
                    GBytes        *bytes,
                    GError       **error)
{
  static const char mark[] = "\xef\xbb\xbf";
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  Reader reader = { .notebook = self };
  gboolean ok;

  if (length > SAGE_NOTEBOOK_MAX_BYTES)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "The notebook has %" G_GSIZE_FORMAT " bytes, more than %" G_GSIZE_FORMAT,
                       length, SAGE_NOTEBOOK_MAX_BYTES);
  if (length == 0)
    return sage_throw (error, SAGE_ERROR_SYNTAX, "The notebook is empty: line 1, column 1");

  /* A byte order mark, as editors on Windows leave, stays where it is. */
  if (length >= 3 && memcmp (data, mark, 3) == 0)
    {
      data += 3;
      length -= 3;
    }

  self->bytes = g_bytes_ref (bytes);
  sage_json_cursor_init (&reader.cursor, data, length);
  reader.cursor.checks_utf8 = TRUE;
  reader.cells = g_array_new (FALSE, FALSE, sizeof (CellText));
  reader.ordinals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  ok = read_document (&reader, error);

  g_array_unref (reader.cells);
  g_hash_table_unref (reader.ordinals);
  g_free (reader.fault.what);

  return ok;
}
