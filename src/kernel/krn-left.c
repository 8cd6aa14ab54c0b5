/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include "krn-host-private.h"

/* Clients of Jupyter that lose their connection come back under the same session, and expect what
 * was said meanwhile: jupyter_server keeps it for them in memory. Here the journal has it. */

#define MAX_LEFT 64

/* Remembers that a session's client left when it had been given all up to @seq. */
void
krn_host_note_left (KrnHost    *self,
                    const char *session,
                    guint64     seq)
{
  if (session == NULL || *session == '\0')
    return;

  /* sessions of clients that come back do so soon */
  if (g_hash_table_size (self->left) >= MAX_LEFT)
    g_hash_table_remove_all (self->left);
  g_hash_table_replace (self->left, g_strdup (session), g_memdup2 (&seq, sizeof seq));
}

/* Puts into @seq where the client of a session was, if one left; it is asked for once. */
void
krn_host_take_left (KrnHost    *self,
                    const char *session,
                    guint64    *seq)
{
  const guint64 *left = g_hash_table_lookup (self->left, session);

  if (left == NULL)
    return;

  *seq = *left;
  g_hash_table_remove (self->left, session);
}
