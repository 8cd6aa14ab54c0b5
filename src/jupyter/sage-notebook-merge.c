/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-merge"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-notebook-merge.h"
#include "sage-notebook-private.h"
#include "sage-text-diff.h"

/*
 * The merged notebook begins as theirs, which is the file on disk, so what we did not touch keeps the
 * bytes it has there. Our changes since the base are then made to it.
 */

typedef struct
{
  SageNotebook      *base;
  SageNotebook      *ours;
  SageNotebook      *theirs;
  SageNotebookMerge *merge;
  GHashTable        *merged;        /* (owned): cell of theirs or ours → cell of the merged notebook */
  int               *base_to_ours;
  int               *ours_to_base;
  int               *base_to_theirs;
  int               *theirs_to_base;
  int               *ours_to_theirs;
  int               *theirs_to_ours;
} Merger;

static SageCell *
cell_at (SageNotebook *notebook,
         int           position)
{
  return position >= 0 ? sage_notebook_get_cell (notebook, (guint) position) : NULL;
}

static void
conflict_free (gpointer data)
{
  SageMergeConflict *self = data;

  g_free (self->id);
  g_clear_object (&self->base);
  g_clear_object (&self->ours);
  g_clear_object (&self->theirs);
  g_free (self);
}

/**
 * sage_notebook_merge_free:
 *
 * Frees it; the notebook stays with whoever else has it.
 */
void
sage_notebook_merge_free (SageNotebookMerge *self)
{
  g_clear_object (&self->notebook);
  g_clear_pointer (&self->conflicts, g_ptr_array_unref);
  g_free (self);
}

static void
add_conflict (Merger   *self,
              SageCell *merged,
              SageCell *base,
              SageCell *ours,
              SageCell *theirs)
{
  SageMergeConflict *conflict = g_new0 (SageMergeConflict, 1);

  conflict->id = g_strdup (merged->id);
  conflict->base = base != NULL ? g_object_ref (base) : NULL;
  conflict->ours = ours != NULL ? g_object_ref (ours) : NULL;
  conflict->theirs = theirs != NULL ? g_object_ref (theirs) : NULL;
  g_ptr_array_add (self->merge->conflicts, conflict);
}

static gboolean
is_source_equal (SageCell *a,
                 SageCell *b)
{
  return strcmp (sage_cell_get_source (a), sage_cell_get_source (b)) == 0;
}

/* Whether what a person wrote in it is the same; outputs are only what the kernel said. */
static gboolean
is_text_equal (SageCell *a,
               SageCell *b)
{
  return a->kind == b->kind && is_source_equal (a, b) && sage_cell_has_equal_metadata (a, b);
}

static void
merge_source (Merger   *self,
              SageCell *merged,
              SageCell *base,
              SageCell *ours,
              SageCell *theirs)
{
  g_autofree char *text = NULL;

  if (is_source_equal (ours, theirs) || (base != NULL && is_source_equal (ours, base)))
    return;

  text = base != NULL ? sage_text_merge (sage_cell_get_source (base), sage_cell_get_source (ours),
                                         sage_cell_get_source (theirs)) : NULL;
  if (text == NULL)
    add_conflict (self, merged, base, ours, theirs);
  sage_notebook_set_source (self->merge->notebook, merged,
                            text != NULL ? text : sage_cell_get_source (ours));
}

