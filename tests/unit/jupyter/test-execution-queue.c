/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-execution-queue.h"
#include "sage-json.h"
#include "scripted-peer.h"

/* A notebook of four code cells, with text between, and a kernel that says what the test wants. */
typedef struct
{
  ScriptedPeer        peer;
  SageJupyterServer  *server;   /* (owned) */
  SageKernelClient   *client;   /* (owned) */
  SageNotebook       *notebook; /* (owned) */
  SageExecutionQueue *queue;    /* (owned) */
  SageCell           *cells[4]; /* (owned by the notebook) */
  guint               n_ended;
  gint64              seq;
} Fixture;

static void
ended_cb (SageExecutionQueue *queue,
          SageCell           *cell,
          Fixture            *fixture)
{
  fixture->n_ended++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const char *const sources[] = { "a", "b", "c", "d" };

  scripted_peer_init (&fixture->peer, GPOINTER_TO_INT (data), SAGE_JUPYTER_FRAMING_V1);
  fixture->server = sage_jupyter_server_new (fixture->peer.url, "token");
  fixture->client = sage_kernel_client_new (fixture->server, "k", 0);
  fixture->notebook = sage_notebook_new ();
  for (guint i = 0; i < 4; i++)
    fixture->cells[i] = sage_notebook_insert (fixture->notebook, i, SAGE_CELL_CODE, sources[i]);
  sage_notebook_insert (fixture->notebook, 2, SAGE_CELL_MARKDOWN, "# text");
  fixture->queue = sage_execution_queue_new (fixture->notebook, fixture->client);
  g_signal_connect (fixture->queue, "cell-ended", G_CALLBACK (ended_cb), fixture);
  sage_kernel_client_open (fixture->client);
  wait_until (sage_kernel_client_get_info (fixture->client) != NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  sage_kernel_client_close (fixture->client);
  assert_finalizes (fixture->queue);
  assert_finalizes (fixture->client);
  assert_finalizes (fixture->notebook);
  g_clear_object (&fixture->server);
  scripted_peer_clear (&fixture->peer);
}

static SageJupyterMessage *
request_at (Fixture *fixture,
            guint    index)
{
  wait_until (fixture->peer.received->len > index);

  return g_ptr_array_index (fixture->peer.received, index);
}

static void
say (Fixture            *fixture,
     SageJupyterMessage *request,
     SageJupyterChannel  channel,
     const char         *msg_type,
     const char         *content)
{
  scripted_peer_say (&fixture->peer, request, channel, msg_type, content,
                     fixture->peer.is_sagebrush ? ++fixture->seq : -1);
}

static void
begin (Fixture            *fixture,
       SageJupyterMessage *request)
{
  const char *code = sage_json_string (sage_jupyter_message_get_content (request), "code", "");
  g_autofree char *input = g_strdup_printf ("{\"code\":\"%s\",\"execution_count\":7}", code);

  say (fixture, request, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"busy\"}");
  say (fixture, request, SAGE_JUPYTER_IOPUB, "execute_input", input);
}

static void
end (Fixture            *fixture,
     SageJupyterMessage *request,
     const char         *reply)
{
  say (fixture, request, SAGE_JUPYTER_SHELL, "execute_reply", reply);
  say (fixture, request, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"idle\"}");
}

/* Sends and answers a run of one cell. */
static void
run_one (Fixture *fixture,
         guint    index)
{
  guint n = fixture->peer.received->len;

  sage_execution_queue_run (fixture->queue, &fixture->cells[index], 1);
  begin (fixture, request_at (fixture, n));
  end (fixture, request_at (fixture, n), "{\"status\":\"ok\"}");
  wait_until (sage_execution_queue_get_n_pending (fixture->queue) == 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
assert_states (Fixture    *fixture,
               const char *expected)
{
  g_autoptr(GString) states = g_string_new (NULL);

  for (guint i = 0; i < 4; i++)
    g_string_append_c (states, "iqrsfc"[sage_cell_get_state (fixture->cells[i])]);
  g_assert_cmpstr (states->str, ==, expected);
}

static void
assert_stale (Fixture    *fixture,
              const char *expected)
{
  g_autoptr(GString) marks = g_string_new (NULL);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < 4; i++)
    g_string_append_c (marks, sage_cell_is_stale (fixture->cells[i]) ? 'x' : '-');
  g_assert_cmpstr (marks->str, ==, expected);
}

/* What is behind a failure is dropped by the kernel. */
static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  SageJupyterMessage *request;
  g_autoptr(SageOutput) output = NULL;

  sage_execution_queue_run (fixture->queue, fixture->cells, 4);
  assert_states (fixture, "qqqq");
  g_assert_cmpuint (sage_execution_queue_get_place (fixture->queue, fixture->cells[2]), ==, 2);
  request = request_at (fixture, 0);
  g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_metadata (request), "cellId", ""), ==,
                   sage_cell_get_id (fixture->cells[0]));
  begin (fixture, request);
  say (fixture, request, SAGE_JUPYTER_IOPUB, "stream", "{\"name\":\"stdout\",\"text\":\"hello\"}");
  wait_until (g_list_model_get_n_items (sage_cell_get_outputs (fixture->cells[0])) == 1);
  assert_states (fixture, "rqqq");
  end (fixture, request, "{\"status\":\"ok\"}");

  request = request_at (fixture, 1);
  begin (fixture, request);
  say (fixture, request, SAGE_JUPYTER_IOPUB, "error",
       "{\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":[\"t\"]}");
  end (fixture, request, "{\"status\":\"error\"}");
  for (guint i = 2; i < 4; i++)
    {
      /* as ipykernel does it */
      say (fixture, request_at (fixture, i), SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"busy\"}");
      end (fixture, request_at (fixture, i), "{\"status\":\"aborted\"}");
    }
  wait_until (fixture->n_ended == 4);
  assert_states (fixture, "sfcc");
  g_assert_cmpuint (sage_execution_queue_get_n_pending (fixture->queue), ==, 0);
  g_assert_cmpuint (sage_execution_queue_get_place (fixture->queue, fixture->cells[2]), ==, G_MAXUINT);
  output = g_list_model_get_item (sage_cell_get_outputs (fixture->cells[0]), 0);
  g_assert_cmpstr (sage_output_get_text (output, NULL), ==, "hello");
  g_assert_cmpint (sage_cell_get_execution_count (fixture->cells[0]), ==, 7);
}

