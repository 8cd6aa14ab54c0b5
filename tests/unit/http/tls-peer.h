/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "http-fixture.h"

G_BEGIN_DECLS

/* A certificate that vouches for itself, in files. */
typedef struct
{
  char *certificate; /* (owned): path */
  char *key;         /* (owned): path */
  char *pin;         /* (owned): of the certificate */
  char *key_pin;     /* (owned): of its public key */
} TlsIdentity;

/* A client's end of a TLS connection. */
typedef struct
{
  int                              fd; /* (owned) */
  gnutls_session_t                 session;     /* (owned) */
  gnutls_certificate_credentials_t credentials; /* (owned) */
} TlsPeer;

TlsIdentity *tls_identity_new  (const char  *dir,
                                const char  *name,
                                const char  *common_name,
                                int          days);
void         tls_identity_free (TlsIdentity *identity);

TlsPeer     *tls_peer_new      (guint16      port,
                                const char  *certificate,
                                const char  *key);
int          tls_peer_shake    (TlsPeer     *peer);
void         tls_peer_send     (TlsPeer     *peer,
                                const char  *text);
char        *tls_peer_read     (TlsPeer     *peer,
                                const char  *until,
                                int         *result);
void         tls_peer_free     (TlsPeer     *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsIdentity, tls_identity_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsPeer, tls_peer_free)

G_END_DECLS
