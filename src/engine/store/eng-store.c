/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-store"

#include "config.h"

#include "eng-schema.h"
#include "eng-sqlite-private.h"
#include "eng-store-check.h"
#include "eng-store-files.h"
#include "eng-store.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-time.h"

/* How many writes one commit may carry: bounds the latency of the first. */
#define MAX_GROUP 256

/* Events kept for subscribers that come back; about a week of a busy team. */
#define EVENTS_KEPT 200000

/* One caller's write, on its stack; the writer thread fills it in. */
typedef struct
{
  EngWriteFunc  func;
  gpointer      user_data;
  GError       *error;    /* (owned) (nullable) */
  gboolean      ok;
  GMutex        lock;
  GCond         finished; /* its own: with one for all, every commit would wake every writer */
  gboolean      done;     /* guarded by the lock */
} Write;

typedef struct
{
  guint         id;
  EngEventFunc  func;
  gpointer      user_data;
} Subscriber;

struct _EngStore
{
  char          *path;        /* (owned) */
  EngStoreCheck *check;       /* (owned) */
  EngStoreFiles *files;       /* (owned) */
  GThread       *thread;      /* (owned): the writer */
  GAsyncQueue   *writes;      /* (owned): of Write, or the store itself to end the thread */
  EngConnection *connection;  /* (owned): writer thread only */

  GMutex         lock;
  GQueue         readers;     /* of EngConnection; idle ones; guarded by the lock */

  GMutex         subscribers_lock;
  GArray        *subscribers; /* (owned): of Subscriber */
  guint          next_subscriber;
};

/**
 * eng_event_free:
 * @event: (nullable): an event
 */
void
eng_event_free (EngEvent *event)
{
  if (event == NULL)
    return;

  g_free (event->kind);
  g_free (event->name);
  g_free (event->arn);
  g_free (event->status);
  g_free (event);
}

/**
 * eng_tx_emit:
 * @tx: the transaction of the change
 * @kind: the resource's kind
 * @name: its name
 * @arn: its ARN
 * @status: its status now; "Deleted" when it is gone
 *
 * Appends an event; subscribers learn of it once the transaction is durable.
 */
gboolean
eng_tx_emit (EngTx       *tx,
             const char  *kind,
             const char  *name,
             const char  *arn,
             const char  *status,
             GError     **error)
{
  EngEvent *event;

  if (!eng_exec (tx->connection, error,
                 "INSERT INTO event (time, kind, name, arn, status) VALUES (?1, ?2, ?3, ?4, ?5)",
                 "dtttt", tx->now, kind, name, arn, status))
    return FALSE;

  event = g_new0 (EngEvent, 1);
  event->seq = sqlite3_last_insert_rowid (eng_connection_db (tx->connection));
  event->time = tx->now;
  event->kind = g_strdup (kind);
  event->name = g_strdup (name);
  event->arn = g_strdup (arn);
  event->status = g_strdup (status);
  g_ptr_array_add (tx->events, event);

  return TRUE;
}

/* After a failed commit nothing in memory or in the page cache may be trusted: begin again from
 * the disk (an fsync that failed once may "succeed" the second time without having written). Not
 * from another database, though, or a new one. */
static void
reopen (EngStore *self)
{
  g_autoptr(GError) error = NULL;
  EngConnection *fresh = eng_store_files_in_place (self->files, &error)
                           ? eng_connection_open (self->path, FALSE, &error) : NULL;

  if (fresh == NULL)
    {
      g_warning ("Cannot reopen the database after a failed write: %s", error->message);
      sqlite3_exec (self->connection->db, "ROLLBACK", NULL, NULL, NULL);
      return;
    }

  eng_connection_free (self->connection);
  self->connection = fresh;
}

/* Runs one write inside its own savepoint. Returns FALSE if the whole transaction is lost. */
static gboolean
run_write (EngStore *self,
           EngTx    *tx,
           Write    *write)
{
  guint n_events = tx->events->len;

  if (!eng_exec (self->connection, &write->error, "SAVEPOINT one", ""))
    return FALSE;

  write->ok = write->func (tx, write->user_data, &write->error);
  if (!write->ok)
    {
      g_ptr_array_set_size (tx->events, (int) n_events);
      /* SQLite itself ends the transaction on some failures, a full disk among them. */
      if (sqlite3_get_autocommit (self->connection->db))
        return FALSE;
      if (!eng_exec (self->connection, NULL, "ROLLBACK TO one", ""))
        return FALSE;
    }

  return eng_exec (self->connection, write->ok ? &write->error : NULL, "RELEASE one", "");
}

static void
fail_all (GPtrArray    *group,
          const GError *why)
{
  for (guint i = 0; i < group->len; i++)
    {
      Write *write = g_ptr_array_index (group, i);

      write->ok = FALSE;
      if (write->error == NULL)
        write->error = g_error_copy (why);
    }
}

