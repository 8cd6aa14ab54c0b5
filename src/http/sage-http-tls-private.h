/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "sage-digest.h"
#include "sage-http-tls.h"

G_BEGIN_DECLS

/* What a pin can name, as hex; empty where a client has shown no certificate. */
typedef struct
{
  char certificate[SAGE_SHA256_HEX];
  char key[SAGE_SHA256_HEX];
} SageHttpTlsDigests;

/* TLS on one socket. */
typedef struct
{
  gnutls_session_t   session; /* (owned) */
  SageHttpTls       *tls;     /* (owned) */
  SageHttpTlsDigests digests; /* of the client's certificate */
} SageHttpTlsSession;

const char         *sage_http_tls_find_client  (SageHttpTls              *tls,
                                                const SageHttpTlsDigests *digests);
gboolean            sage_http_tls_admits       (SageHttpTls              *tls,
                                                const SageHttpTlsDigests *digests);
SageHttpTlsSession *sage_http_tls_session_new  (SageHttpTls              *tls,
                                                int                       fd);
void                sage_http_tls_session_free (SageHttpTlsSession       *session);

G_END_DECLS
