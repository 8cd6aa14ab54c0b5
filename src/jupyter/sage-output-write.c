/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-output-private.h"

/* The types of which nbformat writes the text as an array of lines. */
static gboolean
is_cut_in_lines (const char *mime_type)
{
  return g_str_has_prefix (mime_type, "text/") ||
         g_strcmp0 (mime_type, "application/javascript") == 0 ||
         g_strcmp0 (mime_type, "image/svg+xml") == 0;
}

static void
write_data (JsonObject          *data,
            GString             *out,
            const SageJsonStyle *style,
            guint                depth)
{
  g_autoptr(GList) types = sage_json_sorted_members (data);

  g_string_append_c (out, '{');
  for (GList *type = types; type != NULL; type = type->next)
    {
      JsonNode *node = json_object_get_member (data, type->data);

      if (type == types)
        sage_json_style_break (style, out, depth + 1);
      else
        sage_json_style_comma (style, out, depth + 1);
      sage_json_style_key (style, out, type->data);
      if (is_cut_in_lines (type->data) && JSON_NODE_HOLDS_VALUE (node) &&
          sage_output_is_multiline (node))
        sage_json_style_text (style, out, json_node_get_string (node),
                              strlen (json_node_get_string (node)), style->has_lines, depth + 1);
      else
        sage_json_style_node (style, out, node, depth + 1);
    }
  if (types != NULL)
    sage_json_style_break (style, out, depth);
  g_string_append_c (out, '}');
}

/* Nothing of it changes while the output goes on. Who writes it takes no reference of @json or what is in
 * it: json-glib counts them for one thread only. */
struct _SageFrozenOutput
{
  SageOutputKind  kind;
  GBytes         *raw;       /* (owned) (nullable) */
  JsonObject     *json;      /* (owned) (nullable): without @raw */
  SageTextBlock  *block;     /* (owned) (nullable): of a stream, if it was decoded */
  const char     *text;      /* in @block, ... */
  gsize           length;    /* ... so many bytes */
  gboolean        has_grown; /* @text is newer than @raw and @json */
};

static void
write_text (const SageFrozenOutput *self,
            GString                *out,
            const SageJsonStyle    *style,
            guint                   depth)
{
  g_autofree char *text = NULL;

  if (self->block != NULL)
    {
      sage_json_style_text (style, out, self->text, self->length, style->has_lines, depth);
      return;
    }

  text = sage_output_join (json_object_get_member (self->json, "text"), "");
  sage_json_style_text (style, out, text != NULL ? text : "", text != NULL ? strlen (text) : 0, style->has_lines,
                        depth);
}

static void
write_json (const SageFrozenOutput *self,
            GString                *out,
            const SageJsonStyle    *style,
            guint                   depth)
{
  g_autoptr(GList) names = sage_json_sorted_members (self->json);
  JsonObject *data = sage_json_object (self->json, "data");

  g_string_append_c (out, '{');
  for (GList *name = names; name != NULL; name = name->next)
    {
      gboolean is_text = self->kind == SAGE_OUTPUT_STREAM && strcmp (name->data, "text") == 0;

      if (name == names)
        sage_json_style_break (style, out, depth + 1);
      else
        sage_json_style_comma (style, out, depth + 1);
      sage_json_style_key (style, out, name->data);
      if (is_text)
        write_text (self, out, style, depth + 1);
      else if (data != NULL && strcmp (name->data, "data") == 0)
        write_data (data, out, style, depth + 1);
      else
        sage_json_style_node (style, out, json_object_get_member (self->json, name->data),
                              depth + 1);
    }
  sage_json_style_break (style, out, depth);
  g_string_append_c (out, '}');
}

