/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-notebook-private.h"

/* Returns: (transfer full): an object's text with one member replaced, or taken out where @value is
 * %NULL, in the style of @self, if the object is some notebook's */
GBytes *
sage_notebook_patch_text (SageNotebook *self,
                          GBytes       *object,
                          guint         depth,
                          const char   *key,
                          JsonNode     *value)
{
  SageJsonStyle own;
  const SageJsonStyle *style = &own;
  g_autoptr(GString) text = g_string_new (NULL);
  GString *out = g_string_new (NULL);
  SageJsonPatch patch = { .key = key };
  SageJsonPiece piece;

  if (self != NULL)
    style = &self->style;
  else
    sage_json_style_init (&own);

  piece.at = g_bytes_get_data (object, &piece.length);
  if (value != NULL)
    {
      sage_json_style_node (style, text, value, depth + 1);
      patch.text = text->str;
      patch.length = text->len;
    }
  sage_json_patch (out, &piece, &patch, 1, style, depth);

  return g_string_free_to_bytes (out);
}

static GBytes *
get_text (SageNotebook *self)
{
  if (self->metadata != NULL)
    return g_bytes_ref (self->metadata);
  if (sage_json_piece_kind (&self->metadata_piece) != '{')
    return g_bytes_new_static ("{}", 2);

  return g_bytes_new_from_bytes (self->bytes,
                                 (gsize) (self->metadata_piece.at -
                                          (const char *) g_bytes_get_data (self->bytes, NULL)),
                                 self->metadata_piece.length);
}

/**
 * sage_notebook_get_metadata:
 *
 * Returns: (transfer none): the notebook's metadata as in the file; not to be changed
 */
JsonObject *
sage_notebook_get_metadata (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  if (self->metadata_object == NULL)
    {
      g_autoptr(GBytes) text = get_text (self);
      g_autoptr(JsonNode) node = NULL;
      SageJsonPiece piece;

      piece.at = g_bytes_get_data (text, &piece.length);
      node = sage_json_piece_node (&piece);
      self->metadata_object = json_node_dup_object (node);
    }

  return self->metadata_object;
}

/**
 * sage_notebook_get_kernel_name:
 *
 * Returns: (transfer none) (nullable): metadata.kernelspec.name, the name of an installed kernel; what
 *   else the file says of it is never run
 */
const char *
sage_notebook_get_kernel_name (SageNotebook *self)
{
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  return sage_json_string (sage_json_object (sage_notebook_get_metadata (self), "kernelspec"),
                           "name", NULL);
}

/**
 * sage_notebook_get_language:
 *
 * Returns: (transfer none) (nullable): metadata.language_info.name, else kernelspec.language
 */
const char *
sage_notebook_get_language (SageNotebook *self)
{
  JsonObject *metadata;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (self), NULL);

  metadata = sage_notebook_get_metadata (self);

  return sage_json_string (sage_json_object (metadata, "language_info"), "name",
                           sage_json_string (sage_json_object (metadata, "kernelspec"),
                                             "language", NULL));
}

/* Sets a member of the notebook's metadata; %NULL takes it out. */
void
sage_notebook_set_member (SageNotebook *self,
                          const char   *key,
                          JsonNode     *value)
{
  g_autoptr(GBytes) text = get_text (self);
  GBytes *patched = sage_notebook_patch_text (self, text, 1, key, value);

  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_clear_pointer (&self->metadata_object, json_object_unref);
  self->metadata = patched;
}

static void
set_word (JsonObject *object,
          const char *key,
          const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, key, value);
}

/**
 * sage_notebook_set_kernelspec:
 * @name: the kernel's name
 * @display_name: (nullable): what people call it
 * @language: (nullable): what it speaks
 *
 * Notes which kernel the notebook runs with. Not a step of undo. A language_info of another language
 * goes; the kernel tells its own, see sage_notebook_set_language_info().
 */
void
sage_notebook_set_kernelspec (SageNotebook *self,
                              const char   *name,
                              const char   *display_name,
                              const char   *language)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *spec = json_object_new ();
  JsonObject *old;
  const char *spoken;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (name != NULL);

  set_word (spec, "display_name", display_name != NULL ? display_name : name);
  set_word (spec, "language", language);
  set_word (spec, "name", name);
  json_node_take_object (node, spec);

  old = sage_json_object (sage_notebook_get_metadata (self), "kernelspec");
  if (self->is_read_only ||
      (g_strcmp0 (sage_json_string (old, "name", NULL), name) == 0 &&
       g_strcmp0 (sage_json_string (old, "display_name", NULL),
                  sage_json_string (spec, "display_name", NULL)) == 0 &&
       (language == NULL || g_strcmp0 (sage_json_string (old, "language", language), language) == 0)))
    return;

  sage_notebook_set_member (self, "kernelspec", node);
  spoken = sage_json_string (sage_json_object (sage_notebook_get_metadata (self), "language_info"),
                             "name", NULL);
  if (language != NULL && spoken != NULL && g_ascii_strcasecmp (spoken, language) != 0)
    sage_notebook_set_member (self, "language_info", NULL);
  self->revision++;
  sage_notebook_changed (self);
}

/**
 * sage_notebook_set_language_info:
 * @language_info: the member of that name of a kernel_info_reply
 *
 * Notes the kernel's language. Not a step of undo, and no change where it is what the file says: an
 * untouched notebook must not differ because its kernel was started. A newer version of the same
 * language is noted only with another change, as it would make every notebook differ.
 */
void
sage_notebook_set_language_info (SageNotebook *self,
                                 JsonObject   *language_info)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *old;

  g_return_if_fail (SAGE_IS_NOTEBOOK (self));
  g_return_if_fail (language_info != NULL);

  old = sage_json_object (sage_notebook_get_metadata (self), "language_info");
  json_node_set_object (node, language_info);
  if (self->is_read_only || sage_json_string (language_info, "name", NULL) == NULL)
    return;
  if (g_strcmp0 (sage_json_string (old, "name", NULL),
                 sage_json_string (language_info, "name", NULL)) == 0 &&
      (!sage_notebook_is_modified (self) || json_object_equal (old, language_info)))
    return;

  sage_notebook_set_member (self, "language_info", node);
  self->revision++;
  sage_notebook_changed (self);
}
