/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connection"

#include "config.h"

#include "sage-connection-private.h"
#include "sage-error.h"
#include "sage-event-queue-private.h"
#include "sage-list-loader-private.h"
#include "sage-news-private.h"
#include "sage-poller-private.h"
#include "sage-watcher-private.h"

struct _SageConnection
{
  GObject              parent_instance;

  SageProfile         *profile;  /* (owned) */
  SageConnectionState  state;
  GError              *error;    /* (owned) (nullable) */
  SageEventStream     *stream;   /* (owned) */
  SageRegistry        *registry; /* (owned) */
  GPtrArray           *lists;    /* (owned): of lists that somebody holds; they leave at their end */
  SageEventQueue      *queue;    /* (owned) */
  SageWatcher         *watcher;  /* (owned) */
  SagePoller          *poller;   /* (owned) */
  GHashTable          *acts;     /* (owned): of keys to the tasks that wait for the same */
  guint64              clock;    /* counts the changes heard of in events */
};

typedef enum
{
  PROP_PROFILE = 1,
  PROP_STATE,
  PROP_ERROR,
} SageConnectionProperty;

static GParamSpec *properties[PROP_ERROR + 1];

enum
{
  EVENT,
  KERNEL_EVENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageConnection, sage_connection, G_TYPE_OBJECT)

/* --- Lists ------------------------------------------------------------------------------------ */

static void
list_gone_cb (gpointer  user_data,
              GObject  *list)
{
  SageConnection *self = SAGE_CONNECTION (user_data);

  g_ptr_array_remove_fast (self->lists, list);
}

static SageListLoader *
nth_loader (SageConnection *self,
            guint           index)
{
  return sage_resource_list_get_loader (g_ptr_array_index (self->lists, index));
}

guint
sage_connection_n_lists (SageConnection *self)
{
  return self->lists->len;
}

SageResourceList *
sage_connection_nth_list (SageConnection *self,
                          guint           index)
{
  return g_ptr_array_index (self->lists, index);
}

/**
 * sage_connection_get_list:
 * @self: a connection
 * @kind: a kind
 * @parent: (nullable): the name of the resource that they belong to: the pipeline of executions,
 *   the execution of steps, the group of model packages; %NULL for all, which steps cannot be
 *
 * Returns: (transfer full): the live list, one and the same as long as somebody holds it
 */
SageResourceList *
sage_connection_get_list (SageConnection *self,
                          SageKind        kind,
                          const char     *parent)
{
  SageResourceList *list;

  g_return_val_if_fail (SAGE_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (kind < SAGE_N_KINDS, NULL);
  g_return_val_if_fail (parent == NULL || sage_kind_info (kind)->list_parent != NULL, NULL);
  g_return_val_if_fail (parent != NULL || kind != SAGE_KIND_STEP, NULL);

  for (guint i = 0; i < self->lists->len; i++)
    {
      const char *its_parent;

      list = g_ptr_array_index (self->lists, i);
      its_parent = sage_resource_list_get_parent (list);
      if (sage_resource_list_get_kind (list) == kind && (parent == NULL) == (its_parent == NULL)
          && (parent == NULL || g_ascii_strcasecmp (parent, its_parent) == 0))
        return g_object_ref (list);
    }

  list = sage_resource_list_new (kind, parent, self->registry);
  g_ptr_array_add (self->lists, list);
  g_object_weak_ref (G_OBJECT (list), list_gone_cb, self);
  sage_list_loader_new (self, list);
  sage_poller_hurry (self->poller);

  return list;
}

/**
 * sage_connection_get_resource:
 * @self: a connection
 * @kind: a kind
 * @name: a resource's whole name, as in events
 *
 * Returns: (transfer full): the one object for that thing. Nothing may be known of it yet, not even
 *   whether it is there: see sage_connection_watch()
 */
SageResource *
sage_connection_get_resource (SageConnection *self,
                              SageKind        kind,
                              const char     *name)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (kind < SAGE_N_KINDS, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return sage_registry_get (self->registry, kind, name);
}

/**
 * sage_connection_watch:
 * @self: a connection
 * @resource: one of its resources
 *
 * Fetches the resource's description, and again after everything that happens to it or to its parts,
 * until sage_connection_unwatch() was called as often. A resource that turns out not to be there
 * becomes "deleted".
 */
void
sage_connection_watch (SageConnection *self,
                       SageResource   *resource)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));
  g_return_if_fail (SAGE_IS_RESOURCE (resource));

  sage_watcher_watch (self->watcher, resource);
  sage_poller_hurry (self->poller);
}

/**
 * sage_connection_unwatch:
 * @self: a connection
 * @resource: a resource that is watched
 *
 * Takes one sage_connection_watch() back. The description stays as it is.
 */
void
sage_connection_unwatch (SageConnection *self,
                         SageResource   *resource)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));
  g_return_if_fail (SAGE_IS_RESOURCE (resource));

  sage_watcher_unwatch (self->watcher, resource);
}

/* --- Facts ------------------------------------------------------------------------------------ */