static gboolean
commit_group (EngStore   *self,
              EngTx      *tx,
              GPtrArray  *group,
              GError    **error)
{
  tx->connection = self->connection;
  tx->now = sage_time_now ();

  if (!eng_store_files_in_place (self->files, error) ||
      !eng_exec (self->connection, error, "BEGIN IMMEDIATE", ""))
    return FALSE;

  for (guint i = 0; i < group->len; i++)
    {
      Write *write = g_ptr_array_index (group, i);

      if (run_write (self, tx, write))
        continue;
      if (write->error != NULL)
        g_propagate_error (error, g_error_copy (write->error));
      else
        sage_throw (error, SAGE_ERROR_IO, "The transaction was lost");
      return FALSE;
    }

  SAGE_FAILPOINT ("store-before-commit");

  return eng_exec (self->connection, error, "COMMIT", "");
}

static void
tell_subscribers (EngStore  *self,
                  GPtrArray *events)
{
  if (events->len == 0)
    return;

  g_mutex_lock (&self->subscribers_lock);
  for (guint i = 0; i < events->len; i++)
    for (guint j = 0; j < self->subscribers->len; j++)
      {
        Subscriber *subscriber = &g_array_index (self->subscribers, Subscriber, j);

        subscriber->func (g_ptr_array_index (events, i), subscriber->user_data);
      }
  g_mutex_unlock (&self->subscribers_lock);
}

static void
tell_writer (gpointer data,
             gpointer user_data)
{
  Write *write = data;

  g_mutex_lock (&write->lock);
  write->done = TRUE;
  g_cond_signal (&write->finished);
  g_mutex_unlock (&write->lock); /* its stack may be gone from here on */
}

static void
run_group (EngStore  *self,
           GPtrArray *group)
{
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_event_free);
  g_autoptr(GError) error = NULL;
  EngTx tx = { .events = events };

  if (!commit_group (self, &tx, group, &error))
    {
      g_ptr_array_set_size (events, 0);
      reopen (self);
      fail_all (group, error);
    }

  SAGE_FAILPOINT ("store-after-commit");

  g_ptr_array_foreach (group, tell_writer, NULL);

  tell_subscribers (self, events);
}

static gpointer
writer_thread (gpointer user_data)
{
  EngStore *self = user_data;
  g_autoptr(GPtrArray) group = g_ptr_array_new ();
  gboolean running = TRUE;

  while (running)
    {
      gpointer next = g_async_queue_pop (self->writes);

      g_ptr_array_set_size (group, 0);
      do
        {
          if (next == self)
            running = FALSE;
          else
            g_ptr_array_add (group, next);
          next = group->len < MAX_GROUP ? g_async_queue_try_pop (self->writes) : NULL;
        }
      while (next != NULL);

      if (group->len > 0)
        run_group (self, group);
    }

  return NULL;
}

/**
 * eng_store_open:
 * @directory: an existing directory that this process alone uses; the file is `engine.db`
 *
 * Opens, checks and migrates the database and starts its writer thread. A large database is checked
 * while it is in use; writes fail once it turns out to be damaged.
 *
 * Returns: (transfer full): the store, or %NULL with %SAGE_ERROR_CORRUPT, %SAGE_ERROR_TOO_NEW,
 *   %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_DENIED or %SAGE_ERROR_IO
 */
EngStore *
eng_store_open (const char  *directory,
                GError     **error)
{
  g_autofree char *path = g_build_filename (directory, "engine.db", NULL);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngConnection) connection = NULL;
  g_autoptr(EngStoreCheck) check = NULL;
  g_autoptr(EngStoreFiles) files = NULL;
  EngStore *self;

  if (!eng_store_files_check_owner (directory, error))
    return NULL;
  connection = eng_connection_open (path, FALSE, &local_error);
  if (connection == NULL)
    {
      if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_CORRUPT))
        eng_store_throw_damaged (path, local_error->message, error);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  check = eng_store_check_begin (connection, path, error);
  if (check == NULL || !eng_migrate (connection, error))
    return NULL;

  if (!eng_exec (connection, error,
                 "DELETE FROM event WHERE seq <= (SELECT max (seq) FROM event) - ?1", "i",
                 (gint64) EVENTS_KEPT))
    return NULL;
  files = eng_store_files_new (path, error);
  if (files == NULL)
    return NULL;

  self = g_new0 (EngStore, 1);
  self->path = g_steal_pointer (&path);
  self->check = g_steal_pointer (&check);
  self->files = g_steal_pointer (&files);
  self->connection = g_steal_pointer (&connection);
  self->writes = g_async_queue_new ();
  self->subscribers = g_array_new (FALSE, FALSE, sizeof (Subscriber));
  g_mutex_init (&self->lock);
  g_mutex_init (&self->subscribers_lock);
  g_queue_init (&self->readers);
  self->thread = g_thread_new ("eng-writer", writer_thread, self);

  return self;
}

