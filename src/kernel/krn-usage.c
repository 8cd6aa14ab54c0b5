/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-usage"

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "krn-usage.h"

/* proc(5) */

#define MAX_PROCESSES 4096

static char *
read_proc (pid_t       pid,
           const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);

  return text;
}

/* A line `NAME   123 kB`. */
static guint64
read_kilobytes (const char *text,
                const char *name)
{
  const char *at = text != NULL ? strstr (text, name) : NULL;

  return at != NULL ? g_ascii_strtoull (at + strlen (name), NULL, 10) * 1024 : 0;
}

static void
add_process (pid_t     pid,
             KrnUsage *usage)
{
  g_autofree char *stat = read_proc (pid, "stat");
  const char *after_name = stat != NULL ? strrchr (stat, ')') : NULL;
  unsigned long user;
  unsigned long kernel;
  long child_user;
  long child_kernel;
  g_autofree char *rollup = NULL;
  guint64 memory;

  /* The name may hold anything, so what counts stands behind the last parenthesis. */
  if (after_name == NULL ||
      sscanf (after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld",
              &user, &kernel, &child_user, &child_kernel) != 4)
    return;

  rollup = read_proc (pid, "smaps_rollup");
  memory = read_kilobytes (rollup, "\nPss:");
  if (memory == 0)
    {
      g_autofree char *status = read_proc (pid, "status");

      memory = read_kilobytes (status, "\nVmRSS:");
    }

  usage->memory_bytes += memory;
  usage->cpu_seconds += (double) (user + kernel + (unsigned long) (child_user + child_kernel)) /
                        (double) sysconf (_SC_CLK_TCK);
  usage->n_processes++;
}

/* Appends the children of every thread of @pid. */
static void
add_children (pid_t   pid,
              GArray *pids)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr(GDir) dir = g_dir_open (tasks, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_strdup_printf ("task/%s/children", name);
      g_autofree char *text = read_proc (pid, file);
      char *at = text;
      char *end;

      for (; at != NULL && pids->len < MAX_PROCESSES; at = end)
        {
          pid_t child = (pid_t) strtol (at, &end, 10);

          if (end == at)
            break;
          g_array_append_val (pids, child);
        }
    }
}

/* Returns: (transfer full): a process and its descendants */
static GArray *
list_processes (pid_t pid)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  g_array_append_val (pids, pid);
  for (guint i = 0; i < pids->len; i++)
    add_children (g_array_index (pids, pid_t, i), pids);

  return pids;
}

/**
 * krn_usage_measure:
 * @pid: a process
 * @usage: (out caller-allocates): what it and its descendants use; zero where it is gone
 */
void
krn_usage_measure (pid_t     pid,
                   KrnUsage *usage)
{
  g_autoptr(GArray) pids = list_processes (pid);

  *usage = (KrnUsage) { 0 };
  for (guint i = 0; i < pids->len; i++)
    add_process (g_array_index (pids, pid_t, i), usage);
}

/**
 * krn_usage_exceeds:
 * @pid: a process
 * @limit: bytes
 * @bytes: (out): what it and its descendants take, where that was looked into; else 0
 *
 * For who looks often: what they share is looked into only when it could matter, as that takes the
 * kernel long for a process that is large.
 *
 * Returns: whether they take more than @limit
 */
gboolean
krn_usage_exceeds (pid_t    pid,
                   guint64  limit,
                   guint64 *bytes)
{
  g_autoptr(GArray) pids = list_processes (pid);
  KrnUsage usage;
  guint64 resident = 0; /* with what they share as often as they do */

  *bytes = 0;
  for (guint i = 0; i < pids->len; i++)
    {
      g_autofree char *status = read_proc (g_array_index (pids, pid_t, i), "status");

      resident += read_kilobytes (status, "\nVmRSS:");
    }
  if (resident <= limit)
    return FALSE;

  krn_usage_measure (pid, &usage);
  *bytes = usage.memory_bytes;

  return usage.memory_bytes > limit;
}

/**
 * krn_usage_oom_kills:
 *
 * Returns: how many processes of our control group (version 2) the kernel of the system has ended
 *   for want of memory; 0 where there is none that tells
 */
guint64
krn_usage_oom_kills (void)
{
  g_autofree char *groups = NULL;
  g_autofree char *path = NULL;
  g_autofree char *events = NULL;
  const char *group;
  const char *at;

  if (!g_file_get_contents ("/proc/self/cgroup", &groups, NULL, NULL))
    return 0;
  group = g_str_has_prefix (groups, "0::/") ? groups + 3 : strstr (groups, "\n0::/");
  if (group == NULL)
    return 0;
  if (*group == '\n')
    group += 4;

  path = g_strdup_printf ("/sys/fs/cgroup%.*s/memory.events", (int) strcspn (group, "\n"), group);
  if (!g_file_get_contents (path, &events, NULL, NULL))
    return 0;
  at = strstr (events, "oom_kill ");

  return at != NULL ? g_ascii_strtoull (at + strlen ("oom_kill "), NULL, 10) : 0;
}
