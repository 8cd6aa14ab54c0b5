/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-stream"

#include "config.h"

#include "sage-error.h"
#include "sage-event-stream-private.h"

/* Between tries, in seconds: twice as long each time, and spread, so that a thousand Studios do not
 * all come back at once. */
#define FIRST_DELAY 0.2
#define MAX_DELAY 10.0

/* A connection that lasted as long was a success. */
#define STABLE_US (2 * G_USEC_PER_SEC)

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

/**
 * sage_event_stream_set_client:
 * @self: a stream
 * @client: (nullable): the client to call the engine with
 */
void
sage_event_stream_set_client (SageEventStream *self,
                              SageClient      *client)
{
  if (g_set_object (&self->client, client))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLIENT]);
}

/* Nothing goes on after this, and no callback comes to anything. */
static void
stop (SageEventStream *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  sage_event_stream_drop_socket (self);
}

static gboolean
retry_cb (gpointer user_data)
{
  SageEventStream *self = SAGE_EVENT_STREAM (user_data);

  self->timer = 0;
  sage_event_stream_try_now (self);

  return G_SOURCE_REMOVE;
}

/**
 * sage_event_stream_try_later:
 * @self: a stream
 * @error: (transfer full): why it is not connected
 *
 * Tries again after a while.
 */
void
sage_event_stream_try_later (SageEventStream *self,
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

/**
 * sage_event_stream_give_up:
 * @self: a stream
 * @error: (transfer full): why another try would be of no use
 */
void
sage_event_stream_give_up (SageEventStream *self,
                           GError          *error)
{
  stop (self);
  take_error (self, error);
  set_state (self, SAGE_CONNECTION_AWAY);
}

/**
 * sage_event_stream_set_connected:
 * @self: a stream
 * @polling: the engine tells nothing by itself
 * @resumed: no event was missed
 *
 * A try was a success.
 */
void
sage_event_stream_set_connected (SageEventStream *self,
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

/**
 * sage_event_stream_lost:
 * @self: a stream that was connected
 * @error: (transfer full): why it is not any more, or is of no use
 */
void
sage_event_stream_lost (SageEventStream *self,
                        GError          *error)
{
  if (g_get_monotonic_time () - self->opened > STABLE_US)
    self->delay = FIRST_DELAY;
  sage_event_stream_try_later (self, error);
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
  g_autoptr(SageTrust) trust = NULL;

  g_return_if_fail (SAGE_IS_EVENT_STREAM (self));

  sage_event_stream_close (self);
  access_key = secret != NULL ? sage_profile_get_access_key (self->profile) : NULL;
  self->seq = -1;
  self->delay = FIRST_DELAY;

  if (!sage_profile_is_embedded (self->profile))
    {
      trust = sage_trust_new (sage_profile_get_certificate (self->profile));
      client = sage_client_new_trusting (sage_profile_get_url (self->profile), access_key,
                                         access_key != NULL ? secret : NULL,
                                         sage_profile_get_region (self->profile), trust);
    }
  sage_event_stream_set_client (self, client);
  take_error (self, NULL);
  set_state (self, SAGE_CONNECTION_CONNECTING);
  sage_event_stream_try_now (self);
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
  sage_event_stream_lost (self, error);
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
