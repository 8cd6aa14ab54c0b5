/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-http-stream-private.h"

/*
 * The switch to WebSocket (RFC 6455 §4.2). libmicrohttpd is left behind at once: the socket gets a
 * second descriptor, the first is given back. So an upgraded connection costs no thread, and the
 * server can stop whatever the stream's owner does.
 */

/* The open descriptors of upgraded connections; shared with their streams, which may outlive the
 * server. */
struct _SageHttpUpgrades
{
  gatomicrefcount ref_count;
  GMutex          lock;
  GHashTable     *fds; /* set of int */
  gboolean        closed;
};

SageHttpUpgrades *
sage_http_upgrades_new (void)
{
  SageHttpUpgrades *upgrades = g_new0 (SageHttpUpgrades, 1);

  g_atomic_ref_count_init (&upgrades->ref_count);
  g_mutex_init (&upgrades->lock);
  upgrades->fds = g_hash_table_new (NULL, NULL);
  return upgrades;
}

SageHttpUpgrades *
sage_http_upgrades_ref (SageHttpUpgrades *upgrades)
{
  g_atomic_ref_count_inc (&upgrades->ref_count);
  return upgrades;
}

void
sage_http_upgrades_unref (SageHttpUpgrades *upgrades)
{
  if (!g_atomic_ref_count_dec (&upgrades->ref_count))
    return;
  g_hash_table_unref (upgrades->fds);
  g_mutex_clear (&upgrades->lock);
  g_free (upgrades);
}

guint
sage_http_upgrades_count (SageHttpUpgrades *upgrades)
{
  guint n;

  g_mutex_lock (&upgrades->lock);
  n = g_hash_table_size (upgrades->fds);
  g_mutex_unlock (&upgrades->lock);
  return n;
}

/* Enters @fd; %FALSE if the server has stopped. */
gboolean
sage_http_upgrades_add (SageHttpUpgrades *upgrades,
                        int               fd)
{
  gboolean open;

  g_mutex_lock (&upgrades->lock);
  open = !upgrades->closed;
  if (open)
    g_hash_table_add (upgrades->fds, GINT_TO_POINTER (fd));
  g_mutex_unlock (&upgrades->lock);
  return open;
}

void
sage_http_upgrades_remove (SageHttpUpgrades *upgrades,
                           int               fd)
{
  g_mutex_lock (&upgrades->lock);
  g_hash_table_remove (upgrades->fds, GINT_TO_POINTER (fd));
  g_mutex_unlock (&upgrades->lock);
}

/* Shuts every upgraded connection down; its stream's owner sees the end of it. */
void
sage_http_upgrades_close (SageHttpUpgrades *upgrades)
{
  GHashTableIter iter;
  gpointer fd;

  g_mutex_lock (&upgrades->lock);
  upgrades->closed = TRUE;
  g_hash_table_iter_init (&iter, upgrades->fds);
  while (g_hash_table_iter_next (&iter, &fd, NULL))
    shutdown (GPOINTER_TO_INT (fd), SHUT_RDWR);
  g_mutex_unlock (&upgrades->lock);
}

/* An upgraded connection on its way to the server's main context. */
typedef struct
{
  int                 fd;       /* (owned): -1 once a stream has it */
  GBytes             *early;    /* (owned) */
  SageHttpUpgrades   *upgrades; /* (owned) */
  SageHttpUpgradeFunc func;
  gpointer            user_data;
  GDestroyNotify      destroy;   /* (nullable): of user_data, until func has it */
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  if (delivery->fd >= 0)
    {
      sage_http_upgrades_remove (delivery->upgrades, delivery->fd);
      close (delivery->fd);
    }
  if (delivery->destroy != NULL)
    delivery->destroy (delivery->user_data);
  g_bytes_unref (delivery->early);
  sage_http_upgrades_unref (delivery->upgrades);
  g_free (delivery);
}

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GIOStream) stream = sage_http_stream_new (delivery->fd, delivery->early,
                                                      delivery->upgrades, &error);

  if (stream == NULL)
    {
      g_warning ("Cannot take over an upgraded connection: %s", error->message);
      return G_SOURCE_REMOVE;
    }
  delivery->fd = -1;
  delivery->destroy = NULL;
  delivery->func (stream, delivery->user_data);
  return G_SOURCE_REMOVE;
}