/* Type, metadata, attachments, outputs: each is ours where we changed it. */
static void
merge_facts (Merger   *self,
             SageCell *merged,
             SageCell *base,
             SageCell *ours)
{
  g_autoptr(SageCellFacts) facts = sage_cell_get_facts (merged);
  g_autoptr(SageCellFacts) own = sage_cell_get_facts (ours);
  gboolean changed = FALSE;

  if (ours->kind != (base != NULL ? base : merged)->kind && ours->kind != merged->kind)
    {
      facts->kind = own->kind;
      changed = TRUE;
    }
  if ((base == NULL || !sage_cell_has_equal_metadata (ours, base)) &&
      !sage_cell_has_equal_metadata (ours, merged))
    {
      g_bytes_unref (facts->metadata);
      facts->metadata = g_bytes_ref (own->metadata);
      g_clear_pointer (&facts->attachments, g_bytes_unref);
      facts->attachments = own->attachments != NULL ? g_bytes_ref (own->attachments) : NULL;
      changed = TRUE;
    }
  if (facts->kind != SAGE_CELL_CODE ||
      ((base == NULL || !sage_cell_has_equal_outputs (ours, base)) &&
       !sage_cell_has_equal_outputs (ours, merged)))
    {
      g_ptr_array_unref (facts->outputs);
      facts->outputs = g_ptr_array_ref (own->outputs);
      facts->count = own->count;
      changed = TRUE;
    }

  if (changed)
    {
      sage_history_begin (self->merge->notebook->history, "");
      sage_history_set_facts (self->merge->notebook->history, merged, g_steal_pointer (&facts));
      sage_history_end (self->merge->notebook->history);
    }
}

/* Behind which cell of the merged notebook one of ours belongs: the nearest before it that is there. */
static guint
find_place (Merger *self,
            guint   position)
{
  while (position-- > 0)
    {
      SageCell *before = g_hash_table_lookup (self->merged, cell_at (self->ours, (int) position));
      guint found;

      if (before != NULL && sage_notebook_find_cell (self->merge->notebook, before->id, &found) != NULL)
        return found + 1;
    }

  return 0;
}

/* A cell that only we have. */
static SageCell *
add_ours (Merger *self,
          guint   position)
{
  SageNotebook *notebook = self->merge->notebook;
  SageCell *ours = cell_at (self->ours, (int) position);
  gboolean is_taken = g_hash_table_contains (notebook->by_id, ours->id);
  SageCell *cell = sage_notebook_import_cell (notebook, ours, is_taken ? NULL : ours->id);
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_object_unref);

  if (cell == NULL)
    return NULL; /* broken: a read-only notebook has no changes to be merged */

  g_ptr_array_add (cells, cell);
  sage_history_begin (notebook->history, "");
  sage_history_splice (notebook->history, find_place (self, position), 0, cells, FALSE);
  sage_history_end (notebook->history);
  g_hash_table_insert (self->merged, ours, cell);

  return cell;
}

static void
merge_ours (Merger *self)
{
  for (guint i = 0; i < self->ours->cells->len; i++)
    {
      SageCell *ours = cell_at (self->ours, (int) i);
      SageCell *base = cell_at (self->base, self->ours_to_base[i]);
      int position = base != NULL ? self->base_to_theirs[self->ours_to_base[i]]
                                  : self->ours_to_theirs[i];
      SageCell *theirs = cell_at (self->theirs, position);
      SageCell *merged = theirs != NULL ? g_hash_table_lookup (self->merged, theirs) : NULL;

      if (merged != NULL)
        {
          g_hash_table_insert (self->merged, ours, merged);
          merge_source (self, merged, base, ours, theirs);
          merge_facts (self, merged, base, ours);
        }
      else if (base == NULL || !is_text_equal (ours, base))
        {
          merged = add_ours (self, i);
          if (base != NULL && merged != NULL)
            add_conflict (self, merged, base, ours, NULL);
        }
    }
}

/* What we deleted goes, unless they changed it. */
static void
remove_ours (Merger *self)
{
  for (guint i = 0; i < self->base->cells->len; i++)
    {
      SageCell *base = cell_at (self->base, (int) i);
      SageCell *theirs = cell_at (self->theirs, self->base_to_theirs[i]);
      SageCell *merged = theirs != NULL ? g_hash_table_lookup (self->merged, theirs) : NULL;
      guint position;

      if (self->base_to_ours[i] >= 0 || merged == NULL)
        continue;
      if (!is_text_equal (base, theirs))
        {
          add_conflict (self, merged, base, NULL, theirs);
          continue;
        }
      sage_notebook_find_cell (self->merge->notebook, merged->id, &position);
      sage_history_begin (self->merge->notebook->history, "");
      sage_history_splice (self->merge->notebook->history, position, 1, NULL, FALSE);
      sage_history_end (self->merge->notebook->history);
    }
}

