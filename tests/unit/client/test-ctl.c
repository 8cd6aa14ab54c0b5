/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

#include "sage-json.h"

/* The program under test; the build names it. */
static const char *program;

/* A stand-in for an engine, on a socket and on a thread of its own. */
typedef struct
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
  SoupServer   *server;
  char         *dir;       /* (owned): the data directory */
  char         *socket;    /* (owned) */
  guint         described; /* how often the job was described; reset while nothing runs */
} Fixture;

typedef struct
{
  int   status;
  char *out;    /* (owned) */
  char *err;    /* (owned) */
} Run;

static void
run_clear (Run *run)
{
  g_free (run->out);
  g_free (run->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static Run
run (const char *first,
     ...)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_null_terminated (8, NULL, TRUE);
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  Run result = { 0 };
  va_list args;

  g_ptr_array_add (arguments, (gpointer) program);
  va_start (args, first);
  for (const char *word = first; word != NULL; word = va_arg (args, const char *))
    g_ptr_array_add (arguments, (gpointer) word);
  va_end (args);

  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result.status = g_subprocess_get_exit_status (process);

  return result;
}

/* --- The stand-in ----------------------------------------------------------------------------- */

/* The third description says that the job failed; by then a last event is there. */
static char *
answer (Fixture    *fixture,
        const char *target,
        JsonObject *input)
{
  if (target == NULL)
    return g_strdup_printf ("{\"version\":\"9.9\",\"pid\":%d,\"started\":0,\"sandbox\":\"bubblewrap\","
                            "\"resources\":{\"training-job\":{\"Completed\":2,\"Failed\":1}}}",
                            (int) getpid ());

  if (strcmp (target, "SageMaker.DescribeTrainingJob") == 0)
    return NULL;
  if (strcmp (target, "SageMaker.DescribeProcessingJob") == 0)
    {
      if (strcmp (sage_json_string (input, "ProcessingJobName", ""), "job") != 0)
        return NULL;
      if (++fixture->described < 3)
        return g_strdup ("{\"ProcessingJobStatus\":\"InProgress\"}");
      return g_strdup ("{\"ProcessingJobStatus\":\"Failed\",\"FailureReason\":\"It broke\"}");
    }
  if (strcmp (target, "Logs_20140328.DescribeLogStreams") == 0)
    return g_strdup ("{\"logStreams\":[{\"logStreamName\":\"job/algo-1-1\"}]}");
  if (strcmp (target, "Logs_20140328.GetLogEvents") == 0)
    {
      const char *token = sage_json_string (input, "nextToken", NULL);

      if (token == NULL)
        return g_strdup ("{\"events\":[{\"message\":\"one\"},{\"message\":\"tab\\t \\u001b[2J\"}],"
                         "\"nextForwardToken\":\"f/1\"}");
      if (strcmp (token, "f/1") == 0 && fixture->described >= 3)
        return g_strdup ("{\"events\":[{\"message\":\"last\"}],\"nextForwardToken\":\"f/2\"}");
      return g_strdup_printf ("{\"events\":[],\"nextForwardToken\":\"%s\"}", token);
    }

  return NULL;
}

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(JsonNode) input = NULL;
  g_autofree char *text = NULL;

  if (body->length > 0)
    input = sage_json_parse_object (body->data, body->length, NULL, NULL);
  text = answer (user_data, soup_message_headers_get_one (headers, "X-Amz-Target"),
                 input != NULL ? json_node_get_object (input) : NULL);

  soup_server_message_set_status (message, text != NULL ? 200 : 400, NULL);
  if (text == NULL)
    text = g_strdup ("{\"__type\":\"ResourceNotFound\",\"Message\":\"None\"}");
  soup_server_message_set_response (message, "application/x-amz-json-1.1", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static gpointer
serve (gpointer data)
{
  Fixture *fixture = data;

  g_main_context_push_thread_default (fixture->context);
  g_main_loop_run (fixture->loop);
  g_main_context_pop_thread_default (fixture->context);

  return NULL;
}

static void
write_ready (Fixture *fixture,
             int      pid)
{
  g_autofree char *path = g_build_filename (fixture->dir, "ready.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  text = g_strdup_printf ("{\"endpoint_url\":\"http://127.0.0.1:7\",\"access_key_id\":\"AK\","
                          "\"secret_access_key\":\"a'b\",\"region\":\"eu-west-1\","
                          "\"runtime_endpoint_url\":\"http://127.0.0.1:8\","
                          "\"socket\":\"%s\",\"pid\":%d}", fixture->socket, pid);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  fixture->dir = g_dir_make_tmp ("sage-ctl-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->dir, "engine.sock", NULL);
  address = g_unix_socket_address_new (fixture->socket);
  write_ready (fixture, getpid ());

  fixture->context = g_main_context_new ();
  fixture->loop = g_main_loop_new (fixture->context, FALSE);
  g_main_context_push_thread_default (fixture->context);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, handle_cb, fixture, NULL);
  soup_server_listen (fixture->server, address, 0, &error);
  g_assert_no_error (error);
  g_main_context_pop_thread_default (fixture->context);
  fixture->thread = g_thread_new ("engine", serve, fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *ready = g_build_filename (fixture->dir, "ready.json", NULL);

  g_main_loop_quit (fixture->loop);
  g_thread_join (fixture->thread);
  g_main_context_push_thread_default (fixture->context);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  g_main_context_pop_thread_default (fixture->context);
  g_main_loop_unref (fixture->loop);
  g_main_context_unref (fixture->context);
  g_unlink (fixture->socket);
  g_unlink (ready);
  g_rmdir (fixture->dir);
  g_free (fixture->socket);
  g_free (fixture->dir);
}

/* --- Tests ------------------------------------------------------------------------------------ */

static void
test_env (Fixture       *fixture,
          gconstpointer  data)
{
  g_auto(Run) env = run ("env", "--data-dir", fixture->dir, NULL);

  g_assert_cmpstr (env.err, ==, "");
  g_assert_cmpstr (env.out, ==,
                   "export AWS_ENDPOINT_URL='http://127.0.0.1:7'\n"
                   "export AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME='http://127.0.0.1:8'\n"
                   "export AWS_ACCESS_KEY_ID='AK'\n"
                   "export AWS_SECRET_ACCESS_KEY='a'\\''b'\n"
                   "export AWS_DEFAULT_REGION='eu-west-1'\n"
                   "export AWS_REGION='eu-west-1'\n"
                   "export MLFLOW_TRACKING_URI='http://127.0.0.1:7'\n"
                   "export MLFLOW_TRACKING_USERNAME='AK'\n"
                   "export MLFLOW_TRACKING_PASSWORD='a'\\''b'\n"
                   "export AWS_EC2_METADATA_DISABLED='true'\n");
  g_assert_cmpint (env.status, ==, 0);
}

static void
test_status (Fixture       *fixture,
             gconstpointer  data)
{
  g_auto(Run) status = run ("--data-dir", fixture->dir, "status", NULL);
  g_autofree char *first = g_strdup_printf ("Engine: process %d, up ", (int) getpid ());

  g_assert_cmpstr (status.err, ==, "");
  g_assert_true (g_str_has_prefix (status.out, first));
  g_assert_true (g_str_has_suffix (status.out, "Version: 9.9\nSandbox: bubblewrap\n"
                                               "training-job: 2 Completed, 1 Failed\n"));
  g_assert_cmpint (status.status, ==, 0);
}

static void
test_logs (Fixture       *fixture,
           gconstpointer  data)
{
  g_auto(Run) once = run ("--data-dir", fixture->dir, "logs", "job", NULL);
  g_auto(Run) followed = { 0 };
  g_auto(Run) missing = { 0 };

  g_assert_cmpstr (once.err, ==, "");
  g_assert_cmpstr (once.out, ==, "one\ntab\t ?[2J\n");
  g_assert_cmpint (once.status, ==, 0);

  fixture->described = 0;
  followed = run ("--data-dir", fixture->dir, "logs", "-f", "job", NULL);
  g_assert_cmpstr (followed.out, ==, "one\ntab\t ?[2J\nlast\n");
  g_assert_cmpstr (followed.err, ==, "sagebrushctl: Job 'job' failed: It broke\n");
  g_assert_cmpint (followed.status, ==, 1);

  missing = run ("--data-dir", fixture->dir, "logs", "other", NULL);
  g_assert_cmpstr (missing.out, ==, "");
  g_assert_cmpstr (missing.err, ==, "sagebrushctl: There is no job named 'other'\n");
  g_assert_cmpint (missing.status, ==, 1);
}

/* A file that an engine left behind when it was killed does not look like a running one. */
static void
test_dead_engine (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, NULL, "cat", NULL);
  g_autofree char *pid = g_strdup (g_subprocess_get_identifier (child));
  g_auto(Run) env = { 0 };

  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  write_ready (fixture, atoi (pid));
  env = run ("env", "--data-dir", fixture->dir, NULL);

  g_assert_cmpstr (env.out, ==, "");
  g_assert_nonnull (strstr (env.err, "has ended"));
  g_assert_cmpint (env.status, ==, 1);
}

static void
test_usage (void)
{
  g_auto(Run) nothing = run (NULL);
  g_auto(Run) unknown = run ("frobnicate", NULL);
  g_auto(Run) extra = run ("status", "now", NULL);
  g_auto(Run) nameless = run ("logs", NULL);
  g_auto(Run) nowhere = run ("--data-dir", "/nonexistent", "env", NULL);
  g_auto(Run) version = run ("--version", NULL);

  g_assert_cmpint (nothing.status, ==, 2);
  g_assert_cmpint (unknown.status, ==, 2);
  g_assert_cmpint (extra.status, ==, 2);
  g_assert_cmpint (nameless.status, ==, 2);
  g_assert_cmpstr (nameless.err, ==,
                   "sagebrushctl: 'logs' takes one name; see sagebrushctl --help\n");
  g_assert_cmpint (nowhere.status, ==, 1);
  g_assert_true (g_str_has_prefix (nowhere.err,
                                   "sagebrushctl: No engine runs on '/nonexistent'; "));
  g_assert_cmpint (version.status, ==, 0);
  g_assert_cmpstr (version.out, ==, "sagebrushctl " SAGEBRUSH_VERSION "\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  if (argc != 2)
    {
      g_printerr ("Usage: %s SAGEBRUSHCTL\n", argv[0]);
      return 2;
    }
  program = argv[1];

  g_test_add ("/ctl/env", Fixture, NULL, set_up, test_env, tear_down);
  g_test_add ("/ctl/status", Fixture, NULL, set_up, test_status, tear_down);
  g_test_add ("/ctl/logs", Fixture, NULL, set_up, test_logs, tear_down);
  g_test_add ("/ctl/dead-engine", Fixture, NULL, set_up, test_dead_engine, tear_down);
  g_test_add_func ("/ctl/usage", test_usage);

  return g_test_run ();
}
