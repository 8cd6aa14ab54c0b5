/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-object-list.h"

/* What is being read of a list. */
typedef struct
{
  const char *prefix;  /* what each name has to begin with */
  GPtrArray  *entries; /* of SageObjectEntry */
  char       *name;    /* (nullable): of the entry under way */
  gint64      size;    /* likewise */
  char       *next;    /* (nullable) */
} Reading;

/* A listing on its way. Owned by its task. */
typedef struct
{
  char *prefix; /* (owned) */
  char *next;   /* (owned) (nullable): once it is there */
} Listing;

static void
listing_free (Listing *listing)
{
  g_free (listing->prefix);
  g_free (listing->next);
  g_free (listing);
}

static void
entry_free (SageObjectEntry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

/* Names come as `encoding-type=url` has them; one from elsewhere than was asked for is none, as who shows
 * it takes the prefix away. Returns: (transfer full) (nullable) */
static char *
decode (const char  *text,
        const char  *prefix,
        GError     **error)
{
  g_autofree char *spaced = g_strdelimit (g_strdup (text), "+", ' ');
  char *name = g_uri_unescape_string (spaced, NULL);

  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    {
      g_clear_pointer (&name, g_free);
      sage_throw (error, SAGE_ERROR_PROTOCOL, "The engine lists a name that is none: %s", text);
    }
  else if (!g_str_has_prefix (name, prefix))
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "The engine lists '%s', which is not in '%s'", name, prefix);
      g_clear_pointer (&name, g_free);
    }

  return name;
}

static void
end_element (GMarkupParseContext  *context,
             const char           *element,
             gpointer              user_data,
             GError              **error)
{
  Reading *reading = user_data;
  gboolean is_object = strcmp (element, "Contents") == 0;
  SageObjectEntry *entry;

  if (!is_object && strcmp (element, "CommonPrefixes") != 0 && strcmp (element, "Bucket") != 0)
    return;

  if (reading->name != NULL)
    {
      entry = g_new0 (SageObjectEntry, 1);
      entry->name = g_steal_pointer (&reading->name);
      entry->size = is_object ? reading->size : -1;
      g_ptr_array_add (reading->entries, entry);
    }
  reading->size = 0;
}

static void
text (GMarkupParseContext  *context,
      const char           *value,
      gsize                 length,
      gpointer              user_data,
      GError              **error)
{
  Reading *reading = user_data;
  const GSList *stack = g_markup_parse_context_get_element_stack (context);
  const char *element = stack->data;
  const char *parent = stack->next != NULL ? stack->next->data : "";

  if ((strcmp (parent, "Contents") == 0 && strcmp (element, "Key") == 0)
      || (strcmp (parent, "CommonPrefixes") == 0 && strcmp (element, "Prefix") == 0))
    {
      g_free (reading->name);
      reading->name = decode (value, reading->prefix, error);
    }
  else if (strcmp (parent, "Bucket") == 0 && strcmp (element, "Name") == 0)
    g_set_str (&reading->name, value);
  else if (strcmp (parent, "Contents") == 0 && strcmp (element, "Size") == 0)
    reading->size = MAX (g_ascii_strtoll (value, NULL, 10), 0);
  else if (strcmp (element, "NextContinuationToken") == 0)
    g_set_str (&reading->next, value);
}

/**
 * sage_object_list_parse:
 * @xml: (nullable): what ListBuckets, or ListObjectsV2 with `encoding-type=url`, answers
 * @length: its length in bytes
 * @prefix: what the keys were to begin with
 * @next: (out) (transfer full) (nullable): what gets the next page; %NULL at the end
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageObjectEntry): the entries, in the order they have
 *   there; %NULL with %SAGE_ERROR_PROTOCOL, also where one does not begin with @prefix
 */
GPtrArray *
sage_object_list_parse (const char  *xml,
                        gsize        length,
                        const char  *prefix,
                        char       **next,
                        GError     **error)
{
  static const GMarkupParser parser = { .end_element = end_element, .text = text };
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  Reading reading = { .prefix = prefix, .entries = entries };
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reading, NULL);
  g_autoptr(GError) local = NULL;
  gboolean good;

  /* An empty body has no data at all, which the parser does not take. */
  good = g_markup_parse_context_parse (context, length > 0 ? xml : "", (gssize) length, &local)
         && g_markup_parse_context_end_parse (context, &local);
  g_free (reading.name);
  *next = good ? reading.next : NULL;
  if (good)
    return g_steal_pointer (&entries);

  g_free (reading.next);
  if (local->domain == SAGE_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    sage_throw (error, SAGE_ERROR_PROTOCOL, "The engine's list of objects is no XML: %s",
                local->message);

  return NULL;
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Listing *listing = g_task_get_task_data (task);
  g_autoptr(SageReply) reply = NULL;
  GPtrArray *entries;
  GError *error = NULL;
  GBytes *body;

  reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);
  if (reply == NULL || !sage_reply_check (reply, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  body = sage_reply_get_body (reply);
  entries = sage_object_list_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                                    listing->prefix, &listing->next, &error);
  if (entries != NULL)
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * sage_client_list_objects_async:
 * @self: the client
 * @bucket: (nullable): whose objects; %NULL for the buckets themselves
 * @prefix: what their keys begin with: "", or what ends in a slash
 * @token: (nullable): what the page before ended with
 * @cancellable: (nullable): gives it up
 * @callback: called with a page
 * @user_data: for @callback
 *
 * Lists one level of a bucket, a page at a time.
 */
void
sage_client_list_objects_async (SageClient          *self,
                                const char          *bucket,
                                const char          *prefix,
                                const char          *token,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GString *path = g_string_new ("/");
  Listing *listing;
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));

  /* In the order of their names, as the signature has them. */
  if (bucket != NULL)
    {
      g_string_append_uri_escaped (path, bucket, NULL, FALSE);
      g_string_append_c (path, '?');
      if (token != NULL)
        {
          g_string_append (path, "continuation-token=");
          g_string_append_uri_escaped (path, token, NULL, FALSE);
          g_string_append_c (path, '&');
        }
      g_string_append (path, "delimiter=%2F&encoding-type=url&list-type=2&prefix=");
      g_string_append_uri_escaped (path, prefix, NULL, FALSE);
    }

  listing = g_new0 (Listing, 1);
  listing->prefix = g_strdup (bucket != NULL ? prefix : "");
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_list_objects_async);
  g_task_set_task_data (task, listing, (GDestroyNotify) listing_free);
  sage_client_send_async (self, "s3", "GET", path->str, NULL, NULL, 0, cancellable, sent_cb, task);
  g_string_free (path, TRUE);
}

/**
 * sage_client_list_objects_finish:
 * @self: the client
 * @result: what the callback got
 * @next: (out) (transfer full) (nullable): what gets the next page; %NULL at the end
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageObjectEntry): the entries, or %NULL
 */
GPtrArray *
sage_client_list_objects_finish (SageClient    *self,
                                 GAsyncResult  *result,
                                 char         **next,
                                 GError       **error)
{
  Listing *listing = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  *next = g_strdup (listing->next);

  return g_task_propagate_pointer (G_TASK (result), error);
}
