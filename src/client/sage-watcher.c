/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-watcher"

#include "config.h"

#include "sage-error.h"
#include "sage-resource-private.h"
#include "sage-watcher-private.h"

/* A resource that changes all the time is described so often and no more. */
#define INTERVAL_US (100 * G_GINT64_CONSTANT (1000))

/* After a call that failed for the moment. */
#define RETRY_US (2 * G_USEC_PER_SEC)

/* Calls at once: the user's own must not wait behind them. */
#define MAX_CALLS 4

/* Facts to ask for one by one; the list is cheaper for more. */
#define MAX_ONCE 200

struct _SageWatcher
{
  SageConnection *connection;
  GHashTable     *watches;     /* (owned): of resources to Watch */
  GQueue          due;         /* of Watch: to be asked about, in that order */
  guint           n_once;
  guint           n_calls;
  guint           source;
  guint           changes;     /* counts what turned out to be different */
};

/* Interest in one resource. Owned by the table, and kept by its call until that ends. */
typedef struct
{
  grefcount      references;
  SageWatcher   *watcher;      /* (nullable): it may end before a call does */
  SageResource  *resource;     /* (owned) */
  guint          count;        /* watchers; 0: asked for once */
  gboolean       once;
  gboolean       queued;
  gboolean       again;        /* something happened while the call is under way */
  gint64         not_before;   /* monotonic */
  guint64        asked_at;     /* what the connection had heard of when the call was made */
  GCancellable  *cancellable;  /* (owned) (nullable): a call is under way */
  char          *arn;          /* (owned) (nullable): found for a resource that did not know it */
} Watch;

static void run (SageWatcher *self);

static void
watch_unref (Watch *watch)
{
  if (!g_ref_count_dec (&watch->references))
    return;

  g_object_unref (watch->resource);
  g_clear_object (&watch->cancellable);
  g_free (watch->arn);
  g_free (watch);
}

/* Leaves the table: nobody is interested any more, or everything ends. */
static void
watch_drop (Watch *watch)
{
  if (watch->queued)
    g_queue_remove (&watch->watcher->due, watch);
  watch->queued = FALSE;
  if (watch->once)
    watch->watcher->n_once--;
  watch->once = FALSE;
  g_cancellable_cancel (watch->cancellable);
  if (watch->cancellable != NULL)
    watch->watcher->n_calls--;
  watch->watcher = NULL;
  watch_unref (watch);
}

static Watch *
watch_get (SageWatcher  *self,
           SageResource *resource)
{
  Watch *watch = g_hash_table_lookup (self->watches, resource);

  if (watch != NULL)
    return watch;

  watch = g_new0 (Watch, 1);
  g_ref_count_init (&watch->references);
  watch->watcher = self;
  watch->resource = g_object_ref (resource);
  g_hash_table_insert (self->watches, resource, watch);

  return watch;
}

/**
 * sage_watcher_new:
 * @connection: whose resources they are; outlives the watcher
 *
 * Returns: (transfer full): a watcher of nothing
 */
SageWatcher *
sage_watcher_new (SageConnection *connection)
{
  SageWatcher *self = g_new0 (SageWatcher, 1);

  self->connection = connection;
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) watch_drop);
  g_queue_init (&self->due);

  return self;
}

void
sage_watcher_free (SageWatcher *self)
{
  g_hash_table_unref (self->watches);
  g_clear_handle_id (&self->source, g_source_remove);
  g_queue_clear (&self->due);
  g_free (self);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static gboolean
run_cb (gpointer user_data)
{
  SageWatcher *self = user_data;

  self->source = 0;
  run (self);

  return G_SOURCE_REMOVE;
}

static void
run_in (SageWatcher *self,
        gint64       microseconds)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = microseconds <= 0
                   ? g_idle_add_full (G_PRIORITY_DEFAULT, run_cb, self, NULL)
                   : g_timeout_add ((guint) (microseconds / 1000) + 1, run_cb, self);
}

static void
enqueue (Watch *watch)
{
  SageWatcher *self = watch->watcher;

  if (watch->cancellable != NULL)
    watch->again = TRUE;
  else if (!watch->queued)
    {
      watch->queued = TRUE;
      g_queue_push_tail (&self->due, watch);
      run_in (self, 0);
    }
}

