/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts wrong signatures, and says for how long their senders had better wait. */
typedef struct _SageSigBackoff SageSigBackoff;

SageSigBackoff *sage_sig_backoff_new  (void);
void            sage_sig_backoff_free (SageSigBackoff *backoff);
guint           sage_sig_backoff_fail (SageSigBackoff *backoff,
                                       const char     *access_key,
                                       const char     *peer,
                                       gint64          now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageSigBackoff, sage_sig_backoff_free)

G_END_DECLS
