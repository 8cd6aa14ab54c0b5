/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-rows"

#include "config.h"

#include "eng-kernel-rows.h"
#include "sage-arn.h"
#include "sage-error.h"

#define COLUMNS "SELECT id, name, directory, state, created, modified, outcome FROM kernel"

/* A change of one row, for the writer thread. */
typedef struct
{
  EngEngine          *engine;
  const EngKernelRow *row;     /* (nullable) */
  const char         *id;
  const char         *status;  /* of the row, and of the event */
  const char         *outcome; /* (nullable): JSON text */
} Change;

/**
 * eng_kernel_row_free:
 * @row: (nullable): the row
 */
void
eng_kernel_row_free (EngKernelRow *row)
{
  if (row == NULL)
    return;

  g_free (row->id);
  g_free (row->name);
  g_free (row->directory);
  g_free (row->state);
  g_free (row->outcome);
  g_free (row);
}

static EngKernelRow *
read_row (EngRows *rows)
{
  EngKernelRow *row = g_new0 (EngKernelRow, 1);

  row->id = eng_rows_dup_text (rows, 0);
  row->name = eng_rows_dup_text (rows, 1);
  row->directory = eng_rows_dup_text (rows, 2);
  row->state = eng_rows_dup_text (rows, 3);
  row->created = eng_rows_double (rows, 4);
  row->modified = eng_rows_double (rows, 5);
  row->outcome = eng_rows_dup_text (rows, 6);

  return row;
}

/**
 * eng_kernel_row_load:
 * @engine: the engine
 * @id: a kernel's id
 *
 * Returns: (transfer full): its row; else %SAGE_ERROR_NOT_FOUND, or why it could not be read
 */
EngKernelRow *
eng_kernel_row_load (EngEngine   *engine,
                     const char  *id,
                     GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;

  if (reader != NULL)
    rows = eng_query (reader, error, COLUMNS " WHERE id = ?1", "t", id);
  if (rows == NULL)
    return NULL;
  if (eng_rows_next (rows, &local_error))
    return read_row (rows);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "Kernel does not exist: %s", id);

  return NULL;
}

/**
 * eng_kernel_rows_load:
 * @engine: the engine
 *
 * Returns: (transfer full) (element-type EngKernelRow): all kernels, the oldest first
 */
GPtrArray *
eng_kernel_rows_load (EngEngine  *engine,
                      GError    **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_kernel_row_free);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;

  if (reader != NULL)
    rows = eng_query (reader, error, COLUMNS " ORDER BY created, id", "");
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

static gboolean
emit (EngTx         *tx,
      const Change  *change,
      const char    *status,
      GError       **error)
{
  g_autofree char *arn = sage_arn_build (change->engine->region, change->engine->account,
                                         ENG_KERNEL_KIND, change->id);

  return eng_tx_emit (tx, ENG_KERNEL_KIND, change->id, arn, status, error);
}

static gboolean
insert_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  const Change *change = user_data;
  const EngKernelRow *row = change->row;

  return eng_exec (tx->connection, error,
                   "INSERT INTO kernel (id, name, directory, state, created, modified)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?5)", "ttttd", row->id, row->name, row->directory,
                   row->state, tx->now) &&
         emit (tx, change, row->state, error);
}

/**
 * eng_kernel_row_insert:
 * @call: who starts the kernel
 * @row: its row
 *
 * Makes the row, before anything is started, with its event and audit record.
 */
gboolean
eng_kernel_row_insert (EngCall             *call,
                       const EngKernelRow  *row,
                       GError             **error)
{
  Change change = { .engine = call->engine, .row = row, .id = row->id };
  g_autofree char *arn = sage_arn_build (call->engine->region, call->engine->account,
                                         ENG_KERNEL_KIND, row->id);

  return eng_call_write (call, arn, insert_cb, &change, error);
}

static gboolean
tell_cb (EngTx     *tx,
         gpointer   user_data,
         GError   **error)
{
  const Change *change = user_data;

  if (!eng_exec (tx->connection, error,
                 "UPDATE kernel SET state = ?2, outcome = ?3, modified = ?4"
                 " WHERE id = ?1 AND state <> ?2", "tttd", change->id, change->status,
                 change->outcome, tx->now))
    return FALSE;

  return sqlite3_changes (eng_connection_db (tx->connection)) == 0 ||
         emit (tx, change, change->status, error);
}

/**
 * eng_kernel_row_tell:
 * @engine: the engine
 * @id: the kernel
 * @state: what it is now
 * @outcome: (nullable): how it ended: JSON text
 *
 * Records what became of the kernel. If the row says so already, or is gone, nothing happens.
 */
gboolean
eng_kernel_row_tell (EngEngine   *engine,
                     const char  *id,
                     const char  *state,
                     const char  *outcome,
                     GError     **error)
{
  Change change = { .engine = engine, .id = id, .status = state, .outcome = outcome };

  return eng_store_write (engine->store, tell_cb, &change, error);
}

static gboolean
event_cb (EngTx     *tx,
          gpointer   user_data,
          GError   **error)
{
  const Change *change = user_data;

  return emit (tx, change, change->status, error);
}

static gboolean
write_change (EngEngine     *engine,
              EngCall       *call,
              EngWriteFunc   func,
              Change        *change,
              GError       **error)
{
  g_autofree char *arn = sage_arn_build (engine->region, engine->account, ENG_KERNEL_KIND,
                                         change->id);

  return call != NULL ? eng_call_write (call, arn, func, change, error)
                      : eng_store_write (engine->store, func, change, error);
}

/**
 * eng_kernel_row_event:
 * @engine: the engine
 * @call: (nullable): who asked for it; %NULL: nobody, and there is no audit record
 * @id: the kernel
 * @status: what is to be told
 *
 * Tells of something that happened to the kernel and that its row does not show.
 */
gboolean
eng_kernel_row_event (EngEngine   *engine,
                      EngCall     *call,
                      const char  *id,
                      const char  *status,
                      GError     **error)
{
  Change change = { .engine = engine, .id = id, .status = status };

  return write_change (engine, call, event_cb, &change, error);
}

static gboolean
emit_closed_sessions (EngTx         *tx,
                      const Change  *change,
                      GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                       "SELECT id FROM kernel_session WHERE kernel = ?1", "t",
                                       change->id);

  if (rows == NULL)
    return FALSE;
  while (eng_rows_next (rows, &local_error))
    {
      const char *id = eng_rows_text (rows, 0);
      g_autofree char *arn = sage_arn_build (change->engine->region, change->engine->account,
                                             ENG_KERNEL_SESSION_KIND, id);

      if (!eng_tx_emit (tx, ENG_KERNEL_SESSION_KIND, id, arn, "Deleted", error))
        return FALSE;
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
delete_cb (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  Change *change = user_data;

  if (!emit_closed_sessions (tx, change, error) ||
      !eng_exec (tx->connection, error, "DELETE FROM kernel WHERE id = ?1", "t", change->id))
    return FALSE;

  return sqlite3_changes (eng_connection_db (tx->connection)) == 0 ||
         emit (tx, change, "Deleted", error);
}

/**
 * eng_kernel_row_delete:
 * @engine: the engine
 * @call: (nullable): who shut the kernel down; %NULL: the engine itself
 * @id: the kernel
 *
 * Forgets the kernel and the sessions that it served.
 */
gboolean
eng_kernel_row_delete (EngEngine   *engine,
                       EngCall     *call,
                       const char  *id,
                       GError     **error)
{
  Change change = { .engine = engine, .id = id };

  return write_change (engine, call, delete_cb, &change, error);
}
