/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-notebook-pieces-private.h"
#include "sage-notebook-private.h"

#define CELLS_DEPTH 1

/* Smaller cells are copied at once. */
#define MIN_KEPT 1024

/* A cell that is where it was read, or an output that is still to be written. */
typedef struct
{
  gsize             at;     /* of the text, before which it stands */
  GBytes           *bytes;  /* (owned) (nullable) */
  SageFrozenOutput *output; /* (owned) (nullable) */
  guint             depth;  /* of the output */
} Kept;

struct _SageNotebookPieces
{
  GBytes        *text;  /* (owned): all but what is kept */
  GArray        *kept;  /* (owned): of Kept, in order */
  SageJsonStyle  style; /* of the outputs among them */
};

/* What is being written. */
typedef struct
{
  SageNotebook *notebook;
  gboolean      with_ids;
  GArray       *kept;     /* (nullable): cells are put here that are as they were read */
} Writer;

static gboolean
is_metadata_as_read (SageNotebook *self)
{
  gsize length;
  const char *text;

  if (self->metadata == NULL)
    return TRUE;
  text = g_bytes_get_data (self->metadata, &length);

  return length == self->metadata_piece.length &&
         memcmp (text, self->metadata_piece.at, length) == 0;
}

/* Returns: the cell's place in the file; -1 where it is from no file, or from one that has been
 * replaced by another since */
static int
get_origin (SageNotebook *self,
            SageCell     *cell)
{
  gsize length;
  const char *start = g_bytes_get_data (self->bytes, &length);
  const char *at = cell->raw != NULL ? g_bytes_get_data (cell->raw, NULL) : NULL;

  return at >= start && at < start + length ? cell->origin : -1;
}

static gboolean
is_order_as_read (SageNotebook *self)
{
  if (self->cells->len != self->n_read)
    return FALSE;
  for (guint i = 0; i < self->cells->len; i++)
    if (get_origin (self, g_ptr_array_index (self->cells, i)) != (int) i)
      return FALSE;

  return TRUE;
}

/* Whether what people edit is the file's: order, sources, types, metadata. */
static gboolean
is_content_as_read (SageNotebook *self)
{
  if (self->is_repaired || !is_metadata_as_read (self) || !is_order_as_read (self))
    return FALSE;
  for (guint i = 0; i < self->cells->len; i++)
    if (!sage_cell_is_content_as_read (g_ptr_array_index (self->cells, i)))
      return FALSE;

  return TRUE;
}

/* Whether a save would write the very bytes of the file. */
gboolean
sage_notebook_is_pristine (SageNotebook *self)
{
  if (!is_content_as_read (self))
    return FALSE;
  for (guint i = 0; i < self->cells->len; i++)
    if (!sage_cell_is_as_read (g_ptr_array_index (self->cells, i)))
      return FALSE;

  return TRUE;
}

static const char *
end_of (const SageJsonPiece *piece)
{
  return piece->at + piece->length;
}

/* Between two cells: what stood there, if they stood so in the file. */
static void
write_comma (SageNotebook     *self,
             GString          *out,
             const SageArraySpace *space,
             SageCell         *left,
             SageCell         *right)
{
  int origin = get_origin (self, left);

  if (origin >= 0 && get_origin (self, right) == origin + 1)
    {
      gsize length;
      const char *from = g_bytes_get_data (left->raw, &length);
      const char *to = g_bytes_get_data (right->raw, NULL);

      g_string_append_len (out, from + length, to - from - (gssize) length);
    }
  else if (space->between.length > 0)
    g_string_append_len (out, space->between.at, (gssize) space->between.length);
  else
    sage_json_style_comma (&self->style, out, CELLS_DEPTH + 1);
}

/* Whether the cell is left where it is. */
static gboolean
keep_cell (Writer   *writer,
           SageCell *cell,
           gsize     at)
{
  if (writer->kept == NULL || cell->raw == NULL || g_bytes_get_size (cell->raw) < MIN_KEPT
      || *(const char *) g_bytes_get_data (cell->raw, NULL) != '{'
      || !sage_cell_keeps_bytes (cell, writer->with_ids))
    return FALSE;

  sage_notebook_keep_bytes (writer->kept, at, cell->raw);

  return TRUE;
}

static void
write_cells_cb (GString  *out,
                gpointer  data)
{
  Writer *writer = data;
  SageNotebook *self = writer->notebook;
  const SageArraySpace *space = &self->space;
  SageCell *left = NULL;

  g_string_append_c (out, '[');
  for (guint i = 0; i < self->cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->cells, i);

      if (left != NULL)
        write_comma (self, out, space, left, cell);
      else if (self->n_read > 0)
        g_string_append_len (out, space->lead.at, (gssize) space->lead.length);
      else
        sage_json_style_break (&self->style, out, CELLS_DEPTH + 1);
      if (!keep_cell (writer, cell, out->len))
        sage_cell_write (cell, out, &self->style, writer->with_ids, writer->kept);
      left = cell;
    }
  if (self->n_read > 0)
    g_string_append_len (out, space->trail.at, (gssize) space->trail.length);
  else if (left != NULL)
    sage_json_style_break (&self->style, out, CELLS_DEPTH);
  g_string_append_c (out, ']');
}

static void
add_patch (SageJsonPatch *patches,
           guint         *n,
           const char    *key,
           const char    *text,
           gsize          length)
{
  patches[(*n)++] = (SageJsonPatch) { .key = key, .text = text, .length = length };
}

