/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many mistakes are let pass. */
typedef struct
{
  guint  allowance;  /* at once */
  double per_second; /* and then */
} SageSigLimit;

/* Counts wrong signatures, and says for how long their senders had better wait. */
typedef struct _SageSigBackoff SageSigBackoff;

SageSigBackoff *sage_sig_backoff_new  (void);
SageSigBackoff *sage_sig_backoff_new_with (const SageSigLimit *key,
                                       const SageSigLimit *peer,
                                       guint32         seed);
void            sage_sig_backoff_free (SageSigBackoff *backoff);
guint           sage_sig_backoff_fail (SageSigBackoff *backoff,
                                       const char     *access_key,
                                       const char     *peer,
                                       gint64          now);
guint           sage_sig_backoff_wait (SageSigBackoff *backoff,
                                       const char     *access_key,
                                       const char     *peer,
                                       gint64          now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageSigBackoff, sage_sig_backoff_free)

G_END_DECLS
