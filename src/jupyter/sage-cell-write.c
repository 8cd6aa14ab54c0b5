/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"
#include "sage-notebook-pieces-private.h"

/* Cells stand at this depth: in the array of the notebook's object. */
#define CELL_DEPTH 2
#define MEMBER_DEPTH (CELL_DEPTH + 1)

/* Outputs of fewer bytes are copied at once. */
#define MIN_KEPT (64 * 1024)

static gboolean
is_same (GBytes              *text,
         const SageJsonPiece *piece)
{
  gsize length;
  const char *at;

  if (text == NULL)
    return piece->length == 0;

  at = g_bytes_get_data (text, &length);

  return length == piece->length && (at == piece->at || memcmp (at, piece->at, length) == 0);
}

static gboolean
is_source_same (SageCell *self)
{
  g_autofree char *text = NULL;

  if (self->source == NULL)
    return TRUE;
  if (!sage_json_piece_is_text (&self->parts.source))
    return FALSE;

  text = sage_json_piece_text (&self->parts.source);

  return strcmp (text, self->source->str) == 0;
}

/* Whether the outputs are where they were read, all of them and in order; that needs no look at the text. */
static gboolean
are_outputs_in_place (SageCell *self)
{
  const char *start = self->parts.outputs.at;
  const char *end = start + self->parts.outputs.length;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->outputs));

  if (n != self->parts.n_outputs)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (G_LIST_MODEL (self->outputs), i);
      SageJsonPiece piece;

      if (output->has_grown || !sage_output_get_piece (output, &piece) || piece.at < start || piece.at >= end)
        return FALSE;
      start = piece.at + piece.length;
    }

  return TRUE;
}

/* Whether some output is from no file: then they are not the file's. */
static gboolean
is_output_new (SageCell *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->outputs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (G_LIST_MODEL (self->outputs), i);

      if (output->has_grown || output->raw == NULL)
        return TRUE;
    }

  return FALSE;
}

/* The file's pieces, one by one, are the outputs. */
static gboolean
are_outputs_same (SageCell *self)
{
  SageJsonCursor cursor;
  SageJsonPiece piece;
  gboolean is_first = TRUE;
  guint n = 0;

  if (self->outputs == NULL)
    return TRUE;
  if (sage_json_piece_kind (&self->parts.outputs) != '[' || is_output_new (self))
    return FALSE;
  if (are_outputs_in_place (self))
    return TRUE;

  sage_json_cursor_init (&cursor, self->parts.outputs.at, self->parts.outputs.length);
  sage_json_cursor_enter (&cursor, '[');
  while (sage_json_cursor_next (&cursor, ']', &is_first) && sage_json_cursor_value (&cursor, &piece))
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (G_LIST_MODEL (self->outputs), n++);

      if (output == NULL || !sage_output_is_raw (output, &piece))
        return FALSE;
    }

  return n == g_list_model_get_n_items (G_LIST_MODEL (self->outputs));
}

static gboolean
is_count_same (SageCell *self)
{
  gint64 count;

  if (!sage_json_piece_to_int (&self->parts.count, &count))
    count = -1;

  return MAX (count, -1) == self->count;
}

/* Whether source, type, metadata and attachments are the file's: what people edit. */
gboolean
sage_cell_is_content_as_read (SageCell *self)
{
  if (self->raw == NULL || self->origin < 0)
    return FALSE;

  return !self->is_touched ||
         (self->kind == self->parts.kind && is_source_same (self) &&
          (is_same (self->metadata, &self->parts.metadata) || self->parts.metadata.length == 0) &&
          is_same (self->attachments, &self->parts.attachments));
}

/* Whether all that a save would write of it is the file's; its id aside. */
gboolean
sage_cell_is_as_read (SageCell *self)
{
  if (!sage_cell_is_content_as_read (self))
    return FALSE;

  return !self->is_touched || self->kind != SAGE_CELL_CODE ||
         (are_outputs_same (self) && is_count_same (self));
}

static void
write_outputs (SageCell            *self,
               GString             *out,
               const SageJsonStyle *style,
               GArray              *kept)
{
  GListModel *outputs = sage_cell_get_outputs (self);
  guint n = g_list_model_get_n_items (outputs);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);

      if (i == 0)
        sage_json_style_break (style, out, MEMBER_DEPTH + 1);
      else
        sage_json_style_comma (style, out, MEMBER_DEPTH + 1);
      if (kept != NULL)
        sage_notebook_keep_output (kept, out->len, output, MEMBER_DEPTH + 1);
      else
        sage_output_write (output, out, style, MEMBER_DEPTH + 1);
    }
  if (n > 0)
    sage_json_style_break (style, out, MEMBER_DEPTH);
  g_string_append_c (out, ']');
}

/* The changes from the file's text to what is to be written. */
typedef struct
{
  SageCell            *cell;
  const SageJsonStyle *style;
  GArray              *kept;       /* (nullable): outputs are put here */
  SageJsonPatch        patches[12];
  guint                n;
} Changes;

static void
write_outputs_cb (GString  *out,
                  gpointer  data)
{
  Changes *changes = data;

  write_outputs (changes->cell, out, changes->style, changes->kept);
}

static void
write_source_cb (GString  *out,
                 gpointer  data)
{
  Changes *changes = data;
  SageCell *self = changes->cell;
  char kind = sage_json_piece_kind (&self->parts.source);
  gboolean as_lines = kind == '[' || (kind != '"' && changes->style->has_lines);

  sage_json_style_text (changes->style, out, sage_cell_get_source (self),
                        sage_cell_get_length (self), as_lines, MEMBER_DEPTH);
}

