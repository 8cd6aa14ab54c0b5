/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-rows"

#include "config.h"

#include "eng-kernel-rows.h"
#include "sage-arn.h"
#include "sage-error.h"

#define COLUMNS "SELECT id, path, name, type, kernel, created FROM kernel_session"

/* A change of one session, for the writer thread. */
typedef struct
{
  const EngKernelSession *session; /* (nullable): NULL deletes it */
  const char             *id;
  const char             *arn;
} Change;

/**
 * eng_kernel_session_free:
 * @session: (nullable): the session
 */
void
eng_kernel_session_free (EngKernelSession *session)
{
  if (session == NULL)
    return;

  g_free (session->id);
  g_free (session->path);
  g_free (session->name);
  g_free (session->type);
  g_free (session->kernel);
  g_free (session);
}

static EngKernelSession *
read_row (EngRows *rows)
{
  EngKernelSession *session = g_new0 (EngKernelSession, 1);

  session->id = eng_rows_dup_text (rows, 0);
  session->path = eng_rows_dup_text (rows, 1);
  session->name = eng_rows_dup_text (rows, 2);
  session->type = eng_rows_dup_text (rows, 3);
  session->kernel = eng_rows_dup_text (rows, 4);
  session->created = eng_rows_double (rows, 5);

  return session;
}

/* @value: (nullable): of the one parameter of @sql */
static GPtrArray *
load (EngEngine   *engine,
      const char  *sql,
      const char  *value,
      GError     **error)
{
  g_autoptr(GPtrArray) all =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_kernel_session_free);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;

  if (reader != NULL)
    rows = value != NULL ? eng_query (reader, error, sql, "t", value)
                         : eng_query (reader, error, sql, "");
  if (rows == NULL)
    return NULL;
  while (eng_rows_next (rows, &local_error))
    g_ptr_array_add (all, read_row (rows));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&all);
}

/**
 * eng_kernel_session_load:
 * @engine: the engine
 * @id: a session's id
 *
 * Returns: (transfer full): its row; else %SAGE_ERROR_NOT_FOUND, or why it could not be read
 */
EngKernelSession *
eng_kernel_session_load (EngEngine   *engine,
                         const char  *id,
                         GError     **error)
{
  g_autoptr(GPtrArray) all = load (engine, COLUMNS " WHERE id = ?1", id, error);

  if (all == NULL)
    return NULL;
  if (all->len > 0)
    return g_ptr_array_steal_index (all, 0);
  sage_throw (error, SAGE_ERROR_NOT_FOUND, "Session not found: session_id='%s'", id);

  return NULL;
}

/**
 * eng_kernel_session_find:
 * @engine: the engine
 * @path: of a notebook
 *
 * Returns: (transfer full): the session that has it open; else %SAGE_ERROR_NOT_FOUND, or why it
 *   could not be read
 */
EngKernelSession *
eng_kernel_session_find (EngEngine   *engine,
                         const char  *path,
                         GError     **error)
{
  g_autoptr(GPtrArray) all = load (engine, COLUMNS " WHERE path = ?1 ORDER BY created, id LIMIT 1",
                                   path, error);

  if (all == NULL)
    return NULL;
  if (all->len > 0)
    return g_ptr_array_steal_index (all, 0);
  sage_throw (error, SAGE_ERROR_NOT_FOUND, "Session not found: path='%s'", path);

  return NULL;
}

/**
 * eng_kernel_sessions_load:
 * @engine: the engine
 *
 * Returns: (transfer full) (element-type EngKernelSession): all sessions, the oldest first
 */
GPtrArray *
eng_kernel_sessions_load (EngEngine  *engine,
                          GError    **error)
{
  return load (engine, COLUMNS " ORDER BY created, id", NULL, error);
}

static gboolean
put_cb (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  const Change *change = user_data;
  const EngKernelSession *session = change->session;

  return eng_exec (tx->connection, error,
                   "INSERT INTO kernel_session (id, path, name, type, kernel, created)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET"
                   " path = ?2, name = ?3, type = ?4, kernel = ?5", "tttttd", session->id,
                   session->path, session->name, session->type, session->kernel, tx->now) &&
         eng_tx_emit (tx, ENG_KERNEL_SESSION_KIND, session->id, change->arn, "open", error);
}

/**
 * eng_kernel_session_put:
 * @call: who opens or changes it
 * @session: the session; its kernel has a row
 *
 * Makes the row, or brings it up to date.
 */
gboolean
eng_kernel_session_put (EngCall                 *call,
                        const EngKernelSession  *session,
                        GError                 **error)
{
  g_autofree char *arn = sage_arn_build (call->engine->region, call->engine->account,
                                         ENG_KERNEL_SESSION_KIND, session->id);
  Change change = { session, session->id, arn };

  return eng_call_write (call, arn, put_cb, &change, error);
}

static gboolean
delete_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  const Change *change = user_data;

  if (!eng_exec (tx->connection, error, "DELETE FROM kernel_session WHERE id = ?1", "t",
                 change->id))
    return FALSE;

  return sqlite3_changes (eng_connection_db (tx->connection)) == 0 ||
         eng_tx_emit (tx, ENG_KERNEL_SESSION_KIND, change->id, change->arn, "Deleted", error);
}

/**
 * eng_kernel_session_delete:
 * @call: who closes it
 * @id: the session
 *
 * Forgets the session; its kernel is not touched.
 */
gboolean
eng_kernel_session_delete (EngCall     *call,
                           const char  *id,
                           GError     **error)
{
  g_autofree char *arn = sage_arn_build (call->engine->region, call->engine->account,
                                         ENG_KERNEL_SESSION_KIND, id);
  Change change = { NULL, id, arn };

  return eng_call_write (call, arn, delete_cb, &change, error);
}
