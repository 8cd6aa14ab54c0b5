/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-buffer"

#include "config.h"

#include "sage-log-buffer-private.h"

/* Pauses between looks for what is new, in milliseconds. */
#define SHORTEST_PAUSE SAGE_LOG_BUFFER_SHORTEST_PAUSE
#define LONGEST_PAUSE 2000
#define LONGEST_PAUSE_AWAY 10000

static void
update_state (SageLogBuffer *self)
{
  if (sage_log_window_get_n_lines (self->window) > 0)
    sage_log_buffer_set_state (self, SAGE_LOG_BUFFER_READY);
  else if (self->error != NULL)
    sage_log_buffer_set_state (self, SAGE_LOG_BUFFER_ERROR);
  else
    sage_log_buffer_set_state (self, SAGE_LOG_BUFFER_EMPTY);
}

/* Ends every read of the window: what it was for is gone. */
static void
cancel_reads (SageLogBuffer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->reading[SAGE_LOG_FORWARD] = self->reading[SAGE_LOG_BACKWARD] = FALSE;
  g_clear_handle_id (&self->poll, g_source_remove);
}

/* Returns: (transfer full) (nullable): the page; %NULL if it failed, which is then known, or if
 *   nobody waits for it any more, which sets @stale */
static SageLogRecords *
finish_read (SageLogBuffer *self,
             GAsyncResult  *result,
             gboolean      *stale)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_read_finish (self->pager, result, &error);

  *stale = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (!*stale)
    sage_log_buffer_take_error (self, g_steal_pointer (&error));

  return g_steal_pointer (&page);
}

static void
settle (SageLogBuffer *self)
{
  update_state (self);
  sage_log_buffer_schedule_poll (self);
  sage_log_buffer_emit_settled (self);
}

/* --- another window --------------------------------------------------------------------------- */

/* A window that is being opened. */
typedef struct
{
  SageLogBuffer    *self;      /* (owned) */
  SageLogDirection  direction;
  gint64            time_ms;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->self);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static gboolean
is_from_start (const Opening *opening)
{
  return opening->direction == SAGE_LOG_FORWARD && opening->time_ms == 0;
}

static void
replace (SageLogBuffer  *self,
         const Opening  *opening,
         SageLogRecords *page)
{
  gboolean empty = page->records->len == 0;

  /* What a page read from a time on calls the place before it need not be just before it. */
  if (opening->direction == SAGE_LOG_FORWARD && !is_from_start (opening))
    g_clear_pointer (&page->backward, g_free);

  sage_log_window_clear (self->window, opening->time_ms);
  sage_log_window_add (self->window, opening->direction, page);
  if (opening->direction == SAGE_LOG_BACKWARD)
    {
      g_set_str (&self->tail, page->forward);
      sage_log_buffer_set_unseen (self, 0);
    }
  sage_log_buffer_set_at_start (self, empty || is_from_start (opening));
  sage_log_buffer_set_at_end (self, empty || opening->direction == SAGE_LOG_BACKWARD);
  update_state (self);
  sage_log_buffer_emit_replaced (self);
}

/* Looked at again, there is nothing yet. */
static void
still_empty (SageLogBuffer  *self,
             SageLogRecords *page)
{
  g_set_str (&self->tail, page->forward);
  self->pause = CLAMP (self->pause * 2, SHORTEST_PAUSE, LONGEST_PAUSE);
  self->drained = !self->live;
}

static void
sage_log_buffer_open_cb (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr(Opening) opening = user_data;
  SageLogBuffer *self = opening->self;
  gboolean stale;
  g_autoptr(SageLogRecords) page = finish_read (self, result, &stale);

  if (stale)
    return;
  self->reading[opening->direction] = self->opening = FALSE;

  if (page != NULL && page->records->len == 0 && opening->direction == SAGE_LOG_FORWARD)
    {
      sage_log_buffer_go_to_end (self); /* nothing was written after that time */
      return;
    }
  if (page != NULL && (page->records->len > 0 || self->state != SAGE_LOG_BUFFER_EMPTY))
    replace (self, opening, page);
  else if (page != NULL)
    still_empty (self, page);
  settle (self);
}

