/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-jupyter-server.h"

G_BEGIN_DECLS

struct _SageJupyterServer
{
  GObject      parent_instance;

  SoupSession *session;       /* (owned) */
  char        *address;       /* (owned): for messages; without a token */
  GUri        *uri;           /* (owned) (nullable): NULL if the address is no HTTP URL */
  char        *socket_path;   /* (owned) (nullable) */
  char        *authorization; /* (owned) (nullable) */
  SageTrust   *trust;         /* (owned) (nullable): which certificates it takes */
  gboolean     is_engine;     /* what to call its credentials */
  gboolean     is_sagebrush;
  gboolean     is_known;      /* it was asked whether it is */
};

/* Makes of an answer what the caller wants. */
typedef gpointer (*SageServerRead) (JsonNode  *node,
                                    GError   **error);

void                     sage_jupyter_server_send             (SageJupyterServer    *self,
                                                               const char           *method,
                                                               const char           *path,
                                                               JsonObject           *body,
                                                               const char           *subject,
                                                               SageServerRead        read,
                                                               GDestroyNotify        free_func,
                                                               GTask                *task);
void                     sage_jupyter_server_throw_status     (SageJupyterServer    *self,
                                                               guint                 status,
                                                               const char           *subject,
                                                               const char           *text,
                                                               GError              **error);
GError                  *sage_jupyter_server_translate        (SageJupyterServer    *self,
                                                               GError               *error);
void                     sage_jupyter_server_throw_no_url     (SageJupyterServer    *self,
                                                               GTask                *task);
GUri                    *sage_jupyter_server_make_uri         (SageJupyterServer    *self,
                                                               const char           *path);
void                     sage_jupyter_server_set_sagebrush    (SageJupyterServer    *self,
                                                               gboolean              is_sagebrush);
gboolean                 sage_jupyter_server_is_known         (SageJupyterServer    *self);
void                     sage_jupyter_server_websocket_async  (SageJupyterServer    *self,
                                                               const char           *path,
                                                               const char           *subject,
                                                               GCancellable         *cancellable,
                                                               GAsyncReadyCallback   callback,
                                                               gpointer              user_data);
SoupWebsocketConnection *sage_jupyter_server_websocket_finish (SageJupyterServer    *self,
                                                               GAsyncResult         *result,
                                                               GError              **error);

G_END_DECLS
