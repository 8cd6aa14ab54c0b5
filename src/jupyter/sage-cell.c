/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"
#include "sage-json.h"
#include "sage-notebook-private.h"

typedef enum
{
  PROP_ID = 1,
  PROP_KIND,
  PROP_SOURCE,
  PROP_EXECUTION_COUNT,
  PROP_STATE,
  PROP_STARTED,
  PROP_ENDED,
  PROP_IS_STALE,
  PROP_IS_FOLDED,
  PROP_ARE_OUTPUTS_FOLDED,
} SageCellProperty;

static GParamSpec *properties[PROP_ARE_OUTPUTS_FOLDED + 1];

G_DEFINE_FINAL_TYPE (SageCell, sage_cell, G_TYPE_OBJECT)

GType
sage_cell_kind_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SAGE_CELL_CODE, "SAGE_CELL_CODE", "code" },
    { SAGE_CELL_MARKDOWN, "SAGE_CELL_MARKDOWN", "markdown" },
    { SAGE_CELL_RAW, "SAGE_CELL_RAW", "raw" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("SageCellKind", values));

  return type;
}

GType
sage_cell_state_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SAGE_CELL_IDLE, "SAGE_CELL_IDLE", "idle" },
    { SAGE_CELL_QUEUED, "SAGE_CELL_QUEUED", "queued" },
    { SAGE_CELL_RUNNING, "SAGE_CELL_RUNNING", "running" },
    { SAGE_CELL_SUCCEEDED, "SAGE_CELL_SUCCEEDED", "succeeded" },
    { SAGE_CELL_FAILED, "SAGE_CELL_FAILED", "failed" },
    { SAGE_CELL_CANCELLED, "SAGE_CELL_CANCELLED", "cancelled" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("SageCellState", values));

  return type;
}

/* nbformat's cell_type. */
const char *
sage_cell_kind_name (SageCellKind kind)
{
  static const char *const names[] = { "code", "markdown", "raw" };

  return names[kind];
}

