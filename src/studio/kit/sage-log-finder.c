/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-finder"

#include "config.h"

#include "sage-log-finder.h"

struct _SageLogFinder
{
  GObject           parent_instance;

  SageLogBuffer    *buffer;      /* (owned) (nullable): while it is busy */
  SageLogFilter    *filter;      /* (owned) (nullable) */
  GCancellable     *cancellable; /* (owned) (nullable): of the question to the filter */
  SageLogDirection  direction;
  gint64            from;        /* the line after or before which to look */
  gint64            target_ms;   /* where a match is known to be; -1 if none is */
  gboolean          read_on;     /* a page was read on since the search was asked */
  gboolean          wrapped;
};

typedef enum
{
  PROP_BUSY = 1,
} SageLogFinderProperty;

static GParamSpec *properties[PROP_BUSY + 1];

enum
{
  SIGNAL_FOUND,
  SIGNAL_NOT_FOUND,
  SIGNAL_READING_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageLogFinder, sage_log_finder, G_TYPE_OBJECT)

static void sage_log_finder_step (SageLogFinder *self);

/* --- the window ------------------------------------------------------------------------------- */

static gint64
last_of (SageLogFinder *self)
{
  return sage_log_buffer_get_first (self->buffer) + sage_log_buffer_get_n_lines (self->buffer) - 1;
}

static gboolean
line_matches (SageLogFinder *self,
              gint64         number)
{
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, number);
  gsize start;
  gsize end;

  return sage_log_needle_find (sage_log_filter_get_needle (self->filter), line->text, line->length,
                               0, &start, &end);
}

/* Looks through what is held, from where it has come on. */
static gboolean
search_window (SageLogFinder *self,
               gint64        *found)
{
  gint64 first = sage_log_buffer_get_first (self->buffer);
  gint64 last = last_of (self);
  gboolean forward = self->direction == SAGE_LOG_FORWARD;
  gint64 at = forward ? MAX (self->from, first - 1) + 1 : MIN (self->from, last + 1) - 1;

  for (; at >= first && at <= last; at += forward ? 1 : -1)
    if (line_matches (self, at))
      {
        *found = at;
        return TRUE;
      }
  self->from = forward ? MAX (self->from, last) : MIN (self->from, first);

  return FALSE;
}

/* The time at the end that is looked towards. */
static gint64
get_edge_ms (SageLogFinder *self)
{
  gint64 edge = self->direction == SAGE_LOG_FORWARD ? last_of (self)
                                                    : sage_log_buffer_get_first (self->buffer);
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, edge);

  return line != NULL ? line->time_ms : -1;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void
finish (SageLogFinder *self)
{
  g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->buffer);
  g_clear_object (&self->filter);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
finish_found (SageLogFinder *self,
              gint64         number)
{
  gboolean wrapped = self->wrapped;

  finish (self);
  g_signal_emit (self, signals[SIGNAL_FOUND], 0, number, wrapped);
}

static void
finish_not_found (SageLogFinder *self)
{
  finish (self);
  g_signal_emit (self, signals[SIGNAL_NOT_FOUND], 0);
}

/* At the end of the log it goes on from the other one, once. */
static void
wrap_around (SageLogFinder *self)
{
  gboolean forward = self->direction == SAGE_LOG_FORWARD;

  if (self->wrapped)
    {
      finish_not_found (self);
      return;
    }

  self->wrapped = TRUE;
  self->read_on = FALSE;
  self->from = forward ? G_MININT64 : G_MAXINT64;
  if (sage_log_buffer_get_at_start (self->buffer) && sage_log_buffer_get_at_end (self->buffer))
    sage_log_finder_step (self);
  else if (forward)
    sage_log_buffer_go_to_start (self->buffer);
  else
    sage_log_buffer_go_to_end (self->buffer);
}

/* What is in sight must be at the end that is read on, or it would be dropped to make room. */
static void
read_on (SageLogFinder *self)
{
  self->read_on = TRUE;
  g_signal_emit (self, signals[SIGNAL_READING_ON], 0, self->direction);
  sage_log_buffer_extend (self->buffer, self->direction);
}

static void
go_to_target (SageLogFinder *self,
              gint64         time_ms)
{
  self->target_ms = time_ms;
  self->read_on = FALSE;
  self->from = self->direction == SAGE_LOG_FORWARD ? G_MININT64 : G_MAXINT64;
  sage_log_buffer_go_to_time (self->buffer, time_ms);
}

