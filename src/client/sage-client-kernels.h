/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"

G_BEGIN_DECLS

/* What our engine does for its kernels beside Jupyter's protocol. */

void     sage_client_keep_kernel_async      (SageClient          *self,
                                             const char          *id,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean sage_client_keep_kernel_finish     (SageClient          *self,
                                             GAsyncResult        *result,
                                             GError             **error);

/**
 * SageKernelIdle:
 * @seconds: how long a kernel may have nothing to do until it is shut down; 0: for ever
 * @is_fixed: the engine was started with it, and does not change it
 */
typedef struct
{
  guint    seconds;
  gboolean is_fixed;
} SageKernelIdle;

void     sage_client_get_kernel_idle_async  (SageClient          *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean sage_client_get_kernel_idle_finish (SageClient          *self,
                                             GAsyncResult        *result,
                                             SageKernelIdle      *idle,
                                             GError             **error);
void     sage_client_set_kernel_idle_async  (SageClient          *self,
                                             guint                seconds,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean sage_client_set_kernel_idle_finish (SageClient          *self,
                                             GAsyncResult        *result,
                                             GError             **error);

G_END_DECLS
