/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-stale-marks"

#include "config.h"

#include "sage-stale-marks-private.h"

/* The last run of a cell. */
typedef struct
{
  guint64  order;     /* among all runs */
  gboolean is_edited; /* the cell, since */
  gboolean is_marked; /* by us: for what a cell above did */
} Run;

struct _SageStaleMarks
{
  SageNotebook *notebook; /* (owned) */
  GHashTable   *runs;     /* (owned): id of a cell (owned) → Run (owned): those that ran */
  GPtrArray    *watched;  /* (owned): of SageCell: those in the notebook's list */
  guint64       n_runs;
  guint         updater;
};

static gboolean update_cb (gpointer user_data);

/* A notebook changes in many places at once: once is enough. */
static void
update_later (SageStaleMarks *self)
{
  if (self->updater == 0)
    self->updater = g_idle_add (update_cb, self);
}

static gboolean
update_cb (gpointer user_data)
{
  SageStaleMarks *self = user_data;
  guint64 newest = 0;
  gboolean has_edited = FALSE;

  self->updater = 0;
  for (guint i = 0; i < self->watched->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->watched, i);
      Run *run = g_hash_table_lookup (self->runs, sage_cell_get_id (cell));
      SageCellState state = sage_cell_get_state (cell);
      gboolean is_marked;

      if (run == NULL || sage_cell_get_kind (cell) != SAGE_CELL_CODE)
        continue;

      is_marked = (has_edited || newest > run->order)
                  && state != SAGE_CELL_QUEUED && state != SAGE_CELL_RUNNING;
      if (run->is_marked != is_marked)
        {
          run->is_marked = is_marked;
          sage_cell_set_stale (cell, is_marked);
        }
      newest = MAX (newest, run->order);
      has_edited = has_edited || run->is_edited;
    }

  return G_SOURCE_REMOVE;
}

static void
source_cb (SageCell       *cell,
           GParamSpec     *pspec,
           SageStaleMarks *self)
{
  Run *run = g_hash_table_lookup (self->runs, sage_cell_get_id (cell));

  if (run == NULL || run->is_edited == sage_cell_is_edited (cell))
    return;

  run->is_edited = !run->is_edited;
  update_later (self);
}

static void
items_changed_cb (GListModel     *model,
                  guint           position,
                  guint           removed,
                  guint           added,
                  SageStaleMarks *self)
{
  for (guint i = 0; i < removed; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, position + i), self);
  if (removed > 0)
    g_ptr_array_remove_range (self->watched, position, removed);
  for (guint i = 0; i < added; i++)
    {
      SageCell *cell = g_list_model_get_item (model, position + i);

      g_ptr_array_insert (self->watched, (int) (position + i), cell);
      g_signal_connect (cell, "notify::source", G_CALLBACK (source_cb), self);
    }
  update_later (self);
}

/**
 * sage_stale_marks_new:
 * @notebook: a notebook
 *
 * Returns: (transfer full): its marks, kept until they are freed
 */
SageStaleMarks *
sage_stale_marks_new (SageNotebook *notebook)
{
  SageStaleMarks *self = g_new0 (SageStaleMarks, 1);

  self->notebook = g_object_ref (notebook);
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (notebook, "items-changed", G_CALLBACK (items_changed_cb), self);
  items_changed_cb (G_LIST_MODEL (notebook), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (notebook)),
                    self);

  return self;
}

void
sage_stale_marks_free (SageStaleMarks *self)
{
  g_clear_handle_id (&self->updater, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->notebook, self);
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
  g_ptr_array_unref (self->watched);
  g_hash_table_unref (self->runs);
  g_object_unref (self->notebook);
  g_free (self);
}

/**
 * sage_stale_marks_begin:
 * @self: marks
 * @cell_id: the cell whose run has begun
 *
 * What is below it ran with what it was before.
 */
void
sage_stale_marks_begin (SageStaleMarks *self,
                        const char     *cell_id)
{
  SageCell *cell = sage_notebook_find_cell (self->notebook, cell_id, NULL);
  Run *run = g_new0 (Run, 1);

  run->order = ++self->n_runs;
  run->is_edited = cell != NULL && sage_cell_is_edited (cell);
  g_hash_table_replace (self->runs, g_strdup (cell_id), run);
  update_later (self);
}

/**
 * sage_stale_marks_reset:
 * @self: marks
 *
 * Another process begins with nothing: what ran does not count any more.
 */
void
sage_stale_marks_reset (SageStaleMarks *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    {
      SageCell *cell = g_ptr_array_index (self->watched, i);
      Run *run = g_hash_table_lookup (self->runs, sage_cell_get_id (cell));

      if (run != NULL && run->is_marked)
        sage_cell_set_stale (cell, FALSE);
    }
  g_hash_table_remove_all (self->runs);
}
