/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "server-peer.h"

/* Against Jupyter's own server. */

static void
test_specs (void)
{
  g_autoptr(SageJupyterServer) server = server_new ();
  g_autoptr(GPtrArray) specs = NULL;
  g_autoptr(GError) error = NULL;
  SageServerSpec *spec;

  specs = call_and_wait (server, sage_jupyter_server_list_specs, &error, "/nowhere");
  g_assert_no_error (error);
  g_assert_cmpuint (specs->len, >=, 1);
  spec = g_ptr_array_index (specs, 0);
  g_assert_true (spec->is_default);
  g_assert_cmpstr (spec->name, ==, "python3");
  g_assert_cmpstr (spec->language, ==, "python");
  g_assert_true (g_str_has_prefix (spec->display_name, "Python 3"));
}

/* The address that the server prints is good enough, with the page and the token in it. */
static void
test_address (void)
{
  g_autofree char *url = g_strconcat (server_url (), "lab/tree/a.ipynb?token=" SERVER_TOKEN, NULL);
  g_autoptr(SageJupyterServer) server = sage_jupyter_server_new (url, NULL);
  g_autoptr(SageJupyterServer) none = sage_jupyter_server_new ("localhost:8888", NULL);
  g_autoptr(GPtrArray) kernels = NULL;
  g_autoptr(GPtrArray) no_kernels = NULL;
  g_autoptr(GError) error = NULL;

  kernels = call_and_wait (server, sage_jupyter_server_list_kernels, &error);
  g_assert_no_error (error);
  g_assert_nonnull (kernels);
  g_assert_null (strstr (sage_jupyter_server_get_address (server), SERVER_TOKEN));

  no_kernels = call_and_wait (none, sage_jupyter_server_list_kernels, &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_null (no_kernels);
}

static void
test_kernels (void)
{
  g_autoptr(SageJupyterServer) server = server_new ();
  g_autoptr(SageServerKernel) kernel = NULL;
  g_autoptr(SageServerKernel) again = NULL;
  g_autoptr(SageServerKernel) gone = NULL;
  g_autoptr(SageServerKernel) unknown = NULL;
  g_autoptr(GPtrArray) kernels = NULL;
  g_autoptr(GError) error = NULL;

  kernel = call_and_wait (server, sage_jupyter_server_start_kernel, &error, "python3", NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (kernel->name, ==, "python3");
  g_assert_cmpfloat (kernel->last_activity, >, 0);

  kernels = call_and_wait (server, sage_jupyter_server_list_kernels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kernels->len, ==, 1);
  again = call_and_wait (server, sage_jupyter_server_get_kernel, &error, kernel->id);
  g_assert_no_error (error);
  g_assert_cmpstr (again->id, ==, kernel->id);

  g_assert_true (call_and_wait (server, sage_jupyter_server_interrupt, &error, kernel->id));
  g_assert_true (call_and_wait (server, sage_jupyter_server_restart, &error, kernel->id));
  g_assert_true (call_and_wait (server, sage_jupyter_server_shutdown, &error, kernel->id));
  g_assert_no_error (error);

  gone = call_and_wait (server, sage_jupyter_server_get_kernel, &error, kernel->id);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, kernel->id));
  g_clear_error (&error);
  g_assert_false (call_and_wait (server, sage_jupyter_server_interrupt, &error, kernel->id));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  unknown = call_and_wait (server, sage_jupyter_server_start_kernel, &error, "no-such", NULL);
  g_assert_null (unknown);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "no-such"));
}

