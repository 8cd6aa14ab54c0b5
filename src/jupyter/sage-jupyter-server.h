/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-server-model.h"
#include "sage-trust.h"

G_BEGIN_DECLS

/*
 * A server that speaks the Jupyter Server protocol: Jupyter's own, or our engine. Property:
 * "is-sagebrush" (it is our engine, whose kernels keep a journal; known after the first probe).
 */
#define SAGE_TYPE_JUPYTER_SERVER (sage_jupyter_server_get_type ())

G_DECLARE_FINAL_TYPE (SageJupyterServer, sage_jupyter_server, SAGE, JUPYTER_SERVER, GObject)

SageJupyterServer *sage_jupyter_server_new            (const char           *url,
                                                       const char           *token);
SageJupyterServer *sage_jupyter_server_new_for_engine (const char           *endpoint,
                                                       const char           *access_key,
                                                       const char           *secret);
void               sage_jupyter_server_set_trust      (SageJupyterServer    *self,
                                                       SageTrust            *trust);
const char        *sage_jupyter_server_get_address    (SageJupyterServer    *self);
gboolean           sage_jupyter_server_is_local       (SageJupyterServer    *self);
gboolean           sage_jupyter_server_is_sagebrush   (SageJupyterServer    *self);

void       sage_jupyter_server_probe_async            (SageJupyterServer    *self,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_probe_finish           (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

void       sage_jupyter_server_list_specs_async       (SageJupyterServer    *self,
                                                       const char           *folder,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
GPtrArray *sage_jupyter_server_list_specs_finish      (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

/* Kernels. */
void       sage_jupyter_server_list_kernels_async     (SageJupyterServer    *self,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
GPtrArray *sage_jupyter_server_list_kernels_finish    (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_start_kernel_async     (SageJupyterServer    *self,
                                                       const char           *spec,
                                                       const char           *path,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
SageServerKernel *sage_jupyter_server_start_kernel_finish (SageJupyterServer *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_get_kernel_async       (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
SageServerKernel *sage_jupyter_server_get_kernel_finish (SageJupyterServer  *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_interrupt_async        (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_interrupt_finish       (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_restart_async          (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_restart_finish         (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_shutdown_async         (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_shutdown_finish        (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

/* Sessions: which kernel belongs to which notebook. */
void       sage_jupyter_server_list_sessions_async    (SageJupyterServer    *self,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
GPtrArray *sage_jupyter_server_list_sessions_finish   (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_create_session_async   (SageJupyterServer    *self,
                                                       const char           *path,
                                                       const char           *spec,
                                                       const char           *kernel_id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
SageServerSession *sage_jupyter_server_create_session_finish (SageJupyterServer *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_change_session_async   (SageJupyterServer    *self,
                                                       const char           *id,
                                                       const char           *path,
                                                       const char           *spec,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
SageServerSession *sage_jupyter_server_change_session_finish (SageJupyterServer *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_delete_session_async   (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_delete_session_finish  (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

/* What our engine offers beside Jupyter's. */
void       sage_jupyter_server_get_facts_async        (SageJupyterServer    *self,
                                                       const char           *id,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
JsonObject *sage_jupyter_server_get_facts_finish      (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);
void       sage_jupyter_server_hold_journal_async     (SageJupyterServer    *self,
                                                       const char           *id,
                                                       gint64                seq,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean   sage_jupyter_server_hold_journal_finish    (SageJupyterServer    *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

G_END_DECLS
