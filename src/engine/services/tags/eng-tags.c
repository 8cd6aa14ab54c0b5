/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-tags"

#include "config.h"

#include <string.h>

#include "eng-page-token.h"
#include "eng-tags.h"
#include "sage-error.h"
#include "sage-json.h"

/* AWS's limits. */
#define MAX_TAGS 50
#define DEFAULT_PAGE 50

static gboolean
check_key (const char  *key,
           GError     **error)
{
  if (g_ascii_strncasecmp (key, "aws:", 4) == 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Tag keys that begin with 'aws:' are reserved for system use");

  return TRUE;
}

static gboolean
check_count (EngTx       *tx,
             const char  *arn,
             GError     **error)
{
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "SELECT count (*) FROM tag WHERE arn = ?1", "t", arn);

  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;
  if (eng_rows_int (rows, 0) > MAX_TAGS)
    return sage_throw (error, SAGE_ERROR_INVALID, "A resource can have at most %d tags", MAX_TAGS);

  return TRUE;
}

/**
 * eng_tags_insert:
 * @tx: the transaction
 * @arn: the resource
 * @tags: (nullable): validated `Tags` of a request
 *
 * Adds tags; a key that is there already gets the new value.
 */
gboolean
eng_tags_insert (EngTx       *tx,
                 const char  *arn,
                 JsonArray   *tags,
                 GError     **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = tags != NULL ? json_array_get_length (tags) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *tag = sage_json_array_object (tags, i);
      const char *key = sage_json_string (tag, "Key", "");

      if (!check_key (key, error))
        return FALSE;
      if (!g_hash_table_add (seen, (gpointer) key))
        return sage_throw (error, SAGE_ERROR_INVALID, "The tag key '%s' is given twice", key);
      if (!eng_exec (tx->connection, error,
                     "INSERT INTO tag (arn, key, value) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (arn, key) DO UPDATE SET value = excluded.value",
                     "ttt", arn, key, sage_json_string (tag, "Value", "")))
        return FALSE;
    }

  return n == 0 || check_count (tx, arn, error);
}

static gboolean
append_tags (EngRows     *rows,
             JsonArray   *tags,
             char       **last,
             gint64       limit,
             GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  gint64 n = 0;

  while (n < limit && eng_rows_next (rows, &local_error))
    {
      JsonObject *tag = json_object_new ();

      json_object_set_string_member (tag, "Key", eng_rows_text (rows, 0));
      json_object_set_string_member (tag, "Value", eng_rows_text (rows, 1));
      json_array_add_object_element (tags, tag);
      g_free (*last);
      *last = eng_rows_dup_text (rows, 0);
      n++;
    }

  /* A further row means a further page. */
  if (local_error == NULL && (n < limit || !eng_rows_next (rows, &local_error)))
    g_clear_pointer (last, g_free);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static EngResource *
load_resource (EngConnection  *connection,
               const char     *arn,
               GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  EngResource *resource = eng_resource_load_by_arn (connection, arn, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (resource == NULL)
    sage_throw (error, SAGE_ERROR_INVALID, "Could not find the resource \"%s\".", arn);

  return resource;
}

static gboolean
load_page (EngCall     *call,
           JsonArray   *tags,
           char       **last,
           GError     **error)
{
  const char *arn = sage_json_string (call->input, "ResourceArn", "");
  const char *token = sage_json_string (call->input, "NextToken", NULL);
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) resource = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autofree char *after = NULL;
  gint64 unused;

  if (reader == NULL || (token != NULL &&
                         !eng_page_token_parse (call, token, &after, &unused, error)))
    return FALSE;

  resource = load_resource (reader, arn, error);
  if (resource == NULL)
    return FALSE;

  rows = eng_query (reader, error, "SELECT key, value FROM tag WHERE arn = ?1 AND key > ?2"
                                   " ORDER BY key", "tt", arn, after != NULL ? after : "");

  return rows != NULL &&
         append_tags (rows, tags, last, sage_json_int (call->input, "MaxResults", DEFAULT_PAGE),
                      error);
}

static gboolean
list_tags (EngCall  *call,
           GError  **error)
{
  g_autoptr(JsonObject) reply = json_object_new ();
  JsonArray *tags = json_array_new ();
  g_autofree char *last = NULL;

  json_object_set_array_member (reply, "Tags", tags);
  if (!load_page (call, tags, &last, error))
    return FALSE;

  if (last != NULL)
    {
      g_autofree char *token = eng_page_token_make (call, last, 0);

      json_object_set_string_member (reply, "NextToken", token);
    }
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
write_tags (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  EngCall *call = user_data;
  const char *arn = sage_json_string (call->input, "ResourceArn", "");
  JsonArray *keys = sage_json_array (call->input, "TagKeys");
  g_autoptr(EngResource) resource = load_resource (tx->connection, arn, error);

  if (resource == NULL)
    return FALSE;
  if (keys == NULL)
    return eng_tags_insert (tx, arn, sage_json_array (call->input, "Tags"), error);

  for (guint i = 0; i < json_array_get_length (keys); i++)
    if (!eng_exec (tx->connection, error, "DELETE FROM tag WHERE arn = ?1 AND key = ?2", "tt", arn,
                   sage_json_array_string (keys, i)))
      return FALSE;

  return TRUE;
}

static gboolean
add_tags (EngCall  *call,
          GError  **error)
{
  g_autoptr(JsonObject) reply = NULL;

  if (!eng_call_write (call, sage_json_string (call->input, "ResourceArn", ""), write_tags, call,
                       error))
    return FALSE;

  reply = json_object_new ();
  json_object_set_array_member (reply, "Tags",
                                json_array_ref (sage_json_array (call->input, "Tags")));
  eng_call_reply (call, reply);

  return TRUE;
}

static gboolean
delete_tags (EngCall  *call,
             GError  **error)
{
  if (!eng_call_write (call, sage_json_string (call->input, "ResourceArn", ""), write_tags, call,
                       error))
    return FALSE;
  g_string_append (call->output, "{}");

  return TRUE;
}

static const EngOperation operations[] = {
  { "sagemaker", "AddTags", ENG_ACCESS_WRITE, add_tags },
  { "sagemaker", "DeleteTags", ENG_ACCESS_WRITE, delete_tags },
  { "sagemaker", "ListTags", ENG_ACCESS_READ, list_tags },
};

/**
 * eng_tags_register:
 * @engine: the engine
 *
 * Adds the tag operations to the table.
 */
void
eng_tags_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
