/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-source"

#include "config.h"

#include "sage-log-records-private.h"

/* Between looks for what is new: sooner after something came, later while nothing does. */
#define MIN_PAUSE_MS 250
#define MAX_PAUSE_MS 2000

#define FOLLOW_RECORDS 1000

struct _SageLogSource
{
  GObject         parent_instance;

  SageConnection *connection;  /* (owned) */
  SageResource   *resource;    /* (owned) */
  char           *stream;      /* (owned) (nullable) */
  gboolean        live;

  gboolean        following;
  GCancellable   *cancellable; /* (owned) (nullable): a look for what is new is under way */
  char           *place;       /* (owned) (nullable): up to here it was followed */
  gboolean        begun;       /* @place is where the log ended when following began */
  guint           pause;       /* before the next look, in milliseconds */
  guint           timer;
};

typedef enum
{
  PROP_CONNECTION = 1,
  PROP_RESOURCE,
  PROP_STREAM,
  PROP_LIVE,
  PROP_FOLLOWING,
} SageLogSourceProperty;

static GParamSpec *properties[PROP_FOLLOWING + 1];

enum
{
  WRITTEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageLogSource, sage_log_source, G_TYPE_OBJECT)

/* --- Following -------------------------------------------------------------------------------- */

static void look (SageLogSource *self);

static gboolean
look_cb (gpointer user_data)
{
  SageLogSource *self = SAGE_LOG_SOURCE (user_data);

  self->timer = 0;
  look (self);

  return G_SOURCE_REMOVE;
}

/* What was written before the job came to its end is there: one look after that is the last. */
static void
look_later (SageLogSource *self,
            gboolean       found)
{
  if (!self->following || (!self->live && !found && self->begun))
    return;

  self->pause = found ? MIN_PAUSE_MS : MIN (self->pause * 2, MAX_PAUSE_MS);
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (self->pause, look_cb, self);
}

static void
looked_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) records = sage_log_source_read_finish (self, result, &error);
  gboolean found;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (records == NULL)
    {
      g_debug ("Cannot look for more of a log: %s", error->message);
      look_later (self, FALSE);
      return;
    }

  found = self->begun && records->records->len > 0;
  if (records->forward != NULL)
    g_set_str (&self->place, records->forward);
  self->begun = TRUE;
  look_later (self, found);
  if (found)
    g_signal_emit (self, signals[WRITTEN], 0, records);
}

/* The first look only finds out where the log ends, unless there was none. */
static void
look (SageLogSource *self)
{
  gboolean to_end = !self->begun;

  if (self->cancellable != NULL)
    return;

  self->cancellable = g_cancellable_new ();
  sage_log_source_read_async (self,
                              to_end ? SAGE_LOG_SOURCE_BACKWARD : SAGE_LOG_SOURCE_FORWARD,
                              self->place, 0, to_end ? 1 : FOLLOW_RECORDS, self->cancellable,
                              looked_cb, NULL);
}

static void
stop_following (SageLogSource *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->place, g_free);
  self->begun = FALSE;
}

static void
state_cb (SageResource  *resource,
          GParamSpec    *pspec,
          SageLogSource *self)
{
  gboolean live = sage_resource_get_state (resource) == SAGE_STATE_RUNNING
                  || sage_resource_get_status (resource)[0] == '\0';

  if (self->live == live)
    return;

  self->live = live;
  if (self->following)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      look (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_log_source_constructed (GObject *object)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  G_OBJECT_CLASS (sage_log_source_parent_class)->constructed (object);

  g_signal_connect (self->resource, "notify::status", G_CALLBACK (state_cb), self);
  state_cb (self->resource, NULL, self);
}

static void
sage_log_source_dispose (GObject *object)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  self->following = FALSE;
  stop_following (self);
  if (self->resource != NULL)
    g_signal_handlers_disconnect_by_data (self->resource, self);
  g_clear_object (&self->resource);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sage_log_source_parent_class)->dispose (object);
}

static void
sage_log_source_finalize (GObject *object)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  g_free (self->stream);

  G_OBJECT_CLASS (sage_log_source_parent_class)->finalize (object);
}

