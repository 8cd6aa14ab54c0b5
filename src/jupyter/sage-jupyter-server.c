/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter-server"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "sage-jupyter-server-private.h"

#define TIMEOUT_SECONDS 60

typedef enum
{
  PROP_IS_SAGEBRUSH = 1,
} SageJupyterServerProperty;

static GParamSpec *properties[PROP_IS_SAGEBRUSH + 1];

G_DEFINE_FINAL_TYPE (SageJupyterServer, sage_jupyter_server, G_TYPE_OBJECT)

static void
sage_jupyter_server_finalize (GObject *object)
{
  SageJupyterServer *self = SAGE_JUPYTER_SERVER (object);

  g_clear_object (&self->session);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->socket_path, g_free);
  if (self->authorization != NULL)
    explicit_bzero (self->authorization, strlen (self->authorization));
  g_clear_pointer (&self->authorization, g_free);

  G_OBJECT_CLASS (sage_jupyter_server_parent_class)->finalize (object);
}

static void
sage_jupyter_server_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  SageJupyterServer *self = SAGE_JUPYTER_SERVER (object);

  switch ((SageJupyterServerProperty) prop_id)
    {
    case PROP_IS_SAGEBRUSH:
      g_value_set_boolean (value, self->is_sagebrush);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_jupyter_server_class_init (SageJupyterServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sage_jupyter_server_finalize;
  object_class->get_property = sage_jupyter_server_get_property;

  properties[PROP_IS_SAGEBRUSH] =
    g_param_spec_boolean ("is-sagebrush", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_jupyter_server_init (SageJupyterServer *self)
{
}

static gboolean
is_http (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0)
         && host != NULL && host[0] != '\0';
}

/* The address a browser is given ends in the page it shows: "/lab", "/tree/…", "/". */
static char *
strip_page (const char *path)
{
  static const char *const pages[] = { "/lab", "/tree", "/notebooks", "/login" };
  char *base = g_strdup (path);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      char *at = strstr (base, pages[i]);

      if (at != NULL && (at[strlen (pages[i])] == '/' || at[strlen (pages[i])] == '\0'))
        *at = '\0';
    }
  while (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';

  return base;
}

/* Keeps scheme, host, port and base path of @url; gives the token that its query may hold. */
static void
take_url (SageJupyterServer  *self,
          const char         *url,
          char              **token)
{
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr(GHashTable) query = NULL;
  g_autofree char *path = NULL;

  if (uri == NULL || !is_http (uri))
    {
      self->address = g_strdup (url);
      return;
    }

  path = strip_page (g_uri_get_path (uri));
  self->uri = g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                           g_uri_get_port (uri), path, NULL, NULL);
  self->address = g_uri_to_string (self->uri);
  if (g_uri_get_query (uri) != NULL)
    query = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (query != NULL)
    *token = g_strdup (g_hash_table_lookup (query, "token"));
}

static void
make_session (SageJupyterServer *self)
{
  g_autoptr(GSocketAddress) address = NULL;

  if (self->socket_path != NULL)
    address = g_unix_socket_address_new (self->socket_path);
  self->session = g_object_new (SOUP_TYPE_SESSION,
                                "remote-connectable", address,
                                "timeout", TIMEOUT_SECONDS,
                                "user-agent", "sagebrush/" SAGEBRUSH_VERSION,
                                NULL);
  /* The default one would load a proxy configuration, JavaScript included, to reach 127.0.0.1. */
  soup_session_set_proxy_resolver (self->session, NULL);
}

/**
 * sage_jupyter_server_new:
 * @url: the address of a Jupyter Server, as it prints it at its start, with or without the page and
 *   the token behind it
 * @token: (nullable): its token; %NULL takes the one in @url, if there is one
 *
 * Returns: (transfer full): a server; nothing is sent yet, and a URL that cannot be used shows in
 *   the first call
 */
SageJupyterServer *
sage_jupyter_server_new (const char *url,
                         const char *token)
{
  SageJupyterServer *self;
  g_autofree char *own_token = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (SAGE_TYPE_JUPYTER_SERVER, NULL);
  take_url (self, url, &own_token);
  if (token == NULL)
    token = own_token;
  if (token != NULL && token[0] != '\0')
    self->authorization = g_strconcat ("token ", token, NULL);
  make_session (self);

  return self;
}

/**
 * sage_jupyter_server_new_for_engine:
 * @endpoint: the URL of an engine of ours, or the absolute path of its Unix socket
 * @access_key: (nullable): the access key; none is needed through the socket
 * @secret: (nullable): its secret
 *
 * Returns: (transfer full): the engine as a Jupyter Server
 */
SageJupyterServer *
sage_jupyter_server_new_for_engine (const char *endpoint,
                                    const char *access_key,
                                    const char *secret)
{
  SageJupyterServer *self;
  g_autofree char *pair = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *unused = NULL;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail ((access_key == NULL) == (secret == NULL), NULL);

  self = g_object_new (SAGE_TYPE_JUPYTER_SERVER, NULL);
  self->is_engine = TRUE;
  if (g_path_is_absolute (endpoint))
    self->socket_path = g_strdup (endpoint);
  take_url (self, self->socket_path != NULL ? "http://localhost" : endpoint, &unused);
  if (self->socket_path != NULL)
    g_set_str (&self->address, endpoint);

  if (access_key != NULL)
    {
      pair = g_strconcat (access_key, ":", secret, NULL);
      encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
      self->authorization = g_strconcat ("Basic ", encoded, NULL);
      explicit_bzero (pair, strlen (pair));
      explicit_bzero (encoded, strlen (encoded));
    }
  make_session (self);

  return self;
}

/**
 * sage_jupyter_server_set_trust:
 * @self: a server that was asked nothing yet
 * @trust: which certificates it may show; without this, those that the machine's authorities vouch
 *   for
 */
void
sage_jupyter_server_set_trust (SageJupyterServer *self,
                               SageTrust         *trust)
{
  g_return_if_fail (SAGE_IS_JUPYTER_SERVER (self));
  g_return_if_fail (SAGE_IS_TRUST (trust) && self->trust == NULL);

  self->trust = g_object_ref (trust);
  sage_trust_guard_session (trust, self->session);
}

/**
 * sage_jupyter_server_get_address:
 * @self: a server
 *
 * Returns: its URL without a token, or the path of its socket
 */
const char *
sage_jupyter_server_get_address (SageJupyterServer *self)
{
  g_return_val_if_fail (SAGE_IS_JUPYTER_SERVER (self), NULL);

  return self->address;
}

/**
 * sage_jupyter_server_is_local:
 * @self: a server
 *
 * Returns: whether it is reached through a Unix socket
 */
gboolean
sage_jupyter_server_is_local (SageJupyterServer *self)
{
  g_return_val_if_fail (SAGE_IS_JUPYTER_SERVER (self), FALSE);

  return self->socket_path != NULL;
}

gboolean
sage_jupyter_server_is_sagebrush (SageJupyterServer *self)
{
  g_return_val_if_fail (SAGE_IS_JUPYTER_SERVER (self), FALSE);

  return self->is_sagebrush;
}

/**
 * sage_jupyter_server_is_known:
 *
 * Returns: whether the server has told what it is
 */
gboolean
sage_jupyter_server_is_known (SageJupyterServer *self)
{
  return self->is_known;
}

void
sage_jupyter_server_set_sagebrush (SageJupyterServer *self,
                                   gboolean           is_sagebrush)
{
  self->is_known = TRUE;
  if (self->is_sagebrush == is_sagebrush)
    return;

  self->is_sagebrush = is_sagebrush;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_SAGEBRUSH]);
}
