/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-event-stream-private.h"
#include "sage-json.h"
#include "sage-paced-stream-private.h"
#include "sage-websocket-private.h"

/* Between tries, in seconds: twice as long each time, and spread, so that a thousand Studios do not
 * all come back at once. */
#define FIRST_DELAY 0.2
#define MAX_DELAY 10.0

/* A connection that lasted as long was a success. */
#define STABLE_US (2 * G_USEC_PER_SEC)

#define DEADLINE_SECONDS 10
#define TOO_MANY_REQUESTS 429

/* The peer is asked every so often whether it is there, and is not if nothing came for so long. The
 * embedded engine answers at once or stands still; elsewhere a packet may get lost. */
#define CHECK_SECONDS 1
#define LATE_US (1500 * G_GINT64_CONSTANT (1000))
#define LOCAL_PING_SECONDS 1
#define LOCAL_SILENCE_US (1800 * G_GINT64_CONSTANT (1000))
#define REMOTE_PING_SECONDS 2
#define REMOTE_SILENCE_US (4500 * G_GINT64_CONSTANT (1000))

struct _SageEventStream
{
  GObject                  parent_instance;

  SageProfile             *profile;    /* (owned) */
  SageEventFunc            func;
  gpointer                 user_data;

  SageConnectionState      state;
  GError                  *error;      /* (owned) (nullable) */
  SageClient              *client;     /* (owned) (nullable) */
  gboolean                 polling;
  gboolean                 resumed;

  GCancellable            *trying;     /* (owned) (nullable): a try is under way */
  guint                    timer;      /* until the next try, or until this one has taken too long */
  double                   delay;      /* before the next try, in seconds */

  SoupWebsocketConnection *socket;     /* (owned) (nullable) */
  gint64                   opened;     /* when it was, monotonic */
  guint                    checker;    /* looks whether the peer answers */
  gint64                   checked;    /* when it did last, monotonic */

  gint64                   seq;        /* of the last event; -1 if none is known */
  double                   seq_time;   /* and its time: another store may have the same number */
};

typedef enum
{
  PROP_STATE = 1,
  PROP_ERROR,
  PROP_CLIENT,
  PROP_POLLING,
  PROP_RESUMED,
} SageEventStreamProperty;

static GParamSpec *properties[PROP_RESUMED + 1];

G_DEFINE_FINAL_TYPE (SageEventStream, sage_event_stream, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SageConnectionState, sage_connection_state,
  G_DEFINE_ENUM_VALUE (SAGE_CONNECTION_AWAY, "away"),
  G_DEFINE_ENUM_VALUE (SAGE_CONNECTION_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (SAGE_CONNECTION_CONNECTED, "connected"),
  G_DEFINE_ENUM_VALUE (SAGE_CONNECTION_RECONNECTING, "reconnecting"))

static void try_now (SageEventStream *self);
static void connect_stream (SageEventStream *self);

/* --- State ------------------------------------------------------------------------------------ */

static void
set_boolean (SageEventStream         *self,
             gboolean                *field,
             gboolean                 value,
             SageEventStreamProperty  property)
{
  if (*field != value)
    {
      *field = value;
      g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
    }
}

static void
take_error (SageEventStream *self,
            GError          *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_state (SageEventStream     *self,
           SageConnectionState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_client (SageEventStream *self,
            SageClient      *client)
{
  if (g_set_object (&self->client, client))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLIENT]);
}

static void
unref_later_cb (gpointer object)
{
  g_object_unref (object);
}

/* It may be in the middle of a message, and does not hold itself then. */
static void
socket_drop (SageEventStream *self)
{
  SoupWebsocketConnection *socket = g_steal_pointer (&self->socket);

  g_clear_handle_id (&self->checker, g_source_remove);
  if (socket == NULL)
    return;

  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_idle_add_once (unref_later_cb, socket);
}

/* Nothing goes on after this, and no callback comes to anything. */
static void
stop (SageEventStream *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  socket_drop (self);
}

static gboolean
retry_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);

  self->timer = 0;
  try_now (self);

  return G_SOURCE_REMOVE;
}

