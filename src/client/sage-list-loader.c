/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-list-loader"

#include "config.h"

#include "sage-error.h"
#include "sage-json.h"
#include "sage-list-call-private.h"
#include "sage-list-loader-private.h"
#include "sage-list-page-private.h"

/* Ours end far below; a peer whose pages never end is left at this. */
#define MAX_PAGES 5000

/* Tries of a call that fails for the moment, a second apart, then two, four, … */
#define MAX_FAILURES 6
#define MAX_DELAY_MS 30000

/* Rows that are compared with the last load in one turn of the main loop. */
#define PRUNE_ROWS 250

struct _SageListLoader
{
  SageConnection   *connection;  /* (nullable): it ends before its lists, or after them */
  SageResourceList *list;        /* owns us */
  GCancellable     *cancellable; /* (owned) (nullable): a call is under way */
  guint64           asked_at;    /* what the connection had heard of when the call was made */
  GHashTable       *gone;        /* (owned): names, in lower case, that were deleted since */
  SageResourceList *pipelines;   /* (owned) (nullable): how names of pipelines are spelled */
  gulong            pipelines_handler;
  char             *parent_arn;  /* (owned) (nullable) */

  gboolean          loading;     /* a load is under way */
  guint             generation;  /* of the load; rows that it saw have it */
  char             *token;       /* (owned) (nullable): of the next page */
  guint             pages;
  guint             failures;    /* in a row */

  gint64            reload_at;   /* when to begin anew, monotonic; 0: not */
  gint64            look_at;     /* when to look for new rows at the head; 0: not */
  gboolean          looking;     /* that is what the call under way does */
  char             *look_token;  /* (owned) (nullable): more than one page of them is new */
  gint64            not_before;  /* after a failure */
  guint             timer;
  guint             pruner;
  guint             changes;     /* counts what turned out to be different */
};

static void run (SageListLoader *self);

static gboolean
run_cb (gpointer user_data)
{
  SageListLoader *self = user_data;

  self->timer = 0;
  run (self);

  return G_SOURCE_REMOVE;
}

static void
run_at (SageListLoader *self,
        gint64          when)
{
  gint64 delay = (when - g_get_monotonic_time ()) / 1000;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) CLAMP (delay + 1, 0, MAX_DELAY_MS), run_cb, self);
}

/* --- The end of a load ------------------------------------------------------------------------ */

static void
finish (SageListLoader *self,
        GError         *error)
{
  self->loading = FALSE;
  g_clear_pointer (&self->token, g_free);
  sage_resource_list_take_error (self->list, error);
  if (error == NULL)
    sage_resource_list_set_loaded (self->list);
  sage_resource_list_set_loading (self->list, FALSE);
}

/* Rows that no page held are no more. */
static gboolean
prune_cb (gpointer user_data)
{
  SageListLoader *self = user_data;
  g_autoptr(SageResourceList) list = g_object_ref (self->list);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (list));

  if (!sage_resource_list_prune (list, self->generation, PRUNE_ROWS))
    {
      self->changes += before - g_list_model_get_n_items (G_LIST_MODEL (list));
      return G_SOURCE_CONTINUE;
    }

  self->pruner = 0;
  finish (self, NULL);
  run (self);

  return G_SOURCE_REMOVE;
}

static void
prune (SageListLoader *self)
{
  sage_resource_list_begin_prune (self->list);
  self->pruner = g_idle_add (prune_cb, self);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_FAILED)
         || g_error_matches (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
}

/* Takes over @error. */
static void
fail (SageListLoader *self,
      GError         *error)
{
  gboolean stale = (self->looking ? self->look_token : self->token) != NULL
                   && g_error_matches (error, SAGE_ERROR, SAGE_ERROR_INVALID);

  sage_connection_suspect (self->connection, error);
  self->failures++;
  g_clear_pointer (&self->look_token, g_free);

  /* Where to go on is not known any more: begin anew. */
  if (stale && self->loading)
    self->reload_at = 1;
  if (self->failures > MAX_FAILURES || (!stale && !is_passing (error)))
    {
      self->look_at = 0;
      self->failures = 0;
      finish (self, error);
      return;
    }

  g_debug ("Listing again after: %s", error->message);
  g_error_free (error);
  self->not_before = g_get_monotonic_time ()
                     + MIN (MAX_DELAY_MS, 500 << self->failures) * G_GINT64_CONSTANT (1000);
}

/* Whether the peer says where to go on, and where is somewhere else. */
static gboolean
take_token (char       **token,
            JsonObject  *reply)
{
  const char *next = sage_json_string (reply, "NextToken", NULL);
  gboolean more = next != NULL && next[0] != '\0' && g_strcmp0 (next, *token) != 0;

  g_set_str (token, more ? next : NULL);

  return more;
}

