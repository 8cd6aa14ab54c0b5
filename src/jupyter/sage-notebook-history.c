/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-notebook-change-private.h"

/*
 * One history over everything that a person does to a notebook. A step is a list of changes, each of
 * which can be done and taken back exactly. Cells are kept as the objects they are, so one that comes
 * back has its outputs, its id and its place in the views that still hold it.
 */

/* Beyond this much text the oldest steps go. */
#define MAX_BYTES ((gsize) 64 * 1024 * 1024)

#define TYPING_PAUSE (2 * G_USEC_PER_SEC)

typedef struct
{
  char      *name;
  GPtrArray *changes;
  guint64    serial;
  gsize      bytes;
} Step;

struct _SageHistory
{
  SageNotebook *notebook;     /* (unowned) */
  GPtrArray    *steps;        /* (owned): done, then undone */
  guint         n_done;
  Step         *open;         /* (owned) (nullable): between begin and end */
  guint         n_begun;
  guint64       last_serial;
  guint64       base_serial;  /* of the state below the oldest step */
  guint64       saved_serial;
  gsize         bytes;
  gint64        typed_at;     /* monotonic; 0: the last step takes no more typing */
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->name);
  g_ptr_array_unref (step->changes);
  g_free (step);
}

SageHistory *
sage_history_new (SageNotebook *notebook)
{
  SageHistory *self = g_new0 (SageHistory, 1);

  self->notebook = notebook;
  self->steps = g_ptr_array_new_with_free_func (step_free);

  return self;
}

void
sage_history_free (SageHistory *self)
{
  g_ptr_array_unref (self->steps);
  g_clear_pointer (&self->open, step_free);
  g_free (self);
}

static Step *
top (SageHistory *self)
{
  return self->n_done > 0 ? g_ptr_array_index (self->steps, self->n_done - 1) : NULL;
}

/* Returns: what names the state the notebook is in */
guint64
sage_history_get_serial (SageHistory *self)
{
  return self->n_done > 0 ? top (self)->serial : self->base_serial;
}

static void
drop_oldest (SageHistory *self)
{
  Step *step = g_ptr_array_index (self->steps, 0);

  self->base_serial = step->serial;
  self->bytes -= step->bytes;
  self->n_done--;
  g_ptr_array_remove_index (self->steps, 0);
}

/* What was undone cannot be done again once something else is done. */
static void
drop_undone (SageHistory *self)
{
  for (guint i = self->n_done; i < self->steps->len; i++)
    self->bytes -= ((Step *) g_ptr_array_index (self->steps, i))->bytes;
  g_ptr_array_set_size (self->steps, (int) self->n_done);
}

/* Opens a step; within one that is open it only counts. */
void
sage_history_begin (SageHistory *self,
                    const char  *name)
{
  if (self->n_begun++ > 0)
    return;

  self->open = g_new0 (Step, 1);
  self->open->name = g_strdup (name);
  self->open->changes = g_ptr_array_new_with_free_func (sage_change_free);
}

void
sage_history_end (SageHistory *self)
{
  Step *step;

  g_return_if_fail (self->n_begun > 0);

  if (--self->n_begun > 0)
    return;

  step = g_steal_pointer (&self->open);
  self->typed_at = 0;
  if (step->changes->len == 0)
    {
      step_free (step);
      return;
    }

  for (guint i = 0; i < step->changes->len; i++)
    step->bytes += sage_change_get_size (g_ptr_array_index (step->changes, i));
  step->serial = ++self->last_serial;
  drop_undone (self);
  g_ptr_array_add (self->steps, step);
  self->bytes += step->bytes;
  self->n_done++;
  while (self->bytes > MAX_BYTES && self->n_done > 1)
    drop_oldest (self);
  sage_notebook_notify_history (self->notebook);
}

static void
record (SageHistory *self,
        SageChange  *change,
        gboolean     is_told)
{
  g_assert (self->open != NULL);

  g_ptr_array_add (self->open->changes, change);
  sage_change_apply (self->notebook, change, TRUE, is_told);
}

