/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-http"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-http-private.h"

/*
 * An HTTP/1.1 server on libmicrohttpd. The door accepts and watches connections; libmicrohttpd
 * reads requests and sends replies, and calls back into this file for what is in between.
 */

#define THREAD_STACK (512 * 1024)
/* libmicrohttpd wipes a connection's memory after every request, which costs time and drives from
 * the processor's cache what the next one needs: so it is kept small where requests are many and
 * bodies small. Headers over its half are answered with 431 as well. */
#define THREADED_MEMORY (64 * 1024)
#define EVENTS_MEMORY (16 * 1024)
#define STOP_GRACE_US (1500 * 1000)

static void
sage_http_log_cb (gpointer    user_data,
                  const char *format,
                  va_list     args) G_GNUC_PRINTF (2, 0);

static void
sage_http_log_cb (gpointer    user_data,
                  const char *format,
                  va_list     args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *escaped = g_strescape (g_strchomp (text), NULL);

  g_debug ("%s", escaped);
  sage_http_complaint_hear (user_data, text);
}

/* Paths and queries stay as they were sent: the signature covers them in this form. */
static size_t
sage_http_unescape_cb (gpointer               user_data,
                       struct MHD_Connection *mhd,
                       char                  *text)
{
  return strlen (text);
}

/* The request line is in. What is returned comes back as the request of the other callbacks. */
static void *
sage_http_target_cb (gpointer               user_data,
                     const char            *target,
                     struct MHD_Connection *mhd)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  SageHttpConnection *connection = info->socket_context;

  g_atomic_int_inc (&connection->server->n_requests);
  sage_http_complaint_expect (connection);
  sage_http_connection_enter (connection, SAGE_HTTP_PHASE_HEADERS);
  connection->current = sage_http_request_take (connection, mhd, target);
  return connection->current;
}

/* Waits, on the connection's own thread, until a suspended request is resumed. */
static void
wait_for_resume (SageHttpRequest *request)
{
  g_mutex_lock (&request->lock);
  while (request->suspended && !request->released)
    g_cond_wait (&request->resumed, &request->lock);
  g_mutex_unlock (&request->lock);
}

/* Sends what the handler answered. A request that was let go on without its owner's answer is past
 * its deadline or caught by the end of the server: its connection is shut down already. */
static enum MHD_Result
conclude (SageHttpRequest *request)
{
  g_mutex_lock (&request->lock);
  if (request->released && request->status == 0)
    {
      g_mutex_unlock (&request->lock);
      return MHD_NO;
    }
  g_mutex_unlock (&request->lock);

  if (request->status == 0)
    {
      g_critical ("The handler did not answer the request for %s", request->path);
      sage_http_reply (request, 500, "text/plain", "No answer\n", strlen ("No answer\n"));
    }
  return sage_http_reply_send (request);
}

static enum MHD_Result
run_handler (SageHttpRequest *request)
{
  SageHttpServer *server = request->server;

  request->stage = SAGE_HTTP_STAGE_HANDLED;
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_BUSY);
  server->handler.handle (request, server->user_data);

  if (request->parked)
    {
      if (server->threading == SAGE_HTTP_EVENTS)
        return MHD_YES; /* libmicrohttpd calls again after the resume */
      wait_for_resume (request);
      sage_http_request_unpark (request);
    }
  return conclude (request);
}

/* Answers before the body, of which nothing more is read: the connection ends with the reply. */
static enum MHD_Result
refuse_body (SageHttpRequest *request)
{
  request->connection->refused = TRUE;
  request->stage = SAGE_HTTP_STAGE_HANDLED;
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_BUSY);
  return sage_http_reply_send (request);
}

/* The headers are in. libmicrohttpd sends `100 Continue` if this returns without a reply. */
static enum MHD_Result
on_headers (SageHttpRequest *request,
            const char      *method,
            const char      *version)
{
  SageHttpServer *server = request->server;
  const char *reason = NULL;
  guint status;

  sage_http_request_load (request, method);
  status = sage_http_check (request, version, &reason);
  if (status == 0 && g_atomic_int_get (&server->stopping))
    {
      status = 503;
      reason = "The server is stopping";
    }
  if (status != 0)
    {
      sage_http_refuse (request, status, reason);
      return refuse_body (request);
    }

  sage_http_complaint_count (request);
  request->stage = SAGE_HTTP_STAGE_BODY;
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_BUSY);
  if (server->handler.begin != NULL)
    server->handler.begin (request, server->user_data);

  if (request->content_length == 0)
    return MHD_YES; /* a reply given now would end the connection */

  if (request->status != 0)
    {
      if (request->expects_continue || request->content_length < 0 ||
          request->content_length > SAGE_HTTP_DRAIN_BYTES)
        return refuse_body (request);
      request->stage = SAGE_HTTP_STAGE_DRAIN;
    }
  else if (request->content_length > 0 && (request->sink == NULL || request->limit_set) &&
           (guint64) request->content_length > request->limit)
    {
      sage_http_refuse (request, 413, "Body is longer than this request may have");
      return refuse_body (request);
    }

  __atomic_store_n (&request->connection->body_bytes, 0, __ATOMIC_RELAXED);
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_BODY);
  return MHD_YES;
}

