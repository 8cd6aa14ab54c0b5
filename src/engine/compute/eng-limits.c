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

#define WATCH_INTERVAL_US (100 * 1000)
#define CGROUP_INTERVAL_US (500 * 1000)

struct _EngLimits
{
  EngLimitsKind  kind;
  guint64        memory_bytes;
  guint          max_processes;
  double         cpus;
  guint          n_cgroups;
  char          *cgroups[MAX_CGROUPS];   /* (owned): directories */
  int            join_fds[MAX_CGROUPS];  /* (owned): how to enter them, see EngSandboxCgroups */
  gboolean       processes_bounded;      /* by a cgroup */
  gboolean       too_many;
  guint64        peak;
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
add_cgroup (EngLimits     *self,
            EngLimitsKind  kind,
            const char    *parent)
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
  if (kind == ENG_LIMITS_CGROUP_V1)
    fd = open (tasks, O_WRONLY | O_CLOEXEC);
  else
    fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      rmdir (dir);
      return NULL;
    }

  self->join_fds[self->n_cgroups] = fd;
  self->cgroups[self->n_cgroups] = g_steal_pointer (&dir);

  return self->cgroups[self->n_cgroups++];
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
drop_cgroups (EngLimits *self)
{
  while (self->n_cgroups > 0)
    {
      self->n_cgroups--;
      close (self->join_fds[self->n_cgroups]);
      rmdir (self->cgroups[self->n_cgroups]);
      g_free (self->cgroups[self->n_cgroups]);
    }
}

/* CPU time for each period, when the job is to have less than the whole machine. */
static guint64
cpu_quota (EngLimits *self,
           guint64    period)
{
  return self->cpus < g_get_num_processors () ? (guint64) (self->cpus * (double) period) : 0;
}

static guint64
cpu_weight (EngLimits *self,
            guint64    of_one)
{
  return (guint64) (CLAMP (self->cpus, 0.5, g_get_num_processors ()) * (double) of_one);
}

static gboolean
use_version_1 (EngLimits *self)
{
  g_autofree char *memory = own_cgroup ("memory");
  g_autofree char *pids = own_cgroup ("pids");
  g_autofree char *cpu = own_cgroup ("cpu");
  const guint64 period = 100000;
  const char *dir = add_cgroup (self, ENG_LIMITS_CGROUP_V1, memory);

  if (dir == NULL || !write_number (dir, "memory.limit_in_bytes", self->memory_bytes))
    {
      drop_cgroups (self);
      return FALSE;
    }
  /* there only where the kernel counts swap */
  write_number (dir, "memory.memsw.limit_in_bytes", self->memory_bytes);

  dir = add_cgroup (self, ENG_LIMITS_CGROUP_V1, pids);
  self->processes_bounded = dir != NULL &&
                            write_number (dir, "pids.max", self->max_processes + OWN_PROCESSES);

  dir = add_cgroup (self, ENG_LIMITS_CGROUP_V1, cpu);
  if (dir != NULL)
    {
      write_number (dir, "cpu.shares", cpu_weight (self, CPU_SHARES_V1));
      if (cpu_quota (self, period) > 0)
        write_number (dir, "cpu.cfs_quota_us", cpu_quota (self, period));
    }

  self->kind = ENG_LIMITS_CGROUP_V1;

  return TRUE;
}

static gboolean
try_version_2 (EngLimits  *self,
               const char *parent)
{
  const guint64 period = 100000;
  const char *dir = add_cgroup (self, ENG_LIMITS_CGROUP_V2, parent);

  if (dir == NULL || !write_number (dir, "memory.max", self->memory_bytes))
    {
      drop_cgroups (self);
      return FALSE;
    }

  write_setting (dir, "memory.swap.max", "0");
  write_setting (dir, "memory.oom.group", "1");
  write_number (dir, "cpu.weight", cpu_weight (self, CPU_WEIGHT_V2));
  if (cpu_quota (self, period) > 0)
    write_number (dir, "cpu.max", cpu_quota (self, period));
  self->processes_bounded = write_number (dir, "pids.max", self->max_processes + OWN_PROCESSES);
  self->kind = ENG_LIMITS_CGROUP_V2;

  return TRUE;
}

/* A cgroup with processes in it cannot hand controllers to children: beside our own, then. */
static gboolean
use_version_2 (EngLimits *self)
{
  g_autofree char *own = own_cgroup ("");
  g_autofree char *beside = own != NULL ? g_path_get_dirname (own) : NULL;

  if (own == NULL)
    return FALSE;

  return try_version_2 (self, own) ||
         (g_str_has_prefix (beside, CGROUP_ROOT "/") && try_version_2 (self, beside));
}

