/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-channel.h"

G_BEGIN_DECLS

/* Where a kernel listens and with what key it signs: the connection file. Heartbeat beside the
 * channels of messages. */
typedef struct
{
  char  *path;                              /* (owned): the file */
  char  *key;                               /* (owned) */
  char  *endpoints[SAGE_JUPYTER_N_CHANNELS]; /* (owned): as ZeroMQ names them */
  char  *heartbeat;                         /* (owned) */
} KrnConnection;

#define KRN_CONNECTION_FILE "connection.json"

KrnConnection *krn_connection_make (const char     *directory,
                                    const char     *kernel_name,
                                    gboolean        use_tcp,
                                    GError        **error);
void           krn_connection_free (KrnConnection  *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnConnection, krn_connection_free)

G_END_DECLS