static gboolean
feed_sink (SageHttpRequest *request,
           const char      *data,
           gsize            length)
{
  SageHttpConnection *connection = request->connection;
  gboolean ok;

  __atomic_store_n (&connection->in_sink, 1, __ATOMIC_RELAXED);
  ok = request->sink (request, (const guint8 *) data, length, request->sink_data,
                      &request->sink_error);
  __atomic_store_n (&connection->in_sink, 0, __ATOMIC_RELAXED);
  return ok;
}

/* The next bytes of the body. */
static enum MHD_Result
on_body (SageHttpRequest *request,
         const char      *data,
         size_t          *length)
{
  gsize n = *length;

  if (request->stage == SAGE_HTTP_STAGE_HANDLED)
    return conclude (request); /* resumed after the sink had failed */

  __atomic_store_n (&request->connection->body_bytes, request->connection->body_bytes + n,
                    __ATOMIC_RELAXED);
  *length = 0;
  if (request->stage == SAGE_HTTP_STAGE_DRAIN)
    return MHD_YES;

  if (request->sink == NULL)
    {
      if (sage_http_request_append (request, data, n))
        return MHD_YES;
    }
  else if (!request->limit_set || request->connection->body_bytes <= request->limit)
    {
      if (feed_sink (request, data, n))
        return MHD_YES;
      *length = n;
      request->mid_body = TRUE;
      return run_handler (request);
    }

  request->mid_body = TRUE;
  sage_http_refuse (request, 413, "Body is longer than this request may have");
  return sage_http_reply_send (request);
}

/* libmicrohttpd's access handler: once with the headers, then with every piece of the body, then
 * at its end, and once more after a resume. */
static enum MHD_Result
sage_http_access_cb (gpointer               user_data,
                     struct MHD_Connection *mhd,
                     const char            *url,
                     const char            *method,
                     const char            *version,
                     const char            *data,
                     size_t                *length,
                     void                 **context)
{
  SageHttpRequest *request = *context;

  if (request->parked)
    sage_http_request_unpark (request);
  if (request->stage == SAGE_HTTP_STAGE_NEW)
    return on_headers (request, method, version);
  if (*length > 0)
    return on_body (request, data, length);
  if (request->stage == SAGE_HTTP_STAGE_HANDLED)
    return conclude (request);
  if (request->status == 0)
    return run_handler (request);

  request->stage = SAGE_HTTP_STAGE_HANDLED;
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_BUSY);
  return conclude (request);
}

static void
end_request (SageHttpServer  *server,
             SageHttpRequest *request)
{
  request->connection->current = NULL;
  sage_http_connection_enter (request->connection, SAGE_HTTP_PHASE_IDLE);
  sage_http_request_finish (request);
  if (g_atomic_int_dec_and_test (&server->n_requests) && g_atomic_int_get (&server->stopping))
    {
      /* not the server's lock: libmicrohttpd may hold one of its own here */
      g_mutex_lock (&server->drain_lock);
      g_cond_signal (&server->drained);
      g_mutex_unlock (&server->drain_lock);
    }
}

static void
sage_http_completed_cb (gpointer                        user_data,
                        struct MHD_Connection          *mhd,
                        void                          **context,
                        enum MHD_RequestTerminationCode code)
{
  SageHttpServer *server = user_data;
  SageHttpRequest *request = *context;

  if (request == NULL)
    return;
  *context = NULL;
  request->connection->ending |= code != MHD_REQUEST_TERMINATED_COMPLETED_OK;
  end_request (server, request);
}

