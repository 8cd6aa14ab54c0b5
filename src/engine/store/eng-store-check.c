/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-store-check"

#include "config.h"

#include "eng-sqlite-private.h"
#include "eng-store-check.h"
#include "sage-error.h"

/* A database of so many pages is read through within milliseconds. */
#define SMALL_PAGES 2048

/* How many steps of SQLite's lie between two looks at whether the engine stops. */
#define STEPS 1000

/* Looks for damage: in a small database at once, in a large one beside the engine's work, which
 * must not wait for gigabytes to be read. */
struct _EngStoreCheck
{
  char          *path;       /* (owned) */
  EngConnection *connection; /* (owned) (nullable): the thread's */
  GThread       *thread;     /* (owned) (nullable) */
  int            ending;     /* atomic */
  GMutex         lock;
  GError        *damage;     /* (owned) (nullable): what was found; under lock */
};

/**
 * eng_store_throw_damaged:
 * @path: the database
 * @what: what was found
 *
 * Returns: %FALSE, with %SAGE_ERROR_CORRUPT
 */
gboolean
eng_store_throw_damaged (const char  *path,
                         const char  *what,
                         GError     **error)
{
  g_autofree char *line = g_strdelimit (g_strdup (what), "\n", ' ');

  return sage_throw (error, SAGE_ERROR_CORRUPT,
                     "The database '%s' is damaged (%s); restore it from a backup", path, line);
}

static gboolean
read_through (EngConnection  *connection,
              const char     *path,
              GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, &local_error, "PRAGMA quick_check(1)", "");

  if (rows != NULL && eng_rows_next (rows, &local_error) &&
      g_strcmp0 (eng_rows_text (rows, 0), "ok") == 0)
    return TRUE;

  return eng_store_throw_damaged (path, local_error != NULL ? local_error->message
                                                             : eng_rows_text (rows, 0), error);
}

static int
progress_cb (void *user_data)
{
  EngStoreCheck *self = user_data;

  return g_atomic_int_get (&self->ending);
}

static gpointer
check_thread (gpointer user_data)
{
  EngStoreCheck *self = user_data;
  GError *error = NULL;

  if (read_through (self->connection, self->path, &error))
    return NULL;

  if (g_atomic_int_get (&self->ending))
    {
      g_error_free (error);
      return NULL;
    }

  g_warning ("%s", error->message);
  g_mutex_lock (&self->lock);
  self->damage = error;
  g_mutex_unlock (&self->lock);

  return NULL;
}

static gboolean
is_small (EngConnection  *connection,
          gboolean       *small,
          GError        **error)
{
  g_autoptr(EngRows) rows = eng_query (connection, error, "PRAGMA page_count", "");

  if (rows == NULL || !eng_rows_next (rows, error))
    return FALSE;
  *small = eng_rows_int (rows, 0) <= SMALL_PAGES;

  return TRUE;
}

/**
 * eng_store_check_begin:
 * @connection: the database, open
 * @path: its file
 *
 * Reads a small database through, and begins to read a large one through in a thread.
 *
 * Returns: (transfer full): the check; %NULL with %SAGE_ERROR_CORRUPT when damage is known already
 */
EngStoreCheck *
eng_store_check_begin (EngConnection  *connection,
                       const char     *path,
                       GError        **error)
{
  g_autoptr(EngStoreCheck) self = g_new0 (EngStoreCheck, 1);
  gboolean small = TRUE;

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);

  if (!is_small (connection, &small, error) ||
      (small && !read_through (connection, path, error)))
    return NULL;
  if (small)
    return g_steal_pointer (&self);

  self->connection = eng_connection_open (path, TRUE, error);
  if (self->connection == NULL)
    return NULL;
  sqlite3_progress_handler (self->connection->db, STEPS, progress_cb, self);
  self->thread = g_thread_new ("eng-check", check_thread, self);

  return g_steal_pointer (&self);
}

/**
 * eng_store_check_verdict:
 * @check: the check
 *
 * Returns: %TRUE while no damage was found; else %FALSE with %SAGE_ERROR_CORRUPT
 */
gboolean
eng_store_check_verdict (EngStoreCheck  *check,
                         GError        **error)
{
  GError *damage;

  g_mutex_lock (&check->lock);
  damage = check->damage != NULL ? g_error_copy (check->damage) : NULL;
  g_mutex_unlock (&check->lock);

  if (damage == NULL)
    return TRUE;
  g_propagate_error (error, damage);

  return FALSE;
}

/**
 * eng_store_check_free:
 * @check: (nullable): the check
 *
 * Breaks it off if it is still under way.
 */
void
eng_store_check_free (EngStoreCheck *check)
{
  if (check == NULL)
    return;

  if (check->thread != NULL)
    {
      g_atomic_int_set (&check->ending, TRUE);
      g_thread_join (check->thread);
    }
  eng_connection_free (check->connection);
  g_mutex_clear (&check->lock);
  g_clear_error (&check->damage);
  g_free (check->path);
  g_free (check);
}
