/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "../client/engine.h"
#include "sage-embedded.h"
#include "sage-error.h"
#include "sage-execution-queue.h"
#include "sage-json.h"
#include "kernel-fixture.h"

/* Against an engine of this build and the kernel of Python. */

static Engine engine;

/* Through the socket, or through the port with the access key. */
static SageJupyterServer *
new_server (gboolean through_socket)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine.dir, &error);

  g_assert_no_error (error);
  if (through_socket)
    return sage_jupyter_server_new_for_engine (sage_json_string (ready, "socket", ""), NULL, NULL);

  return sage_jupyter_server_new_for_engine (sage_json_string (ready, "endpoint_url", ""),
                                             sage_json_string (ready, "access_key_id", NULL),
                                             sage_json_string (ready, "secret_access_key", NULL));
}

static void
set_up (Kernel        *kernel,
        gconstpointer  data)
{
  g_autoptr(SageJupyterServer) server = new_server (GPOINTER_TO_INT (data));

  kernel_init (kernel, server);
}

static void
tear_down (Kernel        *kernel,
           gconstpointer  data)
{
  kernel_clear (kernel);
}

static void
test_execute (Kernel        *kernel,
              gconstpointer  data)
{
  g_autofree char *id = kernel_run (kernel, "print('out')\n6 * 7");
  g_autofree char *out = kernel_stream (kernel, id, "stdout");
  SageJupyterMessage *result = kernel_find (kernel, id, "execute_result");

  g_assert_true (sage_jupyter_server_is_sagebrush (kernel->server));
  g_assert_cmpstr (out, ==, "out\n");
  g_assert_nonnull (result);
  g_assert_cmpstr (sage_json_string (sage_json_object (sage_jupyter_message_get_content (result), "data"),
                                     "text/plain", ""), ==, "42");
  g_assert_cmpint (sage_kernel_client_get_last_seq (kernel->client), >, 0);
}

static void
test_sessions (Kernel        *kernel,
               gconstpointer  data)
{
  g_autoptr(SageServerSession) session = NULL;
  g_autoptr(SageServerSession) moved = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  g_autoptr(GPtrArray) specs = NULL;
  g_autoptr(JsonObject) facts = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (engine.dir, "a b.ipynb", NULL);
  g_autofree char *other = g_build_filename (engine.dir, "c.ipynb", NULL);

  specs = call_and_wait (kernel->server, sage_jupyter_server_list_specs, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (specs->len, >=, 1);
  session = call_and_wait (kernel->server, sage_jupyter_server_create_session, &error, path, NULL,
                           kernel->id);
  g_assert_no_error (error);
  g_assert_cmpstr (session->kernel->id, ==, kernel->id);
  moved = call_and_wait (kernel->server, sage_jupyter_server_change_session, &error, session->id, other, NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (moved->path, ==, other);
  sessions = call_and_wait (kernel->server, sage_jupyter_server_list_sessions, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 1);

  facts = call_and_wait (kernel->server, sage_jupyter_server_get_facts, &error, kernel->id);
  g_assert_no_error (error);
  g_assert_cmpint (sage_json_int (facts, "memory_bytes", 0), >, 0);
}

/* The texts that a cell shows. */
static char *
cell_text (SageCell *cell)
{
  GListModel *outputs = sage_cell_get_outputs (cell);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i);

      if (sage_output_get_kind (output) == SAGE_OUTPUT_STREAM)
        g_string_append (text, sage_output_get_text (output, NULL));
    }

  return g_string_free_and_steal (text);
}

