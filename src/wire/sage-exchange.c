/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-exchange"

#include "config.h"

#include "sage-error.h"
#include "sage-exchange.h"

#define CHUNK (64 * 1024)

/* One request on its way, and what came back so far. Owned by its task. */
typedef struct
{
  SoupMessage  *message;   /* (owned) */
  GInputStream *stream;    /* (owned) (nullable) */
  GByteArray   *body;      /* (owned) */
  gsize         max_bytes;
  GCancellable *stop;      /* (owned): follows the caller's, and ends what is too long */
  GCancellable *callers;   /* (owned) (nullable) */
  gulong        handler;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  if (exchange->handler != 0)
    g_cancellable_disconnect (exchange->callers, exchange->handler);
  g_clear_object (&exchange->callers);
  g_object_unref (exchange->stop);
  g_object_unref (exchange->message);
  g_clear_object (&exchange->stream);
  g_byte_array_unref (exchange->body);
  g_free (exchange);
}

static void
cancelled_cb (GCancellable *cancellable,
              GCancellable *stop)
{
  g_cancellable_cancel (stop);
}

static gboolean
throw_too_large (gsize    max_bytes,
                 GError **error)
{
  return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                     "The reply is longer than the %" G_GSIZE_FORMAT " KiB allowed here",
                     max_bytes / 1024);
}

static gboolean
announces_too_much (SoupMessage *message,
                    gsize        max_bytes)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
         && soup_message_headers_get_content_length (headers) > (goffset) max_bytes;
}

/* Closing would read the rest, however much it is, were it not for the cancellable. */
static void
drop_stream (GInputStream *stream,
             GCancellable *stop)
{
  g_cancellable_cancel (stop);
  g_input_stream_close (stream, stop, NULL);
}

/* Ends the exchange with what @error says, or with the whole body. */
static void
finish (GTask  *task,
        GError *error)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (error == NULL)
    {
      g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&exchange->body)),
                             (GDestroyNotify) g_bytes_unref);
      exchange->body = g_byte_array_new ();
      return;
    }

  if (exchange->stream != NULL)
    drop_stream (exchange->stream, exchange->stop);
  g_task_return_error (task, error);
}

static void read_on (GTask *task);

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;
  gsize length;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  length = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  if (length > exchange->max_bytes - exchange->body->len)
    throw_too_large (exchange->max_bytes, &error);
  if (error != NULL || length == 0)
    {
      finish (task, error);
      return;
    }

  g_byte_array_append (exchange->body, g_bytes_get_data (bytes, NULL), (guint) length);
  read_on (g_steal_pointer (&task));
}

/* Takes over the caller's reference on @task. */
static void
read_on (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (exchange->stream, CHUNK, G_PRIORITY_DEFAULT, exchange->stop,
                                   read_cb, task);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  GError *error = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (exchange->stream != NULL && announces_too_much (exchange->message, exchange->max_bytes))
    throw_too_large (exchange->max_bytes, &error);

  if (error != NULL)
    finish (task, error);
  else
    read_on (g_steal_pointer (&task));
}

/**
 * sage_exchange_async:
 * @session: sends it
 * @message: what to send
 * @max_bytes: how long the body of the answer may be
 * @cancellable: (nullable): gives it up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Sends a message and reads its answer; the status and the headers are then in @message.
 */
void
sage_exchange_async (SoupSession         *session,
                     SoupMessage         *message,
                     gsize                max_bytes,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Exchange *exchange;

  g_return_if_fail (SOUP_IS_SESSION (session));
  g_return_if_fail (SOUP_IS_MESSAGE (message));

  exchange = g_new0 (Exchange, 1);
  exchange->message = g_object_ref (message);
  exchange->body = g_byte_array_new ();
  exchange->max_bytes = MIN (max_bytes, G_MAXINT32);
  exchange->stop = g_cancellable_new ();
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_exchange_async);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  if (cancellable != NULL)
    {
      exchange->callers = g_object_ref (cancellable);
      exchange->handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                 exchange->stop, NULL);
    }

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, exchange->stop, sent_cb,
                           g_steal_pointer (&task));
}

/**
 * sage_exchange_finish:
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full): the body, perhaps empty, or %NULL with what libsoup says or
 *   %SAGE_ERROR_TOO_LARGE
 */
GBytes *
sage_exchange_finish (GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Returns: (transfer full) (nullable): all of the stream */
static GBytes *
read_all (GInputStream  *stream,
          gsize          max_bytes,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = g_input_stream_read_bytes (stream, CHUNK, cancellable, error);
      gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;

      if (bytes == NULL)
        return NULL;
      if (length == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&body));
      if (length > max_bytes - body->len)
        {
          throw_too_large (max_bytes, error);
          return NULL;
        }
      g_byte_array_append (body, g_bytes_get_data (bytes, NULL), (guint) length);
    }
}

/**
 * sage_exchange:
 *
 * As sage_exchange_async(), for programs without a main loop.
 *
 * Returns: (transfer full): as sage_exchange_finish()
 */
GBytes *
sage_exchange (SoupSession   *session,
               SoupMessage   *message,
               gsize          max_bytes,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(GCancellable) stop = g_cancellable_new ();
  g_autoptr(GInputStream) stream = NULL;
  GBytes *body = NULL;

  g_return_val_if_fail (SOUP_IS_SESSION (session), NULL);
  g_return_val_if_fail (SOUP_IS_MESSAGE (message), NULL);

  max_bytes = MIN (max_bytes, G_MAXINT32);
  stream = soup_session_send (session, message, cancellable, error);
  if (stream == NULL)
    return NULL;

  if (announces_too_much (message, max_bytes))
    throw_too_large (max_bytes, error);
  else
    body = read_all (stream, max_bytes, cancellable, error);
  if (body == NULL)
    drop_stream (stream, stop);

  return body;
}
