/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-job-limits"

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job-fixture.h"

/* Each limit is tested with the strongest means this machine has, and by watching alone. */
static const char strongest[] = "";
static const char watched[] = "watched";

static void
set_up (JobFixture    *job,
        gconstpointer  data)
{
  job_fixture_set_up (job, data);
  g_setenv ("SAGEBRUSH_LIMITS", data, TRUE);
}

static void
tear_down (JobFixture    *job,
           gconstpointer  data)
{
  g_unsetenv ("SAGEBRUSH_LIMITS");
  job_fixture_tear_down (job, data);
}

static void
test_memory (JobFixture    *job,
             gconstpointer  data)
{
  gint64 began = g_get_monotonic_time ();

  job->spec->memory_bytes = 64 << 20;
  job_fixture_command (job, HELPER, "alloc", "4000", NULL);
  job_fixture_run (job);

  g_assert_true (job->status.out_of_memory);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
  g_assert_cmpuint (job->status.peak_memory, >=, 32 << 20);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
}

/* The limit is on all processes together. */
static void
test_memory_of_children (JobFixture    *job,
                         gconstpointer  data)
{
  job->spec->memory_bytes = 128 << 20;
  job_fixture_command (job, HELPER, "alloc", "400", "8", NULL);
  job_fixture_run (job);

  g_assert_true (job->status.out_of_memory);
}

