/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-users"

#include "config.h"

#include <string.h>

#include "eng-grant.h"
#include "eng-user-rows.h"
#include "sage-error.h"

/* Letters are small ones only: no name can pass for an access key id, and no two look alike. */
#define FIRST "abcdefghijklmnopqrstuvwxyz"
#define REST FIRST "0123456789._@-"

/**
 * eng_user_name_check:
 * @name: what is to be a user's name
 *
 * Returns: whether it can be one; else %SAGE_ERROR_INVALID with the rule
 */
gboolean
eng_user_name_check (const char  *name,
                     GError     **error)
{
  gsize length = strlen (name);

  if (length > 0 && length <= ENG_USER_NAME_MAX && strspn (name, FIRST) > 0 &&
      strspn (name, REST) == length)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "The name of a user begins with a letter from a to z and goes on with letters, "
                     "digits and the characters . _ @ -, at most %d in all", ENG_USER_NAME_MAX);
}

/**
 * eng_user_arn:
 * @engine: the engine
 * @name: a user's name
 *
 * Returns: (transfer full): the user's ARN
 */
char *
eng_user_arn (const EngEngine *engine,
              const char      *name)
{
  return g_strdup_printf ("arn:aws:iam::%s:user/%s", engine->account, name);
}

/* Runs a query for one number. Returns: @fallback where there is no row; -1 with @error */
static gint64
look_up (EngTx       *tx,
         const char  *sql,
         const char  *name,
         gint64       fallback,
         GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error, sql, "t", name);

  if (rows == NULL)
    return -1;
  if (eng_rows_next (rows, &local_error))
    return eng_rows_int (rows, 0);
  if (local_error == NULL)
    return fallback;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return -1;
}

static gboolean
require (EngTx       *tx,
         const char  *name,
         GError     **error)
{
  gint64 n = look_up (tx, "SELECT count (*) FROM user WHERE name = ?1", name, 0, error);

  if (n == 0)
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no user named '%s'", name);

  return n > 0;
}

/* Takes the next number, which ends all of the user's grants. */
static gboolean
raise_epoch (EngTx       *tx,
             const char  *name,
             GError     **error)
{
  return eng_exec (tx->connection, error, "UPDATE user_state SET epoch = epoch + 1", "") &&
         eng_exec (tx->connection, error, "UPDATE user SET modified = ?2,"
                   " epoch = (SELECT epoch FROM user_state) WHERE name = ?1", "td", name, tx->now);
}

/* Who would then make the next one? */
static gboolean
keep_an_admin (EngTx       *tx,
               const char  *name,
               GError     **error)
{
  gint64 n = look_up (tx, "SELECT count (*) FROM user WHERE role = 'admin' AND name <> ?1", name,
                      0, error);
  gint64 is_admin = n == 0 ? look_up (tx, "SELECT role = 'admin' FROM user WHERE name = ?1", name, 0,
                                      error) : 0;

  if (n == 0 && is_admin == 1)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "User '%s' is the last administrator. Make another "
                       "one first", name);

  return n >= 0 && is_admin >= 0;
}

/**
 * eng_user_row_check_actor:
 * @tx: a transaction that changes users
 * @caller: an administrator, when the call began
 *
 * Of two administrators who remove each other the second must find that he no longer is one.
 *
 * Returns: whether @caller still is one; else %SAGE_ERROR_DENIED
 */
gboolean
eng_user_row_check_actor (EngTx            *tx,
                          const EngCaller  *caller,
                          GError          **error)
{
  gint64 epoch;

  if (caller->user == NULL)
    return TRUE;

  epoch = look_up (tx, "SELECT epoch FROM user WHERE name = ?1 AND role = 'admin'", caller->user, 0,
                   error);
  if (epoch >= 0 && epoch != caller->epoch)
    return sage_throw (error, SAGE_ERROR_DENIED, "User '%s' has just been changed or removed",
                       caller->user);

  return epoch >= 0;
}

/**
 * eng_user_row_check_epoch:
 * @tx: a transaction that changes a user
 * @name: the user
 * @epoch: of the user when it was decided that the change may be made
 *
 * Returns: whether the user has not changed since; else %SAGE_ERROR_CONFLICT
 */
gboolean
eng_user_row_check_epoch (EngTx       *tx,
                          const char  *name,
                          gint64       epoch,
                          GError     **error)
{
  gint64 stored = look_up (tx, "SELECT epoch FROM user WHERE name = ?1", name, 0, error);

  if (stored >= 0 && stored != epoch)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "User '%s' has just changed; log in again", name);

  return stored >= 0;
}

/**
 * eng_user_row_insert:
 * @tx: a transaction
 * @name: a name that eng_user_name_check() let pass
 * @role: the user's role
 * @verifier: (nullable): of the password; %NULL for a user that cannot log in
 *
 * Returns: whether there is a new user; else %SAGE_ERROR_EXISTS where the name is taken
 */
