/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"
#include "sage-jupyter-server.h"

G_BEGIN_DECLS

/**
 * SageKernelLink:
 * @SAGE_KERNEL_LINK_CLOSED: nobody asked for a connection
 * @SAGE_KERNEL_LINK_CONNECTING: the first connection is being made
 * @SAGE_KERNEL_LINK_CONNECTED: messages flow
 * @SAGE_KERNEL_LINK_AWAY: it was connected, is not, and tries to be again
 * @SAGE_KERNEL_LINK_DEAD: another try would be of no use; the error tells why
 *
 * How a client stands to its kernel.
 */
typedef enum
{
  SAGE_KERNEL_LINK_CLOSED,
  SAGE_KERNEL_LINK_CONNECTING,
  SAGE_KERNEL_LINK_CONNECTED,
  SAGE_KERNEL_LINK_AWAY,
  SAGE_KERNEL_LINK_DEAD,
} SageKernelLink;

#define SAGE_TYPE_KERNEL_LINK (sage_kernel_link_get_type ())
GType sage_kernel_link_get_type (void);

/*
 * One kernel's channels, for as long as they are wanted: connects, notices when the connection is
 * gone, and connects again. From our engine nothing is lost or doubled by that, because it goes on
 * after the last message it had; another server may have lost some.
 *
 * Properties: "state" (SageKernelLink), "error" (boxed GError, nullable: why it is away or dead),
 * "kernel-state" (SageKernelState), "info" (boxed JsonObject, nullable: the content of the last
 * kernel_info_reply), "last-seq" (the number of the last message of the journal that was emitted).
 *
 * Signals: "message" (SageJupyterMessage): each message of the kernel, in order; of a flood of
 * output the consecutive pieces of one stream come as one. "request-lost" (const char *msg_id,
 * const GError *error): what was asked for gets no answer any more, or not all of it: the kernel
 * died or was restarted, or the connection broke.
 */
#define SAGE_TYPE_KERNEL_CLIENT (sage_kernel_client_get_type ())

G_DECLARE_FINAL_TYPE (SageKernelClient, sage_kernel_client, SAGE, KERNEL_CLIENT, GObject)

SageKernelClient   *sage_kernel_client_new              (SageJupyterServer    *server,
                                                         const char           *kernel_id,
                                                         gint64                after);
void                sage_kernel_client_open             (SageKernelClient     *self);
void                sage_kernel_client_close            (SageKernelClient     *self);
SageJupyterServer  *sage_kernel_client_get_server       (SageKernelClient     *self);
const char         *sage_kernel_client_get_kernel_id    (SageKernelClient     *self);
SageKernelLink      sage_kernel_client_get_state        (SageKernelClient     *self);
const GError       *sage_kernel_client_get_error        (SageKernelClient     *self);
SageKernelState     sage_kernel_client_get_kernel_state (SageKernelClient     *self);
JsonObject         *sage_kernel_client_get_info         (SageKernelClient     *self);
gint64              sage_kernel_client_get_last_seq     (SageKernelClient     *self);

char               *sage_kernel_client_execute          (SageKernelClient     *self,
                                                         const char           *code,
                                                         SageExecuteFlags      flags,
                                                         const char           *cell_id);
void                sage_kernel_client_input_reply      (SageKernelClient     *self,
                                                         SageJupyterMessage   *request,
                                                         const char           *value);
void                sage_kernel_client_request_async    (SageKernelClient     *self,
                                                         SageJupyterChannel    channel,
                                                         const char           *msg_type,
                                                         JsonObject           *content,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
SageJupyterMessage *sage_kernel_client_request_finish   (SageKernelClient     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
void                sage_kernel_client_restart_async    (SageKernelClient     *self,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
gboolean            sage_kernel_client_restart_finish   (SageKernelClient     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
void                sage_kernel_client_comm_open        (SageKernelClient     *self,
                                                         const char           *comm_id,
                                                         const char           *target_name,
                                                         JsonObject           *metadata,
                                                         JsonObject           *data);
void                sage_kernel_client_comm_msg         (SageKernelClient     *self,
                                                         const char           *comm_id,
                                                         JsonObject           *data);
void                sage_kernel_client_comm_close       (SageKernelClient     *self,
                                                         const char           *comm_id,
                                                         JsonObject           *data);

G_END_DECLS
