/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-client"

#include "config.h"

#include "sage-client-private.h"
#include "sage-error.h"
#include "sage-reply-private.h"

#define CHUNK (256 * 1024)

/* An object on its way into a file. Owned by its task. */
typedef struct
{
  SoupMessage           *message;       /* (owned) (nullable) */
  GFile                 *file;          /* (owned) */
  GInputStream          *input;         /* (owned) (nullable) */
  GOutputStream         *output;        /* (owned) (nullable) */
  GBytes                *chunk;         /* (owned) (nullable): being written */
  GFileProgressCallback  progress;      /* (nullable) */
  gpointer               progress_data;
  goffset                done;
  goffset                total;         /* 0 if it is not known */
  GError                *error;         /* (owned) (nullable): why the file is given up */
} Download;

static void
download_free (Download *download)
{
  g_clear_object (&download->message);
  g_object_unref (download->file);
  g_clear_object (&download->input);
  g_clear_object (&download->output);
  g_clear_pointer (&download->chunk, g_bytes_unref);
  g_clear_error (&download->error);
  g_free (download);
}

/* A stream that is closed would be read to its end first, were it not for the cancellable. */
static void
drop_input (Download *download)
{
  g_autoptr(GCancellable) stop = g_cancellable_new ();

  g_cancellable_cancel (stop);
  g_input_stream_close (download->input, stop, NULL);
}

static void
closed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error);
  if (download->error != NULL)
    g_task_return_error (task, g_steal_pointer (&download->error));
  else if (error != NULL)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_IO, "Cannot save the file: %s",
                             error->message);
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes over the caller's references on @task and @error. On an error the file that was there
 * stays: a replacement that is closed under a cancelled cancellable is not put in its place. */
static void
close_file (GTask  *task,
            GError *error)
{
  Download *download = g_task_get_task_data (task);
  g_autoptr(GCancellable) stop = NULL;

  if (error != NULL)
    {
      sage_client_translate_error (g_task_get_source_object (task), &error);
      download->error = error;
      drop_input (download);
      stop = g_cancellable_new ();
      g_cancellable_cancel (stop);
    }
  g_output_stream_close_async (download->output, G_PRIORITY_DEFAULT, stop, closed_cb, task);
}

/* Returns: (transfer full): the same for our callers, who know nothing of files; cancellation stays */
static GError *
file_error (GError *error)
{
  SageError code = SAGE_ERROR_IO;
  g_autoptr(GError) cause = error;
  GError *made = NULL;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&cause);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    code = SAGE_ERROR_NO_SPACE;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    code = SAGE_ERROR_DENIED;
  sage_throw (&made, code, "Cannot write the file: %s", cause->message);

  return made;
}

static void read_on (GTask *task);

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  Download *download = g_task_get_task_data (task);
  gsize written = 0;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, &written, &error))
    {
      close_file (task, file_error (error));
      return;
    }

  g_clear_pointer (&download->chunk, g_bytes_unref);
  download->done += (goffset) written;
  if (download->progress != NULL)
    download->progress (download->done, download->total, download->progress_data);
  read_on (task);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  download->chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  if (download->chunk == NULL || g_bytes_get_size (download->chunk) == 0)
    {
      close_file (task, error);
      return;
    }

  g_output_stream_write_all_async (download->output, g_bytes_get_data (download->chunk, NULL),
                                   g_bytes_get_size (download->chunk), G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), written_cb, task);
}

static void
read_on (GTask *task)
{
  Download *download = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (download->input, CHUNK, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), read_cb, task);
}

static void
replaced_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GError *error = NULL;

  download->output = G_OUTPUT_STREAM (g_file_replace_finish (G_FILE (object), result, &error));
  if (download->output == NULL)
    {
      drop_input (download);
      g_task_return_error (task, file_error (error));
      return;
    }

  read_on (g_steal_pointer (&task));
}

/* Why there is no such object. What an error says fits into one read. */
static void
refused_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SageReply) reply = NULL;
  GError *error = NULL;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  drop_input (download);
  if (bytes != NULL)
    {
      reply = sage_reply_new (download->message, bytes);
      sage_reply_check (reply, &error);
    }
  else
    sage_client_translate_error (g_task_get_source_object (task), &error);
  g_task_return_error (task, error);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Download *download = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (download->message);
  GError *error = NULL;

  download->input = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (download->input == NULL)
    {
      sage_client_translate_error (g_task_get_source_object (task), &error);
      g_task_return_error (task, error);
      return;
    }

  if (soup_message_get_status (download->message) != SOUP_STATUS_OK)
    {
      g_input_stream_read_bytes_async (download->input, CHUNK, G_PRIORITY_DEFAULT, cancellable,
                                       refused_cb, g_steal_pointer (&task));
      return;
    }

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    download->total = soup_message_headers_get_content_length (headers);
  g_file_replace_async (download->file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT,
                        cancellable, replaced_cb, g_steal_pointer (&task));
}

/**
 * sage_client_download_async:
 * @self: the client
 * @path: of the object, see sage_client_object_path()
 * @file: where to put it; a file that is there is replaced once the whole object has come
 * @progress: (nullable): called after each piece; the total is 0 if it is not known
 * @progress_data: for @progress, until @callback is called
 * @cancellable: (nullable): gives it up and leaves @file as it was
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Saves an object of S3, piece by piece.
 */
void
sage_client_download_async (SageClient            *self,
                            const char            *path,
                            GFile                 *file,
                            GFileProgressCallback  progress,
                            gpointer               progress_data,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  Download *download;

  g_return_if_fail (SAGE_IS_CLIENT (self));
  g_return_if_fail (path != NULL && path[0] == '/');
  g_return_if_fail (G_IS_FILE (file));

  download = g_new0 (Download, 1);
  download->file = g_object_ref (file);
  download->progress = progress;
  download->progress_data = progress_data;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_client_download_async);
  g_task_set_task_data (task, download, (GDestroyNotify) download_free);

  download->message = sage_client_make_message (self, "s3", SOUP_METHOD_GET, path, NULL, NULL, FALSE);
  if (download->message == NULL)
    {
      sage_client_throw_endpoint (self, &error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  soup_session_send_async (self->session, download->message, G_PRIORITY_DEFAULT, cancellable,
                           sent_cb, g_steal_pointer (&task));
}

/**
 * sage_client_download_finish:
 * @self: the client
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the whole object is in the file; if not, @error is what S3 says,
 *   %SAGE_ERROR_UNREACHABLE, or %SAGE_ERROR_IO, %SAGE_ERROR_NO_SPACE or %SAGE_ERROR_DENIED of the
 *   file
 */
gboolean
sage_client_download_finish (SageClient    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
