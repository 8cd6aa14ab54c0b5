/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include "sage-client-private.h"
#include "sage-error.h"
#include "sage-reply-private.h"

/* What S3 takes in one piece. */
#define MAX_UPLOAD (5 * (goffset) 1024 * 1024 * 1024)

/* A file on its way to S3. Owned by its task. */
typedef struct
{
  SoupMessage           *message;       /* (owned) (nullable) */
  char                  *path;          /* (owned): of the object */
  char                  *content_type;  /* (owned) (nullable) */
  GInputStream          *input;         /* (owned) (nullable) */
  GFileProgressCallback  progress;      /* (nullable) */
  gpointer               progress_data;
  goffset                done;
  goffset                total;
} Upload;

static void
upload_free (Upload *upload)
{
  if (upload->message != NULL)
    g_signal_handlers_disconnect_by_data (upload->message, upload);
  g_clear_object (&upload->message);
  g_free (upload->path);
  g_free (upload->content_type);
  g_clear_object (&upload->input);
  g_free (upload);
}

/**
 * sage_client_object_path:
 * @bucket: a bucket
 * @key: (nullable): the key of an object, any bytes; %NULL for the bucket itself
 *
 * Returns: (transfer full): the encoded path under which S3 knows it
 */
char *
sage_client_object_path (const char *bucket,
                         const char *key)
{
  g_autofree char *encoded_bucket = NULL;
  g_autofree char *encoded_key = NULL;

  g_return_val_if_fail (bucket != NULL, NULL);

  encoded_bucket = g_uri_escape_string (bucket, NULL, FALSE);
  encoded_key = key != NULL ? g_uri_escape_string (key, "/", FALSE) : NULL;

  return g_strconcat ("/", encoded_bucket, key != NULL ? "/" : NULL, encoded_key, NULL);
}

static void
wrote_cb (SoupMessage *message,
          guint        length,
          Upload      *upload)
{
  upload->done += length;
  if (upload->progress != NULL)
    upload->progress (upload->done, upload->total, upload->progress_data);
}

static void
exchanged_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Upload *upload = g_task_get_task_data (task);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(SageReply) reply = NULL;
  GError *error = NULL;

  body = sage_client_exchange_finish (SAGE_CLIENT (object), result, &error);
  if (body != NULL)
    reply = sage_reply_new (upload->message, body);

  if (reply != NULL && sage_reply_check (reply, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
return_file_error (GTask  *task,
                   GError *error)
{
  g_autoptr(GError) cause = error;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&cause));
  else
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_IO, "Cannot read the file: %s",
                             cause->message);
}

/* The size is promised before the first byte, so it is that of the open file. */
static void
queried_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageClient *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(GFileInfo) info = NULL;
  GError *error = NULL;

  info = g_file_input_stream_query_info_finish (G_FILE_INPUT_STREAM (object), result, &error);
  if (info == NULL)
    {
      return_file_error (task, error);
      return;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_INVALID, "This is not a regular file");
      return;
    }
  upload->total = g_file_info_get_size (info);
  if (upload->total > MAX_UPLOAD)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_TOO_LARGE,
                               "The file has more than 5 GiB, which S3 does not take in one piece");
      return;
    }

  upload->message = sage_client_make_message (self, "s3", SOUP_METHOD_PUT, upload->path, NULL, NULL,
                                              TRUE);
  if (upload->message != NULL)
    {
      soup_message_set_request_body (upload->message, upload->content_type, upload->input,
                                     upload->total);
      g_signal_connect (upload->message, "wrote-body-data", G_CALLBACK (wrote_cb), upload);
    }
  sage_client_exchange_async (self, upload->message, SAGE_CLIENT_MAX_REPLY,
                              cancellable, exchanged_cb, g_steal_pointer (&task));
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Upload *upload = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GFileInputStream *input;
  GError *error = NULL;

  input = g_file_read_finish (G_FILE (object), result, &error);
  if (input == NULL)
    {
      return_file_error (task, error);
      return;
    }

  upload->input = G_INPUT_STREAM (input);
  g_file_input_stream_query_info_async (input, G_FILE_ATTRIBUTE_STANDARD_TYPE ","
                                        G_FILE_ATTRIBUTE_STANDARD_SIZE, G_PRIORITY_DEFAULT,
                                        cancellable, queried_cb, g_steal_pointer (&task));
}

/**
 * sage_client_upload_async:
 * @self: the client
 * @file: what to send
 * @path: of the object, see sage_client_object_path()
 * @content_type: (nullable): the media type of the object
 * @progress: (nullable): called after each piece
 * @progress_data: for @progress, until @callback is called
 * @cancellable: (nullable): gives it up
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Makes an object of S3 out of a file, piece by piece. What is sent is not signed, only that it is
 * sent.
 */
void
sage_client_upload_async (SageClient            *self,
                          GFile                 *file,
                          const char            *path,
                          const char            *content_type,
                          GFileProgressCallback  progress,
                          gpointer               progress_data,
                          GCancellable          *cancellable,
                          GAsyncReadyCallback    callback,
                          gpointer               user_data)
{
  Upload *upload;
  GTask *task;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (path != NULL && path[0] == '/');

  upload = g_new0 (Upload, 1);
  upload->path = g_strdup (path);
  upload->content_type = g_strdup (content_type);
  upload->progress = progress;
  upload->progress_data = progress_data;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_upload_async);
  g_task_set_task_data (task, upload, (GDestroyNotify) upload_free);

  g_file_read_async (file, G_PRIORITY_DEFAULT, cancellable, opened_cb, task);
}

/**
 * sage_client_upload_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the object is there; if not, @error is what S3 says, %SAGE_ERROR_UNREACHABLE,
 *   %SAGE_ERROR_IO or %SAGE_ERROR_INVALID of the file, or %SAGE_ERROR_TOO_LARGE
 */
gboolean
sage_client_upload_finish (SageClient    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
