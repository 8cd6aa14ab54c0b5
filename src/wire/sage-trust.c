/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-trust"

#include "config.h"

#include "sage-digest.h"
#include "sage-error.h"
#include "sage-trust.h"

struct _SageTrust
{
  GObject  parent_instance;

  char    *pin;     /* (owned) (nullable) */
  char    *refused; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SageTrust, sage_trust, G_TYPE_OBJECT)

static void
sage_trust_finalize (GObject *object)
{
  SageTrust *self = SAGE_TRUST (object);

  g_free (self->pin);
  g_free (self->refused);

  G_OBJECT_CLASS (sage_trust_parent_class)->finalize (object);
}

static void
sage_trust_class_init (SageTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_trust_finalize;
}

static void
sage_trust_init (SageTrust *self)
{
}

/**
 * sage_trust_new:
 * @pin: (nullable): the fingerprint of the only certificate that is taken, as
 *   `openssl x509 -fingerprint -sha256` prints it; %NULL takes those that the machine's authorities
 *   vouch for
 *
 * Returns: (transfer full): the trust
 */
SageTrust *
sage_trust_new (const char *pin)
{
  SageTrust *self = g_object_new (SAGE_TYPE_TRUST, NULL);

  self->pin = g_strdup (pin);

  return self;
}

const char *
sage_trust_get_pin (SageTrust *self)
{
  g_return_val_if_fail (SAGE_IS_TRUST (self), NULL);

  return self->pin;
}

/**
 * sage_trust_get_refused:
 * @self: a trust
 *
 * Returns: (nullable): the fingerprint of the certificate that was refused last
 */
const char *
sage_trust_get_refused (SageTrust *self)
{
  g_return_val_if_fail (SAGE_IS_TRUST (self), NULL);

  return self->refused;
}

/* Returns: (transfer full): the SHA-256 of the certificate, "AB:CD:…" */
static char *
make_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  GString *text = g_string_new (NULL);
  guint8 digest[SAGE_SHA256_SIZE];

  g_object_get (certificate, "certificate", &der, NULL);
  sage_sha256 (der->data, der->len, digest);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", digest[i]);

  return g_string_free_and_steal (text);
}

/* Asked only about a certificate that the TLS library does not take by itself: with a pin about each,
 * since there is no authority then. The pin stands for the name and the dates too. */
static gboolean
accept_cb (gpointer              connection,
           GTlsCertificate      *certificate,
           GTlsCertificateFlags  errors,
           SageTrust            *self)
{
  g_autofree char *fingerprint = make_fingerprint (certificate);

  if (g_strcmp0 (fingerprint, self->pin) == 0)
    return TRUE;

  g_set_str (&self->refused, fingerprint);

  return FALSE;
}

static void
queued_cb (SoupSession *session,
           SoupMessage *message,
           SageTrust   *self)
{
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (accept_cb), self, 0);
}

/**
 * sage_trust_guard_session:
 * @self: a trust
 * @session: a session that has sent nothing yet
 *
 * Has @session take no other certificates.
 */
void
sage_trust_guard_session (SageTrust   *self,
                          SoupSession *session)
{
  g_return_if_fail (SAGE_IS_TRUST (self));
  g_return_if_fail (SOUP_IS_SESSION (session));

  if (self->pin != NULL)
    soup_session_set_tls_database (session, NULL);
  g_signal_connect_object (session, "request-queued", G_CALLBACK (queued_cb), self, 0);
}

static void
socket_cb (GSocketClient      *client,
           GSocketClientEvent  event,
           GSocketConnectable *connectable,
           GIOStream          *connection,
           SageTrust          *self)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;

  if (self->pin != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (connection), NULL);
  g_signal_connect_object (connection, "accept-certificate", G_CALLBACK (accept_cb), self, 0);
}

/**
 * sage_trust_guard_socket:
 * @self: a trust
 * @client: what makes connections
 *
 * Has @client take no other certificates.
 */
void
sage_trust_guard_socket (SageTrust     *self,
                         GSocketClient *client)
{
  g_return_if_fail (SAGE_IS_TRUST (self));
  g_return_if_fail (G_IS_SOCKET_CLIENT (client));

  g_signal_connect_object (client, "event", G_CALLBACK (socket_cb), self, 0);
}

/**
 * sage_trust_throw_refused:
 * @self: a trust
 * @endpoint: the peer's URL
 * @error: return location
 *
 * Sets the error of a certificate that was refused.
 */
gboolean
sage_trust_throw_refused (SageTrust   *self,
                          const char  *endpoint,
                          GError     **error)
{
  g_return_val_if_fail (SAGE_IS_TRUST (self), FALSE);

  if (self->pin != NULL)
    return sage_throw (error, SAGE_ERROR_UNTRUSTED,
                       "The engine at '%s' shows another certificate than the one that is trusted",
                       endpoint);

  return sage_throw (error, SAGE_ERROR_UNTRUSTED,
                     "The engine at '%s' shows a certificate that no authority vouches for",
                     endpoint);
}