/* Removes the books' entry of @fd, if any. To be called under the server's lock. */
void
sage_http_server_forget (SageHttpServer *server,
                         int             fd)
{
  SageHttpConnection *connection = g_hash_table_lookup (server->connections, GINT_TO_POINTER (fd));

  if (connection == NULL)
    return;
  if (connection->peer == NULL)
    server->n_unix--;
  else
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (server->peers, connection->peer));

      server->n_tcp--;
      if (n > 1)
        g_hash_table_insert (server->peers, g_strdup (connection->peer), GUINT_TO_POINTER (n - 1));
      else
        g_hash_table_remove (server->peers, connection->peer);
    }
  g_hash_table_remove (server->connections, GINT_TO_POINTER (fd));
}

/* A reply can get lost when its socket is closed with input unread: keeps a second descriptor of
 * such a socket for a while. */
static void
linger_if_unread (SageHttpServer     *server,
                  SageHttpConnection *connection)
{
  int unread = 0;
  int copy;

  if (connection->upgraded || connection->killed)
    return;
  if (!connection->refused && (ioctl (connection->fd, FIONREAD, &unread) != 0 || unread == 0))
    return;
  copy = fcntl (connection->fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    return;
  shutdown (copy, SHUT_WR);
  sage_http_door_linger (server->door, copy);
}

static void
sage_http_connection_cb (gpointer                             user_data,
                         struct MHD_Connection               *mhd,
                         void                               **context,
                         enum MHD_ConnectionNotificationCode  code)
{
  SageHttpServer *server = user_data;
  SageHttpConnection *connection = *context;

  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    {
      int fd = MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

      g_mutex_lock (&server->lock);
      connection = g_hash_table_lookup (server->connections, GINT_TO_POINTER (fd));
      g_assert (connection != NULL);
      connection->started = TRUE;
      connection->mhd = mhd;
      *context = connection;
      g_mutex_unlock (&server->lock);
      return;
    }

  if (connection->current != NULL)
    {
      /* Refused by libmicrohttpd in its body, for want of memory: that it tells nobody. */
      connection->refused = TRUE;
      end_request (server, connection->current);
    }
  sage_http_complaint_answer (connection);
  linger_if_unread (server, connection);
  *context = NULL;
  g_mutex_lock (&server->lock);
  sage_http_server_forget (server, connection->fd);
  g_mutex_unlock (&server->lock);
}

/**
 * sage_http_server_new:
 * @handler: what answers; copied
 * @user_data: for @handler
 * @options: (nullable): copied; %NULL or zero members are the defaults
 *
 * Makes a server that listens nowhere yet. Upgraded connections are delivered on the main context
 * that is the thread's default now.
 *
 * Returns: (transfer full): the server
 */
SageHttpServer *
sage_http_server_new (const SageHttpHandler *handler,
                      gpointer               user_data,
                      const SageHttpOptions *options)
{
  static const SageHttpOptions none = { 0 };
  const SageHttpOptions *o = options != NULL ? options : &none;
  SageHttpServer *server = g_new0 (SageHttpServer, 1);

  g_return_val_if_fail (handler->handle != NULL, NULL);

  server->handler = *handler;
  server->user_data = user_data;
  server->threading = o->threading;
  server->n_threads = o->n_threads > 0 ? o->n_threads : 2;
  server->max_connections = o->max_connections > 0 ? o->max_connections : 512;
  server->max_per_peer = o->max_per_peer > 0 ? o->max_per_peer : 64;
  server->request_us = (gint64) o->request_seconds * G_USEC_PER_SEC;
  server->header_us = (gint64) (o->header_ms > 0 ? o->header_ms : 10000) * 1000;
  server->idle_us = (gint64) (o->idle_ms > 0 ? o->idle_ms : 60000) * 1000;
  server->body_us = (gint64) (o->body_ms > 0 ? o->body_ms : 10000) * 1000;
  server->body_rate = o->body_rate > 0 ? o->body_rate : 1024;
  server->patch = o->patch;
  server->allowed_hosts = g_strdupv ((char **) o->allowed_hosts);
  server->context = g_main_context_ref_thread_default ();
  server->upgrades = sage_http_upgrades_new ();
  g_mutex_init (&server->lock);
  g_mutex_init (&server->drain_lock);
  g_cond_init (&server->drained);
  server->connections = g_hash_table_new_full (NULL, NULL, NULL,
                                               (GDestroyNotify) sage_http_connection_free);
  server->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return server;
}

static struct MHD_Daemon *
start_daemon (SageHttpServer *server)
{
  gboolean events = server->threading == SAGE_HTTP_EVENTS;
  unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
                       MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG |
                       (events ? MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME
                               : MHD_USE_POLL | MHD_USE_THREAD_PER_CONNECTION);
  /* The door counts connections; libmicrohttpd's own limit, which it divides among its threads,
   * must never be met. */
  unsigned int limit = (server->max_connections + SAGE_HTTP_UNIX_SLOTS) *
                       (events ? 2 * server->n_threads : 2);
  struct MHD_OptionItem pool[] = {
    { MHD_OPTION_END, 0, NULL },
    { MHD_OPTION_END, 0, NULL },
  };

  if (events && server->n_threads > 1)
    pool[0] = (struct MHD_OptionItem) { MHD_OPTION_THREAD_POOL_SIZE, server->n_threads, NULL };

  return MHD_start_daemon (
    flags, 0, NULL, NULL, sage_http_access_cb, server,
    MHD_OPTION_EXTERNAL_LOGGER, sage_http_log_cb, server,
    MHD_OPTION_CLIENT_DISCIPLINE_LVL, 2,
    MHD_OPTION_URI_LOG_CALLBACK, sage_http_target_cb, server,
    MHD_OPTION_UNESCAPE_CALLBACK, sage_http_unescape_cb, NULL,
    MHD_OPTION_NOTIFY_COMPLETED, sage_http_completed_cb, server,
    MHD_OPTION_NOTIFY_CONNECTION, sage_http_connection_cb, server,
    MHD_OPTION_CONNECTION_LIMIT, limit,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) (events ? EVENTS_MEMORY : THREADED_MEMORY),
    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int) (server->idle_us / G_USEC_PER_SEC + 5),
    MHD_OPTION_THREAD_STACK_SIZE, (size_t) THREAD_STACK,
    MHD_OPTION_ARRAY, pool,
    MHD_OPTION_END);
}

