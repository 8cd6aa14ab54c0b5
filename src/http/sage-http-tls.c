/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-http-tls-private.h"

/*
 * Certificate, key and pins. There are no authorities for clients: a certificate is taken when its
 * SHA-256, or that of its public key, was entered for a user, and while its dates allow.
 */

#define MAX_PEM (1024 * 1024)
#define PIN_PREFIX "sha256:"
#define PIN_HEX (2 * SAGE_SHA256_SIZE)

/* TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone */
#define PRIORITIES                                                                                 \
  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"                    \
  "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:"                       \
  "%SERVER_PRECEDENCE:%SAFE_RENEGOTIATION"

struct _SageHttpTls
{
  gatomicrefcount                  ref_count;
  gnutls_certificate_credentials_t credentials; /* (owned) */
  gnutls_priority_t                priorities;  /* (owned) */
  SageHttpClients                  clients;
  GHashTable                      *pins;        /* (owned): SHA-256 in hex → name of a user */
  char                            *fingerprint; /* (owned): of our certificate */
};

/**
 * sage_http_tls_parse_pin:
 * @text: `sha256:` and 64 hexadecimal digits, with colons between pairs or without
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID
 *
 * Returns: (transfer full): the digits alone, in lower case; %NULL on error
 */
char *
sage_http_tls_parse_pin (const char  *text,
                         GError     **error)
{
  g_autoptr(GString) digits = g_string_new (NULL);

  if (g_str_has_prefix (text, PIN_PREFIX))
    {
      for (const char *c = text + strlen (PIN_PREFIX); *c != '\0'; c++)
        {
          if (g_ascii_isxdigit (*c))
            g_string_append_c (digits, g_ascii_tolower (*c));
          else if (*c != ':' || digits->len % 2 != 0 || digits->len == 0 || c[-1] == ':')
            break;
          if (digits->len == PIN_HEX && *c != ':' && c[1] == '\0')
            return g_string_free_and_steal (g_steal_pointer (&digits));
        }
    }

  sage_throw (error, SAGE_ERROR_INVALID,
              "'%s' is no pin: 'sha256:' and the 64 hexadecimal digits of a certificate's "
              "fingerprint are expected", text);
  return NULL;
}

/* Who may read the key of a server can stand in for it. Root's key may be shared with a group, as
 * /etc/ssl/private is. */
static gboolean
check_key_mode (int          fd,
                const char  *path,
                GError     **error)
{
  struct stat st;
  mode_t forbidden;

  if (fstat (fd, &st) != 0)
    return sage_throw_errno (error, "Cannot look at the key '%s'", path);
  if (!S_ISREG (st.st_mode))
    return sage_throw (error, SAGE_ERROR_INVALID, "The key '%s' is no regular file", path);
  if (st.st_uid != 0 && st.st_uid != geteuid ())
    return sage_throw (error, SAGE_ERROR_DENIED,
                       "The key '%s' belongs to another user than the one that the engine runs as",
                       path);

  forbidden = st.st_uid == geteuid () ? 077 : 027;
  if ((st.st_mode & forbidden) != 0)
    return sage_throw (error, SAGE_ERROR_DENIED,
                       "The key '%s' can be read or changed by others. Run: chmod %s '%s'", path,
                       forbidden == 077 ? "600" : "640", path);
  return TRUE;
}

/* Reads a file that may be reached through links, as certbot leaves them. Of a key the mode is looked
 * at, of the very file that is read. */
