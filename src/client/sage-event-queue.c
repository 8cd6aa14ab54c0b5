/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-event-queue"

#include "config.h"

#include <string.h>

#include "sage-event-queue-private.h"

/* One slice: well below a millisecond of work for rows, and few enough changes of a list. */
#define SLICE 250

struct _SageEventQueue
{
  SageEventQueueFunc  func;
  gpointer            user_data;
  GHashTable         *news;   /* (owned): by key; owns the news */
  GQueue              order;  /* of SageNews, the oldest first */
  guint               source; /* while there is something to do */
};

static void
news_free (SageNews *news)
{
  g_free ((char *) news->key.name);
  g_free (news->arn);
  g_free (news->status);
  g_free (news);
}

/**
 * sage_event_queue_new:
 * @func: what to do with events
 * @user_data: for @func
 *
 * Returns: (transfer full): an empty queue
 */
SageEventQueue *
sage_event_queue_new (SageEventQueueFunc func,
                      gpointer           user_data)
{
  SageEventQueue *self = g_new0 (SageEventQueue, 1);

  self->func = func;
  self->user_data = user_data;
  self->news = g_hash_table_new_full (sage_resource_key_hash, sage_resource_key_equal, NULL,
                                      (GDestroyNotify) news_free);
  g_queue_init (&self->order);

  return self;
}

/**
 * sage_event_queue_clear:
 * @self: a queue
 *
 * Forgets what was not handed on yet.
 */
void
sage_event_queue_clear (SageEventQueue *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_queue_clear (&self->order);
  g_hash_table_remove_all (self->news);
}

void
sage_event_queue_free (SageEventQueue *self)
{
  sage_event_queue_clear (self);
  g_hash_table_unref (self->news);
  g_free (self);
}

static gboolean
slice_cb (gpointer user_data)
{
  SageEventQueue *self = user_data;
  SageNews *slice[SLICE];
  gboolean more;
  guint n = 0;

  while (n < SLICE && !g_queue_is_empty (&self->order))
    {
      SageNews *news = g_queue_pop_head (&self->order);

      g_hash_table_steal (self->news, &news->key);
      slice[n++] = news;
    }
  more = !g_queue_is_empty (&self->order);
  if (!more)
    self->source = 0;

  /* Last, for whoever hears of it may end us. */
  self->func ((const SageNews * const *) slice, n, self->user_data);
  for (guint i = 0; i < n; i++)
    news_free (slice[i]);

  return more;
}

static void
update (SageNews        *news,
        const SageEvent *event)
{
  gboolean was_deleted = news->status != NULL && strcmp (news->status, "Deleted") == 0;

  if (was_deleted && strcmp (event->status, "Deleted") != 0)
    news->reborn = TRUE;
  news->time = event->time;
  g_set_str (&news->status, event->status);
  if (event->arn != NULL && event->arn[0] != '\0')
    g_set_str (&news->arn, event->arn);
}

/**
 * sage_event_queue_push:
 * @self: a queue
 * @event: what happened
 *
 * Adds an event to what is handed on when the main loop has nothing better to do.
 */
void
sage_event_queue_push (SageEventQueue  *self,
                       const SageEvent *event)
{
  const SageResourceKey key = { event->kind, event->name };
  SageNews *news = g_hash_table_lookup (self->news, &key);

  if (news == NULL)
    {
      news = g_new0 (SageNews, 1);
      news->key = (SageResourceKey) { event->kind, g_strdup (event->name) };
      g_hash_table_insert (self->news, &news->key, news);
      g_queue_push_tail (&self->order, news);
    }
  update (news, event);

  if (self->source == 0)
    self->source = g_idle_add (slice_cb, self);
}
