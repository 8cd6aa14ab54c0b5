/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "krn-process.h"
#include "krn-usage.h"
#include "sage-error.h"
#include "sage-file.h"

typedef struct
{
  char      *directory;
  char      *output;
  GMainLoop *loop;
  KrnEnd     end;
  guint      n_ends;
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  fixture->directory = g_dir_make_tmp ("krn-process-XXXXXX", NULL);
  fixture->output = g_build_filename (fixture->directory, "kernel.log", NULL);
  fixture->loop = g_main_loop_new (NULL, FALSE);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->directory, NULL));
  g_main_loop_unref (fixture->loop);
  krn_end_clear (&fixture->end);
  g_free (fixture->directory);
  g_free (fixture->output);
}

static void
ended (const KrnEnd *end,
       gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->end = *end;
  fixture->end.stderr_tail = g_strdup (end->stderr_tail);
  fixture->n_ends++;
  g_main_loop_quit (fixture->loop);
}

static KrnProcess *
start (Fixture    *fixture,
       const char *script,
       guint64     memory_limit)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  g_auto(GStrv) environment = g_get_environ ();
  g_autoptr(GError) error = NULL;
  KrnProcess *process = krn_process_start (argv, (const char * const *) environment, fixture->directory,
                                           fixture->output, (KrnMemoryLimit) { .known = memory_limit },
                                           ended, fixture, &error);

  g_assert_no_error (error);

  return process;
}

static void
test_an_exit_is_told (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(KrnProcess) process = start (fixture, "echo out; echo err >&2; exit 5", 0);
  g_autofree char *text = NULL;

  g_assert_cmpint (krn_process_get_pid (process), >, 0);
  g_main_loop_run (fixture->loop);
  g_assert_cmpuint (fixture->n_ends, ==, 1);
  g_assert_cmpint (fixture->end.exit_code, ==, 5);
  g_assert_cmpint (fixture->end.signal, ==, 0);
  g_assert_cmpstr (fixture->end.stderr_tail, ==, "err\n");
  g_assert_cmpuint (fixture->end.peak_bytes, >, 0);
  g_assert_cmpint (krn_process_get_pid (process), ==, 0);
  g_assert_true (g_file_get_contents (fixture->output, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "out\n"));
  krn_process_signal (process, SIGKILL); /* to nobody */
}

static void
test_a_signal_is_told (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(KrnProcess) process = start (fixture, "kill -SEGV $$", 0);

  g_main_loop_run (fixture->loop);
  g_assert_cmpint (fixture->end.exit_code, ==, -1);
  g_assert_cmpint (fixture->end.signal, ==, SIGSEGV);
  g_assert_false (fixture->end.oom);
}

/* Near the limit a kill that is not ours was for the memory; ours never was. */
static void
test_want_of_memory_is_told_apart (Fixture       *fixture,
                                   gconstpointer  data)
{
  g_autoptr(KrnProcess) process = start (fixture, "kill -KILL $$", 1024);

  g_main_loop_run (fixture->loop);
  g_assert_true (fixture->end.oom);
  krn_process_free (g_steal_pointer (&process));
  krn_end_clear (&fixture->end);

  process = start (fixture, "sleep 1000", 1024);
  krn_process_signal (process, SIGKILL);
  g_main_loop_run (fixture->loop);
  g_assert_cmpint (fixture->end.signal, ==, SIGKILL);
  g_assert_false (fixture->end.oom);
}

/* Its children are of its group and end with it. */
static void
test_the_group_ends_together (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "child", NULL);
  g_autofree char *text = NULL;
  g_autoptr(KrnProcess) process = start (fixture, "sleep 1000 & echo $! >child; exit 0", 0);
  pid_t child;

  g_main_loop_run (fixture->loop);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  child = (pid_t) g_ascii_strtoll (text, NULL, 10);

  /* It is nobody's child here: until it is reaped it may be seen as a zombie. */
  for (guint i = 0; kill (child, 0) == 0; i++)
    {
      g_autofree char *stat = g_strdup_printf ("/proc/%d/stat", (int) child);
      g_autofree char *line = NULL;

      if (!g_file_get_contents (stat, &line, NULL, NULL) || strstr (line, ") Z") != NULL)
        break;
      g_assert_cmpuint (i, <, 1000);
      g_usleep (10000);
    }
}