/**
 * eng_limits_new:
 * @spec: the job
 *
 * Sets up the strongest limits this machine allows us: cgroups where they are writable, watching
 * where not. `SAGEBRUSH_LIMITS=watched` in the environment forces the latter.
 *
 * Returns: (transfer full): the limits
 */
EngLimits *
eng_limits_new (EngJobSpec *spec)
{
  EngLimits *self = g_new0 (EngLimits, 1);

  self->memory_bytes = spec->memory_bytes;
  self->max_processes = spec->max_processes;
  self->cpus = spec->cpus;
  self->kind = ENG_LIMITS_WATCHED;

  if (g_strcmp0 (g_getenv ("SAGEBRUSH_LIMITS"), "watched") != 0 && !use_version_1 (self))
    use_version_2 (self);

  return self;
}

/**
 * eng_limits_free:
 * @self: (transfer full): the limits; the job must have ended
 */
void
eng_limits_free (EngLimits *self)
{
  /* here, where nobody waits for us */
  for (guint i = 0; i < self->n_cgroups; i++)
    {
      g_autofree char *parent = g_path_get_dirname (self->cgroups[i]);

      remove_stale (parent);
    }
  drop_cgroups (self);
  g_free (self);
}

/**
 * eng_limits_kind:
 * @self: the limits
 *
 * Returns: how they are kept
 */
EngLimitsKind
eng_limits_kind (EngLimits *self)
{
  return self->kind;
}

/**
 * eng_limits_cgroups:
 * @self: the limits
 * @cgroups: (out caller-allocates): what the job's first process is to enter
 */
void
eng_limits_cgroups (EngLimits         *self,
                    EngSandboxCgroups *cgroups)
{
  *cgroups = (EngSandboxCgroups) { .born_in = -1 };

  if (self->kind == ENG_LIMITS_CGROUP_V2)
    cgroups->born_in = self->join_fds[0];
  else
    {
      cgroups->tasks = self->join_fds;
      cgroups->n_tasks = self->n_cgroups;
    }
}

/**
 * eng_limits_rlimit_processes:
 * @self: the limits
 *
 * Returns: what RLIMIT_NPROC is to be, or 0 when a cgroup bounds the processes
 */
guint
eng_limits_rlimit_processes (EngLimits *self)
{
  return self->processes_bounded ? 0 : self->max_processes + OWN_PROCESSES;
}

/**
 * eng_limits_interval:
 * @self: the limits
 *
 * Returns: microseconds after which eng_limits_out_of_memory() should be asked again
 */
gint64
eng_limits_interval (EngLimits *self)
{
  return self->kind == ENG_LIMITS_WATCHED ? WATCH_INTERVAL_US : CGROUP_INTERVAL_US;
}

static gboolean
check_cgroup (EngLimits *self)
{
  gboolean second = self->kind == ENG_LIMITS_CGROUP_V2;
  g_autofree char *events = read_setting (self->cgroups[0],
                                          second ? "memory.events" : "memory.oom_control");
  g_autofree char *usage = read_setting (self->cgroups[0], "memory.stat");
  guint64 bytes = 0;

  /* without the page cache, which grows with every file that is read and costs nobody anything */
  if (usage != NULL)
    bytes = keyed_value (usage, second ? "anon" : "rss") + keyed_value (usage, "shmem");
  self->peak = MAX (self->peak, bytes);

  return events != NULL && keyed_value (events, "oom_kill") > 0;
}

static gboolean
check_tree (EngLimits *self,
            pid_t      root)
{
  guint64 bytes;
  guint processes;

  eng_process_tree_measure (root, FALSE, &bytes, &processes);
  if (bytes > self->memory_bytes)
    eng_process_tree_measure (root, TRUE, &bytes, &processes);

  self->peak = MAX (self->peak, bytes);
  /* RLIMIT_NPROC does not bind root */
  self->too_many = processes > self->max_processes + OWN_PROCESSES;

  return bytes > self->memory_bytes;
}

/**
 * eng_limits_out_of_memory:
 * @self: the limits
 * @root: the process above everything of the job
 *
 * Looks at the job's memory, and remembers the peak.
 *
 * Returns: whether it passed its limit
 */
gboolean
eng_limits_out_of_memory (EngLimits *self,
                          pid_t      root)
{
  return self->kind == ENG_LIMITS_WATCHED ? check_tree (self, root) : check_cgroup (self);
}

/**
 * eng_limits_too_many:
 * @self: the limits
 *
 * Returns: whether the last look found more processes than allowed
 */
gboolean
eng_limits_too_many (EngLimits *self)
{
  return self->too_many;
}

/**
 * eng_limits_peak:
 * @self: the limits
 *
 * Returns: the most memory seen in use, in bytes
 */
guint64
eng_limits_peak (EngLimits *self)
{
  return self->peak;
}
