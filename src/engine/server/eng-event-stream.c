/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-event-stream"

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "eng-event-stream.h"
#include "eng-guard.h"
#include "sage-error.h"
#include "sage-json.h"

/* Rows handed to libsoup in one go, which queues them all: it gets the next ones only after these
 * are with the kernel, so that a reader who is slow or stands still costs this much and no more. */
#define BATCH 256

/* A client from which nothing came back for this long is given up; it can resume by seq. */
#define PING_SECONDS 30

/* How long the end of the process waits for streams to close. */
#define FINISH_US (1 * G_USEC_PER_SEC)

/**
 * Stream:
 *
 * One client that follows the event table. It reads rows after `sent` whenever the store tells of
 * new ones, so that a resumed stream and a live one are the same thing. Main thread only, but for
 * `woken`.
 */
typedef struct
{
  gatomicrefcount           references;
  EngEngine                *engine;
  SoupWebsocketConnection  *socket;   /* (owned) (nullable) */
  EngGuard                 *guard;    /* (owned) (nullable): until the socket has it */
  GSource                  *writable; /* (owned) (nullable): while there may be rows to send */
  gint64                    sent;     /* seq of the last row sent */
  guint                     subscription;
  int                       woken;    /* atomic: a wake-up is already queued */
} Stream;

/* Open streams. Main thread only. */
static guint n_streams;

static void
stream_unref (Stream *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_clear_object (&self->socket);
  eng_guard_free (self->guard);
  g_free (self);
}

static void
stop_sending (Stream *self)
{
  if (self->writable != NULL)
    g_source_destroy (self->writable);
  g_clear_pointer (&self->writable, g_source_unref);
}

static char *
event_to_json (EngRows *rows)
{
  GString *out = g_string_new ("{\"seq\":");
  static const char * const names[] = { "kind", "name", "arn", "status" };

  g_string_append_printf (out, "%" G_GINT64_FORMAT ",\"time\":", eng_rows_int (rows, 0));
  sage_json_append_number (out, eng_rows_double (rows, 1));
  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    {
      g_string_append_printf (out, ",\"%s\":", names[i]);
      sage_json_append_string (out, eng_rows_text (rows, 2 + i));
    }
  g_string_append_c (out, '}');

  return g_string_free_and_steal (out);
}

/* Returns whether a full batch was sent, so that there may be more. */
static gboolean
send_batch (Stream  *self,
            GError **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);
  g_autoptr(EngRows) rows = NULL;
  guint n = 0;

  if (reader == NULL)
    return FALSE;

  rows = eng_query (reader, error, "SELECT seq, time, kind, name, arn, status FROM event"
                                   " WHERE seq > ?1 ORDER BY seq LIMIT ?2", "ii", self->sent,
                    (gint64) BATCH);
  while (rows != NULL &&
         soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN &&
         eng_rows_next (rows, error))
    {
      g_autofree char *text = event_to_json (rows);

      soup_websocket_connection_send_text (self->socket, text);
      self->sent = eng_rows_int (rows, 0);
      n++;
    }

  return n == BATCH;
}

static gboolean
writable_cb (GObject  *output,
             gpointer  user_data)
{
  Stream *self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean more = FALSE;

  g_atomic_ref_count_inc (&self->references);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    more = send_batch (self, &error);
  if (error != NULL)
    {
      g_warning ("The event stream ends: %s", error->message);
      soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_SERVER_ERROR, NULL);
    }
  more = more && error == NULL;
  if (!more)
    stop_sending (self);
  stream_unref (self);

  return more;
}

/* libsoup's own source has a higher priority and exists as long as its queue holds anything: ours
 * runs when the socket takes data and nothing is queued. */
static gboolean
start_sending_cb (gpointer user_data)
{
  Stream *self = user_data;
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);

  g_atomic_int_set (&self->woken, FALSE);
  if (self->writable != NULL || io == NULL ||
      soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return G_SOURCE_REMOVE;

  self->writable =
    g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (
                                              g_io_stream_get_output_stream (io)), NULL);
  g_source_set_priority (self->writable, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->writable, G_SOURCE_FUNC (writable_cb), self, NULL);
  g_source_attach (self->writable, NULL);

  return G_SOURCE_REMOVE;
}

/* From any thread. Always by way of the main loop: g_main_context_invoke() would run the callback
 * here when the loop has ended. */
static void
wake (Stream *self)
{
  g_autoptr(GSource) source = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->woken, FALSE, TRUE))
    return;

  g_atomic_ref_count_inc (&self->references);
  source = g_idle_source_new ();
  g_source_set_callback (source, start_sending_cb, self, (GDestroyNotify) stream_unref);
  g_source_attach (source, NULL);
}

/* On the writer thread. */
static void
event_cb (const EngEvent *event,
          gpointer        user_data)
{
  wake (user_data);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           Stream                  *self)
{
  eng_store_unsubscribe (self->engine->store, self->subscription);
  g_signal_handlers_disconnect_by_data (socket, self);
  stop_sending (self);
  n_streams--;
  stream_unref (self);
}

