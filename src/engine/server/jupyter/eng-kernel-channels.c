/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-channels"

#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "eng-guard.h"
#include "eng-host-link.h"
#include "eng-kernel-channels.h"
#include "eng-kernel-host.h"
#include "eng-kernels.h"
#include "sage-error.h"
#include "sage-http-uri.h"
#include "sage-json.h"
#include "sage-jupyter-frame.h"

/* What is handed to libsoup, which queues it all, until it is with the kernel: a client who is slow or
 * stands still costs this much and one message, and no more. */
#define WINDOW_BYTES (1024 * 1024)

/* The longest message of a client; jupyter_server's is 10 MiB. */
#define MAX_INCOMING (32 * 1024 * 1024)

/* A client from which nothing came back for this long is given up; jupyter_server's own time. */
#define PING_SECONDS 90

/* How long the end of the process waits for channels to close. */
#define FINISH_US (1 * G_USEC_PER_SEC)

/**
 * Channels:
 *
 * One client of one kernel: its WebSocket on this side, its connection to the kernel's host on the
 * other. Made on the request's thread, on the main thread from the upgrade on.
 */
typedef struct
{
  EngEngine               *engine;
  char                    *id;       /* (owned): of the kernel */
  SageJupyterFraming       framing;
  gboolean                 follows;  /* it goes by the journal */
  int                      host_fd;  /* (owned): -1 once the link has it */
  EngHostLink             *host;     /* (owned) (nullable) */
  SoupWebsocketConnection *socket;   /* (owned) (nullable) */
  EngGuard                *guard;    /* (owned) (nullable): until the socket has it */
  GSource                 *writable; /* (owned) (nullable): while the client is behind */
  gsize                    queued;   /* bytes handed to libsoup since it had none */
} Channels;

/* Open channels. Main thread only. */
static guint n_channels;

static void
channels_free (Channels *self)
{
  g_clear_fd (&self->host_fd, NULL);
  g_clear_pointer (&self->host, eng_host_link_free);
  g_clear_object (&self->socket);
  eng_guard_free (self->guard);
  g_free (self->id);
  g_free (self);
}

static void
drop_writable (Channels *self)
{
  if (self->writable != NULL)
    g_source_destroy (self->writable);
  g_clear_pointer (&self->writable, g_source_unref);
}

/* Says why to the client; what it says to that ends it. */
static void
end (Channels   *self,
     gushort     code,
     const char *why)
{
  g_autofree char *text = g_utf8_make_valid (why, (gssize) MIN (strlen (why), 100));

  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, code, text);
}

/* libsoup's own source has a higher priority and exists as long as its queue holds anything: this one
 * runs when the client takes data and nothing is queued. */
static gboolean
writable_cb (GObject  *output,
             gpointer  user_data)
{
  Channels *self = user_data;

  drop_writable (self);
  self->queued = 0;
  eng_host_link_pause (self->host, FALSE);

  return G_SOURCE_REMOVE;
}

/* Reads no more from the host until the client has got what there is. */
static void
await_client (Channels *self)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);

  eng_host_link_pause (self->host, TRUE);
  if (self->writable != NULL || io == NULL)
    return;

  self->writable =
    g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (
                                              g_io_stream_get_output_stream (io)), NULL);
  g_source_set_priority (self->writable, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->writable, G_SOURCE_FUNC (writable_cb), self, NULL);
  g_source_attach (self->writable, NULL);
}

/* From the kernel. The host's framing is the newer one's own. */
static void
frame_cb (GBytes   *frame,
          gpointer  user_data)
{
  Channels *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GBytes) text = NULL;
  gboolean is_text = FALSE;

  if (soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  if (self->framing == SAGE_JUPYTER_FRAMING_DEFAULT)
    {
      message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, &error);
      if (message == NULL)
        {
          g_warning ("The host of kernel %s sent a bad frame: %s", self->id, error->message);
          return;
        }
      text = sage_jupyter_frame_write (message, self->framing, &is_text);
      frame = text;
    }

  soup_websocket_connection_send_message (self->socket, is_text ? SOUP_WEBSOCKET_DATA_TEXT
                                                                : SOUP_WEBSOCKET_DATA_BINARY, frame);
  self->queued += g_bytes_get_size (frame);
  if (self->queued >= WINDOW_BYTES)
    await_client (self);
}

