/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "mhd-echo"

#include "config.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <unistd.h>

/*
 * The floor of a JSON call over HTTP: libmicrohttpd answers with the body it got, and does nothing
 * else. mhd-echo listens on a free port of the loopback interface and prints a JSON line with it.
 */

#define N_THREADS 2

static enum MHD_Result
handle (void                   *user_data,
        struct MHD_Connection  *connection,
        const char             *path,
        const char             *method,
        const char             *version,
        const char             *data,
        size_t                 *size,
        void                  **state)
{
  struct MHD_Response *response;
  enum MHD_Result result;
  GByteArray *body;

  if (*state == NULL)
    {
      *state = g_byte_array_new ();
      return MHD_YES;
    }

  body = *state;
  if (*size > 0)
    {
      g_byte_array_append (body, (const guint8 *) data, *size);
      *size = 0;
      return MHD_YES;
    }

  response = MHD_create_response_from_buffer_copy (body->len, body->data);
  MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/x-amz-json-1.1");
  result = MHD_queue_response (connection, MHD_HTTP_OK, response);
  MHD_destroy_response (response);

  return result;
}

static void
completed (void                             *user_data,
           struct MHD_Connection            *connection,
           void                            **state,
           enum MHD_RequestTerminationCode   code)
{
  g_clear_pointer ((GByteArray **) state, g_byte_array_unref);
}

static gboolean
stop_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int   argc,
      char *argv[])
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  struct MHD_Daemon *daemon;

  daemon = MHD_start_daemon (MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL,
                             handle, NULL,
                             MHD_OPTION_SOCK_ADDR, (struct sockaddr *) &address,
                             MHD_OPTION_THREAD_POOL_SIZE, N_THREADS,
                             MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
                             MHD_OPTION_END);
  if (daemon == NULL)
    return 1;

  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_print ("{\"endpoint_url\": \"http://127.0.0.1:%u\", \"pid\": %d}\n",
           MHD_get_daemon_info (daemon, MHD_DAEMON_INFO_BIND_PORT)->port, (int) getpid ());
  g_main_loop_run (loop);
  MHD_stop_daemon (daemon);

  return 0;
}
