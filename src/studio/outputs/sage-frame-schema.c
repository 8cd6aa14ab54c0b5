/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame-schema"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-frame.h"
#include "sage-json.h"

/* Tabular Data Resource (`application/vnd.dataresource+json`), as pandas writes it with
 * display.html.table_schema: schema.fields, schema.primaryKey, data. */

static char *
value_to_text (JsonNode *node)
{
  GType type;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return json_to_string (node, FALSE);

  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "True" : "False");
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));

  {
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (buffer, sizeof buffer, "%.10g", json_node_get_double (node));

    return g_strdup (buffer);
  }
}

/* Whether a field is one of those that name the rows. */
static gboolean
is_key (JsonObject *schema,
        const char *name)
{
  JsonArray *keys = sage_json_array (schema, "primaryKey");

  for (guint i = 0; keys != NULL && i < json_array_get_length (keys); i++)
    if (g_strcmp0 (sage_json_array_string (keys, i), name) == 0)
      return TRUE;

  return g_strcmp0 (sage_json_string (schema, "primaryKey", NULL), name) == 0;
}

/* Returns: (transfer full) (element-type utf8): the names of the fields, the keys first */
static GPtrArray *
order_fields (JsonObject *schema,
              JsonArray  *fields,
              guint      *n_index)
{
  GPtrArray *names = g_ptr_array_new ();

  *n_index = 0;
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < json_array_get_length (fields); i++)
      {
        JsonObject *field = sage_json_array_object (fields, i);
        const char *name = field != NULL ? sage_json_string (field, "name", NULL) : NULL;

        if (name != NULL && is_key (schema, name) == (pass == 0))
          g_ptr_array_add (names, (gpointer) name);
        if (pass == 0)
          *n_index = names->len;
      }

  return names;
}

static void
add_row (SageFrame  *frame,
         GPtrArray  *names,
         JsonObject *row)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_full (names->len, g_free);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      g_ptr_array_add (cells, json_object_has_member (row, name)
                                ? value_to_text (json_object_get_member (row, name)) : NULL);
    }
  sage_frame_add_row (frame, (const char * const *) cells->pdata);
}

/**
 * sage_frame_new_from_schema:
 * @node: a document
 *
 * Reads a Tabular Data Resource.
 *
 * Returns: (transfer full) (nullable): the table; %NULL if it is anything else, or too large
 */
SageFrame *
sage_frame_new_from_schema (JsonNode *node)
{
  JsonObject *root = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *schema = root != NULL ? sage_json_object (root, "schema") : NULL;
  JsonArray *fields = schema != NULL ? sage_json_array (schema, "fields") : NULL;
  JsonArray *data = root != NULL ? sage_json_array (root, "data") : NULL;
  g_autoptr(GPtrArray) names = NULL;
  SageFrame *frame;
  guint n_index;

  if (fields == NULL || data == NULL || json_array_get_length (fields) > SAGE_FRAME_MAX_COLUMNS)
    return NULL;

  names = order_fields (schema, fields, &n_index);
  if (names->len == 0 || (guint64) names->len * json_array_get_length (data) > SAGE_FRAME_MAX_CELLS)
    return NULL;

  frame = sage_frame_new (names->len, n_index);
  for (guint i = 0; i < names->len; i++)
    sage_frame_set_name (frame, i, g_ptr_array_index (names, i));
  for (guint i = 0; i < json_array_get_length (data); i++)
    {
      JsonObject *row = sage_json_array_object (data, i);

      if (row != NULL)
        add_row (frame, names, row);
    }
  sage_frame_finish (frame);

  return frame;
}
