/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-job-limits"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Waits longer than a breach takes to be noticed. */
static void
assert_runs_on (JobFixture *job)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (eng_job_wait (job->dir, -1, g_get_monotonic_time () + 1500000, &job->status,
                               &error));
  g_assert_cmpint (job->status.state, ==, ENG_JOB_RUNNING);
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
  assert_runs_on (job);

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

/* Runs a job that wants more processes than @allowed: it is ended at once, and it is told why. A shell
 * that is refused a process may give up before anybody ends it. */
static void
assert_too_many (JobFixture *job,
                 guint64     allowed)
{
  gint64 began = g_get_monotonic_time ();

  job_fixture_run (job);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
  g_assert_true (job->status.out_of_processes);
  g_assert_cmpuint (job->status.limit, ==, allowed);
  if (job->status.exit_code != 2)
    {
      g_assert_cmpint (job->status.exit_code, ==, -1);
      g_assert_cmpint (job->status.signal, ==, SIGKILL);
    }
}

static void
test_processes (JobFixture    *job,
                gconstpointer  data)
{
  job->spec->max_processes = 20;
  job_fixture_command (job, "sh", "-c", HELPER " forks 500; sleep 60", NULL);
  assert_too_many (job, 20);

  /* where the kernel counts, it has refused the others before we saw it */
  if (data == strongest || getuid () != 0)
    {
      g_autofree char *output = job_fixture_output (job);

      g_assert_cmpint (atoi (output), <=, 20);
    }
}

/* Many of them children of one. */
static void
test_many_children (JobFixture    *job,
                    gconstpointer  data)
{
  job->spec->max_processes = 1000;
  job_fixture_command (job, "sh", "-c", HELPER " forks 900; sleep 60", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "900");
  assert_runs_on (job);
}

static void
test_too_many_children (JobFixture    *job,
                        gconstpointer  data)
{
  job->spec->max_processes = 1000;
  job_fixture_command (job, "sh", "-c", HELPER " forks 3000; sleep 60", NULL);
  assert_too_many (job, 1000);
}

static void
test_threads (JobFixture    *job,
              gconstpointer  data)
{
  job->spec->max_processes = 20;
  job_fixture_command (job, "python3", "-c",
                       "import threading, time\n"
                       "for i in range(40): threading.Thread(target=time.sleep, args=(60,)).start()",
                       NULL);
  assert_too_many (job, 20);
}

static gboolean
write_file (const char *dir,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofd int fd = open (path, O_WRONLY | O_CLOEXEC);

  return fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);
}

/* This process's cgroup of version 1 that counts processes. */
static char *
own_pids_cgroup (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return NULL;
  line = strstr (text, ":pids:");
  if (line == NULL)
    return NULL;
  line += strlen (":pids:");

  return g_strdup_printf ("/sys/fs/cgroup/pids%.*s", (int) strcspn (line, "\n"), line);
}

/* Should the limit under test not hold, the machine must not go down with it. */
static char *
enter_cage (void)
{
  g_autofree char *own = own_pids_cgroup ();
  g_autofree char *cage = g_strdup_printf ("%s/test-job-limits-%d", own, (int) getpid ());

  if (own == NULL || mkdir (cage, 0700) != 0)
    return NULL;
  if (write_file (cage, "pids.max", "4000") && write_file (cage, "cgroup.procs", "0"))
    return g_steal_pointer (&cage);
  rmdir (cage);

  return NULL;
}

static void
leave_cage (char *cage)
{
  g_autofree char *own = g_path_get_dirname (cage);
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  g_assert_true (write_file (own, "cgroup.procs", "0"));
  /* the shim has told the end, and ends itself a moment later */
  while (rmdir (cage) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static void
test_fork_bomb (JobFixture    *job,
                gconstpointer  data)
{
  g_autofree char *cage = getuid () == 0 ? enter_cage () : NULL;

  if (getuid () == 0 && cage == NULL)
    {
      g_test_skip ("Without a cgroup around it, a bomb that goes off is the machine's");
      return;
    }

  job->spec->max_processes = 40;
  job_fixture_command (job, "sh", "-c", "b() { b | b & }; b; while :; do sleep 1; done", NULL);
  assert_too_many (job, 40);

  if (cage != NULL)
    leave_cage (cage);
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
  job_fixture_command (job, HELPER, "write", "6", "8", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "written");
  assert_runs_on (job);
}

/* As many as a volume of 64 MiB would have inodes. */
static void
test_files (JobFixture    *job,
            gconstpointer  data)
{
  job_fixture_command (job, "sh", "-c", "mkdir /opt/ml/model/f; cd /opt/ml/model/f;"
                       " seq 4200 | xargs touch; sleep 60", NULL);
  job_fixture_run (job);

  g_assert_true (job->status.out_of_files);
  g_assert_false (job->status.out_of_disk);
  g_assert_cmpuint (job->status.limit, ==, 4096);
  g_assert_cmpint (job->status.signal, ==, SIGKILL);
}

static void
test_files_within (JobFixture    *job,
                   gconstpointer  data)
{
  job_fixture_command (job, "sh", "-c", "cd /opt/ml/model; seq 4000 | xargs touch; echo written;"
                       " sleep 60", NULL);
  job_fixture_launch (job);
  job_fixture_await (job, "written");
  assert_runs_on (job);
}

static void
test_deep_folders (JobFixture    *job,
                   gconstpointer  data)
{
  job_fixture_command (job, "sh", "-c", "cd /opt/ml/model; for i in $(seq 200); do mkdir d; cd d;"
                       " done; sleep 60", NULL);
  job_fixture_run (job);
  g_assert_true (job->status.out_of_files);
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
  ADD ("many-children", test_many_children);
  ADD ("too-many-children", test_too_many_children);
  ADD ("threads", test_threads);
  ADD ("fork-bomb", test_fork_bomb);
  ADD ("disk", test_disk);
  ADD ("disk-one-file", test_disk_one_file);
  ADD ("disk-within", test_disk_within);
  ADD ("files", test_files);
  ADD ("files-within", test_files_within);
  ADD ("deep-folders", test_deep_folders);
  ADD ("sparse-file", test_sparse_file);
  ADD ("private-memory-files", test_private_memory_files);
  ADD ("more-memory-than-there-is", test_more_memory_than_there_is);
  ADD ("no-core-files", test_no_core_files);

  return g_test_run ();
}
