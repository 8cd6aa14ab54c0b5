/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sqlite"

#include "config.h"

#include <errno.h>
#include <string.h>

#include "eng-sqlite-private.h"
#include "sage-error.h"

/* Listings build their SQL from the filters given, so the cache needs a bound. */
#define MAX_CACHED_STATEMENTS 256

/**
 * eng_sqlite_throw:
 * @db: the handle that failed
 * @error: (out) (optional): where the error goes
 * @format: what was tried
 *
 * Sets @error from the handle's last failure: a full disk or quota is %SAGE_ERROR_NO_SPACE, damage
 * %SAGE_ERROR_CORRUPT, a broken constraint %SAGE_ERROR_EXISTS, the rest %SAGE_ERROR_IO or
 * %SAGE_ERROR_FAILED.
 *
 * Returns: %FALSE, always
 */
gboolean
eng_sqlite_throw (sqlite3     *db,
                  GError     **error,
                  const char  *format,
                  ...)
{
  g_autofree char *what = NULL;
  SageError code = SAGE_ERROR_FAILED;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  switch (sqlite3_errcode (db) & 0xff)
    {
    case SQLITE_FULL:
      code = SAGE_ERROR_NO_SPACE;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = SAGE_ERROR_CORRUPT;
      break;
    case SQLITE_CONSTRAINT:
      code = SAGE_ERROR_EXISTS;
      break;
    case SQLITE_BUSY:
      code = SAGE_ERROR_BUSY;
      break;
    case SQLITE_IOERR:
      /* SQLite tells a full disk from others, a quota that is used up it does not */
      code = sqlite3_system_errno (db) == EDQUOT ? SAGE_ERROR_NO_SPACE : SAGE_ERROR_IO;
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      code = SAGE_ERROR_IO;
      break;
    default:
      break;
    }

  return sage_throw (error, code, "%s: %s", what, sqlite3_errmsg (db));
}

static void
statement_free (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

static gboolean
set_pragmas (sqlite3   *db,
             gboolean   read_only,
             GError   **error)
{
  /* NORMAL was measured to lose acknowledged rows on a power cut. */
  const char *sql = read_only
    ? "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;"
    : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA journal_size_limit = 67108864;";

  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return eng_sqlite_throw (db, error, "Cannot set up the database");

  return TRUE;
}

/* What a savepoint may have to restore, in bytes, before it goes to a file. Unless it may, as with
 * temp_store = MEMORY, SQLite keeps every page in four pieces that it allocates one by one, which
 * takes a quarter of the time of a small write. The file is written in pieces of this size, and
 * SQLite cuts the size of one write to 17 bits: from 128 KiB on it would call the disk full. */
#define SAVEPOINT_BYTES (127 * 1024)

static gpointer
set_up_once (gpointer data)
{
  /* in vain if SQLite is in use already: then it is the 64 KiB that are built in */
  sqlite3_config (SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_BYTES);
  /* it would count its memory, which nobody asks for, under one lock for all connections */
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);

  return NULL;
}

/* A hash of texts that are longer than names mostly are, a word at a time. */
static guint
hash_sql (gconstpointer key)
{
  const char *sql = key;
  gsize left = strlen (sql);
  guint64 hash = left;
  guint64 word = 0;

  for (; left >= sizeof word; sql += sizeof word, left -= sizeof word)
    {
      memcpy (&word, sql, sizeof word);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  word = 0;
  memcpy (&word, sql, left);
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint) (hash >> 32);
}

/**
 * eng_connection_open:
 * @path: the database file
 * @read_only: whether this connection may only read; the file must exist then
 *
 * Returns: (transfer full): a connection in WAL mode that waits up to 5 s for a lock
 */