/* What was sent before this program was started is in the journal, and its output finds its cell. */
static void
test_journal (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(JsonObject) metadata = json_object_new ();
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) request = NULL;
  g_autoptr(SageJupyterMessage) numbered = NULL;

  json_object_set_string_member (metadata, "cellId", sage_cell_get_id (fixture->cells[1]));
  json_object_set_string_member (content, "code", "b");
  request = sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, "execute_request", "another", "", metadata,
                                              content);
  fixture->seq = 10;
  numbered = sage_jupyter_message_with_number (request, "sagebrush_seq", 10);
  scripted_peer_send (&fixture->peer, numbered);
  begin (fixture, request);
  say (fixture, request, SAGE_JUPYTER_IOPUB, "stream", "{\"name\":\"stdout\",\"text\":\"late\"}");
  wait_until (g_list_model_get_n_items (sage_cell_get_outputs (fixture->cells[1])) == 1);
  assert_states (fixture, "irii");

  /* a notebook that is saved now does not hold what belongs to the request yet */
  g_assert_cmpint (sage_kernel_client_get_last_seq (fixture->client), ==, fixture->seq);
  g_assert_cmpint (sage_execution_queue_get_safe_seq (fixture->queue), ==, 9);
  end (fixture, request, "{\"status\":\"ok\"}");
  wait_until (fixture->n_ended == 1);
  assert_states (fixture, "isii");
  g_assert_cmpint (sage_execution_queue_get_safe_seq (fixture->queue), ==, fixture->seq);
}

static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  sage_execution_queue_run (fixture->queue, fixture->cells, 2);
  begin (fixture, request_at (fixture, 0));
  wait_until (sage_cell_get_state (fixture->cells[0]) == SAGE_CELL_RUNNING);
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->n_ended == 2);
  assert_states (fixture, "fcii");
}

static void
test_kernel_gone (Fixture       *fixture,
                  gconstpointer  data)
{
  sage_execution_queue_run (fixture->queue, fixture->cells, 2);
  begin (fixture, request_at (fixture, 0));
  wait_until (sage_cell_get_state (fixture->cells[0]) == SAGE_CELL_RUNNING);
  fixture->peer.refusal = SOUP_STATUS_NOT_FOUND;
  scripted_peer_cut (&fixture->peer);
  wait_until (fixture->n_ended == 2);
  assert_states (fixture, "fcii");
}

/* The journal's own echo of a request: the kernel has it. */
static void
echo_request (Fixture *fixture,
              guint    index)
{
  g_autoptr(SageJupyterMessage) echo = NULL;

  echo = sage_jupyter_message_with_number (request_at (fixture, index), "sagebrush_seq", ++fixture->seq);
  scripted_peer_send (&fixture->peer, echo);
}

/* A kernel that is killed may not have told any more what it was at: it was at the first of those that it
 * had. */
static void
test_killed_before_it_spoke (Fixture       *fixture,
                             gconstpointer  data)
{
  sage_execution_queue_run (fixture->queue, fixture->cells, 3);
  for (guint i = 0; i < 3; i++)
    echo_request (fixture, i);
  begin (fixture, request_at (fixture, 0));
  end (fixture, request_at (fixture, 0), "{\"status\":\"ok\"}");
  wait_until (fixture->n_ended == 1);
  scripted_peer_say (&fixture->peer, NULL, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"dead\"}",
                     ++fixture->seq);
  wait_until (fixture->n_ended == 3);
  assert_states (fixture, "sfci");
}

