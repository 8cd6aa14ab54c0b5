/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "eng-kernel-host.h"
#include "eng-kernels-private.h"
#include "sage-json.h"
#include "sage-time.h"

/* How often kernels are looked at that say nothing, and sooner where idleness is counted in seconds. */
#define LOOK_MS (30 * 1000)

#define STATUS_FILE "kernel.json"

/* The fixed descriptors of the loop; the hosts' follow. */
enum
{
  POLL_WAKE,
  POLL_NOTIFY,
  N_POLLS,
};

/* What is to be told of a kernel, once the lock is left: the store may block. */
typedef struct
{
  char     *id;    /* (owned) */
  gboolean  ended; /* its host has */
} Look;

static void
look_free (Look *look)
{
  g_free (look->id);
  g_free (look);
}

/**
 * eng_kernel_tell:
 * @self: the kernels
 * @id: one of them
 * @state: what it is now
 * @outcome: (nullable): how it ended: JSON text
 *
 * Records a state, once, unless who has claimed the kernel sees to it.
 */
void
eng_kernel_tell (EngKernels *self,
                 const char *id,
                 const char *state,
                 const char *outcome)
{
  g_autoptr(GError) error = NULL;
  EngKernelLive *live;
  gboolean news;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  news = live != NULL && !live->busy && strcmp (live->told, state) != 0;
  if (news)
    g_set_str (&live->told, state);
  g_mutex_unlock (&self->lock);

  if (news && !eng_kernel_row_tell (self->engine, id, state, outcome, &error))
    g_warning ("What became of kernel %s is not recorded: %s", id, error->message);
}

/* A restart that nobody here asked for shows in nothing but a number. */
static void
tell_restarts (EngKernels *self,
               const char *id,
               gint64      restarts)
{
  EngKernelLive *live;
  gboolean news;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  news = live != NULL && restarts > live->restarts;
  if (live != NULL)
    live->restarts = restarts;
  g_mutex_unlock (&self->lock);

  if (news)
    eng_kernel_row_event (self->engine, NULL, id, ENG_KERNEL_RESTARTED, NULL);
}

static void
take_status (EngKernels *self,
             const Look *look,
             JsonObject *status)
{
  const char *state = sage_json_string (status, "state", "");

  tell_restarts (self, look->id, sage_json_int (status, "restarts", 0));
  if (look->ended || strcmp (state, ENG_KERNEL_DEAD) == 0)
    {
      gboolean lost = strcmp (state, ENG_KERNEL_DEAD) != 0;
      g_autofree char *outcome = eng_kernel_outcome (
        status, lost ? "The program that served the kernel ended, and the kernel with it" : NULL, 0);

      eng_kernel_tell (self, look->id, ENG_KERNEL_DEAD, outcome);
    }
  else if (strcmp (state, "idle") == 0 || strcmp (state, "busy") == 0)
    eng_kernel_tell (self, look->id, ENG_KERNEL_RUNNING, NULL);
}

static void
look_at (EngKernels *self,
         const Look *look)
{
  g_autoptr(JsonObject) status = eng_kernel_host_status (self->engine, look->id, NULL);

  /* before the host has written anything there is nothing to say, unless it ends so */
  if (status == NULL && look->ended)
    status = json_object_new ();
  if (status == NULL)
    return;

  take_status (self, look, status);
  if (!look->ended)
    eng_kernel_idle_look (self, look->id, status);
}

/* Marks the kernels whose hosts have written, or @all, and lets go of hosts that have ended. */
static void
see (EngKernels          *self,
     const struct pollfd *polls,
     GPtrArray           *ids,
     gboolean             all,
     GPtrArray           *looks)
{
  for (guint i = 0; i < ids->len; i++)
    {
      EngKernelLive *live = g_hash_table_lookup (self->live, g_ptr_array_index (ids, i));
      gboolean ended = polls[N_POLLS + i].revents != 0 && live != NULL &&
                       live->host_fd == polls[N_POLLS + i].fd;
      Look *look;

      if (live == NULL || live->busy || !(live->changed || ended || all))
        continue;
      if (ended)
        g_clear_fd (&live->host_fd, NULL);
      live->changed = FALSE;
      look = g_new0 (Look, 1);
      look->id = g_strdup (live->id);
      look->ended = ended;
      g_ptr_array_add (looks, look);
    }
}