gboolean
eng_user_row_insert (EngTx       *tx,
                     const char  *name,
                     EngRole      role,
                     const char  *verifier,
                     GError     **error)
{
  gint64 n = look_up (tx, "SELECT count (*) FROM user WHERE name = ?1", name, 0, error);

  if (n > 0)
    return sage_throw (error, SAGE_ERROR_EXISTS, "There is a user named '%s' already", name);

  return n == 0 &&
         eng_exec (tx->connection, error,
                   "INSERT INTO user (name, role, password, epoch, created, modified)"
                   " VALUES (?1, ?2, ?3, 0, ?4, ?4)", "tttd", name, eng_role_name (role),
                   verifier != NULL ? verifier : "", tx->now) &&
         raise_epoch (tx, name, error);
}

/**
 * eng_user_row_set_role:
 * @tx: a transaction
 * @name: a user
 * @role: the new role
 *
 * Returns: whether the user has it; else %SAGE_ERROR_NOT_FOUND, or %SAGE_ERROR_CONFLICT for the last
 *   administrator
 */
gboolean
eng_user_row_set_role (EngTx       *tx,
                       const char  *name,
                       EngRole      role,
                       GError     **error)
{
  return require (tx, name, error) &&
         (role == ENG_ROLE_ADMIN || keep_an_admin (tx, name, error)) &&
         eng_exec (tx->connection, error, "UPDATE user SET role = ?2 WHERE name = ?1", "tt", name,
                   eng_role_name (role)) &&
         raise_epoch (tx, name, error);
}

/**
 * eng_user_row_set_password:
 * @tx: a transaction
 * @name: a user
 * @verifier: of the new password
 *
 * Returns: whether the user has it; else %SAGE_ERROR_NOT_FOUND
 */
gboolean
eng_user_row_set_password (EngTx       *tx,
                           const char  *name,
                           const char  *verifier,
                           GError     **error)
{
  return require (tx, name, error) &&
         eng_exec (tx->connection, error, "UPDATE user SET password = ?2 WHERE name = ?1", "tt", name,
                   verifier) &&
         raise_epoch (tx, name, error);
}

/**
 * eng_user_row_delete:
 * @tx: a transaction
 * @name: a user
 *
 * Returns: whether the user, with all keys, is gone; else %SAGE_ERROR_NOT_FOUND, or
 *   %SAGE_ERROR_CONFLICT for the last administrator
 */
gboolean
eng_user_row_delete (EngTx       *tx,
                     const char  *name,
                     GError     **error)
{
  return require (tx, name, error) && keep_an_admin (tx, name, error) &&
         eng_exec (tx->connection, error, "DELETE FROM user WHERE name = ?1", "t", name);
}

/**
 * eng_user_row_insert_key:
 * @tx: a transaction
 * @name: a user
 * @id: a new access key id
 * @secret: its secret
 *
 * Returns: whether the user has the key; else %SAGE_ERROR_NOT_FOUND, or %SAGE_ERROR_LIMIT
 */
gboolean
eng_user_row_insert_key (EngTx       *tx,
                         const char  *name,
                         const char  *id,
                         const char  *secret,
                         GError     **error)
{
  gint64 n;

  if (!require (tx, name, error))
    return FALSE;
  n = look_up (tx, "SELECT count (*) FROM user_key WHERE user = ?1", name, 0, error);
  if (n >= ENG_USER_MAX_KEYS)
    return sage_throw (error, SAGE_ERROR_LIMIT, "User '%s' has %d access keys, and more are not "
                       "possible. Remove one first", name, ENG_USER_MAX_KEYS);

  return n >= 0 &&
         eng_exec (tx->connection, error, "INSERT INTO user_key (id, user, secret, created)"
                   " VALUES (?1, ?2, ?3, ?4)", "tttd", id, name, secret, tx->now);
}

/**
 * eng_user_row_delete_key:
 * @tx: a transaction
 * @name: a user
 * @id: one of the user's access keys
 *
 * Returns: whether the key is gone, and with it what the user has logged in for; else
 *   %SAGE_ERROR_NOT_FOUND
 */
gboolean
eng_user_row_delete_key (EngTx       *tx,
                         const char  *name,
                         const char  *id,
                         GError     **error)
{
  if (!require (tx, name, error) ||
      !eng_exec (tx->connection, error, "DELETE FROM user_key WHERE user = ?1 AND id = ?2", "tt", name,
                 id))
    return FALSE;
  if (sqlite3_changes (eng_connection_db (tx->connection)) == 0)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "User '%s' has no such access key", name);

  return raise_epoch (tx, name, error);
}