/* Whether cells that both notebooks have stand in another order. */
static gboolean
has_moves (const int *to_other,
           guint      n)
{
  int last = -1;

  for (guint i = 0; i < n; i++)
    if (to_other[i] >= 0)
      {
        if (to_other[i] < last)
          return TRUE;
        last = to_other[i];
      }

  return FALSE;
}

/* Returns: (transfer container): the merged cells in our order, each that we do not have behind the one
 * that it stands behind now */
static GPtrArray *
list_our_order (Merger *self)
{
  GPtrArray *cells = self->merge->notebook->cells;
  GPtrArray *order = g_ptr_array_new ();

  for (guint i = 0; i < self->ours->cells->len; i++)
    {
      SageCell *merged = g_hash_table_lookup (self->merged, cell_at (self->ours, (int) i));

      if (merged != NULL && g_ptr_array_find (cells, merged, NULL))
        g_ptr_array_add (order, merged);
    }
  for (guint i = 0; i < cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (cells, i);
      guint before;

      if (g_ptr_array_find (order, cell, NULL))
        continue;
      if (i == 0 || !g_ptr_array_find (order, g_ptr_array_index (cells, i - 1), &before))
        g_ptr_array_insert (order, 0, cell);
      else
        g_ptr_array_insert (order, (int) before + 1, cell);
    }

  return order;
}

/* Where we moved cells and they did not, ours is the order. */
static void
move_ours (Merger *self)
{
  SageNotebook *notebook = self->merge->notebook;
  g_autoptr(GPtrArray) order = NULL;

  if (!has_moves (self->ours_to_base, self->ours->cells->len) ||
      has_moves (self->theirs_to_base, self->theirs->cells->len))
    return;

  order = list_our_order (self);
  for (guint i = 0; i < order->len; i++)
    {
      guint position;

      if (g_ptr_array_find (notebook->cells, g_ptr_array_index (order, i), &position) && position != i)
        sage_notebook_move (notebook, &position, 1, i);
    }
}

/* The notebook's own metadata: the members that we changed and they did not. */
static void
merge_metadata (Merger *self)
{
  JsonObject *base = sage_notebook_get_metadata (self->base);
  JsonObject *ours = sage_notebook_get_metadata (self->ours);
  JsonObject *theirs = sage_notebook_get_metadata (self->theirs);
  g_autoptr(GList) names = json_object_get_members (ours);
  g_autoptr(GList) old_names = json_object_get_members (base);

  for (GList *name = names; name != NULL; name = name->next)
    {
      JsonNode *own = json_object_get_member (ours, name->data);
      JsonNode *old = json_object_get_member (base, name->data);
      JsonNode *other = json_object_get_member (theirs, name->data);
      gboolean is_theirs_old = old == NULL || other == NULL ? old == other : json_node_equal (old, other);

      if (is_theirs_old && (old == NULL || !json_node_equal (own, old)))
        sage_notebook_set_member (self->merge->notebook, name->data, own);
    }
  for (GList *name = old_names; name != NULL; name = name->next)
    {
      JsonNode *old = json_object_get_member (base, name->data);
      JsonNode *other = json_object_get_member (theirs, name->data);

      if (!json_object_has_member (ours, name->data) && other != NULL && json_node_equal (old, other))
        sage_notebook_set_member (self->merge->notebook, name->data, NULL);
    }
}

