/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-poller"

#include "config.h"

#include "sage-list-loader-private.h"
#include "sage-poller-private.h"

#define MIN_SECONDS 2.0
#define MAX_SECONDS 30.0
#define GROWTH 1.5

/* Longer lists are compared whole only every so often; what is new stands at their head. */
#define SHORT_LIST 500
#define WHOLE_EVERY 10

struct _SagePoller
{
  SageConnection *connection;
  SageWatcher    *watcher;
  gboolean        active;
  double          seconds;     /* until the next time */
  guint           timer;
  guint           rounds;
  guint           changes;     /* what lists and watches had counted */
  GCancellable   *cancellable; /* (owned) (nullable): of the call that shows whether it is there */
};

/**
 * sage_poller_new:
 * @connection: whose lists and watches they are; outlives the poller
 * @watcher: its watcher
 *
 * Returns: (transfer full): a poller that is not active
 */
SagePoller *
sage_poller_new (SageConnection *connection,
                 SageWatcher    *watcher)
{
  SagePoller *self = g_new0 (SagePoller, 1);

  self->connection = connection;
  self->watcher = watcher;
  self->seconds = MIN_SECONDS;

  return self;
}

static void
stop (SagePoller *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
sage_poller_free (SagePoller *self)
{
  stop (self);
  g_free (self);
}

static guint
count_changes (SagePoller *self)
{
  guint changes = sage_watcher_changes (self->watcher);

  for (guint i = 0; i < sage_connection_n_lists (self->connection); i++)
    {
      SageResourceList *list = sage_connection_nth_list (self->connection, i);

      changes += sage_list_loader_changes (sage_resource_list_get_loader (list));
    }

  return changes;
}

static void
alive_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  SagePoller *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (error != NULL)
    sage_connection_suspect (self->connection, error);
}

/* Nobody looks at anything; whether it is there shows all the same. */
static void
ask_whether_alive (SagePoller *self)
{
  g_autoptr(JsonObject) input = json_object_new ();

  if (self->cancellable != NULL)
    return;

  json_object_set_int_member (input, "MaxResults", 1);
  self->cancellable = g_cancellable_new ();
  sage_client_call_async (sage_connection_get_client (self->connection), "SageMaker.ListModels",
                          input, self->cancellable, alive_cb, self);
}

static void
poll (SagePoller *self)
{
  guint n = sage_connection_n_lists (self->connection);
  gboolean whole = self->rounds++ % WHOLE_EVERY == 0;

  for (guint i = 0; i < n; i++)
    {
      SageResourceList *list = sage_connection_nth_list (self->connection, i);
      SageListLoader *loader = sage_resource_list_get_loader (list);

      if (whole || g_list_model_get_n_items (G_LIST_MODEL (list)) <= SHORT_LIST)
        sage_list_loader_reload (loader, 0);
      else
        sage_list_loader_look (loader, 0);
    }
  if (n == 0 && sage_watcher_is_idle (self->watcher))
    ask_whether_alive (self);
  sage_watcher_touch_all (self->watcher);
}

static void arm (SagePoller *self);

static gboolean
poll_cb (gpointer user_data)
{
  SagePoller *self = user_data;
  guint changes = count_changes (self);

  self->timer = 0;
  if (changes != self->changes)
    self->seconds = MIN_SECONDS;
  else
    self->seconds = MIN (self->seconds * GROWTH, MAX_SECONDS);
  self->changes = changes;
  arm (self);
  poll (self);

  return G_SOURCE_REMOVE;
}

static void
arm (SagePoller *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) (self->seconds * 1000 * g_random_double_range (0.9, 1.1)),
                               poll_cb, self);
}

/**
 * sage_poller_set_active:
 * @self: a poller
 * @active: whether the engine is there and tells nothing by itself
 */
void
sage_poller_set_active (SagePoller *self,
                        gboolean    active)
{
  if (self->active == active)
    return;

  self->active = active;
  self->seconds = MIN_SECONDS;
  self->rounds = 1;
  if (active)
    arm (self);
  else
    stop (self);
}

/**
 * sage_poller_hurry:
 * @self: a poller
 *
 * Somebody did something, or looks at something else: what comes of it is wanted soon.
 */
void
sage_poller_hurry (SagePoller *self)
{
  gboolean slow = self->seconds > MIN_SECONDS;

  self->seconds = MIN_SECONDS;
  if (self->active && slow)
    arm (self);
}