static void
read_notices (EngKernels *self)
{
  union { char bytes[8192]; struct inotify_event align; } buffer;
  gssize n;

  while ((n = read (self->notify_fd, buffer.bytes, sizeof buffer)) > 0)
    for (const char *at = buffer.bytes; at < buffer.bytes + n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) (const void *) at;
        GHashTableIter iter;
        EngKernelLive *live;

        g_hash_table_iter_init (&iter, self->live);
        while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &live))
          if ((event->mask & IN_Q_OVERFLOW) != 0 ||
              (live->watch == event->wd && event->len > 0 && strcmp (event->name, STATUS_FILE) == 0))
            live->changed = TRUE;
        at += sizeof *event + event->len;
      }
}

static struct pollfd *
gather (EngKernels *self,
        GPtrArray  *ids)
{
  struct pollfd *polls;
  GHashTableIter iter;
  EngKernelLive *live;
  guint i = N_POLLS;

  g_mutex_lock (&self->lock);
  polls = g_new0 (struct pollfd, N_POLLS + g_hash_table_size (self->live));
  polls[POLL_WAKE] = (struct pollfd) { self->wake_fd, POLLIN, 0 };
  polls[POLL_NOTIFY] = (struct pollfd) { self->notify_fd, POLLIN, 0 };
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &live))
    {
      /* who has claimed a kernel sees to its end, too */
      polls[i++] = (struct pollfd) { live->busy ? -1 : live->host_fd, POLLIN, 0 };
      g_ptr_array_add (ids, g_strdup (live->id));
    }
  g_mutex_unlock (&self->lock);

  return polls;
}

/* How long it may take until all kernels are looked at, whatever some of them say meanwhile. */
static gint64
find_pause (EngKernels *self)
{
  guint seconds = eng_kernels_get_idle (self->engine, NULL);

  return seconds > 0 ? MIN (LOOK_MS, (gint64) seconds * 250) : LOOK_MS;
}

/**
 * eng_kernels_watch:
 * @data: the kernels
 *
 * The thread that follows all kernels: it records what their hosts write and how they end, and shuts
 * down those that nobody uses.
 *
 * Returns: %NULL
 */
gpointer
eng_kernels_watch (gpointer data)
{
  EngKernels *self = data;
  gint64 looked = g_get_monotonic_time () / 1000;

  while (!g_atomic_int_get (&self->quit))
    {
      g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
      g_autoptr(GPtrArray) looks = g_ptr_array_new_with_free_func ((GDestroyNotify) look_free);
      g_autofree struct pollfd *polls = gather (self, ids);
      gint64 pause = find_pause (self);
      int standby = eng_kernel_standby_look (self);
      gint64 now = g_get_monotonic_time () / 1000;
      gint64 wait = CLAMP (looked + pause - now, 0, pause);
      gboolean all;
      eventfd_t value;

      if (standby >= 0)
        wait = MIN (wait, standby);
      if (poll (polls, N_POLLS + ids->len, (int) wait) < 0 && errno != EINTR)
        g_warning ("Cannot wait for kernels: %s", g_strerror (errno));
      eventfd_read (self->wake_fd, &value);
      now = g_get_monotonic_time () / 1000;
      all = now - looked >= pause;
      if (all)
        looked = now;

      g_mutex_lock (&self->lock);
      read_notices (self);
      see (self, polls, ids, all, looks);
      g_mutex_unlock (&self->lock);

      for (guint i = 0; i < looks->len && !g_atomic_int_get (&self->quit); i++)
        look_at (self, g_ptr_array_index (looks, i));
    }

  return NULL;
}