EngConnection *
eng_connection_open (const char  *path,
                     gboolean     read_only,
                     GError     **error)
{
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_READWRITE |
              (read_only ? 0 : SQLITE_OPEN_CREATE);
  g_autoptr(EngConnection) self = g_new0 (EngConnection, 1);
  static GOnce once = G_ONCE_INIT;

  g_once (&once, set_up_once, NULL);
  self->statements = g_hash_table_new_full (hash_sql, g_str_equal, g_free, statement_free);

  if (sqlite3_open_v2 (path, &self->db, flags, NULL) != SQLITE_OK)
    {
      eng_sqlite_throw (self->db, error, "Cannot open the database '%s'", path);
      return NULL;
    }

  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, 5000);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);

  if (!set_pragmas (self->db, read_only, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_connection_free:
 * @connection: (nullable): the connection
 *
 * Closes the connection and its statements.
 */
void
eng_connection_free (EngConnection *connection)
{
  if (connection == NULL)
    return;

  g_clear_pointer (&connection->statements, g_hash_table_unref);
  sqlite3_close (connection->db);
  g_free (connection);
}

/**
 * eng_connection_db:
 * @connection: the connection
 *
 * Returns: (transfer none): its SQLite handle
 */
sqlite3 *
eng_connection_db (EngConnection *connection)
{
  return connection->db;
}

static sqlite3_stmt *
prepare (EngConnection  *self,
         const char     *sql,
         GError        **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt != NULL && sqlite3_stmt_busy (stmt))
    {
      sage_throw (error, SAGE_ERROR_FAILED, "The statement is already running: %s", sql);
      return NULL;
    }
  if (stmt != NULL)
    return stmt;

  if (g_hash_table_size (self->statements) >= MAX_CACHED_STATEMENTS)
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, self->statements);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        if (!sqlite3_stmt_busy (value))
          g_hash_table_iter_remove (&iter);
    }

  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
    {
      eng_sqlite_throw (self->db, error, "Cannot prepare '%s'", sql);
      return NULL;
    }
  g_hash_table_insert (self->statements, g_strdup (sql), stmt);

  return stmt;
}

static int
bind_one (sqlite3_stmt *stmt,
          int           index,
          char          type,
          va_list      *args)
{
  const char *text;
  GBytes *bytes;

  switch (type)
    {
    case 't':
      text = va_arg (*args, const char *);
      return sqlite3_bind_text (stmt, index, text, -1, SQLITE_TRANSIENT);
    case 'i':
      return sqlite3_bind_int64 (stmt, index, va_arg (*args, gint64));
    case 'd':
      return sqlite3_bind_double (stmt, index, va_arg (*args, double));
    case 'b':
      bytes = va_arg (*args, GBytes *);
      if (bytes == NULL)
        return sqlite3_bind_null (stmt, index);
      return sqlite3_bind_blob64 (stmt, index, g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), SQLITE_TRANSIENT);
    default:
      g_assert_not_reached ();
    }
}

static sqlite3_stmt *
prepare_and_bind (EngConnection  *self,
                  GError        **error,
                  const char     *sql,
                  const char     *types,
                  va_list        *args)
{
  sqlite3_stmt *stmt = prepare (self, sql, error);

  if (stmt == NULL)
    return NULL;

  g_return_val_if_fail ((int) strlen (types) == sqlite3_bind_parameter_count (stmt), NULL);

  for (int i = 0; types[i] != '\0'; i++)
    if (bind_one (stmt, i + 1, types[i], args) != SQLITE_OK)
      {
        eng_sqlite_throw (self->db, error, "Cannot bind parameter %d of '%s'", i + 1, sql);
        eng_rows_close (stmt);
        return NULL;
      }

  return stmt;
}

/**
 * eng_query:
 * @connection: the connection
 * @error: (out) (optional): where the error goes
 * @sql: one statement with ?1, ?2… parameters; constant text, values are always bound
 * @types: one letter a parameter: `t` const char * (nullable), `i` gint64, `d` double, `b` GBytes *
 *   (nullable); integers must be passed as gint64
 * @...: the values
 *
 * Starts a query. The same statement cannot run twice at a time on one connection.
 *
 * Returns: (transfer full): the rows, for eng_rows_next(); close with g_autoptr(EngRows)
 */
EngRows *
eng_query (EngConnection  *connection,
           GError        **error,
           const char     *sql,
           const char     *types,
           ...)
{
  EngRows *rows;
  va_list args;

  va_start (args, types);
  rows = prepare_and_bind (connection, error, sql, types, &args);
  va_end (args);

  return rows;
}