/* AWS says ValidationException for some things that are not there. */
static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED);
}

static void
take_error (Watch        *watch,
            const GError *error)
{
  SageWatcher *self = watch->watcher;
  SageResource *resource = watch->resource;

  sage_connection_suspect (self->connection, error);
  if (is_passing (error))
    {
      watch->again = TRUE;
      watch->not_before = g_get_monotonic_time () + RETRY_US;
    }
  else if (is_gone (error) && sage_resource_get_stamp (resource) <= watch->asked_at)
    sage_connection_set_gone (self->connection, resource);
  else
    g_debug ("Cannot describe '%s': %s", sage_resource_get_name (resource), error->message);
}

/* What hears of news may end the interest in them. */
static void
take_description (Watch      *watch,
                  JsonObject *description)
{
  SageWatcher *self = watch->watcher;

  if (!sage_connection_merge (self->connection, watch->resource, description, watch->count > 0,
                              watch->asked_at))
    return;

  self->changes++;
  sage_connection_emit_event (self->connection, watch->resource);
}

/* The call is over, and what it said was taken notice of. */
static void
settle (Watch *watch)
{
  SageWatcher *self = watch->watcher;

  if (self == NULL)
    return;

  if (watch->again)
    {
      watch->again = FALSE;
      enqueue (watch);
    }
  else if (watch->count == 0)
    g_hash_table_remove (self->watches, watch->resource);
  run (self);
}

/* Begins the end of a call: whether anybody still waits for it. */
static gboolean
end_call (Watch        *watch,
          const GError *error)
{
  if (watch->watcher == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;

  g_clear_object (&watch->cancellable);
  watch->watcher->n_calls--;

  return TRUE;
}

static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Watch *watch = user_data;
  g_autoptr(SageConnection) connection = NULL; /* whoever hears of news may let go of it */
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) description = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (end_call (watch, error))
    {
      connection = g_object_ref (watch->watcher->connection);
      if (description != NULL)
        take_description (watch, description);
      else
        take_error (watch, error);
      settle (watch);
    }
  watch_unref (watch);
}

/* Takes over the caller's reference on @watch. */
static void
describe (Watch *watch)
{
  SageWatcher *self = watch->watcher;
  const SageKindInfo *info = sage_kind_info (sage_resource_get_kind (watch->resource));
  const char *arn = sage_resource_get_arn (watch->resource);
  g_autofree char *target = g_strconcat ("SageMaker.", info->describe, NULL);
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, info->describe_key,
                                 !info->key_is_arn ? sage_resource_get_name (watch->resource)
                                                   : arn != NULL ? arn : watch->arn);
  watch->asked_at = sage_connection_get_clock (self->connection);
  sage_client_call_async (sage_connection_get_client (self->connection), target, input,
                          watch->cancellable, described_cb, watch);
}

static void
found_arn_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Watch *watch = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *arn = sage_connection_find_arn_finish (SAGE_CONNECTION (object), result, &error);

  if (arn != NULL && watch->watcher != NULL)
    {
      g_set_str (&watch->arn, arn);
      describe (watch);
      return;
    }

  if (end_call (watch, error))
    {
      take_error (watch, error);
      settle (watch);
    }
  watch_unref (watch);
}

static void
ask (Watch *watch)
{
  SageWatcher *self = watch->watcher;
  SageKind kind = sage_resource_get_kind (watch->resource);

  watch->again = FALSE;
  watch->not_before = g_get_monotonic_time () + INTERVAL_US;
  watch->cancellable = g_cancellable_new ();
  watch->asked_at = sage_connection_get_clock (self->connection);
  self->n_calls++;
  if (watch->once)
    self->n_once--;
  watch->once = FALSE;

  g_ref_count_inc (&watch->references);
  if (sage_kind_info (kind)->key_is_arn && sage_resource_get_arn (watch->resource) == NULL)
    sage_connection_find_arn_async (self->connection, kind, sage_resource_get_name (watch->resource),
                                    watch->cancellable, found_arn_cb, watch);
  else
    describe (watch);
}