static void
test_sessions (void)
{
  g_autoptr(SageJupyterServer) server = server_new ();
  g_autoptr(SageServerSession) session = NULL;
  g_autoptr(SageServerSession) same = NULL;
  g_autoptr(SageServerSession) moved = NULL;
  g_autoptr(SageServerSession) unknown = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autoptr(GError) error = NULL;

  session = call_and_wait (server, sage_jupyter_server_create_session, &error, "a b.ipynb", "python3", NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (session->path, ==, "a b.ipynb");
  g_assert_cmpstr (session->type, ==, "notebook");
  g_assert_nonnull (session->kernel);

  same = call_and_wait (server, sage_jupyter_server_create_session, &error, "a b.ipynb", "python3", NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (same->id, ==, session->id);
  g_assert_cmpstr (same->kernel->id, ==, session->kernel->id);

  moved = call_and_wait (server, sage_jupyter_server_change_session, &error, session->id, "c.ipynb", NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (moved->path, ==, "c.ipynb");
  g_assert_cmpstr (moved->kernel->id, ==, session->kernel->id);

  sessions = call_and_wait (server, sage_jupyter_server_list_sessions, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 1);

  unknown = call_and_wait (server, sage_jupyter_server_create_session, &error, "d.ipynb", "no-such", NULL);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no-such"));
  g_clear_error (&error);

  g_assert_true (call_and_wait (server, sage_jupyter_server_delete_session, &error, session->id));
  none = call_and_wait (server, sage_jupyter_server_list_sessions, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_wrong_token (void)
{
  g_autoptr(SageJupyterServer) server = sage_jupyter_server_new (server_url (), "wrong");
  SageKernelClient *client;
  g_autoptr(GPtrArray) specs = NULL;
  g_autoptr(GError) error = NULL;

  specs = call_and_wait (server, sage_jupyter_server_list_specs, &error, "/nowhere");
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
  g_assert_nonnull (strstr (error->message, "token"));
  g_assert_null (strstr (error->message, "wrong"));

  client = sage_kernel_client_new (server, "00000000-0000-0000-0000-000000000000", 0);
  sage_kernel_client_open (client);
  wait_until (sage_kernel_client_get_state (client) == SAGE_KERNEL_LINK_DEAD);
  g_assert_error (sage_kernel_client_get_error (client), SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
  assert_finalizes (client);
}

static void
test_unreachable (void)
{
  g_autoptr(SageJupyterServer) server = sage_jupyter_server_new ("http://127.0.0.1:1", SERVER_TOKEN);
  g_autoptr(SageJupyterServer) engine = sage_jupyter_server_new_for_engine ("/nonexistent/socket", NULL, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false (call_and_wait (server, sage_jupyter_server_probe, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:1"));
  g_clear_error (&error);
  g_assert_false (call_and_wait (engine, sage_jupyter_server_probe, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
}

/* A peer whose certificate nobody vouches for, on threads of its own. It counts what it is told. */
static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  int *heard = user_data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tls", "one.pem", NULL);
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autoptr(GIOStream) tls = NULL;
  char byte;

  g_assert_nonnull (certificate);
  tls = g_tls_server_connection_new (G_IO_STREAM (connection), certificate, NULL);
  if (g_input_stream_read (g_io_stream_get_input_stream (tls), &byte, 1, NULL, NULL) > 0)
    g_atomic_int_inc (heard);
  g_io_stream_close (tls, NULL, NULL);

  return TRUE;
}

static void
test_untrusted (void)
{
  static const struct { const char *pin, *words; } trusts[] = {
    { NULL, "no authority" }, { "00:11", "another certificate" },
  };
  g_autoptr(GSocketService) service = g_threaded_socket_service_new (4);
  int heard = 0;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", port);

  g_signal_connect (service, "run", G_CALLBACK (run_cb), &heard);
  for (gsize i = 0; i < G_N_ELEMENTS (trusts); i++)
    {
      g_autoptr(SageJupyterServer) server = sage_jupyter_server_new_for_engine (url, "AKID", "secret");
      g_autoptr(SageTrust) trust = sage_trust_new (trusts[i].pin);
      g_autoptr(GError) error = NULL;
      SageKernelClient *client;

      sage_jupyter_server_set_trust (server, trust);
      g_assert_false (call_and_wait (server, sage_jupyter_server_probe, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNTRUSTED);
      g_assert_nonnull (strstr (error->message, trusts[i].words));

      client = sage_kernel_client_new (server, "00000000-0000-0000-0000-000000000000", 0);
      sage_kernel_client_open (client);
      wait_until (sage_kernel_client_get_state (client) == SAGE_KERNEL_LINK_DEAD);
      g_assert_error (sage_kernel_client_get_error (client), SAGE_ERROR, SAGE_ERROR_UNTRUSTED);
      assert_finalizes (client);
    }
  g_assert_cmpint (g_atomic_int_get (&heard), ==, 0);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/server/specs", test_specs);
  g_test_add_func ("/jupyter/server/address", test_address);
  g_test_add_func ("/jupyter/server/kernels", test_kernels);
  g_test_add_func ("/jupyter/server/sessions", test_sessions);
  g_test_add_func ("/jupyter/server/wrong-token", test_wrong_token);
  g_test_add_func ("/jupyter/server/unreachable", test_unreachable);
  g_test_add_func ("/jupyter/server/untrusted", test_untrusted);

  server_start ();
  status = g_test_run ();
  server_clear ();

  return status;
}
