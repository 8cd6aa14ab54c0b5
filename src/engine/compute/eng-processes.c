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

/* The /proc of the job's own pid namespace. It lists every process of the job and none else, and
 * thousands in some milliseconds. To walk from parents to children would not do: the kernel takes
 * seconds to name the children of a process that has thousands, and a fork bomb orphans them all to
 * the first one. */
struct _EngProcesses
{
  DIR *proc; /* (owned) */
};

/**
 * eng_processes_new:
 * @init: the first process of a pid namespace that has a /proc of its own
 *
 * Returns: (transfer full) (nullable): its processes; %NULL when it ended already
 */
EngProcesses *
eng_processes_new (pid_t init)
{
  g_autofree char *number = g_strdup_printf ("%d", (int) init);
  g_autofree char *path = g_build_filename ("/proc", number, "root", "proc", NULL);
  DIR *proc = opendir (path);
  EngProcesses *self;

  if (proc == NULL)
    return NULL;

  self = g_new0 (EngProcesses, 1);
  self->proc = proc;

  return self;
}

/**
 * eng_processes_free:
 * @self: (transfer full): the processes; they go on
 */
void
eng_processes_free (EngProcesses *self)
{
  closedir (self->proc);
  g_free (self);
}

/* Returns: (nullable): the name of the next process's directory */
static const char *
next_process (EngProcesses *self)
{
  struct dirent *entry;

  while ((entry = readdir (self->proc)) != NULL)
    if (g_ascii_isdigit (entry->d_name[0]))
      return entry->d_name;

  return NULL;
}

/**
 * eng_processes_count:
 * @self: the processes
 *
 * Returns: how many there are
 */
guint
eng_processes_count (EngProcesses *self)
{
  guint n = 0;

  rewinddir (self->proc);
  while (next_process (self) != NULL)
    n++;

  return n;
}

/* Reads a small file of a process into @buffer, NUL-terminated. */
static gboolean
read_small (EngProcesses *self,
            const char   *process,
            const char   *leaf,
            char         *buffer,
            gsize         size)
{
  char path[64];
  gssize n;
  int fd;

  g_snprintf (path, sizeof path, "%s/%s", process, leaf);
  fd = openat (dirfd (self->proc), path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;

  n = read (fd, buffer, size - 1);
  close (fd);
  if (n < 0)
    return FALSE;
  buffer[n] = '\0';

  return TRUE;
}

/* The resident memory and the threads of one process, by proc_pid_stat(5); nothing of one that has
 * just ended. */
static void
read_stat (EngProcesses *self,
           const char   *process,
           guint64      *bytes,
           guint        *n_tasks)
{
  char text[2048];
  const char *after_name;
  unsigned long long pages = 0;
  unsigned threads = 0;

  if (!read_small (self, process, "stat", text, sizeof text))
    return;

  after_name = strrchr (text, ')');
  if (after_name == NULL ||
      sscanf (after_name, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %u"
              " %*s %*s %*s %llu", &threads, &pages) != 2)
    return;

  *bytes += pages * (guint64) sysconf (_SC_PAGESIZE);
  *n_tasks += threads;
}

/* A process's memory when what several share is split among them: the kernel walks its page tables
 * for that. */
static guint64
read_share (EngProcesses *self,
            const char   *process)
{
  char text[2048];
  const char *pss;

  if (!read_small (self, process, "smaps_rollup", text, sizeof text))
    return 0;
  pss = strstr (text, "\nPss:");

  return pss != NULL ? strtoull (pss + strlen ("\nPss:"), NULL, 10) * 1024 : 0;
}

/**
 * eng_processes_measure:
 * @self: the processes
 * @bytes: (out): resident memory of all; what several share counts for each
 * @n_tasks: (out): how many threads they have, at least one each
 */
void
eng_processes_measure (EngProcesses *self,
                       guint64      *bytes,
                       guint        *n_tasks)
{
  const char *process;

  *bytes = 0;
  *n_tasks = 0;
  rewinddir (self->proc);
  while ((process = next_process (self)) != NULL)
    read_stat (self, process, bytes, n_tasks);
}

/**
 * eng_processes_exact_memory:
 * @self: the processes
 *
 * Returns: resident memory of all in bytes, where what several share counts once. It takes much
 *   longer to find than that of eng_processes_measure(), which is never less.
 */
guint64
eng_processes_exact_memory (EngProcesses *self)
{
  const char *process;
  guint64 bytes = 0;

  rewinddir (self->proc);
  while ((process = next_process (self)) != NULL)
    bytes += read_share (self, process);

  return bytes;
}
