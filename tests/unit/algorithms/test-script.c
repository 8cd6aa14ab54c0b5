/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#include "alg-script-process.h"
#include "alg-script.h"

#define DEADLINE_SECONDS 60

/* Writes what it was given as JSON, so that the test can look at it. */
static const char dump_script[] =
  "import json, os, sys\n"
  "path = os.path.join(os.environ['SM_MODEL_DIR'], 'dump.json')\n"
  "os.makedirs(os.path.dirname(path), exist_ok=True)\n"
  "json.loads(os.environ['SM_TRAINING_ENV'])\n"
  "json.dump({'argv': sys.argv[1:], 'env': dict(os.environ), 'cwd': os.getcwd()},\n"
  "          open(path, 'w'))\n";

typedef struct
{
  char *root;
} Fixture;

static char *
path_of (Fixture    *fixture,
         const char *relative)
{
  return g_build_filename (fixture->root, relative, NULL);
}

static void
write_file (Fixture    *fixture,
            const char *relative,
            const char *text)
{
  g_autofree char *path = path_of (fixture, relative);
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
read_file (Fixture    *fixture,
           const char *relative)
{
  g_autofree char *path = path_of (fixture, relative);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  g_autofree char *runtime = g_build_filename (g_test_get_dir (G_TEST_DIST), "..", "data",
                                               "runtimes", "python", NULL);

  fixture->root = g_dir_make_tmp ("sagebrush-script-XXXXXX", NULL);
  g_assert_nonnull (fixture->root);
  write_file (fixture, "input/config/inputdataconfig.json",
              "{\"train\":{\"ContentType\":\"text/csv\"},\"my-data\":{}}");
  write_file (fixture, "input/config/resourceconfig.json",
              "{\"current_host\":\"algo-1\",\"hosts\":[\"algo-1\"],"
              "\"current_instance_type\":\"ml.m5.large\",\"network_interface_name\":\"eth0\"}");
  write_file (fixture, "input/config/hyperparameters.json",
              "{\"sagemaker_program\":\"\\\"train.py\\\"\",\"epochs\":\"3\"}");
  write_file (fixture, "code/train.py", dump_script);
  g_setenv ("SAGEBRUSH_OPT_ML", fixture->root, TRUE);
  g_setenv ("SAGEBRUSH_RUNTIME_DIR", runtime, TRUE);
  g_setenv ("SM_NUM_CPUS", "3", TRUE);
  g_setenv ("TRAINING_JOB_NAME", "job-7", TRUE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_assert_true (sage_dir_remove (fixture->root, NULL));
  g_free (fixture->root);
}

/* What the script prints is no part of the test's own report. */
static int
run (GError **error)
{
  g_autoptr(AlgJob) job = alg_job_load (error);
  int saved = dup (STDOUT_FILENO);
  int exit_code;

  g_assert_nonnull (job);
  fflush (stdout);
  g_assert_nonnull (freopen ("/dev/null", "w", stdout));
  exit_code = alg_script_run (job, error);
  fflush (stdout);
  dup2 (saved, STDOUT_FILENO);
  close (saved);

  return exit_code;
}

static void
check_environment (JsonObject *environment,
                   const char *name,
                   const char *expected)
{
  g_assert_cmpstr (sage_json_string (environment, name, "(unset)"), ==, expected);
}

static void
test_environment (Fixture       *fixture,
                  gconstpointer  user_data)
{
  static const char *const expected[] = {
    "--flag", "True", "--list", "[1, 'a', None]", "--lr", "0.10", "-n", "5", "--none", "",
    "--opt", "a=x,b=1", "--plain", "hello world", "--quoted", "inner",
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_autofree char *model = path_of (fixture, "model");
  g_autofree char *channel = path_of (fixture, "input/data/my-data");
  JsonObject *environment;
  JsonArray *arguments;

  write_file (fixture, "input/config/hyperparameters.json",
              "{\"sagemaker_program\":\"\\\"train.py\\\"\","
              "\"sagemaker_submit_directory\":\"\\\"s3://b/source.tar.gz\\\"\","
              "\"_tuning_objective_metric\":\"validation:auc\",\"plain\":\"hello world\","
              "\"quoted\":\"\\\"inner\\\"\",\"n\":\"5\",\"lr\":\"0.10\",\"flag\":\"true\","
              "\"none\":\"null\",\"list\":\"[1,\\\"a\\\",null]\","
              "\"opt\":\"{\\\"b\\\":1,\\\"a\\\":\\\"x\\\"}\"}");
  g_assert_cmpint (run (&error), ==, 0);
  g_assert_no_error (error);

  text = read_file (fixture, "model/dump.json");
  node = sage_json_parse_object (text, -1, NULL, &error);
  g_assert_no_error (error);
  arguments = sage_json_array (json_node_get_object (node), "argv");
  g_assert_cmpuint (json_array_get_length (arguments), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (sage_json_array_string (arguments, i), ==, expected[i]);

  environment = sage_json_object (json_node_get_object (node), "env");
  check_environment (environment, "SM_MODEL_DIR", model);
  check_environment (environment, "SM_CHANNEL_MY-DATA", channel);
  check_environment (environment, "SM_CHANNELS", "[\"my-data\",\"train\"]");
  check_environment (environment, "SM_HP_N", "5");
  check_environment (environment, "SM_HP_FLAG", "true");
  check_environment (environment, "SM_HP_QUOTED", "inner");
  check_environment (environment, "SM_HP__TUNING_OBJECTIVE_METRIC", "(unset)");
  check_environment (environment, "SM_HP_SAGEMAKER_PROGRAM", "(unset)");
  check_environment (environment, "SM_HPS",
                     "{\"flag\":true,\"list\":[1,\"a\",null],\"lr\":0.1,\"n\":5,\"none\":null,"
                     "\"opt\":{\"b\":1,\"a\":\"x\"},\"plain\":\"hello world\","
                     "\"quoted\":\"inner\"}");
  check_environment (environment, "SM_HOSTS", "[\"algo-1\"]");
  check_environment (environment, "SM_CURRENT_HOST", "algo-1");
  check_environment (environment, "SM_CURRENT_INSTANCE_TYPE", "ml.m5.large");
  check_environment (environment, "SM_NUM_CPUS", "3");
  check_environment (environment, "SM_NUM_GPUS", "0");
  check_environment (environment, "SM_USER_ENTRY_POINT", "train.py");
  check_environment (environment, "SM_MODULE_NAME", "train");
  check_environment (environment, "SM_MODULE_DIR", "s3://b/source.tar.gz");
  check_environment (environment, "TRAINING_JOB_NAME", "job-7");
}

static void
test_failure (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *failure = NULL;

  write_file (fixture, "code/train.py",
              "import sys\nprint('to the log', file=sys.stderr)\n"
              "def f():\n    raise ValueError('bad \\'data\\'\\nin two lines')\nf()\n");
  g_assert_cmpint (run (&error), ==, 1);
  g_assert_no_error (error);
  failure = read_file (fixture, "output/failure");
  g_assert_cmpstr (failure, ==,
                   "ExecuteUserScriptError:\nExitCode 1\n"
                   "ErrorMessage \"ValueError: bad 'data'\nin two lines\"\n"
                   "Command \"python3 -u train.py --epochs 3\"");
}

static void
test_exit_code (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *failure = NULL;
  g_autofree char *killed = NULL;

  write_file (fixture, "input/config/hyperparameters.json",
              "{\"sagemaker_program\":\"sub/run.sh\",\"x\":\"1\"}");
  write_file (fixture, "code/sub/run.sh", "echo \"$1 $2\" >&2; exit 37\n");
  g_assert_cmpint (run (&error), ==, 37);
  failure = read_file (fixture, "output/failure");
  g_assert_nonnull (strstr (failure, "ExitCode 37\nErrorMessage \"-x 1\""));

  write_file (fixture, "code/sub/run.sh", "kill -9 $$\n");
  g_assert_cmpint (run (&error), ==, 128 + SIGKILL);
  killed = read_file (fixture, "output/failure");
  g_assert_nonnull (strstr (killed, "killed by signal 9"));
}

/* A child that lives on with our end of the pipe must not keep the job alive. */
static void
test_grandchild (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 start = g_get_monotonic_time ();
  pid_t pid;

  write_file (fixture, "input/config/hyperparameters.json", "{\"sagemaker_program\":\"run.sh\"}");
  write_file (fixture, "code/run.sh", "sleep 300 >/dev/null & echo $! >../pid; exit 0\n");
  g_assert_cmpint (run (&error), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, DEADLINE_SECONDS * G_USEC_PER_SEC);
  text = read_file (fixture, "pid");
  pid = (pid_t) g_ascii_strtoll (text, NULL, 10);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
}

static const struct
{
  const char *hyperparameters;
  const char *message;
} refused[] = {
  { "{}", "sagemaker_program is required" },
  { "{\"sagemaker_program\":\"../outside.py\"}", "'../outside.py' is not a file of the source" },
  { "{\"sagemaker_program\":\"/etc/passwd.py\"}", "is not a file of the source" },
  { "{\"sagemaker_program\":\"link.py\"}", "is not a file of the source" },
  { "{\"sagemaker_program\":\"sub.py\"}", "is not a file of the source" },
  { "{\"sagemaker_program\":\"missing.py\"}", "is not a file of the source" },
  { "{\"sagemaker_program\":\"train.exe\"}", "must end in .py or .sh" },
};

static void
test_refused (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autofree char *link_path = path_of (fixture, "code/link.py");
  g_autofree char *directory = path_of (fixture, "code/sub.py");

  write_file (fixture, "outside.py", "raise SystemExit(0)\n");
  g_assert_cmpint (symlink ("../outside.py", link_path), ==, 0);
  g_assert_cmpint (g_mkdir (directory, 0755), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GError) error = NULL;

      write_file (fixture, "input/config/hyperparameters.json", refused[i].hyperparameters);
      g_assert_cmpint (run (&error), ==, -1);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);

      if (strstr (error->message, refused[i].message) == NULL)
        g_error ("%s: '%s' does not say '%s'", refused[i].hyperparameters, error->message,
                 refused[i].message);
    }
}

static void
test_requirements (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;

  write_file (fixture, "code/requirements.txt",
              "# what it needs\nnumpy>=1.0  # arrays\n\nno-such-distribution==1.2\n"
              "numpy>999; python_version >= '3'\nnumpy>999; python_version < '3'\n");
  g_assert_cmpint (run (&error), ==, -1);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "no-such-distribution==1.2 (not installed)"));
  g_assert_nonnull (strstr (error->message, "numpy>999 (installed: "));
  g_assert_null (strstr (error->message, "numpy>=1.0"));
  g_clear_error (&error);

  write_file (fixture, "code/requirements.txt", "numpy>=1.0\n");
  g_assert_cmpint (run (&error), ==, 0);
  g_assert_no_error (error);
}

