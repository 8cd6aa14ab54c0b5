/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-limits"

#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eng-limits-private.h"

#define MAX_PROCESSES 65536

/* Reads a small file of /proc into @buffer, NUL-terminated. */
static gboolean
read_small (const char *path,
            char       *buffer,
            gsize       size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n;

  if (fd < 0)
    return FALSE;

  n = read (fd, buffer, size - 1);
  close (fd);
  if (n < 0)
    return FALSE;
  buffer[n] = '\0';

  return TRUE;
}

/* What @pid alone accounts for. The cheap figure counts shared pages in full for every process
 * that maps them; the exact one (Pss) splits them, but makes the kernel walk the page tables. */
static guint64
process_memory (pid_t    pid,
                gboolean exact)
{
  char path[64];
  char text[2048];
  const char *pss;
  unsigned long long total, resident;

  g_snprintf (path, sizeof path, exact ? "/proc/%d/smaps_rollup" : "/proc/%d/statm", (int) pid);
  if (!read_small (path, text, sizeof text))
    return 0;

  if (exact)
    {
      pss = strstr (text, "\nPss:");
      return pss != NULL ? strtoull (pss + strlen ("\nPss:"), NULL, 10) * 1024 : 0;
    }

  if (sscanf (text, "%llu %llu", &total, &resident) != 2)
    return 0;

  return resident * (guint64) sysconf (_SC_PAGESIZE);
}

/* A child is listed under the thread that made it. */
static void
append_children (GArray *pids,
                 pid_t   pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", (int) pid);
  DIR *tasks = opendir (folder);
  struct dirent *task;

  if (tasks == NULL)
    return;

  while ((task = readdir (tasks)) != NULL && pids->len < MAX_PROCESSES)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s/children", folder, task->d_name);
      char text[4096];
      char *at = text;
      char *end;

      if (task->d_name[0] == '.' || !read_small (path, text, sizeof text))
        continue;

      for (pid_t child; (child = (pid_t) strtol (at, &end, 10)) > 0 && end != at; at = end)
        g_array_append_val (pids, child);
    }

  closedir (tasks);
}

/**
 * eng_process_tree_measure:
 * @root: a process
 * @exact: whether shared memory is split between the processes that share it
 * @bytes: (out): resident memory of @root and everything beneath it
 * @n_processes: (out): how many those are
 *
 * Inside a pid namespace orphans become children of its first process, so nothing a job starts
 * leaves the tree.
 */
void
eng_process_tree_measure (pid_t     root,
                          gboolean  exact,
                          guint64  *bytes,
                          guint    *n_processes)
{
  g_autoptr(GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  g_array_append_val (pids, root);
  *bytes = 0;

  for (guint i = 0; i < pids->len; i++)
    {
      pid_t pid = g_array_index (pids, pid_t, i);

      *bytes += process_memory (pid, exact);
      append_children (pids, pid);
    }

  *n_processes = pids->len;
}
