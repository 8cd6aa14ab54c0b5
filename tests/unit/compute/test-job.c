/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "eng-log.h"
#include "eng-sandbox.h"
#include "job-fixture.h"
#include "sage-error.h"

static void
test_exits (JobFixture    *job,
            gconstpointer  data)
{
  const char *script = data;
  int expected_code = atoi (script + strlen ("exit "));
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  int expected_signal = g_str_has_prefix (script, "kill -") ? atoi (script + strlen ("kill -")) : 0;

  job_fixture_command (job, "sh", "-c", script, NULL);
  job_fixture_run (job);

  g_assert_cmpint (job->status.state, ==, ENG_JOB_EXITED);
  g_assert_cmpint (job->status.exit_code, ==, expected_signal != 0 ? -1 : expected_code);
  g_assert_cmpint (job->status.signal, ==, expected_signal);
  g_assert_null (job->status.failure);
  g_assert_false (job->status.stopped || job->status.timed_out || job->status.out_of_memory ||
                  job->status.out_of_disk);
  g_assert_cmpfloat (job->status.ended, >=, job->status.started);
  g_assert_cmpfloat (job->status.started, >, 1e9);
  g_assert_cmpuint (job->status.peak_memory, >, 0);

  /* the lock goes last */
  while (eng_job_is_alive (job->dir))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static void
test_command_missing (JobFixture    *job,
                      gconstpointer  data)
{
  job_fixture_command (job, "/opt/no such thing", NULL);
  job_fixture_run (job);

  g_assert_cmpint (job->status.state, ==, ENG_JOB_EXITED);
  g_assert_cmpint (job->status.exit_code, ==, -1);
  g_assert_cmpstr (job->status.failure, ==,
                   "Cannot run '/opt/no such thing': No such file or directory");
}

/* An argument is an argument, whatever it looks like to bubblewrap or a shell. */
static void
test_arguments_are_passed_as_they_are (JobFixture    *job,
                                       gconstpointer  data)
{
  g_autofree char *output = NULL;

  job_fixture_command (job, "printf", "<%s>", "--bind", "", "a b", "$(id)", "--", "\xc3\xa9", NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);
  g_assert_cmpstr (output, ==, "<--bind><><a b><$(id)><--><\xc3\xa9>\n");
}

static void
test_environment_is_exact (JobFixture    *job,
                           gconstpointer  data)
{
  g_autofree char *output = NULL;

  g_setenv ("AWS_SECRET_ACCESS_KEY", "must not be seen", TRUE);
  g_strfreev (job->spec->environment);
  job->spec->environment = g_strdupv ((char *[]) { (char *) "A=1", (char *) "EMPTY=",
                                                   (char *) "WITH=a=b c", NULL });
  job_fixture_command (job, "/usr/bin/env", NULL);
  job_fixture_run (job);
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");

  output = job_fixture_output (job);
  g_assert_cmpstr (output, ==, "A=1\nEMPTY=\nWITH=a=b c\n");
}

static void
test_log (JobFixture    *job,
          gconstpointer  data)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autofree char *log = job_fixture_path (job, "log");
  gint64 before = g_get_real_time () / 1000;
  guint64 next;

  job_fixture_command (job, "sh", "-c",
                       "echo out; echo err >&2; printf '\\377\\033[31m\\n';"
                       "head -c 200000 /dev/zero | tr '\\0' x; echo;"
                       "echo '[engine] Succeeded'; printf last", NULL);
  job_fixture_run (job);

  entries = eng_log_read (log, 0, 100, &next, NULL);
  g_assert_cmpuint (entries->len, ==, 9);
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[0])->message, ==, "out");
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[1])->message, ==, "err");
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[2])->message, ==, "\xef\xbf\xbd\x1b[31m");
  g_assert_cmpuint (strlen (((EngLogEntry *) entries->pdata[3])->message), ==, 65536);
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[7])->message, ==, "[engine] Succeeded");
  g_assert_cmpstr (((EngLogEntry *) entries->pdata[8])->message, ==, "last");
  for (guint i = 0; i < entries->len; i++)
    {
      gint64 at = ((EngLogEntry *) entries->pdata[i])->timestamp_ms;

      g_assert_cmpint (at, >=, before);
      g_assert_cmpint (at, <=, g_get_real_time () / 1000);
    }
}

/* A flood is cut down, the job is not. Its lines are long, so that even a machine that has much else to
 * do takes them faster than a log may grow. */