static void
take_reply (SageListLoader *self,
            JsonObject     *reply)
{
  SageListPage page = { self->connection, self->list, self->asked_at, self->gone, self->generation };
  guint fresh = sage_list_page_take (&page, reply);

  self->changes += page.changes;
  if (self->connection == NULL)
    return;

  if (self->looking)
    {
      /* The last page of new rows is the one that holds an old one too. */
      if (!take_token (&self->look_token, reply) || fresh == 0)
        g_clear_pointer (&self->look_token, g_free);
      else if (self->look_at == 0)
        self->look_at = 1;
    }
  else if (!take_token (&self->token, reply) || ++self->pages >= MAX_PAGES)
    prune (self);
}

static void
called_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  SageListLoader *self = user_data;
  g_autoptr(SageConnection) connection = NULL; /* whoever hears of news may let go of both */
  g_autoptr(SageResourceList) list = NULL;
  GError *error = NULL;
  g_autoptr(JsonObject) reply = sage_client_call_finish (SAGE_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  connection = g_object_ref (self->connection);
  list = g_object_ref (self->list);
  g_clear_object (&self->cancellable);
  if (reply != NULL)
    {
      self->failures = 0;
      take_reply (self, reply);
    }
  else
    fail (self, error);
  g_hash_table_remove_all (self->gone);
  run (self);
}

static void
call (SageListLoader *self)
{
  SageKind kind = sage_resource_list_get_kind (self->list);
  const char *parent = sage_resource_list_get_parent (self->list);
  SageClient *client = sage_connection_get_client (self->connection);
  g_autofree char *target = g_strconcat ("SageMaker.", sage_list_call_target (kind, parent), NULL);
  g_autoptr(JsonObject) input =
    sage_list_call_input (kind, parent, self->parent_arn,
                          self->looking ? self->look_token : self->token);

  self->cancellable = g_cancellable_new ();
  self->asked_at = sage_connection_get_clock (self->connection);
  g_hash_table_remove_all (self->gone);
  sage_client_call_async (client, target, input, self->cancellable, called_cb, self);
}

static void
found_arn_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  SageListLoader *self = user_data;
  g_autoptr(SageResourceList) list = NULL;
  GError *error = NULL;
  char *arn = sage_connection_find_arn_finish (SAGE_CONNECTION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  list = g_object_ref (self->list);
  g_clear_object (&self->cancellable);
  self->parent_arn = arn;
  if (arn == NULL)
    fail (self, error);
  run (self);
}

/* Whether what the call needs is there; if not, it is being asked for. */
static gboolean
is_prepared (SageListLoader *self)
{
  const char *parent = sage_resource_list_get_parent (self->list);

  if (self->pipelines != NULL && !sage_resource_list_get_loaded (self->pipelines)
      && sage_resource_list_get_error (self->pipelines) == NULL)
    return FALSE;
  if (sage_resource_list_get_kind (self->list) != SAGE_KIND_STEP || self->parent_arn != NULL)
    return TRUE;

  self->cancellable = g_cancellable_new ();
  sage_connection_find_arn_async (self->connection, SAGE_KIND_EXECUTION, parent, self->cancellable,
                                  found_arn_cb, self);

  return FALSE;
}

static void
begin (SageListLoader *self)
{
  self->reload_at = 0;
  self->loading = TRUE;
  self->generation++;
  self->pages = 0;
  g_clear_pointer (&self->token, g_free);
}

/* Does what is to be done next, or sees to it that it is done in time. */
static void
run (SageListLoader *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = 0;

  if (self->connection == NULL || self->cancellable != NULL || self->pruner != 0
      || sage_connection_get_state (self->connection) != SAGE_CONNECTION_CONNECTED)
    return;
  if (self->not_before > now)
    {
      run_at (self, self->not_before);
      return;
    }

  if (self->reload_at != 0 && self->reload_at <= now)
    begin (self);
  self->looking = self->look_at != 0 && self->look_at <= now;
  if (self->looking || self->loading)
    {
      if (!is_prepared (self))
        return;
      if (self->looking)
        self->look_at = 0;
      call (self);
      return;
    }

  next = self->reload_at;
  if (self->look_at != 0 && (next == 0 || self->look_at < next))
    next = self->look_at;
  if (next != 0)
    run_at (self, next);
}

/* --- From outside ----------------------------------------------------------------------------- */

/* Begins anew; a list that was never complete shows it. */
static void
restart (SageListLoader *self,
         gboolean        visible)
{
  gboolean away = sage_connection_get_state (self->connection) == SAGE_CONNECTION_AWAY;

  sage_resource_list_take_error (self->list, NULL);
  if (visible || !sage_resource_list_get_loaded (self->list))
    sage_resource_list_set_loading (self->list, !away);
  self->failures = 0;
  self->not_before = 0;
  sage_list_loader_reload (self, 0);
}