static void
test_a_flood_is_bounded (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *former = g_strconcat (fixture->output, ".1", NULL);
  g_autoptr(KrnProcess) process =
    start (fixture, "i=0; while [ $i -lt 800 ]; do printf '%08192d' 7 >&2; i=$((i + 1)); done; printf '\\n\\377end' >&2", 0);
  GStatBuf now;
  GStatBuf before;

  g_main_loop_run (fixture->loop);
  g_assert_cmpint (g_stat (fixture->output, &now), ==, 0);
  g_assert_cmpint (g_stat (former, &before), ==, 0);
  g_assert_cmpint (now.st_size, <=, 1024 * 1024 + 65536);
  g_assert_cmpint (before.st_size, <=, 1024 * 1024 + 65536);
  g_assert_cmpuint (strlen (fixture->end.stderr_tail), <=, 8192);
  g_assert_cmpstr (fixture->end.stderr_tail, ==, "\357\277\275end");
}

static void
test_what_is_not_there_cannot_start (Fixture       *fixture,
                                     gconstpointer  data)
{
  const char *argv[] = { "/nonexistent", NULL };
  const char *environment[] = { NULL };
  g_autoptr(GError) error = NULL;

  g_assert_null (krn_process_start (argv, environment, fixture->directory, fixture->output, (KrnMemoryLimit) { 0 }, ended,
                                    fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent"));
  g_assert_cmpuint (fixture->n_ends, ==, 0);
}

static void
test_usage_counts_descendants (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr(KrnProcess) process = start (fixture, "sleep 1000 & sleep 1000 & wait", 0);
  KrnUsage usage;

  for (guint i = 0; i < 1000; i++)
    {
      krn_usage_measure (krn_process_get_pid (process), &usage);
      if (usage.n_processes == 3)
        break;
      g_usleep (10000);
    }
  g_assert_cmpuint (usage.n_processes, ==, 3);
  g_assert_cmpuint (usage.memory_bytes, >, 0);

  krn_process_signal (process, SIGKILL);
  g_main_loop_run (fixture->loop);
  krn_usage_measure (1 << 22, &usage); /* more than a pid can be */
  g_assert_cmpuint (usage.n_processes, ==, 0);
}

/* Many that share nearly all they have: as a sum of what each has it would be many times what it is. */
static void
test_usage_counts_what_is_shared_once (Fixture       *fixture,
                                       gconstpointer  data)
{
  g_autoptr(KrnProcess) process =
    start (fixture, "i=0; while [ $i -lt 20 ]; do sleep 1000 & i=$((i + 1)); done; wait", 0);
  pid_t pid = krn_process_get_pid (process);
  KrnUsage usage = { 0 };
  guint64 bytes = 1;

  for (guint i = 0; usage.n_processes < 21; i++)
    {
      krn_usage_measure (pid, &usage);
      g_assert_cmpuint (i, <, 1000);
      g_usleep (10000);
    }
  krn_usage_measure (pid, &usage);
  g_assert_true (krn_usage_exceeds (pid, 1, &bytes));
  g_assert_cmpuint (bytes, <, 2 * usage.memory_bytes);
  g_assert_false (krn_usage_exceeds (pid, G_MAXUINT64, &bytes));
  g_assert_cmpuint (bytes, ==, 0);

  krn_process_signal (process, SIGKILL);
  g_main_loop_run (fixture->loop);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/kernel/process/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("an-exit-is-told", test_an_exit_is_told);
  ADD ("a-signal-is-told", test_a_signal_is_told);
  ADD ("want-of-memory-is-told-apart", test_want_of_memory_is_told_apart);
  ADD ("the-group-ends-together", test_the_group_ends_together);
  ADD ("a-flood-is-bounded", test_a_flood_is_bounded);
  ADD ("what-is-not-there-cannot-start", test_what_is_not_there_cannot_start);
  ADD ("usage-counts-descendants", test_usage_counts_descendants);
  ADD ("usage-counts-what-is-shared-once", test_usage_counts_what_is_shared_once);

  return g_test_run ();
}