static void
test_memory_within (JobFixture    *job,
                    gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  job->spec->memory_bytes = 256 << 20;
  job_fixture_command (job, HELPER, "alloc", "100", "4", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "allocated");
  /* longer than a breach takes to be noticed */
  g_assert_true (eng_job_wait (job->dir, -1, g_get_monotonic_time () + 1500000, &job->status,
                               &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);

  g_assert_true (eng_job_stop (job->dir, 0, &error));
  job_fixture_wait (job);
  g_assert_false (job->status.out_of_memory);
  g_assert_cmpuint (job->status.peak_memory, >=, 90 << 20);
  g_assert_cmpuint (job->status.peak_memory, <, 256 << 20);
}

/* Reserving address space, as numerical libraries and sanitizers do, uses no memory. */
static void
test_address_space_is_free (JobFixture    *job,
                            gconstpointer  data)
{
  job->spec->memory_bytes = 64 << 20;
  job_fixture_command (job, "python3", "-c",
                       "import mmap; m = mmap.mmap(-1, 1 << 42, flags=mmap.MAP_PRIVATE |"
                       " mmap.MAP_ANONYMOUS | mmap.MAP_NORESERVE); m[0] = 1", NULL);
  job_fixture_run (job);
  g_assert_cmpint (job->status.exit_code, ==, 0);
}

static void
test_processes (JobFixture    *job,
                gconstpointer  data)
{
  g_autofree char *output = NULL;

  job->spec->max_processes = 20;
  job_fixture_command (job, HELPER, "forks", "500", NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);

  /* root is not bound by RLIMIT_NPROC: then it is seen, and all are ended */
  if (data == strongest || getuid () != 0)
    g_assert_cmpint (atoi (output), <=, 20);
  else if (job->status.exit_code != 0)
    g_assert_nonnull (strstr (job->status.failure, "more processes"));
}

static void
test_fork_bomb (JobFixture    *job,
                gconstpointer  data)
{
  if (data == watched && getuid () == 0)
    {
      g_test_skip ("Nothing but a cgroup bounds root's processes before they are counted");
      return;
    }

  job->spec->max_processes = 40;
  job->spec->max_runtime_seconds = 3;
  job->spec->grace_seconds = 0;
  job_fixture_command (job, "sh", "-c", "b() { b | b & }; b; while :; do sleep 1; done", NULL);
  job_fixture_run (job);

  g_assert_cmpint (job->status.exit_code, ==, -1);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
}

static void
test_disk (JobFixture    *job,
           gconstpointer  data)
{
  gint64 began = g_get_monotonic_time ();

  job_fixture_command (job, HELPER, "write", "16", "8", NULL); /* 128 MiB of 64 */
  job_fixture_run (job);

  g_assert_true (job->status.out_of_disk);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
}

static void
test_disk_one_file (JobFixture    *job,
                    gconstpointer  data)
{
  job_fixture_command (job, HELPER, "write", "1", "100", NULL);
  job_fixture_run (job);

  g_assert_true (job->status.out_of_disk);
  g_assert_cmpint (job->status.exit_code, ==, -1);
}

static void
test_disk_within (JobFixture    *job,
                  gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  job_fixture_command (job, HELPER, "write", "6", "8", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "written");
  g_assert_true (eng_job_wait (job->dir, -1, g_get_monotonic_time () + 1500000, &job->status,
                               &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);
}

/* A sparse file of a terabyte takes no room, but may not be made either. */
static void
test_sparse_file (JobFixture    *job,
                  gconstpointer  data)
{
  job_fixture_command (job, "sh", "-c",
                       "truncate -s 40M /opt/ml/model/a; truncate -s 40M /opt/ml/model/b;"
                       " truncate -s 1T /opt/ml/model/c; test ! -s /opt/ml/model/c", NULL);
  job_fixture_run (job);
  g_assert_cmpint (job->status.exit_code, ==, 0);
  g_assert_false (job->status.out_of_disk);
}

static void
test_private_memory_files (JobFixture    *job,
                           gconstpointer  data)
{
  job->spec->memory_bytes = 64 << 20;
  job_fixture_command (job, "sh", "-c",
                       "head -c 40000000 /dev/zero > /tmp/x && exit 1;"
                       " rm /tmp/x; head -c 40000000 /dev/zero > /dev/shm/x && exit 2; exit 0", NULL);
  job_fixture_run (job);
  g_assert_cmpint (job->status.exit_code, ==, 0);
}

/* What an instance type promises may be more than there is. */
static void
test_more_memory_than_there_is (JobFixture    *job,
                                gconstpointer  data)
{
  g_autofree char *output = NULL;

  job->spec->memory_bytes = G_GUINT64_CONSTANT (1) << 50;
  job_fixture_command (job, "sh", "-c", "df -k --output=size /tmp | tail -1", NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);
  g_assert_cmpint (job->status.exit_code, ==, 0);
  g_assert_cmpint (g_ascii_strtoll (output, NULL, 10) * 1024, <,
                   (gint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE));
}

static void
test_no_core_files (JobFixture    *job,
                    gconstpointer  data)
{
  g_autofree char *output = NULL;

  job_fixture_command (job, "sh", "-c", "ulimit -c; ulimit -c unlimited 2>/dev/null; ulimit -c",
                       NULL);
  job_fixture_run (job);
  output = job_fixture_output (job);
  g_assert_cmpstr (output, ==, "0\n0\n");
}

#define ADD(name, function)                                                            \
  G_STMT_START {                                                                       \
    g_test_add ("/compute/limits/" name, JobFixture, strongest, set_up, function,      \
                tear_down);                                                            \
    g_test_add ("/compute/limits-watched/" name, JobFixture, watched, set_up, function, \
                tear_down);                                                            \
  } G_STMT_END

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("memory", test_memory);
  ADD ("memory-of-children", test_memory_of_children);
  ADD ("memory-within", test_memory_within);
  ADD ("address-space", test_address_space_is_free);
  ADD ("processes", test_processes);
  ADD ("fork-bomb", test_fork_bomb);
  ADD ("disk", test_disk);
  ADD ("disk-one-file", test_disk_one_file);
  ADD ("disk-within", test_disk_within);
  ADD ("sparse-file", test_sparse_file);
  ADD ("private-memory-files", test_private_memory_files);
  ADD ("more-memory-than-there-is", test_more_memory_than_there_is);
  ADD ("no-core-files", test_no_core_files);

  return g_test_run ();
}