static void
sage_log_source_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  switch ((SageLogSourceProperty) prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_RESOURCE:
      g_value_set_object (value, self->resource);
      break;
    case PROP_STREAM:
      g_value_set_string (value, self->stream);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_source_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  switch ((SageLogSourceProperty) prop_id)
    {
    case PROP_CONNECTION:
      self->connection = g_value_dup_object (value);
      break;
    case PROP_RESOURCE:
      self->resource = g_value_dup_object (value);
      break;
    case PROP_STREAM:
      sage_log_source_set_stream (self, g_value_get_string (value));
      break;
    case PROP_FOLLOWING:
      sage_log_source_set_following (self, g_value_get_boolean (value));
      break;
    case PROP_LIVE:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_source_class_init (SageLogSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = sage_log_source_constructed;
  object_class->dispose = sage_log_source_dispose;
  object_class->finalize = sage_log_source_finalize;
  object_class->get_property = sage_log_source_get_property;
  object_class->set_property = sage_log_source_set_property;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, SAGE_TYPE_CONNECTION,
                                                     construct);
  properties[PROP_RESOURCE] = g_param_spec_object ("resource", NULL, NULL, SAGE_TYPE_RESOURCE,
                                                   construct);
  properties[PROP_STREAM] = g_param_spec_string ("stream", NULL, NULL, NULL, flags);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLLOWING] = g_param_spec_boolean ("following", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[WRITTEN] = g_signal_new ("written", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1,
                                   SAGE_TYPE_LOG_RECORDS | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sage_log_source_init (SageLogSource *self)
{
  self->pause = MIN_PAUSE_MS;
}

/**
 * sage_log_source_new:
 * @connection: a connection
 * @resource: a job of it, or an endpoint
 *
 * Returns: (transfer full): its log
 */
SageLogSource *
sage_log_source_new (SageConnection *connection,
                     SageResource   *resource)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (SAGE_IS_RESOURCE (resource), NULL);

  return g_object_new (SAGE_TYPE_LOG_SOURCE, "connection", connection, "resource", resource, NULL);
}

SageConnection *
sage_log_source_get_connection (SageLogSource *self)
{
  return self->connection;
}

SageResource *
sage_log_source_get_resource (SageLogSource *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_SOURCE (self), NULL);

  return self->resource;
}

/**
 * sage_log_source_get_stream:
 * @self: a log
 *
 * Returns: (nullable): the stream that is read; %NULL as long as none is known
 */
const char *
sage_log_source_get_stream (SageLogSource *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_SOURCE (self), NULL);

  return self->stream;
}

/**
 * sage_log_source_set_stream:
 * @self: a log
 * @stream: (nullable): one of sage_log_source_streams_finish(); %NULL for the first. Tokens of
 *   another stream are worth nothing for it.
 */
void
sage_log_source_set_stream (SageLogSource *self,
                            const char    *stream)
{
  g_return_if_fail (SAGE_IS_LOG_SOURCE (self));

  if (!g_set_str (&self->stream, stream))
    return;

  stop_following (self);
  if (self->following)
    look (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STREAM]);
}

/**
 * sage_log_source_take_stream:
 * @self: a log whose stream was not known
 * @stream: its first one
 */
void
sage_log_source_take_stream (SageLogSource *self,
                             const char    *stream)
{
  if (g_set_str (&self->stream, stream))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STREAM]);
}

/**
 * sage_log_source_get_live:
 * @self: a log
 *
 * Returns: whether more may be written: what writes it has not come to its end, as far as is known
 */
gboolean
sage_log_source_get_live (SageLogSource *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_SOURCE (self), FALSE);

  return self->live;
}

gboolean
sage_log_source_get_following (SageLogSource *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_SOURCE (self), FALSE);

  return self->following;
}

/**
 * sage_log_source_set_following:
 * @self: a log
 * @following: whether "written" is emitted for what is written from now on, while the log is live
 *   and to its last line
 */
void
sage_log_source_set_following (SageLogSource *self,
                               gboolean       following)
{
  g_return_if_fail (SAGE_IS_LOG_SOURCE (self));

  if (self->following == following)
    return;

  self->following = following;
  self->pause = MIN_PAUSE_MS;
  if (following)
    look (self);
  else
    stop_following (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}
