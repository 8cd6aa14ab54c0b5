/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-limits"

#include "config.h"

#include <unistd.h>

#include "eng-limits-private.h"

/* Our first process inside; bubblewrap itself is outside. */
#define INIT_PROCESSES 1

#define CGROUP_INTERVAL_US (500 * 1000)
#define WATCH_INTERVAL_US (100 * 1000)

/* Nothing but us bounds root's processes where there are no cgroups, and thousands are made in a tenth
 * of a second. The more there are, the longer each takes the kernel to end: these it ends at once. */
#define ROOT_PROCESSES 1024

/* When this many came since the last look, or half of all are there, the next one comes soon. */
#define GROWTH 64
#define HURRIED_INTERVAL_US (10 * 1000)

struct _EngLimits
{
  guint64       memory_bytes;
  guint         max_processes;
  EngCgroups   *cgroups;     /* (owned) (nullable): where the kernel keeps the limits */
  EngProcesses *processes;   /* (owned) (nullable): where we have to count them */
  guint         n_processes; /* at the last look there */
  gboolean      hurried;     /* by a job that has many, or had fewer at the look before */
  gint64        measure_at;  /* on the monotonic clock: when to look at their memory again */
  gboolean      out_of_memory;
  guint         too_many;    /* the limit of processes that was passed, or 0 */
  guint64       peak;
};

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
  if (g_strcmp0 (g_getenv ("SAGEBRUSH_LIMITS"), "watched") != 0)
    self->cgroups = eng_cgroups_new (spec);
  self->hurried = self->cgroups == NULL; /* the first look comes soon */

  return self;
}

/**
 * eng_limits_free:
 * @self: (transfer full): the limits; the job must have ended
 */
void
eng_limits_free (EngLimits *self)
{
  g_clear_pointer (&self->cgroups, eng_cgroups_free);
  g_clear_pointer (&self->processes, eng_processes_free);
  g_free (self);
}

/**
 * eng_limits_name:
 * @self: the limits
 *
 * Returns: (transfer none): how they are kept: `cgroup-v1`, `cgroup-v2` or `watched`
 */
const char *
eng_limits_name (EngLimits *self)
{
  return self->cgroups != NULL ? eng_cgroups_name (self->cgroups) : "watched";
}

/**
 * eng_limits_count:
 * @self: the limits
 *
 * Returns: whether it is for us to count the job's processes; the kernel does not
 */
gboolean
eng_limits_count (EngLimits *self)
{
  return self->cgroups == NULL || !eng_cgroups_bound_processes (self->cgroups);
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
  if (self->cgroups != NULL)
    eng_cgroups_join (self->cgroups, cgroups);
}

/**
 * eng_limits_rlimit_processes:
 * @self: the limits
 *
 * Returns: what RLIMIT_NPROC is to be, or 0 when a cgroup bounds the processes. It lets one more in
 *   than there may be, so that who asks for more is seen.
 */
guint
eng_limits_rlimit_processes (EngLimits *self)
{
  return eng_limits_count (self) ? self->max_processes + INIT_PROCESSES + 1 : 0;
}

/**
 * eng_limits_look_inside:
 * @self: the limits
 * @init: the first process of the job's pid namespace
 *
 * Tells where the job's processes can be counted, if nothing but us does so.
 */
void
eng_limits_look_inside (EngLimits *self,
                        pid_t      init)
{
  if (eng_limits_count (self) && self->processes == NULL)
    self->processes = eng_processes_new (init);
}

/**
 * eng_limits_interval:
 * @self: the limits
 *
 * Returns: microseconds after which eng_limits_look() should be called again
 */
gint64
eng_limits_interval (EngLimits *self)
{
  if (!eng_limits_count (self))
    return CGROUP_INTERVAL_US;

  return self->hurried ? HURRIED_INTERVAL_US : WATCH_INTERVAL_US;
}

static void
note_memory (EngLimits *self,
             guint64    bytes,
             gboolean   too_much)
{
  self->peak = MAX (self->peak, bytes);
  self->out_of_memory |= too_much;
}

static void
look_at_cgroups (EngLimits *self)
{
  note_memory (self, eng_cgroups_memory (self->cgroups),
               eng_cgroups_out_of_memory (self->cgroups));
  if (eng_cgroups_refused_process (self->cgroups))
    self->too_many = self->max_processes;
}

static guint
allowed_processes (EngLimits *self)
{
  return geteuid () == 0 ? MIN (self->max_processes, ROOT_PROCESSES) : self->max_processes;
}

static void
look_at_processes (EngLimits *self)
{
  guint allowed = allowed_processes (self);
  guint before = self->n_processes;
  gint64 now = g_get_monotonic_time ();
  guint64 bytes;
  guint n_tasks;

  self->n_processes = eng_processes_count (self->processes);
  self->hurried = self->n_processes > before + GROWTH || self->n_processes > allowed / 2;
  if (self->n_processes > allowed + INIT_PROCESSES)
    self->too_many = allowed;
  if (self->too_many > 0 || now < self->measure_at)
    return;

  self->measure_at = now + WATCH_INTERVAL_US;
  eng_processes_measure (self->processes, &bytes, &n_tasks);
  if (self->cgroups == NULL && bytes > self->memory_bytes)
    bytes = eng_processes_exact_memory (self->processes);

  if (self->cgroups == NULL)
    note_memory (self, bytes, bytes > self->memory_bytes);
  if (n_tasks > self->max_processes + INIT_PROCESSES)
    self->too_many = self->max_processes;
}

/**
 * eng_limits_look:
 * @self: the limits
 *
 * Looks at the job's memory, whose peak it remembers, and at its processes. Costs some milliseconds
 * at most.
 */
void
eng_limits_look (EngLimits *self)
{
  if (self->cgroups != NULL)
    look_at_cgroups (self);
  if (self->processes != NULL)
    look_at_processes (self);
}

/**
 * eng_limits_out_of_memory:
 * @self: the limits
 *
 * Returns: whether the last look found that the job passed its limit of memory
 */
gboolean
eng_limits_out_of_memory (EngLimits *self)
{
  return self->out_of_memory;
}

/**
 * eng_limits_too_many:
 * @self: the limits
 *
 * Returns: how many processes the job may have, when it was seen to have more or to ask for more; else
 *   0
 */
guint
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

/**
 * eng_limits_lift_cpu:
 * @self: the limits of a job that was killed
 *
 * Takes the limit of processor time away, which would hold up its end.
 */
void
eng_limits_lift_cpu (EngLimits *self)
{
  if (self->cgroups != NULL)
    eng_cgroups_lift_cpu (self->cgroups);
}