SageRegistry *
sage_connection_get_registry (SageConnection *self)
{
  return self->registry;
}

/**
 * sage_connection_get_clock:
 * @self: a connection
 *
 * Returns: a number that grows with every change heard of in an event: what is asked for now and
 *   answered later may be older than what was heard since
 */
guint64
sage_connection_get_clock (SageConnection *self)
{
  return self->clock;
}

/**
 * sage_connection_tick:
 * @self: a connection
 *
 * Returns: the clock, after a change was heard of
 */
guint64
sage_connection_tick (SageConnection *self)
{
  return ++self->clock;
}

void
sage_connection_emit_event (SageConnection *self,
                            SageResource   *resource)
{
  g_signal_emit (self, signals[EVENT], 0, resource);
}

/**
 * sage_connection_suspect:
 * @self: a connection
 * @error: why a call failed
 *
 * Takes notice of a call that did not reach the engine.
 */
void
sage_connection_suspect (SageConnection *self,
                         const GError   *error)
{
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE))
    sage_event_stream_suspect (self->stream);
}

/**
 * sage_connection_hurry:
 * @self: a connection
 *
 * Something is being done, of which no event may tell.
 */
void
sage_connection_hurry (SageConnection *self)
{
  sage_poller_hurry (self->poller);
}

/**
 * sage_connection_touch:
 * @self: a connection
 * @resource: one of its resources, with which something was done
 */
void
sage_connection_touch (SageConnection *self,
                       SageResource   *resource)
{
  sage_watcher_touch (self->watcher, resource);
}

/**
 * sage_connection_begin_act:
 * @self: a connection
 * @key: what is to be done
 * @task: who waits for it
 *
 * Returns: whether it is not under way already
 */
gboolean
sage_connection_begin_act (SageConnection *self,
                           const char     *key,
                           GTask          *task)
{
  GPtrArray *tasks = g_hash_table_lookup (self->acts, key);
  gboolean first = tasks == NULL;

  if (first)
    {
      tasks = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (self->acts, g_strdup (key), tasks);
    }
  g_ptr_array_add (tasks, g_object_ref (task));

  return first;
}

/**
 * sage_connection_end_act:
 * @self: a connection
 * @key: what was done, or was not
 *
 * Returns: (transfer full) (element-type GTask): all who wait for it
 */
GPtrArray *
sage_connection_end_act (SageConnection *self,
                         const char     *key)
{
  GPtrArray *tasks = g_hash_table_lookup (self->acts, key);

  g_ptr_array_ref (tasks);
  g_hash_table_remove (self->acts, key);

  return tasks;
}

/* --- Events ----------------------------------------------------------------------------------- */

static void
event_cb (const SageEvent *event,
          gpointer         user_data)
{
  SageConnection *self = user_data;

  if (event->is_kernel)
    g_signal_emit (self, signals[KERNEL_EVENT], 0, event->name, event->status);
  else
    sage_event_queue_push (self->queue, event);
}

static void
slice_cb (const SageNews * const *news,
          guint                   n,
          gpointer                user_data)
{
  g_autoptr(SageConnection) self = g_object_ref (SAGE_CONNECTION (user_data));

  sage_news_take (self, self->watcher, news, n);
}