/* A match of the very millisecond at the end of what is held may be there or just beyond. */
static void
sage_log_finder_asked_cb (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr(SageLogFinder) self = user_data;
  g_autoptr(GError) error = NULL;
  gint64 time_ms = sage_log_filter_find_finish (SAGE_LOG_FILTER (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  if (error != NULL)
    finish_not_found (self);
  else if (time_ms < 0)
    wrap_around (self);
  else if (time_ms == get_edge_ms (self))
    read_on (self);
  else
    go_to_target (self, time_ms);
}

static void
ask_filter (SageLogFinder *self)
{
  gint64 edge_ms = get_edge_ms (self);

  self->cancellable = g_cancellable_new ();
  sage_log_filter_find_async (self->filter, self->direction,
                              self->direction == SAGE_LOG_FORWARD ? edge_ms - 1 : edge_ms + 1,
                              self->cancellable, sage_log_finder_asked_cb, g_object_ref (self));
}

/* Backward, the match is the last one of its time: all lines of that must be there. Returns: whether
 * they are, and so where to look from */
static gboolean
reach_target (SageLogFinder *self)
{
  gint64 last = last_of (self);
  const SageLogLine *line = sage_log_buffer_get_line (self->buffer, last);

  if (self->target_ms < 0 || self->direction == SAGE_LOG_FORWARD || line == NULL)
    return TRUE;
  if (line->time_ms <= self->target_ms && !sage_log_buffer_get_at_end (self->buffer))
    {
      g_signal_emit (self, signals[SIGNAL_READING_ON], 0, SAGE_LOG_FORWARD);
      sage_log_buffer_extend (self->buffer, SAGE_LOG_FORWARD);
      return FALSE;
    }

  self->from = last + 1;
  while (line != NULL && line->time_ms > self->target_ms)
    line = sage_log_buffer_get_line (self->buffer, --self->from - 1);

  return TRUE;
}

static void
sage_log_finder_step (SageLogFinder *self)
{
  gboolean forward = self->direction == SAGE_LOG_FORWARD;
  gint64 found;

  if (self->cancellable != NULL || sage_log_buffer_get_reading (self->buffer))
    return; /* what is under way comes back here */
  if (sage_log_buffer_get_error (self->buffer) != NULL)
    {
      finish_not_found (self);
      return;
    }
  if (!reach_target (self))
    return;
  self->target_ms = -1;

  if (search_window (self, &found))
    finish_found (self, found);
  else if (forward ? sage_log_buffer_get_at_end (self->buffer)
                   : sage_log_buffer_get_at_start (self->buffer))
    wrap_around (self);
  else if (!self->read_on) /* most often it is near */
    read_on (self);
  else
    ask_filter (self);
}

/**
 * sage_log_finder_start:
 * @self: a finder
 * @buffer: a buffer of the log, or of the lines of it that match
 * @filter: the search over the whole log
 * @direction: where to look
 * @from: a line; the one after or before it is the first to be looked at
 *
 * Looks for the next line that matches, from the other end on when this one is reached.
 */
void
sage_log_finder_start (SageLogFinder    *self,
                       SageLogBuffer    *buffer,
                       SageLogFilter    *filter,
                       SageLogDirection  direction,
                       gint64            from)
{
  g_return_if_fail (SAGE_IS_LOG_FINDER (self));

  sage_log_finder_cancel (self);
  if (sage_log_buffer_get_n_lines (buffer) == 0)
    return;

  self->buffer = g_object_ref (buffer);
  self->filter = g_object_ref (filter);
  self->direction = direction;
  self->from = from;
  self->target_ms = -1;
  self->read_on = FALSE;
  self->wrapped = FALSE;
  g_signal_connect_swapped (buffer, "settled", G_CALLBACK (sage_log_finder_step), self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  sage_log_finder_step (self);
}

/**
 * sage_log_finder_cancel:
 * @self: a finder
 *
 * Gives up; nothing is emitted.
 */
void
sage_log_finder_cancel (SageLogFinder *self)
{
  g_return_if_fail (SAGE_IS_LOG_FINDER (self));

  if (self->buffer != NULL)
    finish (self);
}

gboolean
sage_log_finder_get_busy (SageLogFinder *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_FINDER (self), FALSE);

  return self->buffer != NULL;
}

static void
sage_log_finder_dispose (GObject *object)
{
  sage_log_finder_cancel (SAGE_LOG_FINDER (object));

  G_OBJECT_CLASS (sage_log_finder_parent_class)->dispose (object);
}

static void
sage_log_finder_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch ((SageLogFinderProperty) prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, sage_log_finder_get_busy (SAGE_LOG_FINDER (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_finder_class_init (SageLogFinderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sage_log_finder_dispose;
  object_class->get_property = sage_log_finder_get_property;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64,
                                        G_TYPE_BOOLEAN);
  signals[SIGNAL_NOT_FOUND] = g_signal_new ("not-found", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_READING_ON] = g_signal_new ("reading-on", G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                             G_TYPE_INT);
}

static void
sage_log_finder_init (SageLogFinder *self)
{
}

SageLogFinder *
sage_log_finder_new (void)
{
  return g_object_new (SAGE_TYPE_LOG_FINDER, NULL);
}