static void
sage_cell_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  SageCell *self = SAGE_CELL (object);

  switch ((SageCellProperty) prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_SOURCE:
      g_value_set_string (value, sage_cell_get_source (self));
      break;
    case PROP_EXECUTION_COUNT:
      g_value_set_int64 (value, self->count);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_STARTED:
      g_value_set_int64 (value, self->started);
      break;
    case PROP_ENDED:
      g_value_set_int64 (value, self->ended);
      break;
    case PROP_IS_STALE:
      g_value_set_boolean (value, self->is_stale);
      break;
    case PROP_IS_FOLDED:
      g_value_set_boolean (value, sage_cell_is_folded (self));
      break;
    case PROP_ARE_OUTPUTS_FOLDED:
      g_value_set_boolean (value, sage_cell_are_outputs_folded (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_cell_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  SageCell *self = SAGE_CELL (object);

  switch ((SageCellProperty) prop_id)
    {
    case PROP_IS_STALE:
      sage_cell_set_stale (self, g_value_get_boolean (value));
      break;
    case PROP_IS_FOLDED:
      sage_cell_set_folded (self, g_value_get_boolean (value));
      break;
    case PROP_ARE_OUTPUTS_FOLDED:
      sage_cell_set_outputs_folded (self, g_value_get_boolean (value));
      break;
    case PROP_ID:
    case PROP_KIND:
    case PROP_SOURCE:
    case PROP_EXECUTION_COUNT:
    case PROP_STATE:
    case PROP_STARTED:
    case PROP_ENDED:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_cell_finalize (GObject *object)
{
  SageCell *self = SAGE_CELL (object);

  g_clear_pointer (&self->raw, g_bytes_unref);
  g_free (self->id);
  if (self->source != NULL)
    g_string_free (self->source, TRUE);
  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_clear_pointer (&self->metadata_object, json_object_unref);
  g_clear_pointer (&self->attachments, g_bytes_unref);
  g_clear_pointer (&self->attachments_object, json_object_unref);
  g_clear_object (&self->outputs);
  g_free (self->ran);

  G_OBJECT_CLASS (sage_cell_parent_class)->finalize (object);
}

static void
sage_cell_class_init (SageCellClass *klass)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sage_cell_finalize;
  object_class->get_property = sage_cell_get_property;
  object_class->set_property = sage_cell_set_property;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, readable);
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, SAGE_TYPE_CELL_KIND, SAGE_CELL_CODE, readable);
  properties[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, readable);
  properties[PROP_EXECUTION_COUNT] =
    g_param_spec_int64 ("execution-count", NULL, NULL, -1, G_MAXINT64, -1, readable);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_CELL_STATE, SAGE_CELL_IDLE, readable);
  properties[PROP_STARTED] =
    g_param_spec_int64 ("started", NULL, NULL, 0, G_MAXINT64, 0, readable);
  properties[PROP_ENDED] = g_param_spec_int64 ("ended", NULL, NULL, 0, G_MAXINT64, 0, readable);
  properties[PROP_IS_STALE] = g_param_spec_boolean ("is-stale", NULL, NULL, FALSE, writable);
  properties[PROP_IS_FOLDED] = g_param_spec_boolean ("is-folded", NULL, NULL, FALSE, writable);
  properties[PROP_ARE_OUTPUTS_FOLDED] =
    g_param_spec_boolean ("are-outputs-folded", NULL, NULL, FALSE, writable);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_cell_init (SageCell *self)
{
  self->origin = -1;
  self->count = -1;
}

/* A cell that no file has yet. */
SageCell *
sage_cell_new (SageCellKind  kind,
               const char   *id,
               const char   *source)
{
  SageCell *self = g_object_new (SAGE_TYPE_CELL, NULL);

  self->kind = kind;
  self->id = g_strdup (id);
  self->source = g_string_new (source);
  self->metadata = g_bytes_new_static ("{}", 2);
  self->outputs = g_list_store_new (SAGE_TYPE_OUTPUT);
  self->is_touched = TRUE;

  return self;
}

static GBytes *
piece_bytes (GBytes              *raw,
             const SageJsonPiece *piece)
{
  const char *start = g_bytes_get_data (raw, NULL);

  return g_bytes_new_from_bytes (raw, (gsize) (piece->at - start), piece->length);
}

/* A cell of a file: @parts are pieces of @raw. @origin is its place there, or -1 for a text that was
 * pasted. */
SageCell *
sage_cell_new_from_raw (GBytes            *raw,
                        const SageCellRaw *parts,
                        int                origin,
                        const char        *id)
{
  SageCell *self = g_object_new (SAGE_TYPE_CELL, NULL);
  gint64 count;

  self->raw = g_bytes_ref (raw);
  self->parts = *parts;
  self->origin = origin;
  self->kind = parts->kind;
  self->id = g_strdup (id);
  self->metadata = sage_json_piece_kind (&parts->metadata) == '{'
                   ? piece_bytes (raw, &parts->metadata) : g_bytes_new_static ("{}", 2);
  if (sage_json_piece_kind (&parts->attachments) == '{')
    self->attachments = piece_bytes (raw, &parts->attachments);
  if (sage_json_piece_to_int (&parts->count, &count) && count >= 0)
    self->count = count;

  return self;
}

/* Something that a save would write has changed. */
void
sage_cell_touch (SageCell *self)
{
  self->is_touched = TRUE;
  if (self->notebook != NULL)
    sage_notebook_cell_changed (self->notebook, self);
}

/**
 * sage_cell_get_id:
 *
 * Returns: (transfer none): its id, unique in its notebook. Of a file older than nbformat 4.5 it is
 *   derived from the source, so that the same cell has the same id when the file is opened again
 */
const char *
sage_cell_get_id (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), NULL);

  return self->id;
}

/**
 * sage_cell_get_kind:
 *
 * Returns: what it is
 */
SageCellKind
sage_cell_get_kind (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), SAGE_CELL_CODE);

  return self->kind;
}

static GString *
ensure_source (SageCell *self)
{
  if (self->source == NULL)
    {
      char *text = sage_json_piece_text (&self->parts.source);

      self->source = g_string_new_take (text);
    }

  return self->source;
}

/**
 * sage_cell_get_source:
 *
 * Returns: (transfer none): its text, valid until it is edited
 */