static void
sage_log_buffer_open (SageLogBuffer    *self,
                      SageLogDirection  direction,
                      gint64            time_ms)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->self = g_object_ref (self);
  opening->direction = direction;
  opening->time_ms = time_ms;

  cancel_reads (self);
  if (self->state == SAGE_LOG_BUFFER_ERROR)
    sage_log_buffer_set_state (self, SAGE_LOG_BUFFER_LOADING);
  self->reading[direction] = self->opening = TRUE;
  sage_log_pager_read_async (self->pager, direction, NULL, time_ms, SAGE_LOG_PAGE_RECORDS,
                             self->cancellable, sage_log_buffer_open_cb, opening);
}

/**
 * sage_log_buffer_go_to_start:
 * @self: a buffer
 *
 * Shows the first lines of the log.
 */
void
sage_log_buffer_go_to_start (SageLogBuffer *self)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  sage_log_buffer_open (self, SAGE_LOG_FORWARD, 0);
}

/**
 * sage_log_buffer_go_to_end:
 * @self: a buffer
 *
 * Shows the last lines of the log; where it begins, unless it is told otherwise.
 */
void
sage_log_buffer_go_to_end (SageLogBuffer *self)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  sage_log_buffer_open (self, SAGE_LOG_BACKWARD, 0);
}

/**
 * sage_log_buffer_go_to_time:
 * @self: a buffer
 * @time_ms: a time, in milliseconds since the epoch
 *
 * Shows the lines from that time on; those before are read when they are asked for.
 */
void
sage_log_buffer_go_to_time (SageLogBuffer *self,
                            gint64         time_ms)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  sage_log_buffer_open (self, SAGE_LOG_FORWARD, MAX (time_ms, 1));
}

/* --- more at an end --------------------------------------------------------------------------- */

/* A read that goes on at one end. */
typedef struct
{
  SageLogBuffer    *self;      /* (owned) */
  SageLogDirection  direction;
} Extension;

static void
extension_free (Extension *extension)
{
  g_object_unref (extension->self);
  g_free (extension);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Extension, extension_free)

/* Makes room at the other end than that which grew. */
static void
trim (SageLogBuffer    *self,
      SageLogDirection  direction)
{
  guint n = sage_log_window_trim (self->window, direction);

  if (n == 0)
    return;

  if (direction == SAGE_LOG_BACKWARD)
    {
      sage_log_buffer_set_at_start (self, FALSE);
      sage_log_buffer_emit_changed (self, -(int) n, 0);
    }
  else
    {
      sage_log_buffer_set_at_end (self, FALSE);
      sage_log_buffer_emit_changed (self, 0, -(int) n);
    }
}

static void
add_page (SageLogBuffer    *self,
          SageLogDirection  direction,
          SageLogRecords   *page)
{
  guint n = sage_log_window_add (self->window, direction, page);

  if (direction == SAGE_LOG_FORWARD)
    sage_log_buffer_emit_changed (self, 0, (int) n);
  else
    sage_log_buffer_emit_changed (self, (int) n, 0);
}

static void
reach_end (SageLogBuffer *self,
           const char    *token)
{
  g_set_str (&self->tail, token);
  sage_log_buffer_set_at_end (self, TRUE);
}

static void
sage_log_buffer_extend_cb (GObject      *object,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr(Extension) extension = user_data;
  SageLogBuffer *self = extension->self;
  SageLogDirection direction = extension->direction;
  gboolean stale;
  g_autoptr(SageLogRecords) page = finish_read (self, result, &stale);

  if (stale)
    return;
  self->reading[direction] = FALSE;

  if (page != NULL && page->records->len > 0)
    {
      add_page (self, direction, page);
      trim (self, direction == SAGE_LOG_FORWARD ? SAGE_LOG_BACKWARD : SAGE_LOG_FORWARD);
    }
  else if (page != NULL && direction == SAGE_LOG_BACKWARD)
    sage_log_buffer_set_at_start (self, TRUE);
  else if (page != NULL)
    reach_end (self, page->forward);
  settle (self);
}

/**
 * sage_log_buffer_extend:
 * @self: a buffer
 * @direction: an end of what it holds
 *
 * Reads on there, unless that is under way or the log ends there; as much is dropped at the other
 * end.
 */
