/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-output-private.h"

enum
{
  APPENDED,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageOutput, sage_output, G_TYPE_OBJECT)

static const char *const kind_names[] = {
  [SAGE_OUTPUT_STREAM] = "stream",
  [SAGE_OUTPUT_DISPLAY_DATA] = "display_data",
  [SAGE_OUTPUT_EXECUTE_RESULT] = "execute_result",
  [SAGE_OUTPUT_ERROR] = "error",
};

static void
sage_output_finalize (GObject *object)
{
  SageOutput *self = SAGE_OUTPUT (object);

  g_clear_pointer (&self->raw, g_bytes_unref);
  g_clear_pointer (&self->json, json_object_unref);
  g_clear_pointer (&self->text, sage_text_block_unref);
  g_free (self->display_id);
  g_clear_pointer (&self->strings, g_hash_table_unref);
  g_clear_pointer (&self->nodes, g_hash_table_unref);

  G_OBJECT_CLASS (sage_output_parent_class)->finalize (object);
}

static void
sage_output_class_init (SageOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_output_finalize;

  /**
   * SageOutput::appended:
   * @self: a stream
   * @offset: bytes of its text before it grew
   * @text: what came
   */
  signals[APPENDED] =
    g_signal_new ("appended", SAGE_TYPE_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * SageOutput::changed:
   *
   * The bundle was replaced.
   */
  signals[CHANGED] =
    g_signal_new ("changed", SAGE_TYPE_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
sage_output_init (SageOutput *self)
{
}

/* Whether @name is an nbformat output_type. */
gboolean
sage_output_kind_from_name (const char     *name,
                            SageOutputKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0)
      {
        *kind = (SageOutputKind) i;
        return TRUE;
      }

  return FALSE;
}

/* Whether it is what nbformat calls a multiline string. */
gboolean
sage_output_is_multiline (JsonNode *node)
{
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node))
    return json_node_get_value_type (node) == G_TYPE_STRING;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (sage_json_array_string (array, i) == NULL)
      return FALSE;

  return TRUE;
}

/* Returns: (nullable): the member at fault. */
static const char *
find_fault (JsonObject     *object,
            SageOutputKind  kind)
{
  switch (kind)
    {
    case SAGE_OUTPUT_STREAM:
      if (sage_json_string (object, "name", NULL) == NULL)
        return "name";
      return sage_output_is_multiline (json_object_get_member (object, "text")) ? NULL : "text";
    case SAGE_OUTPUT_ERROR:
      if (sage_json_string (object, "ename", NULL) == NULL)
        return "ename";
      if (sage_json_string (object, "evalue", NULL) == NULL)
        return "evalue";
      return sage_json_array (object, "traceback") != NULL &&
             sage_output_is_multiline (json_object_get_member (object, "traceback")) ? NULL : "traceback";
    case SAGE_OUTPUT_DISPLAY_DATA:
    case SAGE_OUTPUT_EXECUTE_RESULT:
      return sage_json_object (object, "data") != NULL ? NULL : "data";
    default:
      g_assert_not_reached ();
    }
}

/**
 * sage_output_is_own:
 *
 * Returns: whether it came from a kernel, in answer to a run of the cell here; what a file brought is not,
 *   whatever a kernel has changed in it since
 */
gboolean
sage_output_is_own (SageOutput *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), FALSE);

  return self->is_own;
}

/**
 * sage_output_is_trusted:
 * @trust: a number that sage_notebook_new_trust() gave; 0 for none
 *
 * Returns: whether scripts in it may run: a run here made it, or it was vouched for by that number
 */
gboolean
sage_output_is_trusted (SageOutput *self,
                        guint       trust)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), FALSE);

  return self->is_own || (trust != 0 && self->trust == trust);
}

/**
 * sage_output_new_from_json:
 * @object: an output as nbformat 4 has it, unknown members and all
 *
 * Returns: (transfer full): the output, which keeps @object, or %NULL with %SAGE_ERROR_INVALID, which
 *   names the member at fault
 */
SageOutput *
sage_output_new_from_json (JsonObject  *object,
                           GError     **error)
{
  const char *type = sage_json_string (object, "output_type", NULL);
  SageOutputKind kind;
  const char *fault;
  SageOutput *self;

  g_return_val_if_fail (object != NULL, NULL);

  if (!sage_output_kind_from_name (type, &kind))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "An output's 'output_type' is '%s'",
                  type != NULL ? type : "missing");
      return NULL;
    }
  fault = find_fault (object, kind);
  if (fault != NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "An output of type '%s' has no valid '%s'", type, fault);
      return NULL;
    }

  self = g_object_new (SAGE_TYPE_OUTPUT, NULL);
  self->kind = kind;
  self->json = json_object_ref (object);

  return self;
}