/* Everything is closed in the middle of a run, and what opens the notebook later has all of it. */
static void
test_reopened (Kernel        *kernel,
               gconstpointer  data)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cells[2];
  SageExecutionQueue *queue = sage_execution_queue_new (notebook, kernel->client);
  SageKernelClient *second;
  SageExecutionQueue *second_queue;
  g_autofree char *first = NULL;
  g_autofree char *all = NULL;
  g_autoptr(GError) error = NULL;
  gint64 seq;

  cells[0] = sage_notebook_insert (notebook, 0, SAGE_CELL_CODE,
                                   "import time\nfor i in range(6):\n  print(i, flush=True)\n  time.sleep(.2)");
  cells[1] = sage_notebook_insert (notebook, 1, SAGE_CELL_CODE, "print('end')");
  sage_execution_queue_run (queue, cells, 2);
  wait_until (g_list_model_get_n_items (sage_cell_get_outputs (cells[0])) > 0);
  seq = sage_execution_queue_get_safe_seq (queue);
  g_assert_cmpint (seq, <, sage_kernel_client_get_last_seq (kernel->client));
  assert_finalizes (queue);
  sage_kernel_client_close (kernel->client);
  g_assert_true (call_and_wait (kernel->server, sage_jupyter_server_hold_journal, &error, kernel->id, seq));
  g_assert_no_error (error);

  second = sage_kernel_client_new (kernel->server, kernel->id, seq);
  second_queue = sage_execution_queue_new (notebook, second);
  sage_kernel_client_open (second);
  wait_until (sage_cell_get_state (cells[1]) == SAGE_CELL_SUCCEEDED);
  first = cell_text (cells[0]);
  all = cell_text (cells[1]);
  g_assert_cmpstr (first, ==, "0\n1\n2\n3\n4\n5\n");
  g_assert_cmpstr (all, ==, "end\n");
  assert_finalizes (second_queue);
  sage_kernel_client_close (second);
  assert_finalizes (second);
}

/* The engine is killed in the middle of a run; the kernel goes on, and nothing is lost or doubled. */
static void
test_engine_killed (Kernel        *kernel,
                    gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (
    kernel->client, "import time\nfor i in range(10):\n  print(i, flush=True)\n  time.sleep(.2)", 0, NULL);
  g_autofree char *out = NULL;

  wait_until (kernel_find (kernel, id, "stream") != NULL);
  engine_kill (&engine);
  wait_until (sage_kernel_client_get_state (kernel->client) == SAGE_KERNEL_LINK_AWAY);
  engine_start (&engine);
  wait_until (kernel_is_done (kernel, id));
  out = kernel_stream (kernel, id, "stdout");
  g_assert_cmpstr (out, ==, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  g_assert_cmpuint (kernel->lost->len, ==, 0);
}

/* It stands still, and comes round. */
static void
test_engine_stopped (Kernel        *kernel,
                     gconstpointer  data)
{
  g_autofree char *id = NULL;

  engine_signal (&engine, SIGSTOP);
  wait_until (sage_kernel_client_get_state (kernel->client) == SAGE_KERNEL_LINK_AWAY);
  g_assert_error (sage_kernel_client_get_error (kernel->client), SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  id = sage_kernel_client_execute (kernel->client, "1 + 1", 0, NULL);
  engine_signal (&engine, SIGCONT);
  wait_until (kernel_is_done (kernel, id));
  g_assert_nonnull (kernel_find (kernel, id, "execute_result"));
}

/* Our engine leaves a kernel that died dead, tells why, and starts it again when asked to. */
static void
test_kernel_killed (Kernel        *kernel,
                    gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (
    kernel->client, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 0, NULL);
  g_autofree char *aborted = NULL;
  g_autofree char *after = NULL;
  g_autoptr(JsonObject) facts = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *reply;

  wait_until (sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_DEAD);
  wait_until (kernel_has_lost (kernel, id) || kernel_find (kernel, id, "execute_reply") != NULL);
  facts = call_and_wait (kernel->server, sage_jupyter_server_get_facts, &error, kernel->id);
  g_assert_no_error (error);

  /* nothing waits for a kernel that may never be */
  aborted = sage_kernel_client_execute (kernel->client, "1 + 1", 0, NULL);
  wait_until (kernel_find (kernel, aborted, "execute_reply") != NULL);
  reply = sage_jupyter_message_get_content (kernel_find (kernel, aborted, "execute_reply"));
  g_assert_cmpstr (sage_json_string (reply, "status", ""), ==, "aborted");

  g_assert_true (call_and_wait (kernel->client, sage_kernel_client_restart, &error));
  g_assert_no_error (error);
  after = kernel_run (kernel, "1 + 1");
  g_assert_nonnull (kernel_find (kernel, after, "execute_result"));
}

static void
test_restart (Kernel        *kernel,
              gconstpointer  data)
{
  g_autofree char *running = sage_kernel_client_execute (kernel->client,
                                                         "import time; print(1); time.sleep(60)", 0, NULL);
  g_autofree char *waiting = sage_kernel_client_execute (kernel->client, "'old'", 0, NULL);
  g_autofree char *after = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  wait_until (kernel_find (kernel, running, "stream") != NULL);
  sage_kernel_client_restart_async (kernel->client, NULL, keep_result_cb, &result);
  after = sage_kernel_client_execute (kernel->client, "'new'", 0, NULL);
  wait_until (result != NULL);
  g_assert_true (sage_kernel_client_restart_finish (kernel->client, result, &error));
  g_assert_no_error (error);
  wait_until (kernel_is_done (kernel, after));
  g_assert_nonnull (kernel_find (kernel, after, "execute_result"));
  g_assert_null (kernel_find (kernel, waiting, "execute_result"));
  g_assert_false (kernel_has_lost (kernel, after));
  wait_until (sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_IDLE);
}

static void
test_interrupt (Kernel        *kernel,
                gconstpointer  data)
{
  g_autofree char *id = sage_kernel_client_execute (kernel->client, "import time; print(1); time.sleep(60)",
                                                    0, NULL);
  g_autoptr(GError) error = NULL;

  wait_until (kernel_find (kernel, id, "stream") != NULL);
  g_assert_true (call_and_wait (kernel->server, sage_jupyter_server_interrupt, &error, kernel->id));
  g_assert_no_error (error);
  wait_until (kernel_is_done (kernel, id));
  g_assert_nonnull (kernel_find (kernel, id, "error"));
}

/* Who only has the address and the secret for a token finds out that it is an engine. */
static void
test_plain_address (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine.dir, &error);
  g_autoptr(SageJupyterServer) server =
    sage_jupyter_server_new (sage_json_string (ready, "endpoint_url", ""),
                             sage_json_string (ready, "secret_access_key", NULL));
  g_autoptr(GPtrArray) specs = NULL;

  g_assert_true (call_and_wait (server, sage_jupyter_server_probe, &error));
  g_assert_no_error (error);
  g_assert_true (sage_jupyter_server_is_sagebrush (server));
  specs = call_and_wait (server, sage_jupyter_server_list_specs, &error, NULL);
  g_assert_no_error (error);
  g_assert_nonnull (specs);
}

static void
test_wrong_secret (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine.dir, &error);
  g_autoptr(SageJupyterServer) server =
    sage_jupyter_server_new_for_engine (sage_json_string (ready, "endpoint_url", ""),
                                        sage_json_string (ready, "access_key_id", NULL), "wrong");
  g_autoptr(GPtrArray) specs = NULL;

  specs = call_and_wait (server, sage_jupyter_server_list_specs, &error, NULL);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNAUTHENTICATED);
  g_assert_nonnull (strstr (error->message, "access key"));
}

