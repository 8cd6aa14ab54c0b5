/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-http"

#include "config.h"

#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sage-digest.h"
#include "tls-peer.h"

#define DAY (24 * 60 * 60)
#define WAIT_MS 10000

static char *
make_pin (const gnutls_datum_t *datum)
{
  guint8 digest[SAGE_SHA256_SIZE];
  g_autofree char *hex = NULL;

  sage_sha256 (datum->data, datum->size, digest);
  hex = sage_hex (digest, sizeof digest);
  return g_strconcat ("sha256:", hex, NULL);
}

static char *
write_pem (const char     *dir,
           const char     *name,
           const char     *suffix,
           gnutls_datum_t  pem)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  char *path = g_build_filename (dir, file, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents_full (path, (const char *) pem.data, (gssize) pem.size,
                            G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  gnutls_free (pem.data);
  return path;
}

/* Makes a certificate that is good for @days from yesterday on; less than none for one that has been. */
TlsIdentity *
tls_identity_new (const char *dir,
                  const char *name,
                  const char *common_name,
                  int         days)
{
  TlsIdentity *self = g_new0 (TlsIdentity, 1);
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_pubkey_t pubkey;
  gnutls_datum_t datum;
  guint8 serial = 1;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_key (crt, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (crt, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (crt, &serial, 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                                  (unsigned int) strlen (common_name)), ==, 0);
  gnutls_x509_crt_set_activation_time (crt, time (NULL) - (days > 0 ? 1 : 10) * DAY);
  gnutls_x509_crt_set_expiration_time (crt, time (NULL) + days * DAY);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);

  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &datum), ==, 0);
  self->key = write_pem (dir, name, ".key", datum);
  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &datum), ==, 0);
  self->certificate = write_pem (dir, name, ".pem", datum);
  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &datum), ==, 0);
  self->pin = make_pin (&datum);
  gnutls_free (datum.data);
  g_assert_cmpint (gnutls_pubkey_init (&pubkey), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (pubkey, crt, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (pubkey, GNUTLS_X509_FMT_DER, &datum), ==, 0);
  self->key_pin = make_pin (&datum);
  gnutls_free (datum.data);

  gnutls_pubkey_deinit (pubkey);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  return self;
}

void
tls_identity_free (TlsIdentity *self)
{
  g_unlink (self->certificate);
  g_unlink (self->key);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->pin);
  g_free (self->key_pin);
  g_free (self);
}

/* Connects, without a handshake yet.
 * @certificate: (nullable): what to show
 * @key: (nullable): need not be the key to it */
TlsPeer *
tls_peer_new (guint16     port,
              const char *certificate,
              const char *key)
{
  TlsPeer *self = g_new0 (TlsPeer, 1);
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons (port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (connect (self->fd, (struct sockaddr *) &where, sizeof where), ==, 0);

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&self->credentials), ==, 0);
  gnutls_certificate_set_flags (self->credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  if (certificate != NULL)
    g_assert_cmpint (gnutls_certificate_set_x509_key_file (self->credentials, certificate, key,
                                                           GNUTLS_X509_FMT_PEM), >=, 0);
  g_assert_cmpint (gnutls_init (&self->session, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT), ==, 0);
  gnutls_set_default_priority (self->session);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials);
  gnutls_transport_set_int (self->session, self->fd);
  gnutls_handshake_set_timeout (self->session, WAIT_MS);
  gnutls_record_set_timeout (self->session, WAIT_MS);
  return self;
}

/* Returns: 0 once the handshake is done, or what GnuTLS says */
int
tls_peer_shake (TlsPeer *self)
{
  int result;

  do
    result = gnutls_handshake (self->session);
  while (result < 0 && !gnutls_error_is_fatal (result));
  return result;
}

void
tls_peer_send (TlsPeer    *self,
               const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      ssize_t n = gnutls_record_send (self->session, text, length);

      if (n < 0)
        return; /* the server has ended it */
      text += n;
      length -= (gsize) n;
    }
}

/* Reads until @until (%NULL: nothing) has come, or the end. Returns: (transfer full): what came.
 * @result: (out) (optional): 0 for an announced end, less for another, 1 when @until has come */
char *
tls_peer_read (TlsPeer    *self,
               const char *until,
               int        *result)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char bytes[4096];
  ssize_t n = 1;

  while (n > 0 && (until == NULL || strstr (text->str, until) == NULL))
    {
      do
        n = gnutls_record_recv (self->session, bytes, sizeof bytes);
      while (n < 0 && !gnutls_error_is_fatal ((int) n) && n != GNUTLS_E_TIMEDOUT);
      if (n > 0)
        g_string_append_len (text, bytes, n);
    }
  if (result != NULL)
    *result = (int) MIN (n, 1);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

void
tls_peer_free (TlsPeer *self)
{
  gnutls_deinit (self->session);
  gnutls_certificate_free_credentials (self->credentials);
  close (self->fd);
  g_free (self);
}
