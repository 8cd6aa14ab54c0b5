/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-limits"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-limits-private.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP_PREFIX "sagebrush-"
#define MAX_CGROUPS 3

/* A job's weight is that of as many single processes as it has CPUs: what the kernel gives one
 * by default. */
#define CPU_SHARES_V1 1024
#define CPU_WEIGHT_V2 100

/* bubblewrap and our first process inside */
#define OWN_PROCESSES 2

/* The cgroups of one job: one of version 2, or one for each controller of version 1. */
struct _EngCgroups
{
  gboolean    second; /* of version 2 */
  EngJobSpec *spec;   /* (unowned): only while they are made */
  guint       n;
  char       *dirs[MAX_CGROUPS];     /* (owned): that of memory first */
  int         join_fds[MAX_CGROUPS]; /* (owned): how to enter them, see EngSandboxCgroups */
  const char *pids;                  /* (unowned) (nullable): the one that bounds processes */
  const char *cpu;                   /* (unowned) (nullable): the one with a quota of time */
};

static gboolean
write_setting (const char *dir,
               const char *name,
               const char *value)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    return FALSE;

  ok = write (fd, value, strlen (value)) == (gssize) strlen (value);
  close (fd);

  return ok;
}

static gboolean
write_number (const char *dir,
              const char *name,
              guint64     value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, value);

  return write_setting (dir, name, text);
}

static char *
read_setting (const char *dir,
              const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* The value of the line "@key N" of @text. */
static guint64
keyed_value (const char *text,
             const char *key)
{
  gsize length = strlen (key);

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      if (strncmp (line, key, length) == 0 && line[length] == ' ')
        return strtoull (line + length, NULL, 10);
      line = strchr (line, '\n');
      if (line != NULL)
        line++;
    }

  return 0;
}

/* Where this process stands in the hierarchy of @controller ("" for version 2): a directory. */
static char *
own_cgroup (const char *controller)
{
  g_autofree char *text = NULL;
  g_autofree char *field = g_strdup_printf (":%s:", controller);
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return NULL;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *found = strstr (lines[i], field);
      g_autofree char *path = NULL;

      if (found == NULL || found != strchr (lines[i], ':'))
        continue;
      path = g_build_filename (CGROUP_ROOT, controller, found + strlen (field), NULL);
      if (access (path, W_OK) == 0)
        return g_steal_pointer (&path);

      /* the path is of another cgroup namespace */
      return g_build_filename (CGROUP_ROOT, controller, NULL);
    }

  return NULL;
}

