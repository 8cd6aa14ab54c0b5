/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SAGE_TYPE_CLIENT (sage_client_get_type ())

G_DECLARE_FINAL_TYPE (SageClient, sage_client, SAGE, CLIENT, GObject)

SageClient *sage_client_new         (const char           *endpoint,
                                     const char           *access_key,
                                     const char           *secret,
                                     const char           *region);
void        sage_client_call_async  (SageClient           *self,
                                     const char           *target,
                                     JsonObject           *input,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
JsonObject *sage_client_call_finish (SageClient           *self,
                                     GAsyncResult         *result,
                                     GError              **error);
JsonObject *sage_client_call        (SageClient           *self,
                                     const char           *target,
                                     JsonObject           *input,
                                     GCancellable         *cancellable,
                                     GError              **error);
JsonObject *sage_client_get         (SageClient           *self,
                                     const char           *path,
                                     GCancellable         *cancellable,
                                     GError              **error);

G_END_DECLS