static gboolean
ensure_started (SageHttpServer  *server,
                GError         **error)
{
  if (g_atomic_int_get (&server->stopping))
    return sage_throw (error, SAGE_ERROR_CONFLICT, "The HTTP server was stopped");
  if (server->door == NULL && (server->door = sage_http_door_new (server, error)) == NULL)
    return FALSE;
  if (server->daemon == NULL && (server->daemon = start_daemon (server)) == NULL)
    return sage_throw (error, SAGE_ERROR_FAILED, "Cannot start the threads of the HTTP server");
  return TRUE;
}

static gboolean
listen_on (SageHttpServer *server,
           int             fd,
           const char     *unix_path,
           GError        **error)
{
  if (fd < 0)
    return FALSE;
  if (!ensure_started (server, error) || sage_http_door_is_full (server->door))
    {
      close (fd);
      if (error == NULL || *error == NULL)
        sage_throw (error, SAGE_ERROR_LIMIT, "The HTTP server listens on too many sockets");
      return FALSE;
    }
  sage_http_door_add (server->door, fd, unix_path);
  return TRUE;
}

/**
 * sage_http_server_listen_tcp:
 * @address: a numeric IPv4 or IPv6 address
 * @port: 0 for any that is free
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID, %SAGE_ERROR_IO
 *
 * Accepts connections on a TCP port. May be called for several.
 *
 * Returns: %TRUE if the port is open
 */
gboolean
sage_http_server_listen_tcp (SageHttpServer  *server,
                             const char      *address,
                             guint16          port,
                             GError         **error)
{
  return listen_on (server, sage_http_socket_tcp (address, port, error), NULL, error);
}

/**
 * sage_http_server_listen_unix:
 * @path: where the socket is to be; at most 107 bytes
 * @error: (out): where the error goes: %SAGE_ERROR_BUSY if another server answers there,
 *   %SAGE_ERROR_EXISTS if there is something else, %SAGE_ERROR_INVALID, %SAGE_ERROR_IO
 *
 * Accepts connections on a Unix socket that only this user may use; a stale one is replaced. It has
 * 64 connections of its own, beside those over TCP.
 *
 * Returns: %TRUE if the socket is open
 */
gboolean
sage_http_server_listen_unix (SageHttpServer  *server,
                              const char      *path,
                              GError         **error)
{
  return listen_on (server, sage_http_socket_unix (path, error), path, error);
}

/**
 * sage_http_server_listen_tls:
 * @address: a numeric IPv4 or IPv6 address
 * @port: 0 for any that is free
 * @tls: what to show to clients, from now on on every port of the kind
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID, %SAGE_ERROR_IO
 *
 * Accepts TLS connections on a TCP port. May be called for several.
 *
 * Returns: the port; 0 on error
 */
