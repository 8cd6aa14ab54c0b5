/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"

/**
 * eng_kernel_live_free:
 * @live: a kernel that is not followed any more; itself it goes on
 */
void
eng_kernel_live_free (EngKernelLive *live)
{
  g_clear_fd (&live->host_fd, NULL);
  g_free (live->id);
  g_free (live->told);
  g_free (live);
}

/**
 * eng_kernels_wake:
 * @self: the kernels
 *
 * Lets the thread that follows them look again.
 */
void
eng_kernels_wake (EngKernels *self)
{
  eventfd_write (self->wake_fd, 1);
}

/**
 * eng_kernels_enter:
 * @self: the kernels, locked
 * @id: a kernel that has a row
 * @told: the state in its row
 *
 * Returns: (transfer none): the kernel, which is followed from now on
 */
EngKernelLive *
eng_kernels_enter (EngKernels *self,
                   const char *id,
                   const char *told)
{
  EngKernelLive *live = g_new0 (EngKernelLive, 1);

  live->id = g_strdup (id);
  live->told = g_strdup (told);
  live->host_fd = -1;
  live->watch = -1;
  live->used = sage_time_now ();
  g_hash_table_replace (self->live, live->id, live);

  return live;
}

/**
 * eng_kernel_adopt:
 * @self: the kernels
 * @id: a kernel that was entered
 *
 * Takes hold of the kernel's host, of which nothing is asked: one that was started just now, or one
 * that an engine before this one started.
 *
 * Returns: whether it has one
 */
gboolean
eng_kernel_adopt (EngKernels  *self,
                  const char  *id,
                  GError     **error)
{
  g_autofree char *directory = eng_kernel_host_directory (self->engine, id);
  g_autofd int connection = eng_kernel_host_connect (self->engine, id, error);
  g_autofd int host = connection >= 0 ? eng_kernel_host_hold (connection) : -1;
  g_autoptr(JsonObject) status = eng_kernel_host_status (self->engine, id, NULL);
  EngKernelLive *live;

  if (connection < 0)
    return FALSE;
  if (host < 0)
    return sage_throw (error, SAGE_ERROR_UNREACHABLE, "The host of kernel %s has ended", id);

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL)
    {
      g_clear_fd (&live->host_fd, NULL);
      live->host_fd = g_steal_fd (&host);
      live->watch = inotify_add_watch (self->notify_fd, directory, IN_MOVED_TO | IN_ONLYDIR);
      if (live->watch < 0)
        g_warning ("Cannot follow kernel %s: %s", id, g_strerror (errno));
      live->changed = TRUE;
      live->restarts = sage_json_int (status, "restarts", 0);
    }
  g_mutex_unlock (&self->lock);
  eng_kernels_wake (self);

  return TRUE;
}

/**
 * eng_kernel_claim:
 * @self: the kernels
 * @id: a kernel
 *
 * Lets nobody else start, restart or end the kernel until eng_kernel_release(). Waits for who does.
 *
 * Returns: whether there is such a kernel
 */
gboolean
eng_kernel_claim (EngKernels  *self,
                  const char  *id,
                  GError     **error)
{
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  while ((live = g_hash_table_lookup (self->live, id)) != NULL && live->busy)
    g_cond_wait (&self->changed, &self->lock);
  if (live != NULL)
    live->busy = TRUE;
  g_mutex_unlock (&self->lock);

  return live != NULL || sage_throw (error, SAGE_ERROR_NOT_FOUND, "Kernel does not exist: %s", id);
}

/**
 * eng_kernel_release:
 * @self: the kernels
 * @id: a kernel that eng_kernel_claim() gave; it may be gone
 */
void
eng_kernel_release (EngKernels *self,
                    const char *id)
{
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL)
    live->busy = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  eng_kernels_wake (self);
}

/**
 * eng_kernel_attach:
 * @engine: the engine
 * @id: a kernel
 * @follows: whether it goes by the journal, as Studio does, and the events
 *
 * Counts a client. One that is not told that a kernel will be shut down for idleness keeps it from
 * that as long as it is there.
 *
 * Returns: whether there is such a kernel; then eng_kernel_detach() follows
 */