static void
test_last_error (void)
{
  static const struct
  {
    const char *tail;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "one\ntwo\n", "one\ntwo" },
    { "Traceback (most recent call last):\n  File \"a\"\nKeyError: 'x'\n", "KeyError: 'x'" },
    { "Traceback (most recent call last):\n  File \"a\"\nKeyError: 1\n\nDuring handling of the "
      "above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
      "  File \"b\"\n    ~~^^\nTypeError: 2\n", "TypeError: 2" },
    { "Traceback (most recent call last):\n  File \"a\"", "Traceback (most recent call last):\n"
      "  File \"a\"" },
    { "\xFF\xFE bad\n", "\xEF\xBF\xBD\xEF\xBF\xBD bad" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = alg_script_last_error (cases[i].tail);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static gpointer
stop_when_ready (gpointer data)
{
  const char *path = data;
  gint64 deadline = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;

  while (!g_file_test (path, G_FILE_TEST_EXISTS) && g_get_monotonic_time () < deadline)
    g_usleep (1000);

  kill (getpid (), SIGTERM);

  return NULL;
}

/* The last test: the process remembers that it was told to stop. */
static void
test_stop (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *ready = path_of (fixture, "ready");
  g_autofree char *failure = path_of (fixture, "output/failure");
  GThread *thread;

  write_file (fixture, "code/train.py",
              "import signal, sys\n"
              "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
              "open('../ready', 'w').close()\n"
              "signal.pause()\n");
  alg_job_watch_stop ();
  thread = g_thread_new ("stop", stop_when_ready, ready);
  g_assert_cmpint (run (&error), ==, 5);
  g_assert_false (g_file_test (failure, G_FILE_TEST_EXISTS));
  g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) \
  g_test_add ("/algorithms/script/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("environment", test_environment);
  ADD ("failure", test_failure);
  ADD ("exit-code", test_exit_code);
  ADD ("grandchild", test_grandchild);
  ADD ("refused", test_refused);
  ADD ("requirements", test_requirements);
  g_test_add_func ("/algorithms/script/last-error", test_last_error);
  ADD ("stop", test_stop);

  return g_test_run ();
}
