/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <signal.h>

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

/* The channels of a kernel, for a program that does nothing else meanwhile: it blocks. The other end
 * is krn-client.h's. */
typedef struct _KrnLink KrnLink;

KrnLink            *krn_link_open    (const char          *directory,
                                      GError             **error);
void                krn_link_free    (KrnLink             *link);
gboolean            krn_link_send    (KrnLink             *link,
                                      SageJupyterMessage  *message,
                                      GError             **error);
SageJupyterMessage *krn_link_receive (KrnLink             *link,
                                      const sigset_t      *unblocked,
                                      GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnLink, krn_link_free)

G_END_DECLS
