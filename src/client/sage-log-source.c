/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-source"

#include "config.h"

#include "sage-log-source-private.h"

struct _SageLogSource
{
  GObject         parent_instance;

  SageConnection *connection;  /* (owned) */
  SageResource   *resource;    /* (owned) */
  char           *stream;      /* (owned) (nullable) */
  gboolean        live;
};

typedef enum
{
  PROP_CONNECTION = 1,
  PROP_RESOURCE,
  PROP_STREAM,
  PROP_LIVE,
} SageLogSourceProperty;

static GParamSpec *properties[PROP_LIVE + 1];

G_DEFINE_FINAL_TYPE_WITH_CODE (SageLogSource, sage_log_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SAGE_TYPE_LOG_PAGER,
                                                      sage_log_source_pager_init))

/* An endpoint that is in service goes on printing; what its server prints before and after too. */
static gboolean
is_live (SageLogSource *self)
{
  if (sage_resource_get_deleted (self->resource))
    return FALSE;

  return sage_resource_get_kind (self->resource) == SAGE_KIND_ENDPOINT ||
         sage_resource_get_state (self->resource) == SAGE_STATE_RUNNING ||
         sage_resource_get_status (self->resource)[0] == '\0';
}

static void
update_live (SageLogSource *self)
{
  gboolean live = is_live (self);

  if (self->live == live)
    return;

  self->live = live;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_log_source_constructed (GObject *object)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

  G_OBJECT_CLASS (sage_log_source_parent_class)->constructed (object);

  g_signal_connect_swapped (self->resource, "notify::status", G_CALLBACK (update_live), self);
  g_signal_connect_swapped (self->resource, "notify::deleted", G_CALLBACK (update_live), self);
  update_live (self);
}

static void
sage_log_source_dispose (GObject *object)
{
  SageLogSource *self = SAGE_LOG_SOURCE (object);

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
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_log_source_init (SageLogSource *self)
{
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
