/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-event-stream"

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "eng-event-stream.h"
#include "sage-json.h"

/* Rows sent in one go; the socket's own buffer is the brake between two. */
#define BATCH 256

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
  SoupWebsocketConnection  *socket;  /* (owned) */
  gint64                    sent;    /* seq of the last row sent */
  guint                     subscription;
  int                       woken;   /* atomic: a wake-up is already queued */
} Stream;

static void
stream_unref (Stream *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_clear_object (&self->socket);
  g_free (self);
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
  while (rows != NULL && eng_rows_next (rows, error))
    {
      g_autofree char *text = event_to_json (rows);

      soup_websocket_connection_send_text (self->socket, text);
      self->sent = eng_rows_int (rows, 0);
      n++;
    }

  return n == BATCH;
}

static gboolean
send_cb (gpointer user_data)
{
  Stream *self = user_data;
  g_autoptr(GError) error = NULL;

  g_atomic_int_set (&self->woken, FALSE);
  if (soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return G_SOURCE_REMOVE;

  if (send_batch (self, &error))
    {
      g_atomic_int_set (&self->woken, TRUE);
      return G_SOURCE_CONTINUE;
    }
  if (error != NULL)
    {
      g_warning ("The event stream ends: %s", error->message);
      soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_SERVER_ERROR, NULL);
    }

  return G_SOURCE_REMOVE;
}

static void
wake (Stream *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->woken, FALSE, TRUE))
    return;

  g_atomic_ref_count_inc (&self->references);
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT_IDLE, send_cb, self,
                              (GDestroyNotify) stream_unref);
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
  soup_websocket_connection_set_keepalive_interval (self->socket, 30);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  self->subscription = eng_store_subscribe (self->engine->store, event_cb, self);
  wake (self);
}

/* Where to begin: after `since`, or at what happens from now on. */
static gint64
first_seq (EngEngine       *engine,
           SageHttpRequest *http)
{
  const char *query = sage_http_request_query (http);
  g_autoptr(GHashTable) params = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  const char *since = params != NULL ? g_hash_table_lookup (params, "since") : NULL;
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;

  if (since != NULL)
    return g_ascii_strtoll (since, NULL, 10);

  reader = eng_store_reader (engine->store, NULL);
  if (reader != NULL)
    rows = eng_query (reader, NULL, "SELECT coalesce (max (seq), 0) FROM event", "");

  return rows != NULL && eng_rows_next (rows, NULL) ? eng_rows_int (rows, 0) : 0;
}

/**
 * eng_event_stream_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a WebSocket handshake on `/sagebrush/v1/events[?since=SEQ]`
 *
 * Upgrades the connection and from then on pushes one text message
 * `{seq, time, kind, name, arn, status}` for each row that changes, in order and without a gap after
 * `since`.
 */
void
eng_event_stream_handle (EngEngine       *engine,
                         EngRequest      *request,
                         SageHttpRequest *http)
{
  const char *key = sage_http_request_header (http, "Sec-WebSocket-Key");
  const char *upgrade = sage_http_request_header (http, "Upgrade");
  Stream *stream;

  if (key == NULL || upgrade == NULL || g_ascii_strcasecmp (upgrade, "websocket") != 0)
    {
      eng_request_refuse (http, request, 426, "UpgradeRequired",
                          "The event stream is a WebSocket");
      return;
    }

  stream = g_new0 (Stream, 1);
  g_atomic_ref_count_init (&stream->references);
  stream->engine = engine;
  stream->sent = first_seq (engine, http);
  sage_http_reply_upgrade (http, key, upgraded_cb, stream);
}