static void
test_input (Fixture       *fixture,
            gconstpointer  data)
{
  SageJupyterMessage *request;

  sage_execution_queue_run (fixture->queue, fixture->cells, 1);
  request = request_at (fixture, 0);
  begin (fixture, request);
  say (fixture, request, SAGE_JUPYTER_STDIN, "input_request", "{\"prompt\":\"?\",\"password\":false}");
  wait_until (sage_execution_queue_get_input (fixture->queue) != NULL);
  g_assert_true (sage_execution_queue_get_input_cell (fixture->queue) == fixture->cells[0]);
  sage_execution_queue_answer (fixture->queue, "yes");
  g_assert_null (sage_execution_queue_get_input (fixture->queue));
  g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_content (request_at (fixture, 1)), "value", ""),
                   ==, "yes");

  /* a run that ends asks no more */
  say (fixture, request, SAGE_JUPYTER_STDIN, "input_request", "{\"prompt\":\"again?\",\"password\":false}");
  wait_until (sage_execution_queue_get_input (fixture->queue) != NULL);
  end (fixture, request, "{\"status\":\"error\"}");
  wait_until (fixture->n_ended == 1);
  g_assert_null (sage_execution_queue_get_input (fixture->queue));
}

static void
test_deleted_while_it_runs (Fixture       *fixture,
                            gconstpointer  data)
{
  guint position = 0;
  SageJupyterMessage *request;

  sage_execution_queue_run (fixture->queue, fixture->cells, 1);
  request = request_at (fixture, 0);
  begin (fixture, request);
  wait_until (sage_cell_get_state (fixture->cells[0]) == SAGE_CELL_RUNNING);
  sage_notebook_remove (fixture->notebook, &position, 1);
  say (fixture, request, SAGE_JUPYTER_IOPUB, "stream", "{\"name\":\"stdout\",\"text\":\"x\"}");
  end (fixture, request, "{\"status\":\"ok\"}");
  wait_until (sage_execution_queue_get_n_pending (fixture->queue) == 0);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

static void
test_stale (Fixture       *fixture,
            gconstpointer  data)
{
  guint position = 3;

  for (guint i = 0; i < 3; i++)
    run_one (fixture, i);
  assert_stale (fixture, "----");

  /* one that ran again leaves behind what ran before, but not what never did */
  run_one (fixture, 1);
  assert_stale (fixture, "--x-");
  run_one (fixture, 2);
  assert_stale (fixture, "----");

  /* edited, and back */
  sage_notebook_set_source (fixture->notebook, fixture->cells[1], "other");
  assert_stale (fixture, "-xx-");
  sage_notebook_set_source (fixture->notebook, fixture->cells[1], "b");
  assert_stale (fixture, "----");

  /* the mark from above hides an edit, which still counts for what is below */
  sage_notebook_set_source (fixture->notebook, fixture->cells[0], "other");
  sage_notebook_set_source (fixture->notebook, fixture->cells[1], "other");
  assert_stale (fixture, "xxx-");
  sage_notebook_set_source (fixture->notebook, fixture->cells[0], "a");
  assert_stale (fixture, "-xx-");

  /* moved above what was changed it does not depend on that, but what is below it now on it */
  sage_notebook_move (fixture->notebook, &position, 1, 0);
  g_assert_true (sage_notebook_get_cell (fixture->notebook, 0) == fixture->cells[2]);
  assert_stale (fixture, "xx--");

  /* another process knows nothing of what ran */
  sage_notebook_set_source (fixture->notebook, fixture->cells[2], "newest");
  assert_stale (fixture, "xxx-");
  say (fixture, NULL, SAGE_JUPYTER_IOPUB, "status", "{\"execution_state\":\"restarting\"}");
  wait_until (!sage_cell_is_stale (fixture->cells[0]));
}

/* Edited while it waited: what ran is not what stands there. */
static void
test_edited_in_the_queue (Fixture       *fixture,
                          gconstpointer  data)
{
  SageJupyterMessage *request;

  sage_execution_queue_run (fixture->queue, fixture->cells, 1);
  request = request_at (fixture, 0);
  sage_notebook_set_source (fixture->notebook, fixture->cells[0], "newer");
  begin (fixture, request);
  end (fixture, request, "{\"status\":\"ok\"}");
  wait_until (fixture->n_ended == 1);
  assert_stale (fixture, "x---");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, is_sagebrush, func) \
  g_test_add ("/jupyter/execution-queue/" name, Fixture, GINT_TO_POINTER (is_sagebrush), set_up, func, \
              tear_down)
  ADD ("failure", TRUE, test_failure);
  ADD ("journal", TRUE, test_journal);
  ADD ("lost", FALSE, test_lost);
  ADD ("kernel-gone", TRUE, test_kernel_gone);
  ADD ("killed-before-it-spoke", TRUE, test_killed_before_it_spoke);
  ADD ("input", FALSE, test_input);
  ADD ("deleted-while-it-runs", TRUE, test_deleted_while_it_runs);
  ADD ("stale", TRUE, test_stale);
  ADD ("edited-in-the-queue", TRUE, test_edited_in_the_queue);
#undef ADD

  return g_test_run ();
}
