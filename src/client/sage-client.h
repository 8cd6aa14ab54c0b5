/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "sage-reply.h"
#include "sage-trust.h"

G_BEGIN_DECLS

#define SAGE_TYPE_CLIENT (sage_client_get_type ())

G_DECLARE_FINAL_TYPE (SageClient, sage_client, SAGE, CLIENT, GObject)

/* A reply is at most this long, unless the caller allows more. */
#define SAGE_CLIENT_MAX_REPLY ((gsize) 16 * 1024 * 1024)

SageClient *sage_client_new             (const char            *endpoint,
                                         const char            *access_key,
                                         const char            *secret,
                                         const char            *region);
SageClient *sage_client_new_trusting    (const char            *endpoint,
                                         const char            *access_key,
                                         const char            *secret,
                                         const char            *region,
                                         SageTrust             *trust);
void        sage_client_set_session_token (SageClient          *self,
                                         const char            *token);
SageTrust  *sage_client_get_trust       (SageClient            *self);
const char *sage_client_get_endpoint    (SageClient            *self);
gboolean    sage_client_is_local        (SageClient            *self);
void        sage_client_get_credentials (SageClient            *self,
                                         const char           **access_key,
                                         const char           **secret);

/* Operations of the AWS JSON services, and what an engine offers beside them. */
void        sage_client_call_async      (SageClient            *self,
                                         const char            *target,
                                         JsonObject            *input,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data);
JsonObject *sage_client_call_finish     (SageClient            *self,
                                         GAsyncResult          *result,
                                         GError               **error);
JsonObject *sage_client_call            (SageClient            *self,
                                         const char            *target,
                                         JsonObject            *input,
                                         GCancellable          *cancellable,
                                         GError               **error);
void        sage_client_get_async       (SageClient            *self,
                                         const char            *path,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data);
JsonObject *sage_client_get_finish      (SageClient            *self,
                                         GAsyncResult          *result,
                                         GError               **error);
JsonObject *sage_client_get             (SageClient            *self,
                                         const char            *path,
                                         GCancellable          *cancellable,
                                         GError               **error);
JsonObject *sage_client_request         (SageClient            *self,
                                         const char            *method,
                                         const char            *path,
                                         JsonObject            *input,
                                         GError               **error);

/* Any request, e.g. an invocation of an endpoint or an object of S3. */
void        sage_client_send_async      (SageClient            *self,
                                         const char            *service,
                                         const char            *method,
                                         const char            *path,
                                         const char * const    *headers,
                                         GBytes                *body,
                                         gsize                  max_bytes,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data);
SageReply  *sage_client_send_finish     (SageClient            *self,
                                         GAsyncResult          *result,
                                         GError               **error);

/* Objects of S3, to and from files. */
char       *sage_client_object_path     (const char            *bucket,
                                         const char            *key);
void        sage_client_download_async  (SageClient            *self,
                                         const char            *path,
                                         GFile                 *file,
                                         GFileProgressCallback  progress,
                                         gpointer               progress_data,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data);
gboolean    sage_client_download_finish (SageClient            *self,
                                         GAsyncResult          *result,
                                         GError               **error);
void        sage_client_upload_async    (SageClient            *self,
                                         GFile                 *file,
                                         const char            *path,
                                         const char            *content_type,
                                         GFileProgressCallback  progress,
                                         gpointer               progress_data,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data);
gboolean    sage_client_upload_finish   (SageClient            *self,
                                         GAsyncResult          *result,
                                         GError               **error);

G_END_DECLS
