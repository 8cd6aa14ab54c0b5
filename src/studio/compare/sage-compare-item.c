/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-compare-item"

#include "config.h"

#include "sage-compare-item.h"

struct _SageCompareItem
{
  GObject    parent_instance;

  GPtrArray *diffs;  /* (owned): all of the comparison */
  guint      first;  /* of those that it stands for */
  guint      n;
};

G_DEFINE_FINAL_TYPE (SageCompareItem, sage_compare_item, G_TYPE_OBJECT)

static void
sage_compare_item_finalize (GObject *object)
{
  g_clear_pointer (&SAGE_COMPARE_ITEM (object)->diffs, g_ptr_array_unref);

  G_OBJECT_CLASS (sage_compare_item_parent_class)->finalize (object);
}

static void
sage_compare_item_class_init (SageCompareItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_compare_item_finalize;
}

static void
sage_compare_item_init (SageCompareItem *self)
{
}

static SageCompareItem *
item_new (GPtrArray *diffs,
          guint      first,
          guint      n)
{
  SageCompareItem *self = g_object_new (SAGE_TYPE_COMPARE_ITEM, NULL);

  self->diffs = g_ptr_array_ref (diffs);
  self->first = first;
  self->n = n;

  return self;
}

static SageCellDiff *
get (GPtrArray *diffs,
     guint      i)
{
  return g_ptr_array_index (diffs, i);
}

/**
 * sage_compare_item_get_diff:
 *
 * Returns: (transfer none) (nullable): the cell; %NULL for a run of several
 */
SageCellDiff *
sage_compare_item_get_diff (SageCompareItem *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_ITEM (self), NULL);

  return self->n == 1 ? get (self->diffs, self->first) : NULL;
}

/**
 * sage_compare_item_get_n_folded:
 *
 * Returns: how many cells it stands for
 */
guint
sage_compare_item_get_n_folded (SageCompareItem *self)
{
  g_return_val_if_fail (SAGE_IS_COMPARE_ITEM (self), 0);

  return self->n;
}

/**
 * sage_compare_item_is_change:
 *
 * Returns: whether it is a cell that differs
 */
gboolean
sage_compare_item_is_change (SageCompareItem *self)
{
  SageCellDiff *diff = sage_compare_item_get_diff (self);

  return diff != NULL && diff->changes != 0;
}

/**
 * sage_compare_item_unfold:
 *
 * Returns: (transfer full) (element-type SageCompareItem): the cells of a run, one by one
 */
GPtrArray *
sage_compare_item_unfold (SageCompareItem *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (SAGE_IS_COMPARE_ITEM (self), items);

  for (guint i = 0; i < self->n; i++)
    g_ptr_array_add (items, item_new (self->diffs, self->first + i, 1));

  return items;
}

/**
 * sage_compare_items_make:
 * @diffs: (element-type SageCellDiff): what sage_notebook_diff() gave
 *
 * Returns: (transfer full) (element-type SageCompareItem): the rows, with unchanged cells that follow each
 *   other in one
 */
GPtrArray *
sage_compare_items_make (GPtrArray *diffs)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < diffs->len;)
    {
      guint end = i + 1;

      while (get (diffs, i)->changes == 0 && end < diffs->len && get (diffs, end)->changes == 0)
        end++;
      g_ptr_array_add (items, item_new (diffs, i, end - i));
      i = end;
    }

  return items;
}