static GByteArray *
read_pem (const char  *path,
          gboolean     is_key,
          GError     **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autoptr(GByteArray) pem = g_byte_array_new ();
  guint8 bytes[4096];
  ssize_t n;

  if (fd < 0)
    {
      sage_throw_errno (error, "Cannot open '%s'", path);
      return NULL;
    }
  if (is_key && !check_key_mode (fd, path, error))
    return NULL;

  while (((n = read (fd, bytes, sizeof bytes)) > 0 && pem->len < MAX_PEM) || (n < 0 && errno == EINTR))
    if (n > 0)
      g_byte_array_append (pem, bytes, (guint) n);
  if (n < 0)
    sage_throw_errno (error, "Cannot read '%s'", path);
  else if (n > 0)
    sage_throw (error, SAGE_ERROR_TOO_LARGE, "'%s' is too long to be a certificate or a key", path);
  explicit_bzero (bytes, sizeof bytes);
  if (n != 0)
    return NULL;
  return g_steal_pointer (&pem);
}

static gboolean
throw_tls (int          result,
           GError     **error,
           const char  *what)
{
  return sage_throw (error, SAGE_ERROR_INVALID, "%s: %s", what, gnutls_strerror (result));
}

static void
hash_datum (const gnutls_datum_t *datum,
            char                  hex[SAGE_SHA256_HEX])
{
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (datum->data, datum->size, digest);
  sage_hex_write (digest, sizeof digest, hex);
}

/* As `openssl x509 -fingerprint -sha256` prints it. */
static char *
format_fingerprint (const char *hex)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < PIN_HEX; i += 2)
    g_string_append_printf (text, "%s%c%c", i > 0 ? ":" : "", g_ascii_toupper (hex[i]),
                            g_ascii_toupper (hex[i + 1]));
  return g_string_free_and_steal (text);
}

