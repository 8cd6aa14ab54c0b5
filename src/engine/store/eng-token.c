/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-token"

#include "config.h"

#include "eng-token.h"
#include "sage-error.h"

/* AWS promises at least a day; a week costs nothing. */
#define TOKEN_LIFETIME_SECONDS (7.0 * 86400.0)

/**
 * eng_token_find:
 * @connection: a connection; the transaction's own when the answer guards a write
 * @operation: the operation's name
 * @token: the client's token
 * @request: the request's canonical text or its hash
 * @reply: (out) (nullable): the first answer if the same call was made before, else %NULL
 *
 * Returns: %FALSE with %SAGE_ERROR_CONFLICT if the token came with another request before
 */
gboolean
eng_token_find (EngConnection  *connection,
                const char     *operation,
                const char     *token,
                const char     *request,
                char          **reply,
                GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (connection, error,
                                       "SELECT request, reply FROM token"
                                       " WHERE operation = ?1 AND token = ?2",
                                       "tt", operation, token);

  *reply = NULL;
  if (rows == NULL)
    return FALSE;

  if (eng_rows_next (rows, &local_error))
    {
      if (g_strcmp0 (eng_rows_text (rows, 0), request) != 0)
        return sage_throw (error, SAGE_ERROR_CONFLICT,
                           "The client request token was already used for a different %s request",
                           operation);
      *reply = eng_rows_dup_text (rows, 1);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * eng_token_insert:
 * @tx: the transaction of the change itself
 * @operation: the operation's name
 * @token: the client's token
 * @request: the request's canonical text or its hash
 * @reply: what to answer when the same call comes again
 *
 * Remembers the answer, and forgets those past their time.
 */
gboolean
eng_token_insert (EngTx       *tx,
                  const char  *operation,
                  const char  *token,
                  const char  *request,
                  const char  *reply,
                  GError     **error)
{
  return eng_exec (tx->connection, error, "DELETE FROM token WHERE created < ?1", "d",
                   tx->now - TOKEN_LIFETIME_SECONDS) &&
         eng_exec (tx->connection, error,
                   "INSERT INTO token (operation, token, request, reply, created)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)",
                   "ttttd", operation, token, request, reply, tx->now);
}