/* An output of a file. @raw is an object whose output_type is @kind; nothing else of it is known. */
SageOutput *
sage_output_new_from_raw (GBytes         *raw,
                          SageOutputKind  kind)
{
  SageOutput *self = g_object_new (SAGE_TYPE_OUTPUT, NULL);

  self->kind = kind;
  self->raw = g_bytes_ref (raw);

  return self;
}

/* Its text in the file, if it still is that. */
gboolean
sage_output_get_piece (SageOutput    *self,
                       SageJsonPiece *piece)
{
  if (self->raw == NULL)
    return FALSE;
  piece->at = g_bytes_get_data (self->raw, &piece->length);

  return TRUE;
}

/* Whether its text is @piece still, or again. */
gboolean
sage_output_is_raw (SageOutput          *self,
                    const SageJsonPiece *piece)
{
  SageJsonPiece own;

  return !self->has_grown && sage_output_get_piece (self, &own) && own.length == piece->length &&
         (own.at == piece->at || memcmp (own.at, piece->at, own.length) == 0);
}

/* Has a member of @json changed. What another thread may read is not, but a copy of it. */
static void
set_member (SageOutput *self,
            const char *name,
            JsonNode   *node)
{
  if (self->is_shared)
    {
      JsonObject *copy = json_object_new ();
      JsonObjectIter iter;
      const char *key;
      JsonNode *value;

      json_object_iter_init_ordered (&iter, self->json);
      while (json_object_iter_next_ordered (&iter, &key, &value))
        json_object_set_member (copy, key, json_node_copy (value));
      json_object_unref (self->json);
      self->json = copy;
      self->is_shared = FALSE;
    }
  json_object_set_member (self->json, name, node);
}

/* Makes @json, where a getter wants it or something is about to change. */
static void
ensure_json (SageOutput *self)
{
  SageJsonPiece piece;

  if (self->json == NULL && sage_output_get_piece (self, &piece))
    {
      g_autoptr(JsonNode) node = sage_json_piece_node (&piece);

      self->json = json_node_dup_object (node);
    }
  if (self->has_grown)
    set_member (self, "text", json_node_init_string (json_node_alloc (), sage_text_block_get (self->text, NULL)));
}

/**
 * sage_output_get_json:
 *
 * Returns: (transfer none): the nbformat object
 */
JsonObject *
sage_output_get_json (SageOutput *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);

  ensure_json (self);

  return self->json;
}

/**
 * sage_output_get_kind:
 *
 * Returns: what it is
 */
SageOutputKind
sage_output_get_kind (SageOutput *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), SAGE_OUTPUT_STREAM);

  return self->kind;
}

/* Joins a multiline string of json-glib's. */
char *
sage_output_join (JsonNode   *node,
                  const char *separator)
{
  GString *out;
  JsonArray *array;

  if (node == NULL || !sage_output_is_multiline (node))
    return NULL;
  if (JSON_NODE_HOLDS_VALUE (node))
    return g_strdup (json_node_get_string (node));

  out = g_string_new (NULL);
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (i > 0)
        g_string_append (out, separator);
      g_string_append (out, json_array_get_string_element (array, i));
    }

  return g_string_free_and_steal (out);
}

/* Returns: (transfer full) (nullable): a multiline string, @container's (nullable) member @key. */
char *
sage_output_read_text (SageOutput *self,
                       const char *container,
                       const char *key)
{
  JsonObject *object = self->json;
  SageJsonPiece piece;

  if (sage_output_get_piece (self, &piece))
    return (container == NULL || sage_json_piece_find (&piece, container, &piece)) &&
           sage_json_piece_find (&piece, key, &piece) && sage_json_piece_is_text (&piece)
           ? sage_json_piece_text (&piece) : NULL;

  if (container != NULL)
    object = sage_json_object (object, container);

  return object != NULL ? sage_output_join (json_object_get_member (object, key), "") : NULL;
}

/* Returns: (transfer none) (nullable): as sage_output_read_text(), kept. */
const char *
sage_output_get_member_text (SageOutput *self,
                             const char *container,
                             const char *key)
{
  char *text;

  if (self->strings == NULL)
    self->strings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!g_hash_table_lookup_extended (self->strings, key, NULL, (gpointer *) &text))
    {
      text = sage_output_read_text (self, container, key);
      g_hash_table_insert (self->strings, g_strdup (key), text);
    }

  return text;
}

/**
 * sage_output_get_name:
 *
 * Returns: (transfer none): a stream's name, "stdout" or "stderr"; "" of anything else
 */
const char *
sage_output_get_name (SageOutput *self)
{
  const char *name;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), "");

  name = self->kind == SAGE_OUTPUT_STREAM ? sage_output_get_member_text (self, NULL, "name") : NULL;

  return name != NULL ? name : "";
}