guint16
sage_http_server_listen_tls (SageHttpServer  *server,
                             const char      *address,
                             guint16          port,
                             SageHttpTls     *tls,
                             GError         **error)
{
  int fd = sage_http_socket_tcp (address, port, error);

  if (fd < 0)
    return 0;
  port = sage_http_socket_port (fd);
  if (!ensure_started (server, error) ||
      (server->relay == NULL && (server->relay = sage_http_relay_new (server, error)) == NULL))
    {
      close (fd);
      return 0;
    }
  sage_http_relay_set_tls (server->relay, tls);
  return sage_http_relay_add (server->relay, fd, error) ? port : 0;
}

/**
 * sage_http_server_set_tls:
 * @tls: what to show to clients from now on
 *
 * Replaces what sage_http_server_listen_tls() was given. Connections go on, except those of clients
 * whose certificate @tls does not take.
 */
void
sage_http_server_set_tls (SageHttpServer *server,
                          SageHttpTls    *tls)
{
  if (server->relay != NULL)
    sage_http_relay_set_tls (server->relay, tls);
}

/**
 * sage_http_server_adopt:
 * @fd: a connected stream socket; taken over in every case
 * @error: (out): where the error goes: %SAGE_ERROR_BUSY if there is no room
 *
 * Serves a connection that was made elsewhere.
 *
 * Returns: %TRUE if it is being served
 */
gboolean
sage_http_server_adopt (SageHttpServer  *server,
                        int              fd,
                        GError         **error)
{
  if (!ensure_started (server, error))
    {
      close (fd);
      return FALSE;
    }
  if (!sage_http_door_admit (server->door, fd, NULL))
    return sage_throw (error, SAGE_ERROR_BUSY, "No room for another connection");
  sage_http_door_wake (server->door);
  return TRUE;
}

/**
 * sage_http_server_port:
 *
 * Returns: the port of the first TCP listener; 0 if there is none
 */
guint16
sage_http_server_port (SageHttpServer *server)
{
  return server->door != NULL ? sage_http_door_port (server->door) : 0;
}

/* Ends connections: those without a request, or all. */
static void
kill_connections (SageHttpServer *server,
                  gboolean        all)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&server->lock);
  server->releasing = all;
  g_hash_table_iter_init (&iter, server->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SageHttpConnection *connection = value;
      int phase = __atomic_load_n (&connection->phase, __ATOMIC_ACQUIRE);

      if (all || phase == SAGE_HTTP_PHASE_IDLE || phase == SAGE_HTTP_PHASE_FRESH)
        sage_http_connection_kill (connection);
    }
  g_mutex_unlock (&server->lock);
}

static void
wait_for_requests (SageHttpServer *server)
{
  gint64 until = g_get_monotonic_time () + STOP_GRACE_US;

  g_mutex_lock (&server->drain_lock);
  while (g_atomic_int_get (&server->n_requests) > 0)
    {
      if (!g_cond_wait_until (&server->drained, &server->drain_lock, until))
        break;
    }
  g_mutex_unlock (&server->drain_lock);
}

/**
 * sage_http_server_stop:
 *
 * Stops listening, lets requests under way finish for at most 1.5 seconds, then ends every
 * connection, upgraded ones too. Suspended requests may still be answered and resumed afterwards,
 * to no effect. Must not be called from a handler; waits for handlers that block.
 */
void
sage_http_server_stop (SageHttpServer *server)
{
  if (!g_atomic_int_compare_and_exchange (&server->stopping, FALSE, TRUE))
    return;
  if (server->door != NULL)
    sage_http_door_stop (server->door);
  if (server->relay != NULL)
    sage_http_relay_stop (server->relay);
  kill_connections (server, FALSE);
  wait_for_requests (server);
  kill_connections (server, TRUE);
  if (server->door != NULL)
    sage_http_door_finish (server->door);
  sage_http_upgrades_close (server->upgrades);
  g_clear_pointer (&server->daemon, MHD_stop_daemon);
  if (server->relay != NULL)
    sage_http_relay_finish (server->relay);
}

/**
 * sage_http_server_free:
 *
 * Stops @server, if that was not done, and frees it.
 */
void
sage_http_server_free (SageHttpServer *server)
{
  sage_http_server_stop (server);
  g_clear_pointer (&server->relay, sage_http_relay_free);
  g_clear_pointer (&server->door, sage_http_door_free);
  g_hash_table_unref (server->connections);
  g_hash_table_unref (server->peers);
  sage_http_upgrades_unref (server->upgrades);
  g_main_context_unref (server->context);
  g_strfreev (server->allowed_hosts);
  g_mutex_clear (&server->lock);
  g_mutex_clear (&server->drain_lock);
  g_cond_clear (&server->drained);
  g_free (server);
}