static void
sage_http_upgrade_cb (gpointer                          user_data,
                      struct MHD_Connection            *mhd,
                      void                             *context,
                      const char                       *extra,
                      size_t                            extra_length,
                      MHD_socket                        fd,
                      struct MHD_UpgradeResponseHandle *handle)
{
  SageHttpRequest *request = context;
  SageHttpServer *server = request->server;
  int copy = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  request->connection->upgraded = TRUE;
  if (copy >= 0 && sage_http_upgrades_add (server->upgrades, copy))
    {
      Delivery *delivery = g_new0 (Delivery, 1);
      g_autoptr(GSource) source = g_idle_source_new ();

      delivery->fd = copy;
      delivery->early = g_bytes_new (extra, extra_length);
      delivery->upgrades = sage_http_upgrades_ref (server->upgrades);
      delivery->func = request->upgrade_func;
      delivery->user_data = request->upgrade_data;
      delivery->destroy = g_steal_pointer (&request->upgrade_destroy);
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, deliver, delivery, (GDestroyNotify) delivery_free);
      g_source_attach (source, server->context);
    }
  else if (copy >= 0)
    close (copy);
  (void) MHD_upgrade_action (handle, MHD_UPGRADE_ACTION_CLOSE);
}

/* RFC 6455 §4.2.1: the base64 of 16 bytes */
static gboolean
is_websocket_key (const char *key)
{
  g_autofree guchar *nonce = NULL;
  gsize length = 0;

  if (key == NULL || strlen (key) != 24)
    return FALSE;
  nonce = g_base64_decode (key, &length);
  return length == 16;
}

/* RFC 6455 §4.2.2: base64 of the SHA-1 of the key and a fixed name */
static char *
websocket_accept (const char *key)
{
  g_autoptr(GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (sha1, (const guchar *) key, -1);
  g_checksum_update (sha1, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (sha1, digest, &length);
  return g_base64_encode (digest, length);
}

/**
 * sage_http_reply_upgrade:
 * @accept_key: (nullable): what the client sent as `Sec-WebSocket-Key`; %NULL to look there
 * @func: takes over the connection, on the server's main context
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data if @func is never called
 *
 * Answers a WebSocket handshake with 101. The stream that @func gets is the bare connection, for
 * soup_websocket_connection_new() to frame; bytes that the client sent early are still in it. It
 * counts against the server's connections until it is closed or disposed. A request that is no
 * proper handshake (RFC 6455 §4.2.1) is answered with 400 or 426 instead.
 *
 * Whether the caller may have a WebSocket (credentials, `Origin`) is to be checked before.
 */
void
sage_http_reply_upgrade (SageHttpRequest     *request,
                         const char          *accept_key,
                         SageHttpUpgradeFunc  func,
                         gpointer             user_data,
                         GDestroyNotify       destroy)
{
  const char *version = sage_http_request_header (request, "Sec-WebSocket-Version");
  g_autofree char *accept = NULL;

  /* From here on it goes with the request, also if that is refused or its client goes away. */
  request->upgrade_func = func;
  request->upgrade_data = user_data;
  request->upgrade_destroy = destroy;

  if (accept_key == NULL)
    accept_key = sage_http_request_header (request, "Sec-WebSocket-Key");

  if (g_strcmp0 (version, "13") != 0)
    {
      sage_http_reply_header (request, "Sec-WebSocket-Version", "13");
      sage_http_refuse (request, 426, "WebSocket version is not 13");
      return;
    }
  if (strcmp (request->method, "GET") != 0 || request->content_length != 0 ||
      !sage_http_has_token (sage_http_request_header (request, "Upgrade"), "websocket") ||
      !sage_http_has_token (sage_http_request_header (request, "Connection"), "upgrade") ||
      !is_websocket_key (accept_key))
    {
      sage_http_refuse (request, 400, "Not a WebSocket handshake");
      return;
    }

  accept = websocket_accept (accept_key);
  sage_http_reply_header (request, "Upgrade", "websocket");
  sage_http_reply_header (request, "Sec-WebSocket-Accept", accept);
  sage_http_reply_response (request, 101,
                            MHD_create_response_for_upgrade (sage_http_upgrade_cb, NULL));
}