static void
host_closed_cb (const GError *error,
                gpointer      user_data)
{
  Channels *self = user_data;

  if (error != NULL)
    g_warning ("Kernel %s: %s", self->id, error->message);
  end (self, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "The kernel has ended");
}

/* From the client. Nothing but whole messages gets to the host. */
static void
message_cb (SoupWebsocketConnection  *socket,
            SoupWebsocketDataType     type,
            GBytes                   *frame,
            Channels                 *self)
{
  g_autoptr(GError) error = NULL;
  gboolean is_text = type == SOUP_WEBSOCKET_DATA_TEXT;
  g_autoptr(SageJupyterMessage) message = sage_jupyter_frame_read (frame, self->framing, is_text,
                                                                   &error);
  g_autoptr(GBytes) own = NULL;

  if (soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  if (message == NULL)
    {
      end (self, SOUP_WEBSOCKET_CLOSE_BAD_DATA, error->message);
      return;
    }
  if (self->framing == SAGE_JUPYTER_FRAMING_DEFAULT)
    frame = own = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, NULL);
  if (!eng_host_link_send (self->host, frame))
    end (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "The kernel does not take so much at once");
}

static gboolean
free_cb (gpointer user_data)
{
  n_channels--;
  channels_free (user_data);

  return G_SOURCE_REMOVE;
}

/* The link may be in the middle of a frame. */
static void
closed_cb (SoupWebsocketConnection *socket,
           Channels                *self)
{
  g_signal_handlers_disconnect_by_data (socket, self);
  drop_writable (self);
  eng_host_link_pause (self->host, TRUE);
  eng_kernel_detach (self->engine, self->id, self->follows);
  g_idle_add_full (G_PRIORITY_DEFAULT, free_cb, self, NULL);
}

/* libsoup answers these itself with the closing of the connection. */
static void
error_cb (SoupWebsocketConnection *socket,
          const GError            *error,
          Channels                *self)
{
  g_debug ("A client of kernel %s: %s", self->id, error->message);
}

/* On the main thread: the connection is ours now. */
static void
upgraded_cb (GIOStream *io,
             gpointer   user_data)
{
  static const EngHostLinkEvents events = { frame_cb, host_closed_cb };
  Channels *self = user_data;
  g_autoptr(GUri) uri = g_uri_build (G_URI_FLAGS_NONE, "ws", NULL, "localhost", -1, "/api/kernels",
                                     NULL, NULL);
  const char *protocol = self->framing == SAGE_JUPYTER_FRAMING_V1 ? SAGE_JUPYTER_V1_PROTOCOL : NULL;

  self->socket = soup_websocket_connection_new (io, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL,
                                                protocol, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, MAX_INCOMING);
  soup_websocket_connection_set_keepalive_interval (self->socket, PING_SECONDS);
  soup_websocket_connection_set_keepalive_pong_timeout (self->socket, PING_SECONDS);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
  eng_guard_watch (g_steal_pointer (&self->guard), self->socket);
  n_channels++;
  eng_kernel_attach (self->engine, self->id, self->follows);
  self->host = eng_host_link_new (g_steal_fd (&self->host_fd), &events, self);
}

/* Whether the client speaks the newer framing; of what it offers that one is taken. */
static SageJupyterFraming
choose_framing (SageHttpRequest *http)
{
  const char * const *headers = sage_http_request_headers (http);

  for (guint i = 0; headers[i] != NULL; i += 2)
    {
      g_auto(GStrv) offers = NULL;

      if (g_ascii_strcasecmp (headers[i], "Sec-WebSocket-Protocol") != 0)
        continue;
      offers = g_strsplit (headers[i + 1], ",", -1);
      for (guint j = 0; offers[j] != NULL; j++)
        if (strcmp (g_strstrip (offers[j]), SAGE_JUPYTER_V1_PROTOCOL) == 0)
          return SAGE_JUPYTER_FRAMING_V1;
    }

  return SAGE_JUPYTER_FRAMING_DEFAULT;
}