/* Returns: (transfer full): what it is now, for any thread to write. It copies no text. */
SageFrozenOutput *
sage_output_freeze (SageOutput *self)
{
  SageFrozenOutput *frozen = g_new0 (SageFrozenOutput, 1);

  frozen->kind = self->kind;
  frozen->has_grown = self->has_grown;
  if (self->raw != NULL)
    {
      frozen->raw = g_bytes_ref (self->raw);
    }
  else
    {
      frozen->json = json_object_ref (self->json);
      self->is_shared = TRUE;
    }
  if (self->kind == SAGE_OUTPUT_STREAM && self->text != NULL)
    {
      frozen->block = sage_text_block_ref (self->text);
      frozen->text = sage_text_block_get (self->text, &frozen->length);
    }

  return frozen;
}

/* Appends the output as a file has it at @depth: the text it came from as far as that still holds,
 * else with its members sorted, as Jupyter writes them. */
void
sage_frozen_output_write (const SageFrozenOutput *self,
                          GString                *out,
                          const SageJsonStyle    *style,
                          guint                   depth)
{
  SageJsonPiece piece;
  g_autoptr(GString) text = NULL;
  SageJsonPatch patch = { .key = "text" };

  if (self->raw == NULL)
    {
      write_json (self, out, style, depth);
      return;
    }
  piece.at = g_bytes_get_data (self->raw, &piece.length);
  if (!self->has_grown)
    {
      g_string_append_len (out, piece.at, (gssize) piece.length);
      return;
    }

  text = g_string_sized_new (self->length + 64);
  write_text (self, text, style, depth + 1);
  patch.text = text->str;
  patch.length = text->len;
  sage_json_patch (out, &piece, &patch, 1, style, depth);
}

void
sage_frozen_output_free (SageFrozenOutput *self)
{
  g_clear_pointer (&self->raw, g_bytes_unref);
  g_clear_pointer (&self->json, json_object_unref);
  g_clear_pointer (&self->block, sage_text_block_unref);
  g_free (self);
}

/* As sage_frozen_output_write(), of what it is now. */
void
sage_output_write (SageOutput          *self,
                   GString             *out,
                   const SageJsonStyle *style,
                   guint                depth)
{
  g_autoptr(SageFrozenOutput) frozen = sage_output_freeze (self);

  sage_frozen_output_write (frozen, out, style, depth);
}

/* Joins a multiline string of an object, so that the two ways to write it are one. */
static void
join_member (JsonObject *object,
             const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autofree char *text = sage_output_join (node, "");

  if (text != NULL)
    json_object_set_string_member (object, key, text);
}

/* Returns: (transfer full): what it says, in one way of writing */
static char *
canonical (SageOutput *self)
{
  SageJsonStyle style;
  GString *out = g_string_new (NULL);
  SageJsonPiece piece;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;
  JsonObject *data;

  if (!self->has_grown && sage_output_get_piece (self, &piece))
    {
      node = sage_json_piece_node (&piece);
    }
  else
    {
      node = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (node, json_object_ref (sage_output_get_json (self)));
    }

  if (node != NULL && self->raw == NULL)
    {
      /* An object that others have: not to be changed. */
      g_autofree char *text = sage_json_to_string (node);

      json_node_unref (node);
      node = json_from_string (text, NULL);
    }
  object = json_node_get_object (node);
  data = sage_json_object (object, "data");
  join_member (object, "text");
  if (data != NULL)
    {
      g_autoptr(GList) types = json_object_get_members (data);

      for (GList *type = types; type != NULL; type = type->next)
        join_member (data, type->data);
    }

  sage_json_style_init (&style);
  style.indent[0] = '\0';
  sage_json_style_node (&style, out, node, 0);

  return g_string_free_and_steal (out);
}

/**
 * sage_output_is_equal:
 *
 * Returns: whether two outputs say the same, however their files write it
 */
gboolean
sage_output_is_equal (SageOutput *self,
                      SageOutput *other)
{
  SageJsonPiece piece;
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (self == other || (!other->has_grown && sage_output_get_piece (other, &piece) &&
                        sage_output_is_raw (self, &piece)))
    return TRUE;
  if (self->kind != other->kind)
    return FALSE;

  left = canonical (self);
  right = canonical (other);

  return strcmp (left, right) == 0;
}