/* A string or word to be written. */
static void
add_value (Changes    *changes,
           const char *key,
           const char *text)
{
  changes->patches[changes->n++] =
    (SageJsonPatch) { .key = key, .text = text, .length = text != NULL ? strlen (text) : 0 };
}

static void
add_bytes (Changes    *changes,
           const char *key,
           GBytes     *text)
{
  SageJsonPatch *patch = &changes->patches[changes->n++];

  *patch = (SageJsonPatch) { .key = key };
  patch->text = g_bytes_get_data (text, &patch->length);
}

static void
add_written (Changes    *changes,
             const char *key,
             void      (*write) (GString *, gpointer))
{
  changes->patches[changes->n++] = (SageJsonPatch) { .key = key, .write = write, .data = changes };
}

/* nbformat: only code has outputs and a count, and must have them; only the others may have
 * attachments. */
static void
add_kind_members (Changes *changes,
                  char    *count)
{
  SageCell *self = changes->cell;
  const SageCellRaw *parts = &self->parts;

  if (self->kind != SAGE_CELL_CODE)
    {
      add_value (changes, "outputs", NULL);
      add_value (changes, "execution_count", NULL);
      if (self->attachments == NULL)
        add_value (changes, "attachments", NULL);
      else if (!is_same (self->attachments, &parts->attachments) || parts->is_faulty)
        add_bytes (changes, "attachments", self->attachments);
      return;
    }

  add_value (changes, "attachments", NULL);
  if (!are_outputs_same (self) || sage_json_piece_kind (&parts->outputs) != '[' || parts->is_faulty)
    add_written (changes, "outputs", write_outputs_cb);
  if (!is_count_same (self) || parts->count.length == 0 || parts->is_faulty)
    add_value (changes, "execution_count", count);
}

/* Leaves the outputs where they are in the file's text. */
static void
keep_outputs_cb (GString  *out,
                 gpointer  data)
{
  Changes *changes = data;
  GBytes *raw = changes->cell->raw;
  const SageJsonPiece *outputs = &changes->cell->parts.outputs;
  g_autoptr(GBytes) bytes = NULL;

  bytes = g_bytes_new_from_bytes (raw, (gsize) (outputs->at - (const char *) g_bytes_get_data (raw, NULL)),
                                  outputs->length);
  sage_notebook_keep_bytes (changes->kept, out->len, bytes);
}

/* Tells where members are in the file's text that may be large, so that nobody looks for their ends. */
static void
add_places (Changes *changes)
{
  const SageCellRaw *parts = &changes->cell->parts;
  const struct { const char *key; SageJsonPiece piece; } places[] = {
    { "source", parts->source },
    { "metadata", parts->metadata },
    { "outputs", parts->outputs },
    { "attachments", parts->attachments },
  };
  guint n = changes->n;

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      guint at = 0;

      if (places[i].piece.length == 0)
        continue;
      while (at < n && strcmp (changes->patches[at].key, places[i].key) != 0)
        at++;
      if (at == n)
        {
          at = changes->n++;
          changes->patches[at] = (SageJsonPatch) { .key = places[i].key, .is_kept = TRUE };
          if (i == 2 && changes->kept != NULL && places[i].piece.length >= MIN_KEPT)
            {
              changes->patches[at].write = keep_outputs_cb;
              changes->patches[at].data = changes;
            }
        }
      changes->patches[at].old = places[i].piece;
    }
}

/* Whether what is to be written are the very bytes that were read. @with_id: nbformat 4.5. */
gboolean
sage_cell_keeps_bytes (SageCell *self,
                       gboolean  with_id)
{
  const SageCellRaw *parts = &self->parts;

  return !parts->is_faulty && (!with_id || sage_json_piece_is (&parts->id, self->id))
         && sage_cell_is_as_read (self);
}

/* Appends the cell as a notebook has it. @with_id: nbformat 4.5; @kept: (nullable): gets the outputs that are
 * to be written, as sage_notebook_keep_output() has it. */
void
sage_cell_write (SageCell            *self,
                 GString             *out,
                 const SageJsonStyle *style,
                 gboolean             with_id,
                 GArray              *kept)
{
  Changes changes = { .cell = self, .style = style, .kept = kept };
  SageJsonPiece piece = { "{}", 2 };
  const SageCellRaw *parts = &self->parts;
  gboolean has_id = sage_json_piece_is (&parts->id, self->id);
  char kind[16];
  char count[24];
  g_autoptr(GString) id = g_string_new (NULL);

  if (self->raw != NULL && *(const char *) g_bytes_get_data (self->raw, NULL) == '{')
    piece.at = g_bytes_get_data (self->raw, &piece.length);
  if (sage_cell_keeps_bytes (self, with_id))
    {
      g_string_append_len (out, piece.at, (gssize) piece.length);
      return;
    }

  g_snprintf (kind, sizeof kind, "\"%s\"", sage_cell_kind_name (self->kind));
  g_snprintf (count, sizeof count, "%" G_GINT64_FORMAT, self->count);
  if (self->raw == NULL || self->kind != parts->kind || parts->is_faulty)
    add_value (&changes, "cell_type", kind);
  if (with_id && (!has_id || parts->is_faulty))
    {
      sage_json_style_string (style, id, self->id, strlen (self->id));
      add_value (&changes, "id", id->str);
    }
  if (!sage_json_piece_is_text (&parts->source) || !is_source_same (self) || parts->is_faulty)
    add_written (&changes, "source", write_source_cb);
  if (!is_same (self->metadata, &parts->metadata) || parts->is_faulty)
    add_bytes (&changes, "metadata", self->metadata);
  add_kind_members (&changes, self->count < 0 ? strcpy (count, "null") : count);
  if (self->raw != NULL)
    add_places (&changes);

  sage_json_patch (out, &piece, changes.patches, changes.n, style, CELL_DEPTH);
}
