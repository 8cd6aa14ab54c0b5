/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"
#include "relay.h"
#include "server-peer.h"

/* Against Jupyter's own server and the kernel of Python. */

static void
set_up (Kernel        *kernel,
        gconstpointer  data)
{
  g_autoptr(SageJupyterServer) server = server_new ();

  kernel_init (kernel, server);
}

static void
tear_down (Kernel        *kernel,
           gconstpointer  data)
{
  kernel_clear (kernel);
}

static JsonObject *
content_of (Kernel     *kernel,
            const char *parent,
            const char *msg_type)
{
  SageJupyterMessage *message = kernel_find (kernel, parent, msg_type);

  g_assert_nonnull (message);

  return sage_jupyter_message_get_content (message);
}

static void
test_info (Kernel        *kernel,
           gconstpointer  data)
{
  JsonObject *info = sage_kernel_client_get_info (kernel->client);

  g_assert_cmpstr (sage_json_string (sage_json_object (info, "language_info"), "name", ""), ==, "python");
  wait_until (sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_IDLE);
  g_assert_cmpint (sage_kernel_client_get_state (kernel->client), ==, SAGE_KERNEL_LINK_CONNECTED);
  g_assert_false (sage_jupyter_server_is_sagebrush (kernel->server));
}

static void
test_execute (Kernel        *kernel,
              gconstpointer  data)
{
  g_autofree char *result = kernel_run (kernel, "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7");
  g_autofree char *failing = kernel_run (kernel, "1 / 0");
  g_autofree char *out = kernel_stream (kernel, result, "stdout");
  g_autofree char *err = kernel_stream (kernel, result, "stderr");
  JsonObject *bundle = sage_json_object (content_of (kernel, result, "execute_result"), "data");

  g_assert_cmpstr (sage_json_string (bundle, "text/plain", ""), ==, "42");
  g_assert_cmpstr (out, ==, "out\n");
  g_assert_cmpstr (err, ==, "err\n");
  g_assert_cmpint (sage_json_int (content_of (kernel, result, "execute_reply"), "execution_count", 0), >, 0);
  g_assert_cmpstr (sage_json_string (content_of (kernel, failing, "error"), "ename", ""), ==,
                   "ZeroDivisionError");
  g_assert_cmpstr (sage_json_string (content_of (kernel, failing, "execute_reply"), "status", ""), ==,
                   "error");
  g_assert_cmpuint (kernel->lost->len, ==, 0);
}

/* A long message is read on a thread; what comes behind it stays behind it. */
static void
test_order_behind_a_long_message (Kernel        *kernel,
                                  gconstpointer  data)
{
  g_autofree char *id = kernel_run (kernel, "display({'text/plain': 'x' * 3000000}, raw=True)\n"
                                            "display({'text/plain': 'y'}, raw=True)\n");
  guint n = 0;

  for (guint i = 0; i < kernel->messages->len; i++)
    {
      SageJupyterMessage *message = g_ptr_array_index (kernel->messages, i);
      JsonObject *bundle = sage_json_object (sage_jupyter_message_get_content (message), "data");

      if (g_strcmp0 (sage_jupyter_message_get_msg_type (message), "display_data") != 0)
        continue;
      g_assert_cmpuint (strlen (sage_json_string (bundle, "text/plain", "")), ==, n == 0 ? 3000000 : 1);
      n++;
    }
  g_assert_cmpuint (n, ==, 2);
}

static void
test_input (Kernel        *kernel,
            gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (kernel->client, "print(input('name? ') + '!')",
                                                    SAGE_EXECUTE_ALLOW_STDIN, "cell-1");
  g_autofree char *out = NULL;

  wait_until (kernel_find (kernel, id, "input_request") != NULL);
  g_assert_cmpstr (sage_json_string (content_of (kernel, id, "input_request"), "prompt", ""), ==, "name? ");
  sage_kernel_client_input_reply (kernel->client, kernel_find (kernel, id, "input_request"), "Ada");
  wait_until (kernel_is_done (kernel, id));
  out = kernel_stream (kernel, id, "stdout");
  g_assert_cmpstr (out, ==, "Ada!\n");
}

static void
test_request (Kernel        *kernel,
              gconstpointer  data)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SageJupyterMessage) reply = NULL;
  g_autoptr(SageJupyterMessage) none = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *busy = NULL;

  json_object_set_string_member (content, "code", "impor");
  json_object_set_int_member (content, "cursor_pos", 5);
  reply = call_and_wait (kernel->client, sage_kernel_client_request, &error, SAGE_JUPYTER_SHELL,
                         "complete_request", content);
  g_assert_no_error (error);
  g_assert_cmpstr (sage_json_array_string (sage_json_array (sage_jupyter_message_get_content (reply),
                                                            "matches"), 0), ==, "import");

  /* nobody has to wait for a kernel that works */
  busy = sage_kernel_client_execute (kernel->client, "import time; print(1); time.sleep(60)", 0, NULL);
  sage_kernel_client_request_async (kernel->client, SAGE_JUPYTER_SHELL, "complete_request", content,
                                    cancellable, keep_result_cb, &result);
  wait_until (kernel_find (kernel, busy, "stream") != NULL);
  g_assert_cmpint (sage_kernel_client_get_kernel_state (kernel->client), ==, SAGE_KERNEL_BUSY);
  g_cancellable_cancel (cancellable);
  wait_until (result != NULL);
  none = sage_kernel_client_request_finish (kernel->client, result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_true (call_and_wait (kernel->server, sage_jupyter_server_interrupt, &error, kernel->id));
  g_assert_no_error (error);
  wait_until (kernel_is_done (kernel, busy));
  g_assert_cmpstr (sage_json_string (content_of (kernel, busy, "error"), "ename", ""), ==,
                   "KeyboardInterrupt");
}