static void
source_reload (gpointer loader)
{
  SageListLoader *self = loader;

  if (self->connection == NULL)
    return;

  if (self->pipelines != NULL && sage_resource_list_get_error (self->pipelines) != NULL)
    sage_resource_list_reload (self->pipelines);
  restart (self, TRUE);
}

static void
source_free (gpointer loader)
{
  SageListLoader *self = loader;

  sage_list_loader_disconnect (self);
  g_hash_table_unref (self->gone);
  g_free (self->parent_arn);
  g_free (self->token);
  g_free (self->look_token);
  g_free (self);
}

static void
pipelines_cb (SageResourceList *pipelines,
              GParamSpec       *pspec,
              SageListLoader   *self)
{
  run (self);
}

/**
 * sage_list_loader_new:
 * @connection: the connection; see sage_list_loader_disconnect()
 * @list: a list without a source
 *
 * Returns: (transfer none): what fills @list, and goes with it
 */
SageListLoader *
sage_list_loader_new (SageConnection   *connection,
                      SageResourceList *list)
{
  static const SageListSource source = { source_reload, source_free };
  SageListLoader *self = g_new0 (SageListLoader, 1);

  self->connection = connection;
  self->list = list;
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sage_resource_list_set_source (list, &source, self);
  if (sage_resource_list_get_kind (list) == SAGE_KIND_EXECUTION
      && sage_resource_list_get_parent (list) == NULL)
    {
      self->pipelines = sage_connection_get_list (connection, SAGE_KIND_PIPELINE, NULL);
      g_signal_connect (self->pipelines, "notify::loaded", G_CALLBACK (pipelines_cb), self);
      g_signal_connect (self->pipelines, "notify::error", G_CALLBACK (pipelines_cb), self);
    }
  source_reload (self);

  return self;
}

/**
 * sage_list_loader_disconnect:
 * @self: a loader
 *
 * The connection ends, or the list: nothing is called any more. Rows stay.
 */
void
sage_list_loader_disconnect (SageListLoader *self)
{
  self->connection = NULL;
  self->loading = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->pruner, g_source_remove);
  if (self->pipelines != NULL)
    g_signal_handlers_disconnect_by_data (self->pipelines, self);
  g_clear_object (&self->pipelines);
}

/**
 * sage_list_loader_connecting:
 * @self: a loader
 *
 * The engine is about to be there.
 */
void
sage_list_loader_connecting (SageListLoader *self)
{
  restart (self, FALSE);
}

/**
 * sage_list_loader_connected:
 * @self: a loader
 * @resumed: whether all events came since the engine was there last
 *
 * The engine is there: goes on, or looks what is different.
 */
void
sage_list_loader_connected (SageListLoader *self,
                            gboolean        resumed)
{
  self->not_before = 0;
  self->failures = 0;
  if (!resumed || sage_resource_list_get_error (self->list) != NULL)
    restart (self, FALSE);
  else
    run (self);
}

/**
 * sage_list_loader_away:
 * @self: a loader
 * @error: (nullable): why the connection was given up; %NULL if that was wanted
 *
 * Nobody is there to be asked.
 */
void
sage_list_loader_away (SageListLoader *self,
                       const GError   *error)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  self->loading = FALSE;
  if (error != NULL && !sage_resource_list_get_loaded (self->list))
    sage_resource_list_take_error (self->list, g_error_copy (error));
  sage_resource_list_set_loading (self->list, FALSE);
}

static void
set_earlier (gint64 *when,
             guint   within_ms)
{
  gint64 at = g_get_monotonic_time () + within_ms * G_GINT64_CONSTANT (1000);

  if (*when == 0 || at < *when)
    *when = at;
}

/**
 * sage_list_loader_reload:
 * @self: a loader
 * @within_ms: when at the latest
 *
 * Compares the whole list with the engine's.
 */
void
sage_list_loader_reload (SageListLoader *self,
                         guint           within_ms)
{
  set_earlier (&self->reload_at, within_ms);
  run (self);
}

/**
 * sage_list_loader_look:
 * @self: a loader
 * @within_ms: when at the latest
 *
 * Looks for rows that are newer than those of the list.
 */
void
sage_list_loader_look (SageListLoader *self,
                       guint           within_ms)
{
  set_earlier (&self->look_at, within_ms);
  run (self);
}

/**
 * sage_list_loader_gone:
 * @self: a loader
 * @name: a resource that was deleted
 *
 * A page that is on its way may still hold it.
 */
void
sage_list_loader_gone (SageListLoader *self,
                       const char     *name)
{
  if (self->cancellable != NULL)
    g_hash_table_add (self->gone, g_ascii_strdown (name, -1));
}

guint
sage_list_loader_generation (SageListLoader *self)
{
  return self->generation;
}

/**
 * sage_list_loader_changes:
 * @self: a loader
 *
 * Returns: a number that grows with every difference that a load found
 */
guint
sage_list_loader_changes (SageListLoader *self)
{
  return self->changes;
}