static SageChange *
source_change (SageCell   *cell,
               gsize       offset,
               gsize       removed,
               const char *inserted)
{
  SageChange *change = g_new0 (SageChange, 1);

  change->kind = SAGE_CHANGE_SOURCE;
  change->cell = g_object_ref (cell);
  change->offset = offset;
  change->removed = g_string_new_len (sage_cell_get_source (cell) + offset, (gssize) removed);
  change->inserted = g_string_new (inserted);

  return change;
}

/* A change of a source within an open step. */
void
sage_history_edit (SageHistory *self,
                   SageCell    *cell,
                   gsize        offset,
                   gsize        removed,
                   const char  *inserted,
                   gboolean     is_told)
{
  record (self, source_change (cell, offset, removed, inserted), is_told);
}

static gboolean
is_inside_character (const char *text,
                     gsize       offset)
{
  return ((guchar) text[offset] & 0xc0) == 0x80;
}

/* A new source within an open step: only the part that differs changes, so that cursors elsewhere
 * stay. */
void
sage_history_set_source (SageHistory *self,
                         SageCell    *cell,
                         const char  *source)
{
  const char *old = sage_cell_get_source (cell);
  gsize old_length = sage_cell_get_length (cell);
  gsize new_length = strlen (source);
  gsize head = 0;
  gsize tail = 0;
  g_autofree char *inserted = NULL;

  while (head < old_length && head < new_length && old[head] == source[head])
    head++;
  while (head > 0 && (is_inside_character (source, head) || is_inside_character (old, head)))
    head--;
  while (tail < old_length - head && tail < new_length - head &&
         old[old_length - tail - 1] == source[new_length - tail - 1])
    tail++;
  while (tail > 0 && is_inside_character (source, new_length - tail))
    tail--;
  if (head + tail == old_length && head + tail == new_length)
    return;

  inserted = g_strndup (source + head, new_length - head - tail);
  sage_history_edit (self, cell, head, old_length - head - tail, inserted, TRUE);
}

/* Whether typing goes on where the last step's ended, in the same direction. */
static gboolean
extends (SageHistory *self,
         SageCell    *cell,
         gsize        offset,
         gsize        removed,
         const char  *inserted)
{
  Step *step = top (self);
  SageChange *change;

  if (self->open != NULL || step == NULL || self->typed_at == 0 ||
      self->n_done != self->steps->len || step->serial == self->saved_serial ||
      g_get_monotonic_time () - self->typed_at > TYPING_PAUSE)
    return FALSE;

  change = g_ptr_array_index (step->changes, step->changes->len - 1);
  if (change->kind != SAGE_CHANGE_SOURCE || change->cell != cell || strchr (inserted, '\n') != NULL)
    return FALSE;
  if (removed == 0)
    return change->removed->len == 0 && offset == change->offset + change->inserted->len;

  return *inserted == '\0' && change->inserted->len == 0 &&
         (offset + removed == change->offset || offset == change->offset);
}

static void
extend (SageHistory *self,
        SageCell    *cell,
        gsize        offset,
        gsize        removed,
        const char  *inserted)
{
  Step *step = top (self);
  SageChange *change = g_ptr_array_index (step->changes, step->changes->len - 1);
  const char *gone = sage_cell_get_source (cell) + offset;
  gsize length = strlen (inserted);

  if (removed == 0)
    g_string_append_len (change->inserted, inserted, (gssize) length);
  else if (offset == change->offset)
    g_string_append_len (change->removed, gone, (gssize) removed);
  else
    g_string_prepend_len (change->removed, gone, (gssize) removed);
  if (removed > 0)
    change->offset = offset;

  step->bytes += removed + length;
  self->bytes += removed + length;
  step->serial = ++self->last_serial;
  self->notebook->is_applying = TRUE;
  sage_cell_edit (cell, offset, removed, inserted, length);
  self->notebook->is_applying = FALSE;
  sage_notebook_notify_history (self->notebook);
}

/* A change of a source by somebody who types: joined with the step before where it goes on. A line
 * break, a pause, another place and another cell begin a new one. */
