/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include <string.h>

#include "sage-cell-private.h"

/**
 * sage_cell_get_state:
 *
 * Returns: what it is doing; not saved
 */
SageCellState
sage_cell_get_state (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), SAGE_CELL_IDLE);

  return self->state;
}

/**
 * sage_cell_is_edited:
 *
 * Returns: whether its source is not what ran last; %FALSE for one that did not run
 */
gboolean
sage_cell_is_edited (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  return self->ran != NULL && strcmp (self->ran, sage_cell_get_source (self)) != 0;
}

/* Whether the source is another than that which ran. */
void
sage_cell_update_stale (SageCell *self)
{
  gboolean is_stale = self->is_marked_stale || sage_cell_is_edited (self);

  if (self->is_stale == is_stale)
    return;

  self->is_stale = is_stale;
  g_object_notify (G_OBJECT (self), "is-stale");
}

static void
set_time (SageCell   *self,
          gint64     *time,
          gint64      value,
          const char *property)
{
  if (*time == value)
    return;

  *time = value;
  g_object_notify (G_OBJECT (self), property);
}

/**
 * sage_cell_set_state:
 * @state: what it does now
 *
 * Running notes the time and the source, which is what "stale" compares with; what ends a run notes
 * the time.
 */
void
sage_cell_set_state (SageCell      *self,
                     SageCellState  state)
{
  gint64 now = g_get_real_time ();

  g_return_if_fail (SAGE_IS_CELL (self));

  if (self->state == state)
    return;

  if (state == SAGE_CELL_RUNNING)
    {
      set_time (self, &self->started, now, "started");
      set_time (self, &self->ended, 0, "ended");
      self->is_marked_stale = FALSE;
      g_set_str (&self->ran, sage_cell_get_source (self));
      sage_cell_update_stale (self);
    }
  else if (self->state == SAGE_CELL_RUNNING)
    {
      set_time (self, &self->ended, now, "ended");
    }

  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

/**
 * sage_cell_get_started:
 *
 * Returns: when its last run began, in microseconds since 1970; 0 for never in this session
 */
gint64
sage_cell_get_started (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), 0);

  return self->started;
}

/**
 * sage_cell_get_ended:
 *
 * Returns: when its last run ended; 0 while it goes on
 */
gint64
sage_cell_get_ended (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), 0);

  return self->ended;
}

/**
 * sage_cell_set_ran:
 * @source: what the kernel runs; the cell may have been edited since it was sent
 */
void
sage_cell_set_ran (SageCell   *self,
                   const char *source)
{
  g_set_str (&self->ran, source);
  sage_cell_update_stale (self);
}

/**
 * sage_cell_is_stale:
 *
 * Returns: whether its outputs are of another source than it has, or somebody marked it so
 */
gboolean
sage_cell_is_stale (SageCell *self)
{
  g_return_val_if_fail (SAGE_IS_CELL (self), FALSE);

  return self->is_stale;
}

/**
 * sage_cell_set_stale:
 * @is_stale: the mark
 *
 * Marks a cell whose inputs changed, until it runs again.
 */
void
sage_cell_set_stale (SageCell *self,
                     gboolean  is_stale)
{
  g_return_if_fail (SAGE_IS_CELL (self));

  self->is_marked_stale = is_stale;
  sage_cell_update_stale (self);
}
