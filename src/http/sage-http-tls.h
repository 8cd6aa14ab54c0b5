/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a server shows to TLS clients, and which of theirs it takes. Never changes once made; may be
 * used from any thread. */
typedef struct _SageHttpTls SageHttpTls;

typedef enum
{
  SAGE_HTTP_CLIENTS_NONE,     /* are not asked for a certificate */
  SAGE_HTTP_CLIENTS_OPTIONAL, /* may show one, which must be a pinned one */
  SAGE_HTTP_CLIENTS_REQUIRED, /* must */
} SageHttpClients;

SageHttpTls *sage_http_tls_new         (const char       *certificate,
                                        const char       *key,
                                        SageHttpClients   clients,
                                        GHashTable       *pins,
                                        GError          **error);
SageHttpTls *sage_http_tls_ref         (SageHttpTls      *tls);
void         sage_http_tls_unref       (SageHttpTls      *tls);
const char  *sage_http_tls_fingerprint (SageHttpTls      *tls);
char        *sage_http_tls_parse_pin   (const char       *text,
                                        GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageHttpTls, sage_http_tls_unref)

G_END_DECLS