/**
 * eng_store_close:
 * @store: (nullable): the store
 *
 * Finishes the writes under way and closes the database. Every reader must have been released.
 */
void
eng_store_close (EngStore *store)
{
  if (store == NULL)
    return;

  g_async_queue_push (store->writes, store);
  g_thread_join (store->thread);

  eng_store_check_free (store->check);
  g_queue_clear_full (&store->readers, (GDestroyNotify) eng_connection_free);
  eng_connection_free (store->connection);
  eng_store_files_free (store->files);
  g_async_queue_unref (store->writes);
  g_array_unref (store->subscribers);
  g_mutex_clear (&store->lock);
  g_mutex_clear (&store->subscribers_lock);
  g_free (store->path);
  g_free (store);
}

/**
 * eng_store_is_writer:
 * @store: the store
 *
 * Returns: whether the caller runs on the writer thread
 */
gboolean
eng_store_is_writer (EngStore *store)
{
  return g_thread_self () == store->thread;
}

/**
 * eng_store_write:
 * @store: the store
 * @func: what to write
 * @user_data: for @func
 *
 * Runs @func on the writer thread and blocks until what it wrote survives a power cut. Calls from
 * several threads share commits. Never call it from the writer thread.
 *
 * Returns: whether @func succeeded and its writes are durable; else nothing was written
 */
gboolean
eng_store_write (EngStore      *store,
                 EngWriteFunc   func,
                 gpointer       user_data,
                 GError       **error)
{
  Write write = { .func = func, .user_data = user_data };

  g_return_val_if_fail (!eng_store_is_writer (store), FALSE);

  if (!eng_store_check_verdict (store->check, error))
    return FALSE;

  g_mutex_init (&write.lock);
  g_cond_init (&write.finished);
  g_async_queue_push (store->writes, &write);

  g_mutex_lock (&write.lock);
  while (!write.done)
    g_cond_wait (&write.finished, &write.lock);
  g_mutex_unlock (&write.lock);

  g_mutex_clear (&write.lock);
  g_cond_clear (&write.finished);

  if (write.error != NULL)
    {
      g_propagate_error (error, write.error);
      return FALSE;
    }

  return write.ok;
}

/**
 * eng_store_reader:
 * @store: the store
 *
 * Borrows a connection that sees everything committed so far; use g_autoptr(EngReader).
 *
 * Returns: (transfer full): a reader for this thread
 */
EngConnection *
eng_store_reader (EngStore  *store,
                  GError   **error)
{
  EngConnection *reader;

  g_mutex_lock (&store->lock);
  reader = g_queue_pop_head (&store->readers);
  g_mutex_unlock (&store->lock);

  if (reader == NULL)
    {
      if (!eng_store_files_in_place (store->files, error))
        return NULL;
      reader = eng_connection_open (store->path, TRUE, error);
      if (reader != NULL)
        reader->pool = store;
    }

  return reader;
}

/**
 * eng_store_reader_release:
 * @reader: (nullable): a borrowed reader
 *
 * Gives a reader back; its statements must be closed.
 */
void
eng_store_reader_release (EngConnection *reader)
{
  EngStore *store;

  if (reader == NULL)
    return;

  store = reader->pool;
  g_mutex_lock (&store->lock);
  g_queue_push_head (&store->readers, reader);
  g_mutex_unlock (&store->lock);
}

/**
 * eng_store_subscribe:
 * @store: the store
 * @func: called for each event once it is durable, on the writer thread; it must only hand the
 *   event on
 * @user_data: for @func
 *
 * Returns: an id for eng_store_unsubscribe()
 */
guint
eng_store_subscribe (EngStore      *store,
                     EngEventFunc   func,
                     gpointer       user_data)
{
  Subscriber subscriber = { .func = func, .user_data = user_data };

  g_mutex_lock (&store->subscribers_lock);
  subscriber.id = ++store->next_subscriber;
  g_array_append_val (store->subscribers, subscriber);
  g_mutex_unlock (&store->subscribers_lock);

  return subscriber.id;
}

/**
 * eng_store_unsubscribe:
 * @store: the store
 * @id: from eng_store_subscribe()
 *
 * After it returned the function is not called any more.
 */
void
eng_store_unsubscribe (EngStore *store,
                       guint     id)
{
  g_mutex_lock (&store->subscribers_lock);
  for (guint i = 0; i < store->subscribers->len; i++)
    if (g_array_index (store->subscribers, Subscriber, i).id == id)
      {
        g_array_remove_index (store->subscribers, i);
        break;
      }
  g_mutex_unlock (&store->subscribers_lock);
}