static void
align (Merger *self)
{
  sage_notebook_align (self->base, self->ours, &self->base_to_ours, &self->ours_to_base);
  sage_notebook_align (self->base, self->theirs, &self->base_to_theirs, &self->theirs_to_base);
  sage_notebook_align (self->ours, self->theirs, &self->ours_to_theirs, &self->theirs_to_ours);

  /* A cell that is in the base is the same only through it. */
  for (guint i = 0; i < self->ours->cells->len; i++)
    if (self->ours_to_theirs[i] >= 0 && self->theirs_to_base[self->ours_to_theirs[i]] >= 0)
      self->ours_to_theirs[i] = -1;
}

static void
merger_clear (Merger *self)
{
  g_hash_table_unref (self->merged);
  g_free (self->base_to_ours);
  g_free (self->ours_to_base);
  g_free (self->base_to_theirs);
  g_free (self->theirs_to_base);
  g_free (self->ours_to_theirs);
  g_free (self->theirs_to_ours);
}

/**
 * sage_notebook_merge_new:
 * @base: what both began with
 * @ours: what we made of it
 * @theirs: what others made of it
 *
 * Merges two notebooks by cell: a cell that one changed, added, moved or deleted is as they have it; of
 * one that both changed, the lines of both, if they are not side by side. None of the three is changed.
 *
 * Returns: (transfer full): the merged notebook, which stands on their file, and what is left to decide;
 *   or %NULL with %SAGE_ERROR_DENIED in @error where one of them is broken
 */
SageNotebookMerge *
sage_notebook_merge_new (SageNotebook  *base,
                         SageNotebook  *ours,
                         SageNotebook  *theirs,
                         GError       **error)
{
  Merger self = { .base = base, .ours = ours, .theirs = theirs };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(SageNotebook) notebook = NULL;

  g_return_val_if_fail (SAGE_IS_NOTEBOOK (base), NULL);
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (ours), NULL);
  g_return_val_if_fail (SAGE_IS_NOTEBOOK (theirs), NULL);

  if (base->is_read_only || ours->is_read_only || theirs->is_read_only)
    {
      sage_throw (error, SAGE_ERROR_DENIED, "A broken notebook cannot be merged");
      return NULL;
    }
  bytes = sage_notebook_serialise (theirs);
  notebook = sage_notebook_parse (bytes, error);
  if (notebook == NULL)
    return NULL;

  self.merge = g_new0 (SageNotebookMerge, 1);
  self.merge->notebook = g_steal_pointer (&notebook);
  self.merge->conflicts = g_ptr_array_new_with_free_func (conflict_free);
  self.merged = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < theirs->cells->len; i++)
    g_hash_table_insert (self.merged, cell_at (theirs, (int) i),
                         cell_at (self.merge->notebook, (int) i));

  align (&self);
  merge_ours (&self);
  remove_ours (&self);
  move_ours (&self);
  merge_metadata (&self);
  merger_clear (&self);

  return self.merge;
}

/**
 * sage_notebook_merge_resolve:
 * @conflict: one of its conflicts
 * @takes_theirs: whether their side is wanted, else ours
 *
 * Decides a conflict. It may be decided otherwise afterwards, as long as neither side is a deletion.
 */
void
sage_notebook_merge_resolve (SageNotebookMerge *self,
                             SageMergeConflict *conflict,
                             gboolean           takes_theirs)
{
  SageCell *wanted;
  SageCell *merged;
  guint position;

  g_return_if_fail (self != NULL);
  g_return_if_fail (conflict != NULL);

  wanted = takes_theirs ? conflict->theirs : conflict->ours;
  merged = sage_notebook_find_cell (self->notebook, conflict->id, &position);
  if (merged == NULL)
    return;
  if (wanted == NULL)
    {
      sage_notebook_remove (self->notebook, &position, 1);
      return;
    }

  sage_notebook_set_source (self->notebook, merged, sage_cell_get_source (wanted));
  sage_history_begin (self->notebook->history, "");
  sage_history_set_facts (self->notebook->history, merged, sage_cell_get_facts (wanted));
  sage_history_end (self->notebook->history);
}
