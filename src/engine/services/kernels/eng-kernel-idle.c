/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <string.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

/*
 * Kernels that nobody uses. One that has had nothing to do for so long is told of (an event, and in
 * what the engine tells of it) and shut down some minutes later, unless something happens meanwhile:
 * somebody runs something or says that it is to be kept. Never shut down is one
 *
 * - that is not idle by its own word, or computes in the background all the same;
 * - that has put out what no saved notebook has;
 * - that a client of Jupyter is connected to, which would not hear of the warning.
 *
 * The time between the warning and the end is counted by a clock that nobody sets, and that stands
 * still while the machine sleeps: who wakes it finds the warning, not the end.
 */

/* How long before its end a kernel is told of. */
#define WARN_SECONDS (5 * 60)

/* Of one processor; a Python that waits takes a hundredth of that. */
#define BUSY_SHARE 0.05

#define INFO_MS 2000

static gboolean
is_state (JsonObject *status,
          const char *state)
{
  return strcmp (sage_json_string (status, "state", ""), state) == 0;
}

/* Whether its processes have computed since they were looked at last; if they never were, that is
 * not known and they may have. Under the lock. */
static gboolean
works (EngKernelLive *live,
       JsonObject    *info)
{
  double cpu = sage_json_double (info, "cpu_seconds", 0);
  double time = sage_json_double (info, "measured", 0);
  gboolean known = live->measured > 0 && time > live->measured;
  gboolean busy = known && (cpu - live->cpu_seconds) / (time - live->measured) > BUSY_SHARE;

  if (busy)
    live->used = sage_time_now ();
  live->cpu_seconds = cpu;
  live->measured = time;

  return busy || !known;
}

/* Under the lock. Returns whether it had been told of. */
static gboolean
spare (EngKernelLive *live)
{
  gboolean told = live->ends > 0;

  live->ends = 0;
  live->measured = 0;

  return told;
}

/* For how long nobody has used it. Under the lock. */
static double
unused_seconds (EngKernelLive *live,
                JsonObject    *status)
{
  return sage_time_now () - MAX (live->used, eng_kernel_host_activity (status));
}

static guint
warning_seconds (EngKernels *self)
{
  return MIN (WARN_SECONDS, self->idle_seconds / 2);
}

/* Whether it is time to look at it closely. Takes back a warning if not. */
static gboolean
is_due (EngKernels *self,
        const char *id,
        JsonObject *status)
{
  EngKernelLive *live;
  gboolean due = FALSE;
  gboolean kept = FALSE;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL)
    {
      due = self->idle_seconds > 0 && !live->busy && live->others == 0 && is_state (status, "idle") &&
            unused_seconds (live, status) >= self->idle_seconds - warning_seconds (self);
      kept = !due && spare (live) && !is_state (status, ENG_KERNEL_DEAD);
    }
  g_mutex_unlock (&self->lock);
  if (kept)
    eng_kernel_row_event (self->engine, NULL, id, ENG_KERNEL_KEPT, NULL);

  return due;
}

/* Returns the event to tell of, or %NULL; @end: whether it is to be shut down now */
static const char *
decide (EngKernels *self,
        const char *id,
        JsonObject *info,
        gboolean   *end)
{
  const gint64 now = g_get_monotonic_time ();
  const char *event = NULL;
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live == NULL || works (live, info))
    {
      if (live != NULL && live->ends > 0)
        {
          live->ends = 0;
          event = ENG_KERNEL_KEPT;
        }
    }
  else if (live->ends == 0)
    {
      live->ends = now + warning_seconds (self) * G_USEC_PER_SEC;
      event = ENG_KERNEL_IDLE;
    }
  else
    {
      *end = now >= live->ends && unused_seconds (live, info) >= self->idle_seconds;
    }
  g_mutex_unlock (&self->lock);

  return event;
}

/* Whether nobody has said, since its end was decided on, that it is to be kept. */
static gboolean
is_still_unused (EngKernels *self,
                 const char *id)
{
  EngKernelLive *live;
  gboolean unused;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  unused = live != NULL && live->ends > 0 && live->others == 0;
  g_mutex_unlock (&self->lock);

  return unused;
}

/* The kernel stays with its cause until its session is closed, as any other that has ended. Its host
 * refuses if it was used since @info was told. */
static void
end_unused (EngKernels *self,
            const char *id,
            JsonObject *info)
{
  guint seconds = eng_kernels_get_idle (self->engine, NULL);
  g_autofree char *cause = g_strdup_printf ("Nobody used the kernel for %u seconds", seconds);
  g_autofree char *outcome = eng_kernel_outcome (info, cause, seconds);
  gboolean ended;

  if (!eng_kernel_claim (self, id, NULL))
    return;
  ended = is_still_unused (self, id) &&
          eng_kernel_retire_host (self, id, sage_json_string (info, "last_activity", ""));
  eng_kernel_release (self, id);
  if (ended)
    eng_kernel_tell (self, id, ENG_KERNEL_DEAD, outcome);
}

/**
 * eng_kernel_idle_look:
 * @self: the kernels
 * @id: one of them, whose host runs
 * @status: what its host has written last
 *
 * Tells of the kernel if it will be shut down soon because nobody uses it, and shuts it down when it
 * is time. Blocks until the host answers.
 */
void
eng_kernel_idle_look (EngKernels *self,
                      const char *id,
                      JsonObject *status)
{
  g_autoptr(JsonObject) info = NULL;
  const char *event;
  gboolean end = FALSE;

  if (!is_due (self, id, status))
    return;

  /* what was written is older than what is so, and does not tell what its processes do */
  info = eng_kernel_host_tell (self->engine, id, "info", INFO_MS, NULL);
  if (info == NULL || !is_due (self, id, info) || sage_json_bool (info, "unsaved", FALSE))
    return;

  event = decide (self, id, info, &end);
  if (event != NULL)
    eng_kernel_row_event (self->engine, NULL, id, event, NULL);
  if (end)
    end_unused (self, id, info);
}

/**
 * eng_kernel_keep:
 * @call: who wants it
 * @id: the kernel
 *
 * Takes back that the kernel is to be shut down soon: it counts as used now.
 *
 * Returns: whether there is such a kernel
 */
gboolean
eng_kernel_keep (EngCall     *call,
                 const char  *id,
                 GError     **error)
{
  EngKernels *self = call->engine->kernels;
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL)
    {
      live->used = sage_time_now ();
      spare (live);
    }
  g_mutex_unlock (&self->lock);
  if (live == NULL)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "Kernel does not exist: %s", id);

  return eng_kernel_row_event (call->engine, call, id, ENG_KERNEL_KEPT, error);
}

/**
 * eng_kernel_idle_describe:
 * @self: the kernels
 * @id: one of them
 * @status: (nullable): what its host tells
 * @object: gets what is known of its end by idleness
 *
 * Adds `idle_limit` where kernels are shut down that nobody uses, and `idle_since` and `idle_ends`,
 * in seconds since the epoch, where that has been told of this one.
 */
void
eng_kernel_idle_describe (EngKernels *self,
                          const char *id,
                          JsonObject *status,
                          JsonObject *object)
{
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (self->idle_seconds > 0)
    json_object_set_int_member (object, "idle_limit", self->idle_seconds);
  if (live != NULL && live->ends > 0)
    {
      double left = (double) (live->ends - g_get_monotonic_time ()) / G_USEC_PER_SEC;

      json_object_set_double_member (object, "idle_since",
                                     MAX (live->used, eng_kernel_host_activity (status)));
      json_object_set_double_member (object, "idle_ends", sage_time_now () + left);
    }
  g_mutex_unlock (&self->lock);
}