/* Takes over @error. */
static void
try_later (SageEventStream *self,
           GError          *error)
{
  double delay = self->delay * g_random_double_range (0.5, 1.5);

  stop (self);
  g_debug ("%s; next try in %.1f s", error->message, delay);
  self->delay = MIN (self->delay * 2, MAX_DELAY);
  self->timer = g_timeout_add ((guint) (delay * 1000), retry_cb, self);
  take_error (self, error);
  if (self->state == SAGE_CONNECTION_CONNECTED)
    set_state (self, SAGE_CONNECTION_RECONNECTING);
}

/* Takes over @error. */
static void
give_up (SageEventStream *self,
         GError          *error)
{
  stop (self);
  take_error (self, error);
  set_state (self, SAGE_CONNECTION_AWAY);
}

static void
set_connected (SageEventStream *self,
               gboolean         polling,
               gboolean         resumed)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->trying);
  self->opened = g_get_monotonic_time ();
  set_boolean (self, &self->polling, polling, PROP_POLLING);
  set_boolean (self, &self->resumed, resumed, PROP_RESUMED);
  take_error (self, NULL);
  set_state (self, SAGE_CONNECTION_CONNECTED);
}

/* The connection is gone or of no use. Takes over @error. */
static void
lost (SageEventStream *self,
      GError          *error)
{
  if (g_get_monotonic_time () - self->opened > STABLE_US)
    self->delay = FIRST_DELAY;
  try_later (self, error);
}

/* --- Open ------------------------------------------------------------------------------------- */

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *text,
            SageEventStream         *self)
{
  g_autoptr(JsonNode) node = NULL;
  SageEvent event = { 0 };
  gboolean usable = FALSE;

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    node = sage_event_parse (text, &event, &usable);
  if (node == NULL)
    {
      g_debug ("A message of the event stream is none");
      return;
    }

  if (event.seq <= self->seq)
    return;

  self->seq = event.seq;
  self->seq_time = event.time;
  if (usable)
    self->func (&event, self->user_data);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           SageEventStream         *self)
{
  GError *error = NULL;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' ended the connection",
              sage_client_get_endpoint (self->client));
  lost (self, error);
}

/* Something that came and was not read yet is an answer too. */
static gboolean
is_silent (SageEventStream *self,
           gint64           now)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);
  gint64 limit = sage_client_is_local (self->client) ? LOCAL_SILENCE_US : REMOTE_SILENCE_US;

  return now - sage_paced_stream_heard (SAGE_PACED_STREAM (io)) > limit
         && !g_pollable_input_stream_is_readable (
              G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (io)));
}

static gboolean
check_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);
  gint64 now = g_get_monotonic_time ();
  gboolean late = now - self->checked > LATE_US;
  GError *error = NULL;

  /* If it is us who stood still, the peer gets another chance to answer. */
  self->checked = now;
  if (late || !is_silent (self, now))
    return G_SOURCE_CONTINUE;

  self->checker = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer any more",
              sage_client_get_endpoint (self->client));
  lost (self, error);

  return G_SOURCE_REMOVE;
}

/* Takes over @socket. */
static void
open_stream (SageEventStream         *self,
             SoupWebsocketConnection *socket)
{
  guint interval = sage_client_is_local (self->client) ? LOCAL_PING_SECONDS : REMOTE_PING_SECONDS;

  self->socket = socket;
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);
  soup_websocket_connection_set_keepalive_interval (socket, interval);
  self->checked = g_get_monotonic_time ();
  self->checker = g_timeout_add_seconds (CHECK_SECONDS, check_cb, self);
  set_connected (self, FALSE, self->seq >= 0);
}

/* --- Tries ------------------------------------------------------------------------------------ */

static gboolean
too_long_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);
  GError *error = NULL;

  self->timer = 0;
  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer",
              sage_client_get_endpoint (self->client));
  try_later (self, error);

  return G_SOURCE_REMOVE;
}

/* Whether the same would come of another try. */
static gboolean
is_hopeless (SageEventStream *self,
             const GError    *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED))
    return TRUE;

  return self->state == SAGE_CONNECTION_CONNECTING
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE)
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY)
         && !g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED);
}