/* @kept: (nullable): gets what need not be copied. Returns: (transfer full): the rest, or all of it */
static GBytes *
write_notebook (SageNotebook *self,
                GArray       *kept)
{
  Writer writer = { .notebook = self, .kept = kept };
  SageJsonPatch patches[4];
  char minor[24];
  guint n = 0;
  gsize length;
  const char *start;
  const char *end;
  gsize metadata_length;
  const char *metadata;
  GString *out;

  if (self->is_read_only || sage_notebook_is_pristine (self))
    return g_bytes_ref (self->bytes);

  writer.with_ids = self->minor >= 5 || (!self->keeps_version && !is_content_as_read (self));
  patches[n++] = (SageJsonPatch) {
    .key = "cells", .write = write_cells_cb, .data = &writer, .old = self->cells_piece,
  };
  if (self->metadata != NULL)
    {
      metadata = g_bytes_get_data (self->metadata, &metadata_length);
      add_patch (patches, &n, "metadata", metadata, metadata_length);
    }
  else if (self->is_repaired)
    {
      gboolean is_object = sage_json_piece_kind (&self->metadata_piece) == '{';

      add_patch (patches, &n, "metadata", is_object ? self->metadata_piece.at : "{}",
                 is_object ? self->metadata_piece.length : 2);
    }
  if (self->is_repaired)
    add_patch (patches, &n, "nbformat", "4", 1);
  g_snprintf (minor, sizeof minor, "%" G_GINT64_FORMAT, MAX (self->minor, 5));
  if (self->is_repaired || (self->minor < 5 && writer.with_ids))
    add_patch (patches, &n, "nbformat_minor", minor, strlen (minor));

  start = g_bytes_get_data (self->bytes, &length);
  end = end_of (&self->document);
  out = g_string_sized_new (kept != NULL ? 4096 : length + length / 16 + 1024);
  g_string_append_len (out, start, self->document.at - start);
  sage_json_patch (out, &self->document, patches, n, &self->style, 0);
  g_string_append_len (out, end, start + length - end);

  return g_string_free_to_bytes (out);
}

/**
 * sage_notebook_serialise:
 *
 * Writes the notebook as it is to be saved. What was not touched keeps its bytes, to the byte; the
 * rest is written in the file's own style. A notebook before nbformat 4.5 becomes 4.5, with ids, once
 * something other than its outputs has changed.
 *
 * Returns: (transfer full): the file's content
 */
GBytes *
sage_notebook_serialise (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return write_notebook (self, NULL);
}

static void
kept_clear (gpointer data)
{
  Kept *kept = data;

  g_clear_pointer (&kept->bytes, g_bytes_unref);
  g_clear_pointer (&kept->output, sage_frozen_output_free);
}

/**
 * sage_notebook_keep_bytes:
 * @kept: the pieces of the notebook that is being composed
 * @at: where in its text they stand
 * @bytes: what stands there
 *
 * Leaves bytes where they are.
 */
void
sage_notebook_keep_bytes (GArray *kept,
                          gsize   at,
                          GBytes *bytes)
{
  Kept one = { .at = at, .bytes = g_bytes_ref (bytes) };

  g_array_append_val (kept, one);
}

/**
 * sage_notebook_keep_output:
 * @kept: the pieces of the notebook that is being composed
 * @at: where in its text the output stands
 * @output: an output
 * @depth: how deep it stands
 *
 * Leaves the output to who joins the pieces.
 */
void
sage_notebook_keep_output (GArray     *kept,
                           gsize       at,
                           SageOutput *output,
                           guint       depth)
{
  Kept one = { .at = at, .output = sage_output_freeze (output), .depth = depth };

  g_array_append_val (kept, one);
}

/**
 * sage_notebook_compose:
 * @self: a notebook
 *
 * As sage_notebook_serialise(), without copying what was not touched, and without writing outputs.
 *
 * Returns: (transfer full): the file's content as it is to be now, for another thread to join
 */
SageNotebookPieces *
sage_notebook_compose (SageNotebook *self)
{
  SageNotebookPieces *pieces;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  pieces = g_new0 (SageNotebookPieces, 1);
  pieces->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (pieces->kept, kept_clear);
  pieces->style = self->style;
  pieces->text = write_notebook (self, pieces->kept);

  return pieces;
}

/**
 * sage_notebook_pieces_join:
 * @self: pieces, which nobody else uses
 *
 * May be called in any thread.
 *
 * Returns: (transfer full): the file's content
 */
GBytes *
sage_notebook_pieces_join (SageNotebookPieces *self)
{
  gsize length;
  const char *text = g_bytes_get_data (self->text, &length);
  gsize total = length;
  gsize at = 0;
  GString *out;

  if (self->kept->len == 0)
    return g_bytes_ref (self->text);

  for (guint i = 0; i < self->kept->len; i++)
    if (g_array_index (self->kept, Kept, i).bytes != NULL)
      total += g_bytes_get_size (g_array_index (self->kept, Kept, i).bytes);
  out = g_string_sized_new (total);
  for (guint i = 0; i < self->kept->len; i++)
    {
      const Kept *kept = &g_array_index (self->kept, Kept, i);

      g_string_append_len (out, text + at, (gssize) (kept->at - at));
      if (kept->output != NULL)
        sage_frozen_output_write (kept->output, out, &self->style, kept->depth);
      else
        g_string_append_len (out, g_bytes_get_data (kept->bytes, NULL), (gssize) g_bytes_get_size (kept->bytes));
      at = kept->at;
    }
  g_string_append_len (out, text + at, (gssize) (length - at));

  return g_string_free_to_bytes (out);
}

/**
 * sage_notebook_pieces_free:
 * @self: (nullable): pieces
 *
 * To be called in the notebook's own thread: json-glib does not count references for more than one.
 */
void
sage_notebook_pieces_free (SageNotebookPieces *self)
{
  if (self == NULL)
    return;

  g_bytes_unref (self->text);
  g_array_unref (self->kept);
  g_free (self);
}