/* A certificate that is out of date is shown all the same: who has pinned it goes on. */
static void
warn_of_dates (SageHttpTls *self,
               const char  *path)
{
  gnutls_x509_crt_t *chain = NULL;
  unsigned int n = 0;
  time_t now = time (NULL);

  if (gnutls_certificate_get_x509_crt (self->credentials, 0, &chain, &n) != 0)
    return;
  if (n > 0 && now > gnutls_x509_crt_get_expiration_time (chain[0]))
    g_warning ("The certificate '%s' has expired", path);
  else if (n > 0 && now < gnutls_x509_crt_get_activation_time (chain[0]))
    g_warning ("The certificate '%s' is not valid yet", path);
  for (unsigned int i = 0; i < n; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_free (chain);
}

static gboolean
load_pair (SageHttpTls  *self,
           const char   *certificate,
           const char   *key,
           GError      **error)
{
  g_autoptr(GByteArray) certificate_pem = read_pem (certificate, FALSE, error);
  g_autoptr(GByteArray) key_pem = NULL;
  gnutls_datum_t certificate_datum;
  gnutls_datum_t key_datum;
  gnutls_datum_t der;
  char hex[SAGE_SHA256_HEX];
  int result;

  if (certificate_pem == NULL)
    return FALSE;
  key_pem = read_pem (key, TRUE, error);
  if (key_pem == NULL)
    return FALSE;

  certificate_datum = (gnutls_datum_t) { certificate_pem->data, certificate_pem->len };
  key_datum = (gnutls_datum_t) { key_pem->data, key_pem->len };
  result = gnutls_certificate_set_x509_key_mem2 (self->credentials, &certificate_datum, &key_datum,
                                                 GNUTLS_X509_FMT_PEM, NULL, 0);
  if (key_pem->len > 0)
    explicit_bzero (key_pem->data, key_pem->len);
  if (result < 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The certificate '%s' and the key '%s' cannot be used together: %s",
                       certificate, key, gnutls_strerror (result));
  result = gnutls_certificate_get_crt_raw (self->credentials, 0, 0, &der);
  if (result < 0)
    return throw_tls (result, error, "Cannot read the certificate");

  hash_datum (&der, hex);
  self->fingerprint = format_fingerprint (hex);
  warn_of_dates (self, certificate);
  return TRUE;
}

/**
 * sage_http_tls_new:
 * @certificate: path of a PEM file: the server's certificate, and then those that vouch for it
 * @key: path of its private key in PEM; others must not be able to read it
 * @clients: whether clients show certificates
 * @pins: (element-type utf8 utf8) (nullable): sage_http_tls_parse_pin() → name of the user
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID, %SAGE_ERROR_DENIED for a key that others
 *   can read, %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_IO
 *
 * Returns: (transfer full): what a server needs to speak TLS; %NULL on error
 */
SageHttpTls *
sage_http_tls_new (const char       *certificate,
                   const char       *key,
                   SageHttpClients   clients,
                   GHashTable       *pins,
                   GError          **error)
{
  g_autoptr(SageHttpTls) self = g_new0 (SageHttpTls, 1);
  const char *where = NULL;
  GHashTableIter iter;
  gpointer pin;
  gpointer name;
  int result;

  g_atomic_ref_count_init (&self->ref_count);
  self->clients = clients;
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (pins != NULL)
    {
      g_hash_table_iter_init (&iter, pins);
      while (g_hash_table_iter_next (&iter, &pin, &name))
        g_hash_table_insert (self->pins, g_strdup (pin), g_strdup (name));
    }

  result = gnutls_certificate_allocate_credentials (&self->credentials);
  if (result == GNUTLS_E_SUCCESS)
    result = gnutls_priority_init (&self->priorities, PRIORITIES, &where);
  if (result != GNUTLS_E_SUCCESS)
    {
      throw_tls (result, error, "Cannot prepare TLS");
      return NULL;
    }
  if (!load_pair (self, certificate, key, error))
    return NULL;

  return g_steal_pointer (&self);
}

SageHttpTls *
sage_http_tls_ref (SageHttpTls *tls)
{
  g_atomic_ref_count_inc (&tls->ref_count);
  return tls;
}

void
sage_http_tls_unref (SageHttpTls *tls)
{
  if (!g_atomic_ref_count_dec (&tls->ref_count))
    return;
  if (tls->priorities != NULL)
    gnutls_priority_deinit (tls->priorities);
  if (tls->credentials != NULL)
    gnutls_certificate_free_credentials (tls->credentials);
  g_clear_pointer (&tls->pins, g_hash_table_unref);
  g_free (tls->fingerprint);
  g_free (tls);
}

/**
 * sage_http_tls_fingerprint:
 *
 * Returns: the SHA-256 of the server's certificate, "AB:CD:…"
 */
const char *
sage_http_tls_fingerprint (SageHttpTls *tls)
{
  return tls->fingerprint;
}

/* Returns: (nullable): the name of the user for whom a certificate is pinned */
const char *
sage_http_tls_find_client (SageHttpTls              *self,
                           const SageHttpTlsDigests *digests)
{
  const char *name = NULL;

  if (self->clients != SAGE_HTTP_CLIENTS_NONE)
    name = g_hash_table_lookup (self->pins, digests->certificate);
  if (name == NULL && self->clients != SAGE_HTTP_CLIENTS_NONE)
    name = g_hash_table_lookup (self->pins, digests->key);
  return name;
}

/* Tells whether a client may come that has shown this, or nothing. */
gboolean
sage_http_tls_admits (SageHttpTls              *self,
                      const SageHttpTlsDigests *digests)
{
  if (self->clients == SAGE_HTTP_CLIENTS_NONE)
    return TRUE;
  if (digests->certificate[0] == '\0')
    return self->clients == SAGE_HTTP_CLIENTS_OPTIONAL;
  return sage_http_tls_find_client (self, digests) != NULL;
}

/* Fills in what a pin can name: the @certificate that a client has shown, also as @der, and its key. */
static gboolean
hash_client (gnutls_x509_crt_t     certificate,
             const gnutls_datum_t *der,
             SageHttpTlsDigests   *digests)
{
  gnutls_datum_t spki = { 0 };
  gnutls_pubkey_t key = NULL;
  gboolean ok = gnutls_pubkey_init (&key) == 0 &&
                gnutls_pubkey_import_x509 (key, certificate, 0) == 0 &&
                gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki) == 0;

  if (ok)
    {
      hash_datum (der, digests->certificate);
      hash_datum (&spki, digests->key);
    }
  gnutls_free (spki.data);
  if (key != NULL)
    gnutls_pubkey_deinit (key);
  return ok;
}