/* Takes over @error. */
static void
fail (SageEventStream *self,
      GError          *error)
{
  if (is_hopeless (self, error))
    give_up (self, error);
  else
    try_later (self, error);
}

/* Without an event stream, is it at least the API? A refusal says that it is, and knows us. */
static void
probed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageEventStream *self = user_data;
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  if (reply != NULL || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_DENIED))
    {
      g_clear_error (&error);
      set_connected (self, TRUE, FALSE);
    }
  else
    fail (self, error);
}

static void
probe (SageEventStream *self)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_int_member (input, "MaxResults", 1);
  sage_client_call_async (self->client, "SageMaker.ListModels", input, self->trying, probed_cb, self);
}

static void
handshake_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SageEventStream *self = user_data;
  SoupWebsocketConnection *socket;
  GError *error = NULL;
  guint status = 0;

  socket = sage_client_websocket_finish (SAGE_CLIENT (object), result, &status, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  if (socket != NULL)
    open_stream (self, socket);
  else if (status == SOUP_STATUS_GONE && self->seq >= 0)
    {
      g_error_free (error);
      self->seq = -1;
      connect_stream (self);
    }
  else if (status == 0 || status >= 500 || status == TOO_MANY_REQUESTS)
    fail (self, error);
  else
    {
      g_debug ("%s", error->message);
      g_error_free (error);
      probe (self);
    }
}