void
sage_history_type (SageHistory *self,
                   SageCell    *cell,
                   gsize        offset,
                   gsize        removed,
                   const char  *inserted)
{
  if (extends (self, cell, offset, removed, inserted))
    {
      extend (self, cell, offset, removed, inserted);
    }
  else
    {
      sage_history_begin (self, _("Typing"));
      sage_history_edit (self, cell, offset, removed, inserted, FALSE);
      sage_history_end (self);
    }

  if (self->open == NULL)
    self->typed_at = strchr (inserted, '\n') == NULL ? g_get_monotonic_time () : 0;
}

/* A change of the list within an open step. */
void
sage_history_splice (SageHistory *self,
                     guint        position,
                     guint        n_removed,
                     GPtrArray   *added,
                     gboolean     uses_bin)
{
  SageChange *change = g_new0 (SageChange, 1);

  change->kind = SAGE_CHANGE_LIST;
  change->position = position;
  change->uses_bin = uses_bin;
  change->leaving = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_removed; i++)
    g_ptr_array_add (change->leaving,
                     g_object_ref (g_ptr_array_index (self->notebook->cells, position + i)));
  change->entering = added != NULL ? g_ptr_array_ref (added)
                                   : g_ptr_array_new_with_free_func (g_object_unref);
  record (self, change, TRUE);
}

/* A change of what a cell is within an open step; takes over @facts. */
void
sage_history_set_facts (SageHistory   *self,
                        SageCell      *cell,
                        SageCellFacts *facts)
{
  SageChange *change = g_new0 (SageChange, 1);

  change->kind = SAGE_CHANGE_FACTS;
  change->cell = g_object_ref (cell);
  change->facts = facts;
  record (self, change, TRUE);
}

/* Takes the last step back. Returns: (transfer none) (nullable): the cell it concerns */
SageCell *
sage_history_undo (SageHistory *self)
{
  Step *step = top (self);
  SageCell *cell = NULL;

  if (step == NULL || self->open != NULL)
    return NULL;

  self->n_done--;
  self->typed_at = 0;
  for (guint i = step->changes->len; i-- > 0;)
    sage_change_apply (self->notebook, g_ptr_array_index (step->changes, i), FALSE, TRUE);
  for (guint i = step->changes->len; i-- > 0 && cell == NULL;)
    cell = sage_change_get_cell (self->notebook, g_ptr_array_index (step->changes, i), FALSE);
  sage_notebook_notify_history (self->notebook);

  return cell;
}

/* Does the last step that was taken back again. Returns: (transfer none) (nullable): as above */
SageCell *
sage_history_redo (SageHistory *self)
{
  Step *step;
  SageCell *cell = NULL;

  if (self->n_done == self->steps->len || self->open != NULL)
    return NULL;

  step = g_ptr_array_index (self->steps, self->n_done++);
  self->typed_at = 0;
  for (guint i = 0; i < step->changes->len; i++)
    sage_change_apply (self->notebook, g_ptr_array_index (step->changes, i), TRUE, TRUE);
  for (guint i = step->changes->len; i-- > 0 && cell == NULL;)
    cell = sage_change_get_cell (self->notebook, g_ptr_array_index (step->changes, i), TRUE);
  sage_notebook_notify_history (self->notebook);

  return cell;
}

/* Returns: (transfer none) (nullable): what undo would take back */
const char *
sage_history_get_undo (SageHistory *self)
{
  return self->n_done > 0 ? top (self)->name : NULL;
}

/* Returns: (transfer none) (nullable): what redo would do again */
const char *
sage_history_get_redo (SageHistory *self)
{
  Step *step = self->n_done < self->steps->len ? g_ptr_array_index (self->steps, self->n_done) : NULL;

  return step != NULL ? step->name : NULL;
}

void
sage_history_mark_saved (SageHistory *self,
                         guint64      serial)
{
  self->saved_serial = serial;
}

gboolean
sage_history_is_saved (SageHistory *self)
{
  return self->open == NULL && sage_history_get_serial (self) == self->saved_serial;
}