/**
 * eng_query_values:
 * @connection: the connection
 * @sql: one statement with ?1, ?2… parameters
 * @values: (array length=n_values): theirs
 * @n_values: how many
 *
 * As eng_query(), for statements that are put together as a request asks for them.
 *
 * Returns: (transfer full): the rows
 */
EngRows *
eng_query_values (EngConnection   *connection,
                  GError         **error,
                  const char      *sql,
                  const EngValue  *values,
                  guint            n_values)
{
  sqlite3_stmt *stmt = prepare (connection, sql, error);

  if (stmt == NULL)
    return NULL;

  g_return_val_if_fail ((int) n_values == sqlite3_bind_parameter_count (stmt), NULL);

  for (guint i = 0; i < n_values; i++)
    if ((values[i].text != NULL
           ? sqlite3_bind_text (stmt, (int) i + 1, values[i].text, -1, SQLITE_STATIC)
           : sqlite3_bind_double (stmt, (int) i + 1, values[i].number)) != SQLITE_OK)
      {
        eng_sqlite_throw (connection->db, error, "Cannot bind parameter %u of '%s'", i + 1, sql);
        eng_rows_close (stmt);
        return NULL;
      }

  return stmt;
}

/**
 * eng_exec:
 *
 * Runs a statement that returns no rows; parameters as for eng_query().
 */
gboolean
eng_exec (EngConnection  *connection,
          GError        **error,
          const char     *sql,
          const char     *types,
          ...)
{
  g_autoptr(EngRows) rows = NULL;
  va_list args;

  va_start (args, types);
  rows = prepare_and_bind (connection, error, sql, types, &args);
  va_end (args);

  if (rows == NULL)
    return FALSE;

  while (TRUE)
    {
      g_autoptr(GError) local_error = NULL;

      if (eng_rows_next (rows, &local_error))
        continue;
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
}

/**
 * eng_rows_next:
 * @rows: a query
 *
 * Returns: whether there is a further row; %FALSE without @error is the end
 */
gboolean
eng_rows_next (EngRows  *rows,
               GError  **error)
{
  int rc = sqlite3_step (rows);

  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE)
    eng_sqlite_throw (sqlite3_db_handle (rows), error, "Cannot run '%s'", sqlite3_sql (rows));

  return FALSE;
}

/**
 * eng_rows_close:
 * @rows: (nullable): a query
 *
 * Ends the query; its statement goes back to the cache.
 */
void
eng_rows_close (EngRows *rows)
{
  if (rows == NULL)
    return;

  sqlite3_reset (rows);
  sqlite3_clear_bindings (rows);
}

/**
 * eng_rows_text:
 *
 * Returns: (transfer none) (nullable): the column's text; valid until the next row
 */
const char *
eng_rows_text (EngRows *rows,
               int      column)
{
  return (const char *) sqlite3_column_text (rows, column);
}

/**
 * eng_rows_dup_text:
 *
 * Returns: (transfer full) (nullable): a copy of the column's text
 */
char *
eng_rows_dup_text (EngRows *rows,
                   int      column)
{
  return g_strdup (eng_rows_text (rows, column));
}

/**
 * eng_rows_int:
 *
 * Returns: the column's integer; 0 for NULL
 */
gint64
eng_rows_int (EngRows *rows,
              int      column)
{
  return sqlite3_column_int64 (rows, column);
}

/**
 * eng_rows_double:
 *
 * Returns: the column's number; 0 for NULL
 */
double
eng_rows_double (EngRows *rows,
                 int      column)
{
  return sqlite3_column_double (rows, column);
}

/**
 * eng_rows_blob:
 *
 * Returns: (transfer full) (nullable): a copy of the column's bytes; %NULL for NULL
 */
GBytes *
eng_rows_blob (EngRows *rows,
               int      column)
{
  if (sqlite3_column_type (rows, column) == SQLITE_NULL)
    return NULL;

  return g_bytes_new (sqlite3_column_blob (rows, column),
                      (gsize) sqlite3_column_bytes (rows, column));
}