void
sage_log_buffer_extend (SageLogBuffer    *self,
                        SageLogDirection  direction)
{
  Extension *extension;
  const char *token;
  gint64 time_ms;

  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  if (self->opening || self->reading[direction] || sage_log_window_get_n_lines (self->window) == 0 ||
      (direction == SAGE_LOG_FORWARD ? self->at_end : self->at_start))
    return;

  extension = g_new0 (Extension, 1);
  extension->self = g_object_ref (self);
  extension->direction = direction;
  self->reading[direction] = TRUE;
  token = sage_log_window_get_token (self->window, direction, &time_ms);
  sage_log_pager_read_async (self->pager, direction, token, time_ms, SAGE_LOG_PAGE_RECORDS,
                             self->cancellable, sage_log_buffer_extend_cb, extension);
}

/* --- what is new ------------------------------------------------------------------------------ */

/* Whoever reads further up must not have that taken away; then what is new is only counted. */
static void
take_new (SageLogBuffer  *self,
          SageLogRecords *page)
{
  guint n = page->records->len;
  gboolean was_known = self->tail != NULL;

  g_set_str (&self->tail, page->forward);
  if (n == 0 || !was_known)
    return;

  if (self->at_end && !self->following && sage_log_window_is_full (self->window))
    sage_log_buffer_set_at_end (self, FALSE);
  if (self->at_end)
    add_page (self, SAGE_LOG_FORWARD, page);
  if (self->at_end && self->following)
    trim (self, SAGE_LOG_BACKWARD);
  if (!self->following || !self->at_end)
    sage_log_buffer_set_unseen (self, self->unseen + n);
}

static void
sage_log_buffer_poll_cb (GObject      *object,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr(SageLogBuffer) self = user_data;
  gboolean stale;
  g_autoptr(SageLogRecords) page = finish_read (self, result, &stale);

  if (stale)
    return;
  self->reading[SAGE_LOG_FORWARD] = FALSE;

  if (page == NULL)
    self->pause = MIN (MAX (self->pause, SHORTEST_PAUSE) * 2, LONGEST_PAUSE_AWAY);
  else
    {
      gboolean none = page->records->len == 0;

      self->pause = none ? CLAMP (self->pause * 2, SHORTEST_PAUSE, LONGEST_PAUSE)
                         : page->records->len >= SAGE_LOG_PAGE_RECORDS ? 0 : SHORTEST_PAUSE;
      self->drained = none && !self->live;
      take_new (self, page);
    }
  settle (self);
}

static gboolean
sage_log_buffer_poll_now (gpointer user_data)
{
  SageLogBuffer *self = user_data;
  gboolean knows_end = self->tail != NULL;

  self->poll = 0;
  if (!knows_end && self->state == SAGE_LOG_BUFFER_EMPTY)
    {
      sage_log_buffer_go_to_end (self); /* there was not even a place to go on from */
      return G_SOURCE_REMOVE;
    }
  if (self->opening || self->reading[SAGE_LOG_FORWARD])
    return G_SOURCE_REMOVE; /* the read under way comes back here */

  self->reading[SAGE_LOG_FORWARD] = TRUE;
  sage_log_pager_read_async (self->pager, knows_end ? SAGE_LOG_FORWARD : SAGE_LOG_BACKWARD,
                             self->tail, 0, knows_end ? SAGE_LOG_PAGE_RECORDS : 1,
                             self->cancellable, sage_log_buffer_poll_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

/* Looks for what is new after a pause, if anybody wants to know. */
void
sage_log_buffer_schedule_poll (SageLogBuffer *self)
{
  gboolean wanted = self->active && !self->drained && !self->opening && self->state != SAGE_LOG_BUFFER_LOADING &&
                    self->state != SAGE_LOG_BUFFER_ERROR;

  if (!wanted)
    g_clear_handle_id (&self->poll, g_source_remove);
  else if (self->poll == 0 && !self->reading[SAGE_LOG_FORWARD])
    self->poll = g_timeout_add (self->pause, sage_log_buffer_poll_now, self);
}

/**
 * sage_log_buffer_retry:
 * @self: a buffer whose last read failed
 *
 * Reads again.
 */
void
sage_log_buffer_retry (SageLogBuffer *self)
{
  g_return_if_fail (SAGE_IS_LOG_BUFFER (self));

  if (sage_log_window_get_n_lines (self->window) == 0)
    {
      sage_log_buffer_go_to_end (self);
      return;
    }

  g_clear_handle_id (&self->poll, g_source_remove);
  self->pause = 0;
  sage_log_buffer_poll_now (self);
}