static const char *
add_cgroup (EngCgroups *self,
            const char *parent)
{
  g_autofree char *dir = NULL;
  g_autofree char *tasks = NULL;
  int fd;

  if (parent == NULL)
    return NULL;

  dir = g_strdup_printf ("%s/" CGROUP_PREFIX "%d", parent, (int) getpid ());
  if (mkdir (dir, 0700) != 0)
    return NULL;

  /* Entering through cgroup.procs waits 10 ms for every processor to pass by. A single thread that
   * enters through "tasks", and a process that is born in its cgroup, do not. */
  tasks = g_build_filename (dir, "tasks", NULL);
  if (self->second)
    fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  else
    fd = open (tasks, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    {
      rmdir (dir);
      return NULL;
    }

  self->join_fds[self->n] = fd;
  self->dirs[self->n] = g_steal_pointer (&dir);

  return self->dirs[self->n++];
}

/* Removes what shims that were killed have left. A cgroup with processes in it cannot go. */
static void
remove_stale (const char *parent)
{
  g_autoptr(GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *owner = NULL;
      g_autofree char *path = NULL;

      if (!g_str_has_prefix (name, CGROUP_PREFIX))
        continue;
      owner = g_build_filename ("/proc", name + strlen (CGROUP_PREFIX), NULL);
      path = g_build_filename (parent, name, NULL);
      if (access (owner, F_OK) != 0)
        rmdir (path);
    }
}

static void
drop_cgroups (EngCgroups *self)
{
  while (self->n > 0)
    {
      self->n--;
      close (self->join_fds[self->n]);
      rmdir (self->dirs[self->n]);
      g_free (self->dirs[self->n]);
    }
}

/* CPU time for each period, when the job is to have less than the whole machine. */
static guint64
cpu_quota (EngCgroups *self,
           guint64    period)
{
  double cpus = self->spec->cpus;

  return cpus < g_get_num_processors () ? (guint64) (cpus * (double) period) : 0;
}

static guint64
cpu_weight (EngCgroups *self,
            guint64    of_one)
{
  return (guint64) (CLAMP (self->spec->cpus, 0.5, g_get_num_processors ()) * (double) of_one);
}

static void
bound_processes (EngCgroups *self,
                 const char *dir)
{
  if (dir != NULL && write_number (dir, "pids.max", self->spec->max_processes + OWN_PROCESSES))
    self->pids = dir;
}

static gboolean
use_version_1 (EngCgroups *self)
{
  g_autofree char *memory = own_cgroup ("memory");
  g_autofree char *pids = own_cgroup ("pids");
  g_autofree char *cpu = own_cgroup ("cpu");
  const guint64 period = 100000;
  const char *dir = add_cgroup (self, memory);

  if (dir == NULL || !write_number (dir, "memory.limit_in_bytes", self->spec->memory_bytes))
    {
      drop_cgroups (self);
      return FALSE;
    }
  /* there only where the kernel counts swap */
  write_number (dir, "memory.memsw.limit_in_bytes", self->spec->memory_bytes);

  bound_processes (self, add_cgroup (self, pids));

  dir = add_cgroup (self, cpu);
  if (dir != NULL)
    {
      write_number (dir, "cpu.shares", cpu_weight (self, CPU_SHARES_V1));
      if (cpu_quota (self, period) > 0 &&
          write_number (dir, "cpu.cfs_quota_us", cpu_quota (self, period)))
        self->cpu = dir;
    }

  return TRUE;
}

static gboolean
try_version_2 (EngCgroups *self,
               const char *parent)
{
  const guint64 period = 100000;
  const char *dir = add_cgroup (self, parent);

  if (dir == NULL || !write_number (dir, "memory.max", self->spec->memory_bytes))
    {
      drop_cgroups (self);
      return FALSE;
    }

  write_setting (dir, "memory.swap.max", "0");
  write_setting (dir, "memory.oom.group", "1");
  write_number (dir, "cpu.weight", cpu_weight (self, CPU_WEIGHT_V2));
  if (cpu_quota (self, period) > 0 && write_number (dir, "cpu.max", cpu_quota (self, period)))
    self->cpu = dir;
  bound_processes (self, dir);

  return TRUE;
}

/* A cgroup with processes in it cannot hand controllers to children: beside our own, then. */
static gboolean
use_version_2 (EngCgroups *self)
{
  g_autofree char *own = own_cgroup ("");
  g_autofree char *beside = own != NULL ? g_path_get_dirname (own) : NULL;

  if (own == NULL)
    return FALSE;

  self->second = TRUE;

  return try_version_2 (self, own) ||
         (g_str_has_prefix (beside, CGROUP_ROOT "/") && try_version_2 (self, beside));
}

/**
 * eng_cgroups_new:
 * @spec: the job
 *
 * Makes cgroups with the limits of @spec.
 *
 * Returns: (transfer full) (nullable): the cgroups; %NULL where we may make none
 */
EngCgroups *
eng_cgroups_new (EngJobSpec *spec)
{
  EngCgroups *self = g_new0 (EngCgroups, 1);

  self->spec = spec;
  if (!use_version_1 (self) && !use_version_2 (self))
    g_clear_pointer (&self, g_free);
  else
    self->spec = NULL;

  return self;
}

/**
 * eng_cgroups_free:
 * @self: (transfer full): the cgroups; the job must have ended
 */
void
eng_cgroups_free (EngCgroups *self)
{
  /* here, where nobody waits for us */
  for (guint i = 0; i < self->n; i++)
    {
      g_autofree char *parent = g_path_get_dirname (self->dirs[i]);

      remove_stale (parent);
    }
  drop_cgroups (self);
  g_free (self);
}

/**
 * eng_cgroups_name:
 * @self: the cgroups
 *
 * Returns: (transfer none): the word for their version
 */
const char *
eng_cgroups_name (EngCgroups *self)
{
  return self->second ? "cgroup-v2" : "cgroup-v1";
}

/**
 * eng_cgroups_bound_processes:
 * @self: the cgroups
 *
 * Returns: whether they bound memory and processes, not memory alone
 */
gboolean
eng_cgroups_bound_processes (EngCgroups *self)
{
  return self->pids != NULL;
}

/**
 * eng_cgroups_join:
 * @self: the cgroups
 * @how: (out): what the job's first process is to enter; as long as @self lives
 */
void
eng_cgroups_join (EngCgroups        *self,
                  EngSandboxCgroups *how)
{
  if (self->second)
    how->born_in = self->join_fds[0];
  else
    {
      how->tasks = self->join_fds;
      how->n_tasks = self->n;
    }
}

/**
 * eng_cgroups_memory:
 * @self: the cgroups
 *
 * Returns: how many bytes of memory are in use, without the page cache, which grows with every file
 *   that is read and costs nobody anything
 */
guint64
eng_cgroups_memory (EngCgroups *self)
{
  g_autofree char *usage = read_setting (self->dirs[0], "memory.stat");

  if (usage == NULL)
    return 0;

  return keyed_value (usage, self->second ? "anon" : "rss") + keyed_value (usage, "shmem");
}

/**
 * eng_cgroups_out_of_memory:
 * @self: the cgroups
 *
 * Returns: whether the kernel has ended a process of the job for its memory
 */
gboolean
eng_cgroups_out_of_memory (EngCgroups *self)
{
  g_autofree char *events = read_setting (self->dirs[0], self->second ? "memory.events"
                                                                      : "memory.oom_control");

  return events != NULL && keyed_value (events, "oom_kill") > 0;
}

/**
 * eng_cgroups_refused_process:
 * @self: the cgroups
 *
 * Returns: whether the kernel has refused the job another process
 */
gboolean
eng_cgroups_refused_process (EngCgroups *self)
{
  g_autofree char *events = self->pids != NULL ? read_setting (self->pids, "pids.events") : NULL;

  return events != NULL && keyed_value (events, "max") > 0;
}

/**
 * eng_cgroups_lift_cpu:
 * @self: the cgroups
 *
 * Lets a job that was killed have all the processor time there is: thousands of processes need some
 * to end.
 */
void
eng_cgroups_lift_cpu (EngCgroups *self)
{
  if (self->cpu == NULL)
    return;

  if (self->second)
    write_setting (self->cpu, "cpu.max", "max");
  else
    write_setting (self->cpu, "cpu.cfs_quota_us", "-1");
}