/* Our own parameter `after`, and Jupyter's `session_id`. */
static gboolean
read_parameters (SageHttpRequest  *http,
                 char            **session,
                 gint64           *after,
                 GError          **error)
{
  g_autoptr(SageHttpParams) params = sage_http_uri_parse_query (sage_http_request_query (http),
                                                                error);
  const char *seq;

  *after = -1;
  if (params == NULL)
    return FALSE;
  seq = sage_http_params_get (params, "after");
  *session = g_strdup (sage_http_params_get (params, "session_id"));
  if (seq != NULL && !g_ascii_string_to_signed (seq, 10, 0, G_MAXINT64, after, NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "after is the number of a message");

  return TRUE;
}

/* Why nobody can be connected to a kernel that is known. */
static void
refuse (EngEngine       *engine,
        EngRequest      *request,
        SageHttpRequest *http,
        const char      *id,
        const GError    *why)
{
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (engine, id, NULL);
  g_autoptr(JsonObject) model = row != NULL ? eng_kernel_model (engine, row) : NULL;

  if (row == NULL)
    eng_request_refuse (http, request, 404, "Not Found", "Kernel does not exist");
  else if (g_error_matches (why, SAGE_ERROR, SAGE_ERROR_INVALID))
    eng_request_refuse (http, request, 400, "Bad Request", why->message);
  else
    eng_request_refuse (http, request, 410, "Gone",
                        sage_json_string (model, "reason", why->message));
}

/**
 * eng_kernel_channels_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a WebSocket handshake on `/api/kernels/ID/channels[?session_id=ID][&after=SEQ]`
 * @id: the kernel
 *
 * Upgrades the connection and from then on passes messages between the client and the kernel's host,
 * in the framing that the client asks for. With `after` the client first gets what the kernel has
 * said after that number, and then without a gap what comes; each with its own number in
 * `metadata.sagebrush_seq`.
 */
void
eng_kernel_channels_handle (EngEngine       *engine,
                            EngRequest      *request,
                            SageHttpRequest *http,
                            const char      *id)
{
  const char *upgrade = sage_http_request_header (http, "Upgrade");
  g_autofree char *session = NULL;
  g_autoptr(GError) error = NULL;
  g_autofd int fd = -1;
  Channels *self;
  gint64 after;

  if (upgrade == NULL || g_ascii_strcasecmp (upgrade, "websocket") != 0)
    {
      eng_request_refuse (http, request, 400, "Bad Request", "Can \"Upgrade\" only to \"WebSocket\".");
      return;
    }
  if (read_parameters (http, &session, &after, &error))
    fd = eng_kernel_host_connect (engine, id, &error);
  if (fd < 0 || !eng_host_link_greet (fd, session, after, &error))
    {
      refuse (engine, request, http, id, error);
      return;
    }

  self = g_new0 (Channels, 1);
  self->engine = engine;
  self->id = g_strdup (id);
  self->guard = eng_guard_new (engine, &request->caller);
  self->framing = choose_framing (http);
  self->follows = after >= 0;
  self->host_fd = g_steal_fd (&fd);
  if (self->framing == SAGE_JUPYTER_FRAMING_V1)
    sage_http_reply_header (http, "Sec-WebSocket-Protocol", SAGE_JUPYTER_V1_PROTOCOL);
  sage_http_reply_upgrade (http, sage_http_request_header (http, "Sec-WebSocket-Key"), upgraded_cb,
                           self, (GDestroyNotify) channels_free);
}

/**
 * eng_kernel_channels_finish:
 *
 * As eng_event_streams_finish(), for the clients of kernels.
 */
void
eng_kernel_channels_finish (void)
{
  gint64 until = g_get_monotonic_time () + FINISH_US;

  while ((g_main_context_pending (NULL) || n_channels > 0) && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}
