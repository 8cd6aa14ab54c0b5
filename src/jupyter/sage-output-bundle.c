/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-output"

#include "config.h"

#include "sage-json.h"
#include "sage-output-private.h"

/* Bundles: display_data and execute_result. */

/**
 * sage_output_list_types:
 *
 * Returns: (transfer full): the MIME types of a bundle, in the kernel's order; none of anything else
 */
char **
sage_output_list_types (SageOutput *self)
{
  g_autoptr(GStrvBuilder) types = g_strv_builder_new ();
  SageJsonPiece data;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);

  if (sage_output_get_piece (self, &data))
    {
      SageJsonCursor cursor;
      SageJsonPiece key;
      gboolean is_first = TRUE;

      if (sage_json_piece_find (&data, "data", &data) && sage_json_piece_kind (&data) == '{')
        {
          sage_json_cursor_init (&cursor, data.at, data.length);
          sage_json_cursor_enter (&cursor, '{');
          while (sage_json_cursor_member (&cursor, &is_first, &key) &&
                 sage_json_cursor_value (&cursor, &data))
            g_strv_builder_take (types, sage_json_piece_string (&key));
        }
    }
  else if (sage_json_object (self->json, "data") != NULL)
    {
      g_autoptr(GList) names = json_object_get_members (sage_json_object (self->json, "data"));

      for (GList *name = names; name != NULL; name = name->next)
        g_strv_builder_add (types, name->data);
    }

  return g_strv_builder_end (types);
}

static gboolean
is_json_type (const char *mime_type)
{
  return g_strcmp0 (mime_type, "application/json") == 0 || g_str_has_suffix (mime_type, "+json");
}

/**
 * sage_output_get_datum:
 * @mime_type: one of sage_output_list_types()
 *
 * Returns: (transfer none) (nullable): a bundle's text, or base64, of that type; %NULL where there is
 *   none, or where it is JSON
 */
const char *
sage_output_get_datum (SageOutput *self,
                       const char *mime_type)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);
  g_return_val_if_fail (mime_type != NULL, NULL);

  return is_json_type (mime_type) ? NULL : sage_output_get_member_text (self, "data", mime_type);
}

/**
 * sage_output_dup_datum:
 * @mime_type: one of sage_output_list_types()
 *
 * Returns: (transfer full) (nullable): what sage_output_get_datum() does, without the output keeping it
 *   decoded: for what is looked at once
 */
char *
sage_output_dup_datum (SageOutput *self,
                       const char *mime_type)
{
  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);
  g_return_val_if_fail (mime_type != NULL, NULL);

  return is_json_type (mime_type) ? NULL : sage_output_read_text (self, "data", mime_type);
}

/**
 * sage_output_get_json_datum:
 * @mime_type: one of sage_output_list_types()
 *
 * Returns: (transfer none) (nullable): a bundle's value of a JSON type, such as "application/json"
 */
JsonNode *
sage_output_get_json_datum (SageOutput *self,
                            const char *mime_type)
{
  SageJsonPiece piece;
  JsonNode *node;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);
  g_return_val_if_fail (mime_type != NULL, NULL);

  if (!is_json_type (mime_type))
    return NULL;

  if (!sage_output_get_piece (self, &piece))
    {
      JsonObject *data = sage_json_object (self->json, "data");

      return data != NULL ? json_object_get_member (data, mime_type) : NULL;
    }

  if (self->nodes == NULL)
    self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) json_node_unref);
  node = g_hash_table_lookup (self->nodes, mime_type);
  if (node == NULL && sage_json_piece_find (&piece, "data", &piece) &&
      sage_json_piece_find (&piece, mime_type, &piece))
    {
      node = sage_json_piece_node (&piece);
      g_hash_table_insert (self->nodes, g_strdup (mime_type), node);
    }

  return node;
}

/**
 * sage_output_get_metadata:
 *
 * Returns: (transfer none) (nullable): a bundle's metadata, by MIME type
 */
JsonObject *
sage_output_get_metadata (SageOutput *self)
{
  static const char key[] = "\nmetadata"; /* no MIME type */
  SageJsonPiece piece;
  JsonNode *node;

  g_return_val_if_fail (SAGE_IS_OUTPUT (self), NULL);

  if (!sage_output_get_piece (self, &piece))
    return sage_json_object (self->json, "metadata");

  if (self->nodes == NULL)
    self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) json_node_unref);
  node = g_hash_table_lookup (self->nodes, key);
  if (node == NULL && sage_json_piece_find (&piece, "metadata", &piece) &&
      sage_json_piece_kind (&piece) == '{')
    {
      node = sage_json_piece_node (&piece);
      g_hash_table_insert (self->nodes, g_strdup (key), node);
    }

  return node != NULL ? json_node_get_object (node) : NULL;
}
