/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-audit"

#include "config.h"

#include <string.h>

#include "eng-audit.h"
#include "sage-digest.h"
#include "sage-error.h"

/* hash = SHA-256 (previous hash ‖ the record's fields, each preceded by its length): a record that
 * is changed, dropped or moved breaks every hash after it. */
static GBytes *
chain (GBytes             *previous,
       gint64              time_ms,
       const char * const *fields,
       guint               n_fields)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  guint8 hash[SAGE_SHA256_SIZE];
  gint64 time_le = GINT64_TO_LE (time_ms);

  if (previous != NULL)
    sage_digest_update (digest, g_bytes_get_data (previous, NULL), g_bytes_get_size (previous));
  sage_digest_update (digest, &time_le, sizeof time_le);
  for (guint i = 0; i < n_fields; i++)
    {
      guint64 length = GUINT64_TO_LE ((guint64) strlen (fields[i]));

      sage_digest_update (digest, &length, sizeof length);
      sage_digest_update (digest, fields[i], strlen (fields[i]));
    }
  sage_digest_finish (digest, hash);

  return g_bytes_new (hash, sizeof hash);
}

/**
 * eng_tx_audit:
 * @tx: the transaction of the change itself
 * @principal: who
 * @source: the caller's user agent, cut and escaped
 * @operation: the operation's name
 * @target: what it acted on: an ARN or `s3://` URI, "" if none
 * @request_id: the request's id
 * @outcome: "ok", or the error code
 *
 * Appends a record to the audit log, chained to the one before it.
 */
gboolean
eng_tx_audit (EngTx       *tx,
              const char  *principal,
              const char  *source,
              const char  *operation,
              const char  *target,
              const char  *request_id,
              const char  *outcome,
              GError     **error)
{
  const char * const fields[] = { principal, source, operation, target, request_id, outcome };
  g_autoptr(GBytes) previous = NULL;
  g_autoptr(GBytes) hash = NULL;

  {
    g_autoptr(GError) local_error = NULL;
    g_autoptr(EngRows) rows = eng_query (tx->connection, error,
                                         "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", "");

    if (rows == NULL)
      return FALSE;
    if (eng_rows_next (rows, &local_error))
      previous = eng_rows_blob (rows, 0);
    else if (local_error != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return FALSE;
      }
  }

  hash = chain (previous, (gint64) (tx->now * 1000.0 + 0.5), fields, G_N_ELEMENTS (fields));

  return eng_exec (tx->connection, error,
                   "INSERT INTO audit (time, principal, source, operation, target, request_id,"
                   " outcome, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   "dttttttb", tx->now, principal, source, operation, target, request_id, outcome,
                   hash);
}

/**
 * eng_audit_verify:
 * @connection: a connection
 * @first_bad: (out): number of the first record whose hash does not follow, 0 if all do
 *
 * Recomputes the chain.
 *
 * Returns: whether the log could be read
 */
gboolean
eng_audit_verify (EngConnection  *connection,
                  gint64         *first_bad,
                  GError        **error)
{
  g_autoptr(GBytes) previous = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows =
    eng_query (connection, error,
               "SELECT seq, time, principal, source, operation, target, request_id, outcome, hash"
               " FROM audit ORDER BY seq", "");

  *first_bad = 0;
  if (rows == NULL)
    return FALSE;

  while (*first_bad == 0 && eng_rows_next (rows, &local_error))
    {
      const char *fields[6];
      g_autoptr(GBytes) stored = eng_rows_blob (rows, 8);
      g_autoptr(GBytes) computed = NULL;

      for (int i = 0; i < 6; i++)
        fields[i] = eng_rows_text (rows, 2 + i);
      computed = chain (previous, (gint64) (eng_rows_double (rows, 1) * 1000.0 + 0.5), fields,
                        G_N_ELEMENTS (fields));
      if (!g_bytes_equal (stored, computed))
        *first_bad = eng_rows_int (rows, 0);
      g_clear_pointer (&previous, g_bytes_unref);
      previous = g_steal_pointer (&stored);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}
