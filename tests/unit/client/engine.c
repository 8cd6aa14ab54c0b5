/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "engine.h"
#include "sage-embedded.h"
#include "sage-file.h"
#include "sage-json.h"

/* An engine outlives who started it, which a failing test is too. This waits for the end of its
 * standard input, and then ends all that works on the directory. */
static GSubprocess *
start_keeper (const char *dir)
{
  static const char script[] =
    "read -r nothing; for process in /proc/[0-9]*; do"
    " if tr '\\0' '\\n' < $process/cmdline | grep -qF \"$KEPT\"; then kill -9 ${process#/proc/}; fi;"
    " done 2> /dev/null; rm -rf \"$KEPT\"";
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                               | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr(GError) error = NULL;
  GSubprocess *keeper;

  g_subprocess_launcher_setenv (launcher, "KEPT", dir, TRUE);
  keeper = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh", "-c", script, NULL);
  g_assert_no_error (error);

  return keeper;
}

/* A directory, and an environment in which the programs of this build are found. */
void
engine_init (Engine *engine)
{
  g_autofree char *programs = g_canonicalize_filename ("../src/programs",
                                                       g_test_get_dir (G_TEST_BUILT));
  g_autofree char *data = g_canonicalize_filename ("../data", g_test_get_dir (G_TEST_DIST));
  g_autoptr(GError) error = NULL;

  g_setenv ("SAGEBRUSH_LIBEXECDIR", programs, TRUE);
  g_setenv ("SAGEBRUSH_DATADIR", data, TRUE);
  engine->dir = g_dir_make_tmp ("sage-engine-XXXXXX", &error);
  g_assert_no_error (error);
  engine->keeper = start_keeper (engine->dir);
}

static gboolean
concerns (const char *pid,
          const char *dir)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "cmdline", NULL);
  g_autofree char *line = NULL;
  gsize length = 0;

  if (!g_ascii_isdigit (pid[0]) || !g_file_get_contents (path, &line, &length, NULL))
    return FALSE;

  return memmem (line, length, dir, strlen (dir)) != NULL;
}

/* Ends what works on the directory: the engine and what outlives one on purpose. */
static guint
signal_all (Engine *engine,
            int     number)
{
  g_autoptr(GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (processes)) != NULL)
    if (concerns (name, engine->dir) && atoi (name) != getpid ())
      {
        kill (atoi (name), number);
        n++;
      }

  return n;
}

void
engine_clear (Engine *engine)
{
  g_autofree char *log = g_build_filename (engine->dir, "engine.log", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  signal_all (engine, SIGCONT);
  signal_all (engine, SIGTERM);
  for (guint i = 0; i < 600 && signal_all (engine, 0) > 0; i++)
    wait_ms (20);
  signal_all (engine, SIGKILL);
  while (signal_all (engine, 0) > 0)
    wait_ms (5);

  g_subprocess_force_exit (engine->keeper);
  g_subprocess_wait (engine->keeper, NULL, NULL);
  g_clear_object (&engine->keeper);

  if (g_file_get_contents (log, &text, NULL, NULL))
    {
      g_assert_null (strstr (text, "Sanitizer"));
      g_assert_null (strstr (text, "CRITICAL"));
    }
  sage_dir_remove (engine->dir, &error);
  g_assert_no_error (error);
  g_clear_pointer (&engine->dir, g_free);
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  JsonObject **ready = user_data;
  g_autoptr(GError) error = NULL;

  *ready = sage_embedded_start_finish (result, &error);
  g_assert_no_error (error);
}

void
engine_start (Engine *engine)
{
  g_autoptr(JsonObject) ready = NULL;

  sage_embedded_start_async (engine->dir, NULL, started_cb, &ready);
  wait_until (ready != NULL);
}

/* 0 if none runs. */
int
engine_pid (Engine *engine)
{
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine->dir, NULL);

  return ready != NULL ? (int) sage_json_int (ready, "pid", 0) : 0;
}

void
engine_signal (Engine *engine,
               int     number)
{
  int pid = engine_pid (engine);

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (kill (pid, number), ==, 0);
}

/* kill -9, and waits for it. */
void
engine_kill (Engine *engine)
{
  int pid = engine_pid (engine);

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  wait_until (kill (pid, 0) != 0);
}

SageClient *
engine_client (Engine *engine)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine->dir, &error);

  g_assert_no_error (error);

  return sage_client_new (sage_json_string (ready, "socket", ""), NULL, NULL,
                          sage_json_string (ready, "region", NULL));
}

/* Over TCP, with a signature. */
SageClient *
engine_remote_client (Engine *engine)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) ready = sage_embedded_read_ready (engine->dir, &error);

  g_assert_no_error (error);

  return sage_client_new (sage_json_string (ready, "endpoint_url", ""),
                          sage_json_string (ready, "access_key_id", NULL),
                          sage_json_string (ready, "secret_access_key", NULL),
                          sage_json_string (ready, "region", NULL));
}

/* Calls an operation and waits; it must succeed. */
JsonObject *
engine_call (Engine     *engine,
             const char *operation,
             const char *input)
{
  g_autoptr(SageClient) client = engine_client (engine);
  g_autofree char *target = g_strconcat ("SageMaker.", operation, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (input, -1, NULL, &error);
  JsonObject *reply;

  g_assert_no_error (error);
  reply = sage_client_call (client, target, json_node_get_object (node), NULL, &error);
  g_assert_no_error (error);

  return reply;
}