static void
connect_stream (SageEventStream *self)
{
  char time[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *path = NULL;

  if (self->seq >= 0)
    path = g_strdup_printf ("/sagebrush/v1/events?since=%" G_GINT64_FORMAT "&at=%s", self->seq,
                            g_ascii_dtostr (time, sizeof time, self->seq_time));
  else
    path = g_strdup ("/sagebrush/v1/events");

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (DEADLINE_SECONDS, too_long_cb, self);
  sage_client_websocket_async (self->client, path, self->trying, handshake_cb, self);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  SageEventStream *self = user_data;
  GError *error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_start_finish (result, &error);
  g_autoptr(SageClient) client = NULL;
  const char *socket;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  if (error != NULL)
    {
      if (self->state == SAGE_CONNECTION_CONNECTING)
        give_up (self, error);
      else
        try_later (self, error);
      return;
    }

  socket = sage_json_string (ready, "socket", "");
  sage_profile_set_region (self->profile, sage_json_string (ready, "region", NULL));
  if (self->client == NULL || strcmp (sage_client_get_endpoint (self->client), socket) != 0)
    {
      client = sage_client_new (socket, NULL, NULL, sage_profile_get_region (self->profile));
      set_client (self, client);
    }
  connect_stream (self);
}

static void
try_now (SageEventStream *self)
{
  self->trying = g_cancellable_new ();
  if (sage_profile_is_embedded (self->profile))
    sage_embedded_start_async (sage_profile_get_data_dir (self->profile), self->trying, started_cb,
                               self);
  else
    connect_stream (self);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_event_stream_dispose (GObject *object)
{
  SageEventStream *self = SAGE_EVENT_STREAM (object);

  stop (self);
  g_clear_object (&self->client);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (sage_event_stream_parent_class)->dispose (object);
}

static void
sage_event_stream_finalize (GObject *object)
{
  SageEventStream *self = SAGE_EVENT_STREAM (object);

  g_clear_error (&self->error);

  G_OBJECT_CLASS (sage_event_stream_parent_class)->finalize (object);
}

static void
sage_event_stream_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SageEventStream *self = SAGE_EVENT_STREAM (object);

  switch ((SageEventStreamProperty) prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_POLLING:
      g_value_set_boolean (value, self->polling);
      break;
    case PROP_RESUMED:
      g_value_set_boolean (value, self->resumed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_event_stream_class_init (SageEventStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_event_stream_dispose;
  object_class->finalize = sage_event_stream_finalize;
  object_class->get_property = sage_event_stream_get_property;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_CONNECTION_STATE,
                                              SAGE_CONNECTION_AWAY, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, SAGE_TYPE_CLIENT, flags);
  properties[PROP_POLLING] = g_param_spec_boolean ("polling", NULL, NULL, FALSE, flags);
  properties[PROP_RESUMED] = g_param_spec_boolean ("resumed", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_event_stream_init (SageEventStream *self)
{
  self->seq = -1;
  self->delay = FIRST_DELAY;
}

/**
 * sage_event_stream_new:
 * @profile: where the engine is
 * @func: called with each event, in their order
 * @user_data: for @func; outlives the stream
 *
 * Returns: (transfer full): a stream that is not open yet
 */
SageEventStream *
sage_event_stream_new (SageProfile   *profile,
                       SageEventFunc  func,
                       gpointer       user_data)
{
  SageEventStream *self;

  g_return_val_if_fail (SAGE_IS_PROFILE (profile), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_object_new (SAGE_TYPE_EVENT_STREAM, NULL);
  self->profile = g_object_ref (profile);
  self->func = func;
  self->user_data = user_data;

  return self;
}

/**
 * sage_event_stream_open:
 * @self: a stream
 * @secret: (nullable): the secret of the profile's access key; the embedded engine needs none
 *
 * Begins to follow the engine, from now on; a stream that is open begins anew. An engine that cannot
 * be reached is tried again, one that refuses us is not.
 */
void
sage_event_stream_open (SageEventStream *self,
                        const char      *secret)
{
  const char *access_key;
  g_autoptr(SageClient) client = NULL;

  g_return_if_fail (SAGE_IS_EVENT_STREAM (self));

  sage_event_stream_close (self);
  access_key = secret != NULL ? sage_profile_get_access_key (self->profile) : NULL;
  self->seq = -1;
  self->delay = FIRST_DELAY;

  if (!sage_profile_is_embedded (self->profile))
    client = sage_client_new (sage_profile_get_url (self->profile), access_key,
                              access_key != NULL ? secret : NULL,
                              sage_profile_get_region (self->profile));
  set_client (self, client);
  take_error (self, NULL);
  set_state (self, SAGE_CONNECTION_CONNECTING);
  try_now (self);
}

/**
 * sage_event_stream_close:
 * @self: a stream
 *
 * Stops following. Nothing is called after this.
 */
void
sage_event_stream_close (SageEventStream *self)
{
  g_return_if_fail (SAGE_IS_EVENT_STREAM (self));

  stop (self);
  take_error (self, NULL);
  set_state (self, SAGE_CONNECTION_AWAY);
}

/**
 * sage_event_stream_suspect:
 * @self: a stream
 *
 * A call did not reach the engine. Without an event stream that is the only sign that it is gone.
 */
void
sage_event_stream_suspect (SageEventStream *self)
{
  GError *error = NULL;

  g_return_if_fail (SAGE_IS_EVENT_STREAM (self));

  if (self->state != SAGE_CONNECTION_CONNECTED || !self->polling)
    return;

  sage_throw (&error, SAGE_ERROR_UNREACHABLE, "The engine at '%s' does not answer",
              sage_client_get_endpoint (self->client));
  lost (self, error);
}

SageConnectionState
sage_event_stream_get_state (SageEventStream *self)
{
  g_return_val_if_fail (SAGE_IS_EVENT_STREAM (self), SAGE_CONNECTION_AWAY);

  return self->state;
}

/**
 * sage_event_stream_get_error:
 * @self: a stream
 *
 * Returns: (nullable): why the last try failed
 */
const GError *
sage_event_stream_get_error (SageEventStream *self)
{
  g_return_val_if_fail (SAGE_IS_EVENT_STREAM (self), NULL);

  return self->error;
}

/**
 * sage_event_stream_get_client:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): the client to call the engine with; %NULL until it is known
 *   where the embedded one listens
 */
SageClient *
sage_event_stream_get_client (SageEventStream *self)
{
  g_return_val_if_fail (SAGE_IS_EVENT_STREAM (self), NULL);

  return self->client;
}

gboolean
sage_event_stream_get_polling (SageEventStream *self)
{
  g_return_val_if_fail (SAGE_IS_EVENT_STREAM (self), FALSE);

  return self->polling;
}

gboolean
sage_event_stream_get_resumed (SageEventStream *self)
{
  g_return_val_if_fail (SAGE_IS_EVENT_STREAM (self), FALSE);

  return self->resumed;
}