static gboolean
is_in_date (gnutls_x509_crt_t certificate)
{
  time_t now = time (NULL);

  return now >= gnutls_x509_crt_get_activation_time (certificate) &&
         now <= gnutls_x509_crt_get_expiration_time (certificate);
}

/* For whoever is to enter a pin. Whoever tries often fills no log. */
static void
tell_of_refusal (SageHttpTlsSession *session,
                 const char         *why)
{
  static gint64 told;
  gint64 now = g_get_monotonic_time ();
  gint64 before = __atomic_load_n (&told, __ATOMIC_RELAXED);

  if ((before != 0 && now - before < G_USEC_PER_SEC) ||
      !__atomic_compare_exchange_n (&told, &before, now, FALSE, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return;
  g_message ("Refused a TLS client whose certificate %s: sha256:%s", why,
             session->digests.certificate);
}

/* Looks at the certificate that the client has shown, if any. That it has the key to it the
 * handshake itself makes sure of. */
static int
verify_client (gnutls_session_t session)
{
  SageHttpTlsSession *self = gnutls_session_get_ptr (session);
  unsigned int n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &n);
  gnutls_x509_crt_t certificate = NULL;
  const char *refused = NULL;

  if (chain == NULL || n == 0)
    return 0;
  if (gnutls_x509_crt_init (&certificate) != 0)
    return GNUTLS_E_CERTIFICATE_ERROR;

  if (gnutls_x509_crt_import (certificate, &chain[0], GNUTLS_X509_FMT_DER) != 0 ||
      !hash_client (certificate, &chain[0], &self->digests))
    refused = "cannot be read";
  else if (sage_http_tls_find_client (self->tls, &self->digests) == NULL)
    refused = "is not pinned";
  else if (!is_in_date (certificate))
    refused = "is not valid today";
  gnutls_x509_crt_deinit (certificate);

  if (refused == NULL)
    return 0;
  tell_of_refusal (self, refused);
  return GNUTLS_E_CERTIFICATE_ERROR;
}

/* Starts the server's side of TLS on the connected socket @fd, which stays the caller's; %NULL if
 * there is no memory. */
SageHttpTlsSession *
sage_http_tls_session_new (SageHttpTls *tls,
                           int          fd)
{
  static const gnutls_datum_t protocol = { (guint8 *) "http/1.1", 8 };
  SageHttpTlsSession *self = g_new0 (SageHttpTlsSession, 1);

  self->tls = sage_http_tls_ref (tls);
  if (gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
                                   GNUTLS_NO_TICKETS) != 0 ||
      gnutls_priority_set (self->session, tls->priorities) != 0 ||
      gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, tls->credentials) != 0 ||
      gnutls_alpn_set_protocols (self->session, &protocol, 1, GNUTLS_ALPN_MANDATORY) != 0)
    {
      sage_http_tls_session_free (self);
      return NULL;
    }

  gnutls_session_set_ptr (self->session, self);
  gnutls_transport_set_int (self->session, fd);
  gnutls_handshake_set_timeout (self->session, 0); /* the relay has deadlines of its own */
  if (tls->clients != SAGE_HTTP_CLIENTS_NONE)
    {
      gnutls_certificate_server_set_request (self->session,
                                             tls->clients == SAGE_HTTP_CLIENTS_REQUIRED
                                               ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
      gnutls_session_set_verify_function (self->session, verify_client);
    }
  return self;
}

void
sage_http_tls_session_free (SageHttpTlsSession *self)
{
  if (self->session != NULL)
    gnutls_deinit (self->session);
  sage_http_tls_unref (self->tls);
  g_free (self);
}