static void
test_log_flood (JobFixture    *job,
                gconstpointer  data)
{
  g_autofree char *log = job_fixture_path (job, "log");
  g_autofree char *text = NULL;
  static const char gap[] = "left out: they came too fast";
  gsize length;

  job_fixture_command (job, "sh", "-c", "yes $(printf %04000d 0) | head -c 400000000; exit 9", NULL);
  job_fixture_run (job);

  g_assert_cmpint (job->status.exit_code, ==, 9);
  g_assert_true (g_file_get_contents (log, &text, &length, NULL));
  g_assert_cmpuint (length, <, 400000000);
  g_assert_nonnull (memmem (text, length, gap, strlen (gap)));
}

static void
test_runs_on_with_closed_output (JobFixture    *job,
                                 gconstpointer  data)
{
  job_fixture_command (job, "sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 6", NULL);
  job_fixture_run (job);
  g_assert_cmpint (job->status.exit_code, ==, 6);
}

static void
test_stop_lets_it_end (JobFixture    *job,
                       gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  job_fixture_command (job, "sh", "-c",
                       "trap 'echo saving; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
                       NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");
  g_assert_true (eng_job_stop (job->dir, 60, &error));
  g_assert_no_error (error);
  job_fixture_wait (job);

  g_assert_true (job->status.stopped);
  g_assert_cmpint (job->status.exit_code, ==, 3);
  g_assert_cmpint (job->status.signal, ==, 0);

  /* nobody is there any more */
  g_assert_false (eng_job_stop (job->dir, 60, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
}

static void
test_stop_ends_everything (JobFixture    *job,
                           gconstpointer  data)
{
  g_autofree char *mark = g_strdup_printf ("3600.%d", (int) getpid ());
  g_autoptr(GError) error = NULL;
  gint64 began;

  job_fixture_command (job, HELPER, "orphan", mark, NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");
  g_assert_cmpuint (count_processes (mark), >, 0);

  began = g_get_monotonic_time ();
  g_assert_true (eng_job_stop (job->dir, 1, &error));
  job_fixture_wait (job);

  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
  g_assert_true (job->status.stopped);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
  g_assert_cmpuint (count_processes (mark), ==, 0);
}

/* What a program leaves behind ends with it. */
static void
test_exit_ends_everything (JobFixture    *job,
                           gconstpointer  data)
{
  g_autofree char *mark = g_strdup_printf ("3601.%d", (int) getpid ());
  g_autofree char *script = g_strdup_printf ("setsid sleep %s & exit 0", mark);

  job_fixture_command (job, "sh", "-c", script, NULL);
  job_fixture_run (job);
  g_assert_cmpint (job->status.exit_code, ==, 0);
  g_assert_cmpuint (count_processes (mark), ==, 0);
}

static void
test_time_limit (JobFixture    *job,
                 gconstpointer  data)
{
  gint64 began = g_get_monotonic_time ();

  job->spec->max_runtime_seconds = 1;
  job->spec->grace_seconds = 1;
  job_fixture_command (job, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", NULL);
  job_fixture_run (job);

  g_assert_true (job->status.timed_out);
  g_assert_false (job->status.stopped);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
}

static void
test_dead_shim_is_a_lost_job (JobFixture    *job,
                              gconstpointer  data)
{
  g_autofree char *mark = g_strdup_printf ("3602.%d", (int) getpid ());
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  job_fixture_command (job, HELPER, "orphan", mark, NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");

  g_assert_cmpint (kill (job_fixture_shim_pid (job), SIGKILL), ==, 0);
  job_fixture_wait (job);
  g_assert_cmpint (job->status.state, ==, ENG_JOB_LOST);
  g_assert_false (eng_job_is_alive (job->dir));
  while (count_processes (mark) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

/* Nothing but the directory is needed to go on with a job. */
static void
test_adoption (JobFixture    *job,
               gconstpointer  data)
{
  g_autofree char *go = job_fixture_path (job, "opt-ml/model/go");
  g_autoptr(GError) error = NULL;
  gint64 pid;

  job_fixture_command (job, "sh", "-c",
                       "echo ready; until test -e /opt/ml/model/go; do sleep 0.01; done; exit 7", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");

  g_assert_true (eng_job_wait (job->dir, -1, g_get_monotonic_time (), &job->status, &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);
  g_assert_true (eng_job_is_alive (job->dir));
  pid = job->status.pid;

  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  job_fixture_wait (job);
  g_assert_cmpint (job->status.state, ==, ENG_JOB_EXITED);
  g_assert_cmpint (job->status.exit_code, ==, 7);
  g_assert_cmpint (job->status.pid, ==, pid);
}

static void
test_frozen_shim_keeps_its_lock (JobFixture    *job,
                                 gconstpointer  data)
{
  g_autofree char *go = job_fixture_path (job, "opt-ml/model/go");
  g_autoptr(GError) error = NULL;
  gint64 began;
  pid_t shim;

  job_fixture_command (job, "sh", "-c",
                       "echo ready; until test -e /opt/ml/model/go; do sleep 0.01; done; exit 5", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");
  shim = job_fixture_shim_pid (job);
  g_assert_cmpint (kill (shim, SIGSTOP), ==, 0);
  g_assert_true (g_file_set_contents (go, "", 0, NULL));

  g_assert_true (eng_job_is_alive (job->dir));
  g_assert_false (eng_job_launch (job->shim, job->dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  began = g_get_monotonic_time ();
  g_assert_false (eng_job_stop (job->dir, 1, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 4 * G_USEC_PER_SEC);
  g_assert_true (eng_job_status_read (job->dir, &job->status, &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);

  g_assert_cmpint (kill (shim, SIGCONT), ==, 0);
  job_fixture_wait (job);
  g_assert_cmpint (job->status.state, ==, ENG_JOB_EXITED);

  /* The lock goes after the last status is there. Then the directory is used up. */
  while (eng_job_is_alive (job->dir))
    g_usleep (1000);
  g_assert_false (eng_job_launch (job->shim, job->dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_EXISTS);
}

static void
test_wait_can_be_woken (JobFixture    *job,
                        gconstpointer  data)
{
  g_autofd int wake = eventfd (1, EFD_CLOEXEC);
  g_autoptr(GError) error = NULL;

  job_fixture_command (job, "sleep", "3600", NULL);
  job_fixture_launch (job);
  g_assert_true (eng_job_wait (job->dir, wake, -1, &job->status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);
}

static void
test_launch_tells_why_not (JobFixture    *job,
                           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  /* nothing there */
  g_assert_false (eng_job_launch (job->shim, job->dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (eng_job_launch (job->shim, "/nonexistent", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (eng_job_launch ("/nonexistent", job->dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);

  /* a failure is a final status too */
  g_assert_true (eng_job_status_read (job->dir, &job->status, NULL));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_EXITED);
  g_assert_nonnull (strstr (job->status.failure, "spec.json"));
}

/* Never without a sandbox: a machine that cannot make one runs no job, and says why. */
static void
test_no_bubblewrap (JobFixture    *job,
                    gconstpointer  data)
{
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autofree char *why = NULL;
  g_autoptr(GError) error = NULL;
  gboolean possible, launched;

  g_assert_true (eng_sandbox_probe (&why));
  g_assert_null (why);

  job_fixture_command (job, "sh", "-c", "echo ran", NULL);
  g_assert_true (eng_job_spec_write (job->spec, job->dir, &error));
  g_setenv ("PATH", "/nonexistent", TRUE);
  possible = eng_sandbox_probe (&why);
  launched = eng_job_launch (job->shim, job->dir, &error);
  g_setenv ("PATH", path, TRUE);

  g_assert_false (possible);
  g_assert_nonnull (strstr (why, "bubblewrap"));
  g_assert_false (launched);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED);
  g_assert_true (eng_job_status_read (job->dir, &job->status, NULL));
  g_assert_nonnull (strstr (job->status.failure, "bubblewrap"));
}

/* A bubblewrap that fails, as where user namespaces are forbidden: its words are the reason. */
static void
test_sandbox_refused (JobFixture    *job,
                      gconstpointer  data)
{
  g_autofree char *bin = job_fixture_path (job, "bin");
  g_autofree char *fake = job_fixture_path (job, "bin/bwrap");
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autofree char *with_fake = g_strdup_printf ("%s:%s", bin, path);
  g_autofree char *why = NULL;
  gboolean possible;

  g_assert_cmpint (g_mkdir (bin, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (fake, "#!/bin/sh\necho 'bwrap: No permissions to create"
                                           " new namespace' >&2\nexit 1\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  job_fixture_command (job, "sh", "-c", "echo ran", NULL);
  g_setenv ("PATH", with_fake, TRUE);
  possible = eng_sandbox_probe (&why);
  job_fixture_launch (job);
  g_setenv ("PATH", path, TRUE);
  job_fixture_wait (job);

  g_assert_false (possible);
  g_assert_nonnull (strstr (why, "No permissions to create new namespace"));
  g_assert_cmpint (job->status.exit_code, ==, -1);
  g_assert_cmpstr (job->status.failure, ==, "The sandbox could not be set up: bwrap: No permissions"
                                            " to create new namespace");
}

static void
test_nothing_started (JobFixture    *job,
                      gconstpointer  data)
{
  g_autofree char *path = job_fixture_path (job, "status.json");
  g_autoptr(GError) error = NULL;

  g_assert_true (eng_job_wait (job->dir, -1, -1, &job->status, &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_NONE);

  /* as a power cut may leave it */
  g_assert_true (g_file_set_contents (path, "{\"state\": \"runn", -1, NULL));
  g_assert_false (eng_job_status_read (job->dir, &job->status, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
}

static void
test_what_may_be_written (JobFixture    *job,
                          gconstpointer  data)
{
  g_autofree char *code = job_fixture_path (job, "opt-ml/output");
  g_autofree char *output = NULL;

  eng_job_spec_add_mount (job->spec, code, "/opt/ml/code", FALSE);
  job_fixture_command (job, "sh", "-c",
                       "for f in /x /usr/x /etc/x /opt/ml/input/x /opt/ml/input/data/x"
                       " /opt/ml/code/x /dev/x /run/x /run/sagebrush/x /opt/x /proc/sys/kernel/x"
                       " /opt/ml/x /opt/ml/model/x /tmp/x /dev/shm/x /var/tmp/x;"
                       " do (echo > $f) 2>/dev/null && echo $f; done; ls /home /root /work 2>/dev/null",
                       NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);
  g_assert_cmpstr (output, ==, "/opt/ml/x\n/opt/ml/model/x\n/tmp/x\n/dev/shm/x\n/var/tmp/x\n");
}

/* A link where a directory was: planted by an earlier job, say. */
static void
test_planted_links_are_refused (JobFixture    *job,
                                gconstpointer  data)
{
  g_autofree char *last = job_fixture_path (job, "opt-ml/model/link");
  g_autofree char *middle = job_fixture_path (job, "opt-ml/model/link/R");
  const char *sources[] = { last, middle };

  g_assert_cmpint (symlink ("/etc", last), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *status = job_fixture_path (job, "status.json");
      g_autofree char *spec = job_fixture_path (job, "spec.json");
      g_autofree char *control = job_fixture_path (job, "control");

      eng_job_spec_add_mount (job->spec, sources[i], "/opt/planted", FALSE);
      job_fixture_command (job, "true", NULL);
      g_assert_true (eng_job_spec_write (job->spec, job->dir, &error));
      g_assert_false (eng_job_launch (job->shim, job->dir, &error));
      g_assert_nonnull (strstr (error->message, sources[i]));
      g_ptr_array_set_size (job->spec->mounts, 1);
      g_remove (status);
      g_remove (spec);
    }
}

/* A server without a network, reached through the socket. */
static int
connect_to (JobFixture *job)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/socket", job->dir);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);

  return fd;
}

typedef struct
{
  int    fd;
  gsize  bytes;
} Sender;

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;
  char block[4096];

  for (gsize done = 0; done < sender->bytes; done += sizeof block)
    {
      for (gsize i = 0; i < sizeof block; i++)
        block[i] = (char) ((done + i) * 31 >> 3);
      g_assert_cmpint (send (sender->fd, block, sizeof block, MSG_NOSIGNAL), ==, sizeof block);
    }
  shutdown (sender->fd, SHUT_WR);

  return NULL;
}

static void
test_relay (JobFixture    *job,
            gconstpointer  data)
{
  Sender sender = { .bytes = 8 << 20 };
  gsize received = 0;
  GThread *thread;
  char block[4096];
  gssize n;

  job->spec->serve_port = 8080;
  job_fixture_command (job, HELPER, "echo", "8080", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "listening");

  sender.fd = connect_to (job);
  thread = g_thread_new ("sender", sender_thread, &sender);
  while ((n = recv (sender.fd, block, sizeof block, 0)) > 0)
    for (gssize i = 0; i < n; i++, received++)
      g_assert_cmpint (block[i], ==, (char) (received * 31 >> 3));
  g_thread_join (thread);
  close (sender.fd);
  g_assert_cmpuint (received, ==, sender.bytes);

  /* clients that come and go leave nothing behind that would stop later ones */
  for (int i = 0; i < 600; i++)
    {
      int fd = connect_to (job);

      g_assert_cmpint (send (fd, "x", 1, MSG_NOSIGNAL), ==, 1);
      if (i % 3 == 0)
        g_assert_cmpint (recv (fd, block, 1, 0), ==, 1);
      close (fd);
    }
}

static void
test_relay_before_the_server (JobFixture    *job,
                              gconstpointer  data)
{
  char byte;
  int fd;

  job->spec->serve_port = 8080;
  job_fixture_command (job, "sh", "-c", "echo ready; sleep 3600", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "ready");

  fd = connect_to (job);
  g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 0);
  close (fd);
}

static void
test_http_server (JobFixture    *job,
                  gconstpointer  data)
{
  static const char request[] = "GET /hello HTTP/1.0\r\n\r\n";
  g_autoptr(GString) reply = g_string_new (NULL);
  char block[4096];
  gssize n;
  int fd;

  job->spec->serve_port = 8080;
  job_fixture_command (job, "python3", "-c",
                       "import http.server as h\n"
                       "class H(h.BaseHTTPRequestHandler):\n"
                       "  def do_GET(self):\n"
                       "    self.send_response(200); self.end_headers()\n"
                       "    self.wfile.write(b'served ' + self.path.encode())\n"
                       "s = h.ThreadingHTTPServer(('0.0.0.0', 8080), H)\n"
                       "print('listening', flush=True)\n"
                       "s.serve_forever()\n", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "listening");

  fd = connect_to (job);
  g_assert_cmpint (send (fd, request, strlen (request), MSG_NOSIGNAL), ==, strlen (request));
  while ((n = recv (fd, block, sizeof block, 0)) > 0)
    g_string_append_len (reply, block, n);
  close (fd);
  g_assert_true (g_str_has_prefix (reply->str, "HTTP/1.0 200"));
  g_assert_true (g_str_has_suffix (reply->str, "served /hello"));
}

/* Threads and subprocesses of Python work although clone3() is not there. */
static void
test_python_threads (JobFixture    *job,
                     gconstpointer  data)
{
  g_autofree char *output = NULL;

  job_fixture_command (job, "python3", "-c",
                       "import threading, subprocess, multiprocessing as m, os, socket, pwd\n"
                       "t = [threading.Thread(target=print, args=('thread',)) for _ in range(2)]\n"
                       "[x.start() for x in t]; [x.join() for x in t]\n"
                       "print(subprocess.run(['echo', 'child'], capture_output=True).stdout)\n"
                       "print(m.get_context('fork').Pool(2).map(abs, [-1, -2]))\n"
                       "print(socket.gethostname(), socket.gethostbyname('algo-1'))\n"
                       "print(os.getuid(), pwd.getpwuid(os.getuid()).pw_name)\n", NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);
  g_assert_cmpstr (output, ==, "thread\nthread\nb'child\\n'\n[1, 2]\nalgo-1 127.0.0.1\n"
                               "1000 sagemaker\n");
  g_assert_cmpint (job->status.exit_code, ==, 0);
}

#define ADD(name, data, function)                                     \
  g_test_add ("/compute/job/" name, JobFixture, data, job_fixture_set_up, function, \
              job_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("exits/0", "exit 0", test_exits);
  ADD ("exits/1", "exit 1", test_exits);
  ADD ("exits/42", "exit 42", test_exits);
  ADD ("exits/255", "exit 255", test_exits);
  ADD ("exits/killed", "kill -9 $$", test_exits);
  ADD ("exits/crashed", "kill -11 $$", test_exits);
  ADD ("command-missing", NULL, test_command_missing);
  ADD ("arguments", NULL, test_arguments_are_passed_as_they_are);
  ADD ("environment", NULL, test_environment_is_exact);
  ADD ("log", NULL, test_log);
  ADD ("log-flood", NULL, test_log_flood);
  ADD ("closed-output", NULL, test_runs_on_with_closed_output);
  ADD ("stop-lets-it-end", NULL, test_stop_lets_it_end);
  ADD ("stop-ends-everything", NULL, test_stop_ends_everything);
  ADD ("exit-ends-everything", NULL, test_exit_ends_everything);
  ADD ("time-limit", NULL, test_time_limit);
  ADD ("dead-shim", NULL, test_dead_shim_is_a_lost_job);
  ADD ("adoption", NULL, test_adoption);
  ADD ("frozen-shim", NULL, test_frozen_shim_keeps_its_lock);
  ADD ("wait-woken", NULL, test_wait_can_be_woken);
  ADD ("launch-tells-why-not", NULL, test_launch_tells_why_not);
  ADD ("no-bubblewrap", NULL, test_no_bubblewrap);
  ADD ("sandbox-refused", NULL, test_sandbox_refused);
  ADD ("nothing-started", NULL, test_nothing_started);
  ADD ("what-may-be-written", NULL, test_what_may_be_written);
  ADD ("planted-links", NULL, test_planted_links_are_refused);
  ADD ("relay", NULL, test_relay);
  ADD ("relay-before-the-server", NULL, test_relay_before_the_server);
  ADD ("http-server", NULL, test_http_server);
  ADD ("python", NULL, test_python_threads);

  return g_test_run ();
}