static void
take_error (SageConnection *self,
            GError         *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_connected (SageConnection *self)
{
  gboolean polling = sage_event_stream_get_polling (self->stream);
  gboolean resumed = sage_event_stream_get_resumed (self->stream);

  if (!resumed)
    sage_event_queue_clear (self->queue);
  for (guint i = 0; i < self->lists->len; i++)
    sage_list_loader_connected (nth_loader (self, i), resumed);
  sage_watcher_touch_all (self->watcher);
  sage_poller_set_active (self->poller, polling);
}

static void
set_connecting (SageConnection *self)
{
  for (guint i = 0; i < self->lists->len; i++)
    sage_list_loader_connecting (nth_loader (self, i));
}

static void
set_away (SageConnection *self)
{
  sage_event_queue_clear (self->queue);
  sage_watcher_away (self->watcher);
  for (guint i = 0; i < self->lists->len; i++)
    sage_list_loader_away (nth_loader (self, i), self->error);
}

/* Lists and watches first: who hears of the state finds them at work. */
static void
state_cb (SageEventStream *stream,
          GParamSpec      *pspec,
          SageConnection  *self)
{
  g_autoptr(SageConnection) hold = g_object_ref (self);
  SageConnectionState state = sage_event_stream_get_state (stream);

  self->state = state;
  sage_poller_set_active (self->poller, FALSE);
  if (state == SAGE_CONNECTION_CONNECTED)
    set_connected (self);
  else if (state == SAGE_CONNECTION_AWAY)
    set_away (self);
  else if (state == SAGE_CONNECTION_CONNECTING)
    set_connecting (self);
  else
    sage_watcher_away (self->watcher);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
error_cb (SageEventStream *stream,
          GParamSpec      *pspec,
          SageConnection  *self)
{
  const GError *error = sage_event_stream_get_error (stream);

  take_error (self, error != NULL ? g_error_copy (error) : NULL);
}

/* --- Object ----------------------------------------------------------------------------------- */

static void
sage_connection_dispose (GObject *object)
{
  SageConnection *self = SAGE_CONNECTION (object);

  if (self->stream != NULL)
    g_signal_handlers_disconnect_by_data (self->stream, self);
  g_clear_object (&self->stream);
  while (self->lists->len > 0)
    {
      SageResourceList *list = g_ptr_array_steal_index_fast (self->lists, 0);

      g_object_weak_unref (G_OBJECT (list), list_gone_cb, self);
      sage_list_loader_disconnect (sage_resource_list_get_loader (list));
      sage_resource_list_set_loading (list, FALSE);
    }
  g_clear_pointer (&self->poller, sage_poller_free);
  g_clear_pointer (&self->queue, sage_event_queue_free);
  g_clear_pointer (&self->watcher, sage_watcher_free);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (sage_connection_parent_class)->dispose (object);
}

static void
sage_connection_finalize (GObject *object)
{
  SageConnection *self = SAGE_CONNECTION (object);

  g_ptr_array_unref (self->lists);
  g_hash_table_unref (self->acts);
  sage_registry_unref (self->registry);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (sage_connection_parent_class)->finalize (object);
}

static void
sage_connection_constructed (GObject *object)
{
  SageConnection *self = SAGE_CONNECTION (object);

  G_OBJECT_CLASS (sage_connection_parent_class)->constructed (object);

  self->stream = sage_event_stream_new (self->profile, event_cb, self);
  g_signal_connect (self->stream, "notify::error", G_CALLBACK (error_cb), self);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (state_cb), self);
}

static void
sage_connection_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageConnection *self = SAGE_CONNECTION (object);

  switch ((SageConnectionProperty) prop_id)
    {
    case PROP_PROFILE:
      g_value_set_object (value, self->profile);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_connection_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageConnection *self = SAGE_CONNECTION (object);

  switch ((SageConnectionProperty) prop_id)
    {
    case PROP_PROFILE:
      self->profile = g_value_dup_object (value);
      break;
    case PROP_STATE:
    case PROP_ERROR:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_connection_class_init (SageConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = sage_connection_constructed;
  object_class->dispose = sage_connection_dispose;
  object_class->finalize = sage_connection_finalize;
  object_class->get_property = sage_connection_get_property;
  object_class->set_property = sage_connection_set_property;

  properties[PROP_PROFILE] = g_param_spec_object ("profile", NULL, NULL, SAGE_TYPE_PROFILE,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                  | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SAGE_TYPE_CONNECTION_STATE,
                                              SAGE_CONNECTION_AWAY, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, SAGE_TYPE_RESOURCE);
  signals[KERNEL_EVENT] = g_signal_new ("kernel-event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                        G_TYPE_STRING);
}

static void
sage_connection_init (SageConnection *self)
{
  self->registry = sage_registry_new ();
  self->lists = g_ptr_array_new ();
  self->acts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_ptr_array_unref);
  self->queue = sage_event_queue_new (slice_cb, self);
  self->watcher = sage_watcher_new (self);
  self->poller = sage_poller_new (self, self->watcher);
}

/**
 * sage_connection_new:
 * @profile: where the engine is
 *
 * Returns: (transfer full): a connection that is not open yet
 */
SageConnection *
sage_connection_new (SageProfile *profile)
{
  g_return_val_if_fail (SAGE_IS_PROFILE (profile), NULL);

  return g_object_new (SAGE_TYPE_CONNECTION, "profile", profile, NULL);
}

/**
 * sage_connection_open:
 * @self: a connection
 * @secret: (nullable): the secret of the profile's access key; the embedded engine needs none
 *
 * Connects, starting the embedded engine if it does not run, and from then on sees to it that the
 * connection lasts. After an error it is tried anew.
 */
void
sage_connection_open (SageConnection *self,
                      const char     *secret)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));

  sage_event_stream_open (self->stream, secret);
}

/**
 * sage_connection_close:
 * @self: a connection
 *
 * Leaves the engine, which goes on. Rows and descriptions stay as they were last.
 */
void
sage_connection_close (SageConnection *self)
{
  g_return_if_fail (SAGE_IS_CONNECTION (self));

  sage_event_stream_close (self->stream);
}

SageProfile *
sage_connection_get_profile (SageConnection *self)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (self), NULL);

  return self->profile;
}

SageConnectionState
sage_connection_get_state (SageConnection *self)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (self), SAGE_CONNECTION_AWAY);

  return self->state;
}

/**
 * sage_connection_get_error:
 * @self: a connection
 *
 * Returns: (nullable): why it is not connected
 */
const GError *
sage_connection_get_error (SageConnection *self)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (self), NULL);

  return self->error;
}

/**
 * sage_connection_get_client:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the client to call the engine with; %NULL as long as it is
 *   not known where the engine is
 */
SageClient *
sage_connection_get_client (SageConnection *self)
{
  g_return_val_if_fail (SAGE_IS_CONNECTION (self), NULL);

  return sage_event_stream_get_client (self->stream);
}
