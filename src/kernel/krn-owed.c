/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-host"

#include "config.h"

#include "krn-host-private.h"

/* What a kernel has put out is owed to somebody until a saved notebook holds it. A client that follows
 * the journal says when that is so (`held`). Another client of Jupyter says nothing: what was shown to
 * it while it was there is its own. */

static gboolean
is_output (SageJupyterMessage *message)
{
  static const char *const outputs[] = {
    "stream", "display_data", "update_display_data", "execute_result", "error",
  };

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    if (g_str_equal (outputs[i], sage_jupyter_message_get_msg_type (message)))
      return TRUE;

  return FALSE;
}

/* Whether somebody is there who was shown it and will never say that it is kept. */
static gboolean
is_taken (KrnHost *self)
{
  gboolean taken = FALSE;

  for (guint i = 0; i < self->clients->len; i++)
    {
      KrnClient *client = g_ptr_array_index (self->clients, i);

      if (!krn_client_has_channels (client))
        continue;
      if (krn_client_is_numbered (client))
        return FALSE;
      taken = TRUE;
    }

  return taken;
}

/**
 * krn_host_note_output:
 * @message: what the kernel said
 * @seq: its number
 *
 * Remembers that an output was put out which is not in a saved notebook yet.
 */
void
krn_host_note_output (KrnHost            *self,
                      SageJupyterMessage *message,
                      guint64             seq)
{
  if (is_output (message) && !is_taken (self))
    self->status.owed_seq = seq;
}

/**
 * krn_host_note_held:
 * @seq: a number
 *
 * Remembers that a saved notebook holds all up to @seq.
 */
void
krn_host_note_held (KrnHost *self,
                    guint64  seq)
{
  self->status.held_seq = MAX (self->status.held_seq, MIN (seq, krn_journal_get_last (self->journal)));
}
