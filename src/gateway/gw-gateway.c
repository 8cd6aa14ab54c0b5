/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-gateway"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "sage-error.h"

#include "gw-gateway-private.h"

#define N_EVENT_THREADS 2

/* Room for a dozen models that hang, each with all the callers it may have. */
#define MAX_CONNECTIONS 4096

/* A minute for the model server, and some more for a slow line. */
#define REQUEST_SECONDS 120

static void
begin_cb (SageHttpRequest *request,
          gpointer         user_data)
{
  GwGateway *gateway = user_data;
  gboolean runtime = gw_invoke_is (sage_http_request_path (request));

  if (!gw_auth_begin (gateway, request))
    return;

  if (sage_http_request_content_length (request) < 0)
    gw_reply_error (request, 411, "MissingContentLength",
                    "The length of the body must be given in Content-Length");
  else if (runtime && g_str_equal (sage_http_request_method (request), "POST"))
    sage_http_request_set_limit (request, GW_MAX_BODY);
  else if (runtime || sage_http_request_peer_uid (request) < 0)
    gw_reply_error (request, 404, "UnknownOperationException", "There is nothing at this path");
}

static void
handle_cb (SageHttpRequest *request,
           gpointer         user_data)
{
  GwGateway *gateway = user_data;

  if (gw_invoke_is (sage_http_request_path (request)))
    gw_invoke (gateway, request);
  else
    gw_control (gateway, request);
}

static void
changed_cb (gpointer user_data)
{
  gw_control_wake (user_data);
}

/* Something was renamed into one of the folders: read the files again if it was one of ours. */
static gboolean
watch_cb (gint         fd,
          GIOCondition condition,
          gpointer     user_data)
{
  GwGateway *gateway = user_data;
  g_autofree char *routes = g_path_get_basename (gateway->routes);
  g_autofree char *credentials = gateway->credentials != NULL
                                   ? g_path_get_basename (gateway->credentials)
                                   : NULL;
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gboolean ours = FALSE;
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    for (char *p = buffer; p < buffer + n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) (gconstpointer) p;

        ours |= (event->mask & IN_Q_OVERFLOW) != 0 ||
                (event->len > 0 && (g_str_equal (event->name, routes) ||
                                    g_strcmp0 (event->name, credentials) == 0));
        p += sizeof *event + event->len;
      }

  if (ours)
    gw_gateway_reload (gateway);

  return G_SOURCE_CONTINUE;
}

static gboolean
watch_folder (GwGateway   *gateway,
              const char  *path,
              GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (inotify_add_watch (gateway->watch_fd, folder, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
    return sage_throw_errno (error, "Watching '%s' failed", folder);

  return TRUE;
}

static gboolean
watch (GwGateway  *gateway,
       GError    **error)
{
  gateway->watch_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (gateway->watch_fd < 0)
    return sage_throw_errno (error, "Watching files failed");
  if (!watch_folder (gateway, gateway->routes, error))
    return FALSE;
  if (gateway->credentials != NULL && !watch_folder (gateway, gateway->credentials, error))
    return FALSE;

  gateway->watch_source = g_unix_fd_add (gateway->watch_fd, G_IO_IN, watch_cb, gateway);

  return TRUE;
}

static gboolean
serve (GwGateway        *gateway,
       const GwOptions  *options,
       GError          **error)
{
  static const SageHttpHandler handler = { begin_cb, handle_cb };
  SageHttpOptions http = {
    .threading = SAGE_HTTP_EVENTS,
    .n_threads = N_EVENT_THREADS,
    .max_connections = MAX_CONNECTIONS,
    .max_per_peer = MAX_CONNECTIONS, /* all of them come from this machine */
    .request_seconds = REQUEST_SECONDS,
  };

  gateway->server = sage_http_server_new (&handler, gateway, &http);

  if (options->socket != NULL &&
      !sage_http_server_listen_unix (gateway->server, options->socket, error))
    return FALSE;

  return options->port < 0 ||
         sage_http_server_listen_tcp (gateway->server, "127.0.0.1", (guint16) options->port, error);
}

/**
 * gw_gateway_new:
 * @options: where to listen and what to read
 * @error: return location
 *
 * Reads the routes, listens and serves from now on, with the help of the default main context,
 * which watches the files.
 *
 * Returns: (transfer full): the gateway, or %NULL with @error set
 */
GwGateway *
gw_gateway_new (const GwOptions  *options,
                GError          **error)
{
  g_autoptr(GwGateway) gateway = g_new0 (GwGateway, 1);

  g_mutex_init (&gateway->lock);
  gateway->started = g_get_monotonic_time ();
  gateway->watch_fd = -1;
  gateway->region = g_strdup (options->region);
  gateway->account = g_strdup (options->account);
  gateway->place = (GwPlace) {
    gateway->region != NULL ? gateway->region : "us-east-1", gateway->account,
  };
  gateway->routes = g_strdup (options->routes);
  gateway->credentials = g_strdup (options->credentials);
  gateway->waiters = g_ptr_array_new_with_free_func (gw_waiter_free);
  gateway->backoff = sage_sig_backoff_new ();
  /* as many threads as there are calls under way: variants bound those, so that none waits for
   * another's model */
  gateway->workers = g_thread_pool_new (gw_invoke_work, gateway, -1, FALSE, NULL);
  gateway->router = gw_router_new (options->routes, options->credentials, changed_cb, gateway);

  if (!watch (gateway, error))
    return NULL;
  gw_router_reload (gateway->router);

  return serve (gateway, options, error) ? g_steal_pointer (&gateway) : NULL;
}

/* Ends what is under way and frees; on the main thread. */
void
gw_gateway_free (GwGateway *gateway)
{
  if (gateway == NULL)
    return;

  gw_control_finish (gateway);
  if (gateway->server != NULL)
    sage_http_server_stop (gateway->server);
  g_thread_pool_free (gateway->workers, FALSE, TRUE);
  g_clear_pointer (&gateway->server, sage_http_server_free);

  g_clear_handle_id (&gateway->watch_source, g_source_remove);
  g_clear_pointer (&gateway->router, gw_router_free);
  g_clear_pointer (&gateway->backoff, sage_sig_backoff_free);
  while (g_source_remove_by_user_data (gateway))
    ;
  if (gateway->watch_fd >= 0)
    close (gateway->watch_fd);

  g_ptr_array_unref (gateway->waiters);
  g_free (gateway->region);
  g_free (gateway->account);
  g_free (gateway->routes);
  g_free (gateway->credentials);
  g_mutex_clear (&gateway->lock);
  g_free (gateway);
}

/**
 * gw_gateway_port:
 *
 * Returns: the loopback port
 */
guint16
gw_gateway_port (GwGateway *gateway)
{
  return sage_http_server_port (gateway->server);
}

/**
 * gw_gateway_reload:
 *
 * Reads routes and keys again, as it also does by itself when their files are replaced.
 */
void
gw_gateway_reload (GwGateway *gateway)
{
  gw_router_reload (gateway->router);
}