/**
 * sage_output_get_text:
 * @length: (out) (optional): its bytes
 *
 * Returns: (transfer none): a stream's text so far; valid until it grows
 */
const char *
sage_output_get_text (SageOutput *self,
                      gsize      *length)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), "");

  if (self->text == NULL)
    {
      char *text = self->kind == SAGE_OUTPUT_STREAM ? sage_output_read_text (self, NULL, "text") : NULL;

      self->text = sage_text_block_new (text != NULL ? text : "");
      g_free (text);
    }

  return sage_text_block_get (self->text, length);
}

/**
 * sage_output_get_error_name:
 *
 * Returns: (transfer none): an error's class, such as "ValueError"
 */
const char *
sage_output_get_error_name (SageOutput *self)
{
  const char *text;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), "");

  text = sage_output_get_member_text (self, NULL, "ename");

  return text != NULL ? text : "";
}

/**
 * sage_output_get_error_value:
 *
 * Returns: (transfer none): an error's message
 */
const char *
sage_output_get_error_value (SageOutput *self)
{
  const char *text;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), "");

  text = sage_output_get_member_text (self, NULL, "evalue");

  return text != NULL ? text : "";
}

/**
 * sage_output_get_traceback:
 *
 * Returns: (transfer none): an error's traceback with its ANSI sequences, lines joined by line feeds
 */
const char *
sage_output_get_traceback (SageOutput *self)
{
  static const char key[] = "\ntraceback"; /* no member's name: the lines joined otherwise */
  const char *text;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), "");

  text = self->strings != NULL ? g_hash_table_lookup (self->strings, key) : NULL;
  if (text == NULL)
    {
      char *joined;

      ensure_json (self);
      joined = sage_output_join (json_object_get_member (self->json, "traceback"), "\n");
      if (self->strings == NULL)
        self->strings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      if (joined == NULL)
        joined = g_strdup ("");
      g_hash_table_insert (self->strings, g_strdup (key), joined);
      text = joined;
    }

  return text;
}

/**
 * sage_output_get_display_id:
 *
 * Returns: (transfer none) (nullable): what update_display_data calls it by; never saved
 */
const char *
sage_output_get_display_id (SageOutput *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);

  return self->display_id;
}

void
sage_output_set_display_id (SageOutput *self,
                            const char *display_id)
{
  g_set_str (&self->display_id, display_id);
}

/**
 * sage_output_release:
 *
 * Frees what was decoded from a file's text, and with it every string and object that the getters
 * gave; they decode it again when asked. For outputs that have gone out of sight.
 */
void
sage_output_release (SageOutput *self)
{
  g_return_if_fail (SAGE_IS_OUTPUT (self));

  g_clear_pointer (&self->strings, g_hash_table_unref);
  g_clear_pointer (&self->nodes, g_hash_table_unref);
  if (self->raw == NULL || self->has_grown)
    return;

  g_clear_pointer (&self->json, json_object_unref);
  g_clear_pointer (&self->text, sage_text_block_unref);
}

/**
 * sage_output_get_plain:
 * @self: an output
 *
 * Returns: (transfer none) (nullable): what can be read of it as text: what was written, the
 *   traceback, the plain form of a bundle
 */
const char *
sage_output_get_plain (SageOutput *self)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);

  switch (self->kind)
    {
    case SAGE_OUTPUT_STREAM:
      return sage_output_get_text (self, NULL);
    case SAGE_OUTPUT_ERROR:
      return sage_output_get_traceback (self);
    case SAGE_OUTPUT_DISPLAY_DATA:
    case SAGE_OUTPUT_EXECUTE_RESULT:
    default:
      return sage_output_get_datum (self, "text/plain");
    }
}

/* A stream grows. */
void
sage_output_append (SageOutput *self,
                    const char *text)
{
  gsize offset;

  sage_output_get_text (self, &offset);
  self->text = sage_text_block_append (self->text, text);
  self->has_grown = TRUE;
  g_signal_emit (self, signals[APPENDED], 0, (guint64) offset, text);
}

/* update_display_data: the bundle is replaced. */
void
sage_output_update (SageOutput *self,
                    JsonObject *data,
                    JsonObject *metadata)
{
  g_autoptr(JsonObject) none = json_object_new ();

  ensure_json (self);
  g_clear_pointer (&self->raw, g_bytes_unref);
  g_clear_pointer (&self->strings, g_hash_table_unref);
  g_clear_pointer (&self->nodes, g_hash_table_unref);

  set_member (self, "data", json_node_init_object (json_node_alloc (), data));
  set_member (self, "metadata", json_node_init_object (json_node_alloc (), metadata != NULL ? metadata : none));
  g_signal_emit (self, signals[CHANGED], 0);
}