/* Asks about what is due, as much at once as may be. */
static void
run (SageWatcher *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = G_MAXINT64;

  if (sage_connection_get_state (self->connection) != SAGE_CONNECTION_CONNECTED)
    return;

  for (GList *link = self->due.head, *following; link != NULL && self->n_calls < MAX_CALLS;
       link = following)
    {
      Watch *watch = link->data;

      following = link->next;
      if (watch->not_before > now)
        {
          next = MIN (next, watch->not_before);
          continue;
        }
      g_queue_delete_link (&self->due, link);
      watch->queued = FALSE;
      ask (watch);
    }

  if (next != G_MAXINT64)
    run_in (self, next - now);
}

/* --- From outside ----------------------------------------------------------------------------- */

static gboolean
can_describe (SageResource *resource)
{
  return sage_kind_info (sage_resource_get_kind (resource))->describe != NULL;
}

/**
 * sage_watcher_watch:
 * @self: a watcher
 * @resource: a resource of its connection
 *
 * Keeps the description up to date until sage_watcher_unwatch() was called as often.
 */
void
sage_watcher_watch (SageWatcher  *self,
                    SageResource *resource)
{
  Watch *watch = watch_get (self, resource);

  if (watch->count++ == 0 && can_describe (resource))
    enqueue (watch);
}

/**
 * sage_watcher_unwatch:
 * @self: a watcher
 * @resource: a resource that is watched
 *
 * Takes one sage_watcher_watch() back.
 */
void
sage_watcher_unwatch (SageWatcher  *self,
                      SageResource *resource)
{
  Watch *watch = g_hash_table_lookup (self->watches, resource);

  g_return_if_fail (watch != NULL && watch->count > 0);

  if (--watch->count == 0 && !watch->once) /* what a row lacks is asked for all the same */
    g_hash_table_remove (self->watches, resource);
}

/**
 * sage_watcher_is_idle:
 * @self: a watcher
 *
 * Returns: whether nothing is watched
 */
gboolean
sage_watcher_is_idle (SageWatcher *self)
{
  return g_hash_table_size (self->watches) == 0;
}

/**
 * sage_watcher_touch:
 * @self: a watcher
 * @resource: a resource to which, or to a part of which, something happened
 *
 * Describes it again soon, if it is watched and still there.
 */
void
sage_watcher_touch (SageWatcher  *self,
                    SageResource *resource)
{
  Watch *watch = g_hash_table_lookup (self->watches, resource);

  if (watch != NULL && !sage_resource_get_deleted (resource) && can_describe (resource))
    enqueue (watch);
}

/**
 * sage_watcher_ask_once:
 * @self: a watcher
 * @resource: a resource of which an event did not tell all that a row shows
 *
 * Asks for its facts, without keeping the description.
 *
 * Returns: whether that will be done; not if it is for too many
 */
gboolean
sage_watcher_ask_once (SageWatcher  *self,
                       SageResource *resource)
{
  Watch *watch = g_hash_table_lookup (self->watches, resource);

  if (!can_describe (resource))
    return TRUE;
  if (watch == NULL && self->n_once >= MAX_ONCE)
    return FALSE;

  if (watch == NULL)
    {
      watch = watch_get (self, resource);
      watch->once = TRUE;
      self->n_once++;
    }
  enqueue (watch);

  return TRUE;
}

/**
 * sage_watcher_touch_all:
 * @self: a watcher
 *
 * Describes everything again: nobody knows what happened meanwhile.
 */
void
sage_watcher_touch_all (SageWatcher *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Watch *watch = value;

      watch->not_before = 0;
      if (can_describe (watch->resource))
        enqueue (watch);
    }
  run (self);
}

/**
 * sage_watcher_away:
 * @self: a watcher
 *
 * Nobody is there to be asked: calls under way are given up, to be made again.
 */
void
sage_watcher_away (SageWatcher *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Watch *watch = value;

      if (watch->cancellable == NULL)
        continue;
      g_cancellable_cancel (watch->cancellable);
      g_clear_object (&watch->cancellable);
      self->n_calls--;
    }
}

/**
 * sage_watcher_changes:
 * @self: a watcher
 *
 * Returns: a number that grows with every difference that a description showed
 */
guint
sage_watcher_changes (SageWatcher *self)
{
  return self->changes;
}