gboolean
eng_kernel_attach (EngEngine  *engine,
                   const char *id,
                   gboolean    follows)
{
  EngKernels *self = engine->kernels;
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL)
    {
      live->connections++;
      live->others += !follows;
      live->used = sage_time_now ();
    }
  g_mutex_unlock (&self->lock);

  return live != NULL;
}

/**
 * eng_kernel_detach:
 * @engine: the engine
 * @id: a kernel, which may be gone
 * @follows: as the client was attached
 */
void
eng_kernel_detach (EngEngine  *engine,
                   const char *id,
                   gboolean    follows)
{
  EngKernels *self = engine->kernels;
  EngKernelLive *live;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  if (live != NULL && live->connections > 0)
    {
      live->connections--;
      live->others -= !follows && live->others > 0;
      live->used = sage_time_now ();
    }
  g_mutex_unlock (&self->lock);
}

/**
 * eng_kernels_set_ready:
 * @kernels: the kernels
 * @ready: what the engine says of itself when it is ready
 *
 * Kernels are started from now on; they get their environment from @ready.
 */
void
eng_kernels_set_ready (EngKernels *kernels,
                       JsonObject *ready)
{
  g_mutex_lock (&kernels->lock);
  g_clear_pointer (&kernels->ready, json_object_unref);
  kernels->ready = json_object_ref (ready);
  g_cond_broadcast (&kernels->changed);
  g_mutex_unlock (&kernels->lock);
}

static gboolean
open_descriptors (EngKernels  *self,
                  GError     **error)
{
  g_autofree char *directory = g_build_filename (self->engine->data_dir, "kernels", NULL);

  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->notify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->wake_fd < 0 || self->notify_fd < 0)
    return sage_throw_errno (error, "Cannot follow kernels");

  return sage_dir_make (directory, 0700, error);
}

/**
 * eng_kernels_start:
 * @engine: the engine; it gets the kernels
 * @idle_seconds: how long a kernel may have nothing to do until it is shut down; 0: for ever; less:
 *   as eng_kernels_set_idle() says
 * @memory_bytes: that a kernel may take until it is ended; 0: as much as there is
 * @standby_seconds: how long one that was started before anybody wants it waits; 0: none is
 *
 * Adopts the kernels that run, and from then on follows them.
 *
 * Returns: (transfer full): the kernels of this engine
 */
EngKernels *
eng_kernels_start (EngEngine  *engine,
                   int         idle_seconds,
                   guint64     memory_bytes,
                   guint       standby_seconds,
                   GError    **error)
{
  EngKernels *self = g_new0 (EngKernels, 1);

  self->engine = engine;
  self->idle_seconds = (guint) MAX (idle_seconds, 0);
  self->idle_is_fixed = idle_seconds >= 0;
  self->memory_bytes = memory_bytes;
  self->standby_seconds = standby_seconds;
  self->standby = eng_kernel_standby_new ();
  g_mutex_init (&self->opening);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->live = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                      (GDestroyNotify) eng_kernel_live_free);
  if (!open_descriptors (self, error) || !eng_kernel_settings_load (self, error) ||
      !eng_kernels_adopt_all (self, error))
    {
      eng_kernels_stop (self);
      return NULL;
    }

  engine->kernels = self;
  self->thread = g_thread_new ("eng-kernels", eng_kernels_watch, self);

  return self;
}

/**
 * eng_kernels_stop:
 * @kernels: (nullable): the kernels
 *
 * Stops following. The kernels go on.
 */
void
eng_kernels_stop (EngKernels *kernels)
{
  if (kernels == NULL)
    return;

  g_atomic_int_set (&kernels->quit, TRUE);
  if (kernels->thread != NULL)
    {
      eng_kernels_wake (kernels);
      g_thread_join (kernels->thread);
    }
  g_hash_table_unref (kernels->live);
  eng_kernel_standby_free (kernels->standby);
  g_clear_pointer (&kernels->ready, json_object_unref);
  g_clear_fd (&kernels->wake_fd, NULL);
  g_clear_fd (&kernels->notify_fd, NULL);
  g_cond_clear (&kernels->changed);
  g_mutex_clear (&kernels->lock);
  g_mutex_clear (&kernels->opening);
  g_free (kernels);
}