const char *
sage_cell_get_source (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), "");

  return ensure_source (self)->str;
}

gsize
sage_cell_get_length (SageCell *self)
{
  return ensure_source (self)->len;
}

/**
 * sage_cell_get_execution_count:
 *
 * Returns: the number the kernel gave its last run, -1 for none
 */
gint64
sage_cell_get_execution_count (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), -1);

  return self->count;
}

/* The kernel's word, or none (-1). */
void
sage_cell_set_count (SageCell *self,
                     gint64    count)
{
  if (self->count == count)
    return;

  self->count = count;
  sage_cell_touch (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXECUTION_COUNT]);
}

/* Creates the outputs of the file's text. Those of an unknown type are left out: the notebook is
 * read-only then. */
GListStore *
sage_cell_ensure_outputs (SageCell *self)
{
  SageJsonCursor cursor;
  SageJsonPiece piece;
  gboolean is_first = TRUE;
  g_autoptr(GPtrArray) outputs = NULL;

  if (self->outputs != NULL)
    return self->outputs;

  self->outputs = g_list_store_new (SAGE_TYPE_OUTPUT);
  if (sage_json_piece_kind (&self->parts.outputs) != '[' || self->kind != SAGE_CELL_CODE)
    return self->outputs;

  outputs = g_ptr_array_new_with_free_func (g_object_unref);
  sage_json_cursor_init (&cursor, self->parts.outputs.at, self->parts.outputs.length);
  sage_json_cursor_enter (&cursor, '[');
  while (sage_json_cursor_next (&cursor, ']', &is_first) && sage_json_cursor_value (&cursor, &piece))
    {
      SageJsonPiece type = { 0 };
      g_autofree char *name = NULL;
      SageOutputKind kind;

      if (sage_json_piece_find (&piece, "output_type", &type) && sage_json_piece_kind (&type) == '"')
        name = sage_json_piece_string (&type);
      if (sage_output_kind_from_name (name, &kind))
        {
          g_autoptr(GBytes) raw = piece_bytes (self->raw, &piece);
          SageOutput *output = sage_output_new_from_raw (raw, kind);

          output->trust = self->trust;
          g_ptr_array_add (outputs, output);
        }
    }
  g_list_store_splice (self->outputs, 0, 0, outputs->pdata, outputs->len);

  return self->outputs;
}

/**
 * sage_cell_get_outputs:
 *
 * Returns: (transfer none): a live list of #SageOutput; empty of what is not code
 */
GListModel *
sage_cell_get_outputs (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), NULL);

  return G_LIST_MODEL (sage_cell_ensure_outputs (self));
}

/**
 * sage_cell_guess_output_lines:
 * @self: a cell
 *
 * Returns: about how many lines its outputs take; of a file's, as its text is long, without a look
 *   into it
 */
guint
sage_cell_guess_output_lines (SageCell *self)
{
  guint n;

  g_return_val_if_fail (SAGE_IS_CELL (self), 0);

  if (self->kind != SAGE_CELL_CODE)
    return 0;
  if (self->outputs == NULL)
    return self->parts.n_outputs > 0 ? 1 + (guint) MIN (self->parts.outputs.length / 60, 10000) : 0;
  n = g_list_model_get_n_items (G_LIST_MODEL (self->outputs));

  return MIN (n, 1000) * 4;
}

/* Replaces bytes of the source. */
void
sage_cell_edit (SageCell   *self,
                gsize       offset,
                gsize       removed,
                const char *inserted,
                gsize       inserted_length)
{
  GString *source = ensure_source (self);

  g_string_erase (source, (gssize) offset, (gssize) removed);
  g_string_insert_len (source, (gssize) offset, inserted, (gssize) inserted_length);
  sage_cell_touch (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCE]);
  sage_cell_update_stale (self);
}

/* Tells of folds that a change of the metadata has changed. */
void
sage_cell_notify_folds (SageCell *self,
                        gboolean  was_folded,
                        gboolean  were_outputs_folded)
{
  if (was_folded != sage_cell_is_folded (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_FOLDED]);
  if (were_outputs_folded != sage_cell_are_outputs_folded (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARE_OUTPUTS_FOLDED]);
}
