/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "krn-connection.h"
#include "sage-jupyter-message.h"

G_BEGIN_DECLS

/* The ZeroMQ sockets of one life of a kernel: what they bring is handed over from the main loop. */
typedef struct _KrnSockets KrnSockets;

typedef void (*KrnSocketsTake) (SageJupyterMessage *message,
                                gpointer            user_data);

KrnSockets *krn_sockets_open       (const KrnConnection  *connection,
                                    KrnSocketsTake        take,
                                    gpointer              user_data,
                                    GError              **error);
void        krn_sockets_free       (KrnSockets           *sockets);
gboolean    krn_sockets_send       (KrnSockets           *sockets,
                                    SageJupyterMessage   *message,
                                    GError              **error);
void        krn_sockets_drain      (KrnSockets           *sockets);
gint64      krn_sockets_get_silence (KrnSockets          *sockets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnSockets, krn_sockets_free)

G_END_DECLS