/* On the main thread: the connection is ours now. */
static void
upgraded_cb (GIOStream *io,
             gpointer   user_data)
{
  Stream *self = user_data;
  g_autoptr(GUri) uri = g_uri_build (G_URI_FLAGS_NONE, "ws", NULL, "localhost", -1,
                                     "/sagebrush/v1/events", NULL, NULL);

  self->socket = soup_websocket_connection_new (io, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL,
                                                NULL, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, 4096);
  soup_websocket_connection_set_keepalive_interval (self->socket, PING_SECONDS);
  soup_websocket_connection_set_keepalive_pong_timeout (self->socket, PING_SECONDS);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  eng_guard_watch (g_steal_pointer (&self->guard), self->socket);
  self->subscription = eng_store_subscribe (self->engine->store, event_cb, self);
  n_streams++;
  wake (self);
}

/* Where a client wants to begin. */
typedef struct
{
  gboolean given;
  gint64   since;
  gboolean timed;
  double   at;    /* when the event `since` happened, as the client knows it */
} Beginning;

static gboolean
read_beginning (const char *query,
                Beginning  *beginning)
{
  g_autoptr(GHashTable) params = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  const char *since = params != NULL ? g_hash_table_lookup (params, "since") : NULL;
  const char *at = params != NULL ? g_hash_table_lookup (params, "at") : NULL;
  char *end;

  if (*query == '\0')
    return TRUE;
  if (since == NULL || g_hash_table_size (params) != (at != NULL ? 2 : 1)
      || !g_ascii_string_to_signed (since, 10, 0, G_MAXINT64, &beginning->since, NULL))
    return FALSE;

  beginning->given = TRUE;
  if (at != NULL)
    {
      beginning->timed = TRUE;
      beginning->at = g_ascii_strtod (at, &end);
    }

  return at == NULL || (g_ascii_isdigit (at[0]) && *end == '\0');
}

/* Whoever goes on must not miss anything: events are kept for a while only, and another store, or
 * an older copy of this one, has others under the same numbers. */
static gboolean
check_beginning (EngConnection    *reader,
                 const Beginning  *beginning,
                 gint64           *last,
                 gboolean         *known,
                 GError          **error)
{
  g_autoptr(EngRows) rows = eng_query (
    reader, error, "SELECT coalesce (min (seq), 1), coalesce (max (seq), 0),"
    " (SELECT time FROM event WHERE seq = ?1) FROM event", "i", beginning->since);

  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;

  *last = eng_rows_int (rows, 1);
  *known = beginning->since <= *last && beginning->since >= eng_rows_int (rows, 0) - 1
           && (!beginning->timed || eng_rows_double (rows, 2) == beginning->at);

  return TRUE;
}

/* Finds the event after which a stream begins. Otherwise *status and @error say what is wrong. */
static gboolean
find_start (EngEngine        *engine,
            SageHttpRequest  *http,
            gint64           *seq,
            guint            *status,
            GError          **error)
{
  g_autoptr(EngReader) reader = NULL;
  Beginning beginning = { 0 };
  gboolean known = FALSE;
  gint64 last = 0;

  *status = 400;
  if (!read_beginning (sage_http_request_query (http), &beginning))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The only parameters are since, the number of an event, and at, its time");

  *status = 500;
  reader = eng_store_reader (engine->store, error);
  if (reader == NULL || !check_beginning (reader, &beginning, &last, &known, error))
    return FALSE;

  *status = 410;
  if (beginning.given && !known)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "The events after %" G_GINT64_FORMAT " are not "
                       "here; the last one is %" G_GINT64_FORMAT, beginning.since, last);
  *seq = beginning.given ? beginning.since : last;

  return TRUE;
}

/**
 * eng_event_stream_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a WebSocket handshake on `/sagebrush/v1/events[?since=SEQ[&at=TIME]]`
 *
 * Upgrades the connection and from then on pushes one text message
 * `{seq, time, kind, name, arn, status}` for each row that changes, in order and without a gap
 * after `since`. If that cannot be, because those events are no more or never were, or because the
 * event `since` happened at another time than `at`, the answer is 410.
 */
void
eng_event_stream_handle (EngEngine       *engine,
                         EngRequest      *request,
                         SageHttpRequest *http)
{
  const char *key = sage_http_request_header (http, "Sec-WebSocket-Key");
  const char *upgrade = sage_http_request_header (http, "Upgrade");
  g_autoptr(GError) error = NULL;
  Stream *stream;
  guint status;
  gint64 seq = 0;

  if (key == NULL || upgrade == NULL || g_ascii_strcasecmp (upgrade, "websocket") != 0)
    {
      eng_request_refuse (http, request, 426, "UpgradeRequired",
                          "The event stream is a WebSocket");
      return;
    }
  if (!find_start (engine, http, &seq, &status, &error))
    {
      eng_request_refuse (http, request, status,
                          status == 500 ? "InternalFailure" : "ValidationException", error->message);
      return;
    }

  stream = g_new0 (Stream, 1);
  g_atomic_ref_count_init (&stream->references);
  stream->engine = engine;
  stream->guard = eng_guard_new (engine, &request->caller);
  stream->sent = seq;
  sage_http_reply_upgrade (http, key, upgraded_cb, stream, (GDestroyNotify) stream_unref);
}

/**
 * eng_event_streams_finish:
 *
 * Lets streams whose connections the server has ended see it, and drops them. On the main thread,
 * after its loop has ended.
 */
void
eng_event_streams_finish (void)
{
  gint64 until = g_get_monotonic_time () + FINISH_US;

  while ((g_main_context_pending (NULL) || n_streams > 0) && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}
