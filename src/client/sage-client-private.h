/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-client.h"

G_BEGIN_DECLS

struct _SageClient
{
  GObject      parent_instance;

  SoupSession *session;    /* (owned) */
  char        *endpoint;   /* (owned), as given: for messages */
  GUri        *uri;        /* (owned) (nullable): NULL if the endpoint is no HTTP URL */
  char        *access_key; /* (owned) (nullable): no signature without one */
  char        *secret;     /* (owned) (nullable) */
  char        *session_token; /* (owned) (nullable): goes with the keys of a login */
  char        *region;     /* (owned) */
  SageTrust   *trust;      /* (owned): which certificates it takes */
};

GUri        *sage_client_make_uri        (SageClient           *self,
                                          const char           *path);
void         sage_client_sign            (SageClient           *self,
                                          const char           *service,
                                          const char           *method,
                                          GUri                 *uri,
                                          SoupMessageHeaders   *headers,
                                          const char           *payload_hash);
SoupMessage *sage_client_make_message    (SageClient           *self,
                                          const char           *service,
                                          const char           *method,
                                          const char           *path,
                                          const char * const   *headers,
                                          GBytes               *body,
                                          gboolean              unsigned_payload);
gboolean     sage_client_throw_endpoint  (SageClient           *self,
                                          GError              **error);
void         sage_client_translate_error (SageClient           *self,
                                          GError              **error);

GBytes      *sage_client_exchange        (SageClient           *self,
                                          SoupMessage          *message,
                                          gsize                 max_bytes,
                                          GCancellable         *cancellable,
                                          GError              **error);
void         sage_client_exchange_async  (SageClient           *self,
                                          SoupMessage          *message,
                                          gsize                 max_bytes,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
GBytes      *sage_client_exchange_finish (SageClient           *self,
                                          GAsyncResult         *result,
                                          GError              **error);

G_END_DECLS