/* Leaves nothing behind. */
static void
test_end (void)
{
  g_autoptr(SageJupyterServer) server = new_server (TRUE);
  g_autoptr(GPtrArray) kernels = NULL;
  g_autoptr(GError) error = NULL;

  kernel_end (server);
  kernels = call_and_wait (server, sage_jupyter_server_list_kernels, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kernels->len, ==, 0);
  engine_clear (&engine);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, through_socket, func) \
  g_test_add ("/jupyter/kernel-engine/" name, Kernel, GINT_TO_POINTER (through_socket), set_up, func, \
              tear_down)
  ADD ("execute", TRUE, test_execute);
  ADD ("execute-through-the-port", FALSE, test_execute);
  ADD ("sessions", TRUE, test_sessions);
  ADD ("interrupt", TRUE, test_interrupt);
  ADD ("restart", TRUE, test_restart);
  ADD ("reopened", TRUE, test_reopened);
  ADD ("kernel-killed", TRUE, test_kernel_killed);
  ADD ("engine-stopped", TRUE, test_engine_stopped);
  ADD ("engine-killed", TRUE, test_engine_killed);
#undef ADD
  g_test_add_func ("/jupyter/kernel-engine/plain-address", test_plain_address);
  g_test_add_func ("/jupyter/kernel-engine/wrong-secret", test_wrong_secret);
  g_test_add_func ("/jupyter/kernel-engine/end", test_end);

  /* The directory that tests share is made here, before each gets its own. */
  engine_init (&engine);
  engine_start (&engine);

  return g_test_run ();
}