static void
test_restart (Kernel        *kernel,
              gconstpointer  data)
{
  g_autofree char *first = kernel_run (kernel, "x = 1");
  g_autofree char *running = sage_kernel_client_execute (kernel->client, "import time; time.sleep(60)", 0,
                                                         NULL);
  g_autofree char *waiting = sage_kernel_client_execute (kernel->client, "x", 0, NULL);
  g_autofree char *after = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  wait_until (kernel_find (kernel, running, "execute_input") != NULL);
  sage_kernel_client_restart_async (kernel->client, NULL, keep_result_cb, &result);
  after = sage_kernel_client_execute (kernel->client, "x", 0, NULL);
  wait_until (result != NULL);
  g_assert_true (sage_kernel_client_restart_finish (kernel->client, result, &error));
  g_assert_no_error (error);

  wait_until (kernel_is_done (kernel, after));
  /* Jupyter's server interrupts a kernel before it ends it, so that there may be a reply. */
  g_assert_true (kernel_has_lost (kernel, running) != kernel_is_done (kernel, running));
  g_assert_true (kernel_has_lost (kernel, waiting) != kernel_is_done (kernel, waiting));
  g_assert_false (kernel_has_lost (kernel, after));
  g_assert_cmpstr (sage_json_string (content_of (kernel, after, "error"), "ename", ""), ==, "NameError");
  wait_until (sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_IDLE);
}

/* The server notices that the process is gone and starts another. */
static void
test_kernel_killed (Kernel        *kernel,
                    gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (
    kernel->client, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 0, NULL);
  g_autofree char *after = NULL;

  wait_until (kernel_has_lost (kernel, id));
  wait_until (sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_IDLE);
  after = kernel_run (kernel, "1 + 1");
  g_assert_nonnull (kernel_find (kernel, after, "execute_result"));
  g_assert_cmpint (sage_kernel_client_get_state (kernel->client), ==, SAGE_KERNEL_LINK_CONNECTED);
}

/* What the server sent while nobody listened comes when the same client is back. */
static void
test_closed_and_opened (Kernel        *kernel,
                        gconstpointer  data)
{
  g_autofree char *id = NULL;

  sage_kernel_client_close (kernel->client);
  g_assert_cmpint (sage_kernel_client_get_state (kernel->client), ==, SAGE_KERNEL_LINK_CLOSED);
  id = sage_kernel_client_execute (kernel->client, "'late'", 0, NULL);
  sage_kernel_client_open (kernel->client);
  wait_until (kernel_is_done (kernel, id));
  g_assert_nonnull (kernel_find (kernel, id, "execute_result"));
}

/* The connection breaks in the middle of a run: what the server keeps for us comes when we are back. */
static void
test_cut (void)
{
  Relay relay;
  Kernel kernel;
  g_autofree char *url = NULL;
  g_autofree char *id = NULL;
  g_autofree char *out = NULL;
  g_autoptr(SageJupyterServer) server = NULL;

  relay_init (&relay, server_port ());
  url = g_strdup_printf ("http://127.0.0.1:%u/base/", relay.port);
  server = sage_jupyter_server_new (url, SERVER_TOKEN);
  kernel_init (&kernel, server);
  id = sage_kernel_client_execute (
    kernel.client, "import time\nfor i in range(8):\n  print(i, flush=True)\n  time.sleep(.2)", 0, NULL);
  wait_until (kernel_find (&kernel, id, "stream") != NULL);
  relay_cut (&relay);
  wait_until (sage_kernel_client_get_state (kernel.client) == SAGE_KERNEL_LINK_AWAY);
  wait_until (sage_kernel_client_get_state (kernel.client) == SAGE_KERNEL_LINK_CONNECTED);
  wait_until (kernel_is_done (&kernel, id) || kernel_has_lost (&kernel, id));
  out = kernel_stream (&kernel, id, "stdout");
  if (!kernel_has_lost (&kernel, id))
    g_assert_true (g_str_has_suffix (out, "7\n"));
  kernel_clear (&kernel);
  relay_clear (&relay);
}

/* A server that was killed takes its kernels with it. */
static void
test_server_killed (Kernel        *kernel,
                    gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (kernel->client, "import time; time.sleep(60)", 0, NULL);

  wait_until (kernel_find (kernel, id, "execute_input") != NULL);
  server_kill ();
  wait_until (sage_kernel_client_get_state (kernel->client) == SAGE_KERNEL_LINK_AWAY);
  g_assert_error (sage_kernel_client_get_error (kernel->client), SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_assert_false (kernel_has_lost (kernel, id));

  server_start ();
  wait_until (sage_kernel_client_get_state (kernel->client) == SAGE_KERNEL_LINK_DEAD);
  g_assert_error (sage_kernel_client_get_error (kernel->client), SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_cmpint (sage_kernel_client_get_kernel_state (kernel->client), ==, SAGE_KERNEL_DEAD);
  g_assert_true (kernel_has_lost (kernel, id));
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/jupyter/kernel-client/" name, Kernel, NULL, set_up, func, tear_down)
  ADD ("info", test_info);
  ADD ("execute", test_execute);
  ADD ("order-behind-a-long-message", test_order_behind_a_long_message);
  ADD ("input", test_input);
  ADD ("request", test_request);
  ADD ("restart", test_restart);
  ADD ("kernel-killed", test_kernel_killed);
  ADD ("closed-and-opened", test_closed_and_opened);
  g_test_add_func ("/jupyter/kernel-client/cut", test_cut);
  ADD ("server-killed", test_server_killed);
#undef ADD

  server_start ();
  status = g_test_run ();
  kernel_end (NULL);
  server_clear ();

  return status;
}
