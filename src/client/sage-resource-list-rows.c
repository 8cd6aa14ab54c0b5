/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-resource-list"

#include "config.h"

#include "sage-resource-list-private.h"

static int
compare_rows (const SageListRow *a,
              const SageListRow *b)
{
  if (a->created != b->created)
    return a->created > b->created ? -1 : 1;
  if (a->resource == b->resource)
    return 0;

  /* Names of one kind differ in more than their case. */
  return g_ascii_strcasecmp (sage_resource_get_name (a->resource),
                             sage_resource_get_name (b->resource));
}

static int
compare_rows_cb (gconstpointer a,
                 gconstpointer b)
{
  return compare_rows (a, b);
}

/* The position of the first row that does not come before @row. */
static guint
lower_bound (SageResourceList  *self,
             const SageListRow *row)
{
  guint low = 0;
  guint high = self->rows->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_rows (&g_array_index (self->rows, SageListRow, middle), row) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static guint
find_position (SageResourceList *self,
               SageResource     *resource,
               double            created)
{
  const SageListRow row = { .resource = resource, .created = created };
  guint position = lower_bound (self, &row);

  if (position < self->rows->len
      && g_array_index (self->rows, SageListRow, position).resource == resource)
    return position;

  /* Somebody else changed when it was made: no order helps. */
  for (position = 0; position < self->rows->len; position++)
    if (g_array_index (self->rows, SageListRow, position).resource == resource)
      return position;

  g_assert_not_reached ();
}

static void
emit_changed (SageResourceList *self,
              guint             position,
              guint             removed,
              guint             added)
{
  if (position < self->pruned)
    self->pruned = self->pruned - MIN (removed, self->pruned - position) + added;
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  if (removed != added)
    sage_resource_list_notify_n_items (self);
}

/**
 * sage_resource_list_contains:
 * @self: a list
 * @resource: a resource
 *
 * Returns: whether it is a row of the list
 */
gboolean
sage_resource_list_contains (SageResourceList *self,
                             SageResource     *resource)
{
  return g_hash_table_contains (self->members, resource);
}

/* Inserts sorted rows, each run of neighbours at once. */
static void
insert_rows (SageResourceList *self,
             GArray           *rows)
{
  for (guint i = 0, end; i < rows->len; i = end)
    {
      guint position = lower_bound (self, &g_array_index (rows, SageListRow, i));

      for (end = i + 1; end < rows->len; end++)
        if (position < self->rows->len
            && compare_rows (&g_array_index (rows, SageListRow, end),
                             &g_array_index (self->rows, SageListRow, position)) > 0)
          break;
      g_array_insert_vals (self->rows, position, &g_array_index (rows, SageListRow, i), end - i);
      emit_changed (self, position, 0, end - i);
    }
}

/**
 * sage_resource_list_insert:
 * @self: a list
 * @resources: (element-type SageResource): what to insert; those that are there already stay
 * @generation: the load that saw them
 *
 * Inserts resources where they belong by the time they were made.
 */
void
sage_resource_list_insert (SageResourceList *self,
                           GPtrArray        *resources,
                           guint             generation)
{
  g_autoptr(GArray) rows = g_array_sized_new (FALSE, FALSE, sizeof (SageListRow), resources->len);

  for (guint i = 0; i < resources->len; i++)
    {
      SageResource *resource = g_ptr_array_index (resources, i);
      const SageListRow row = { resource, sage_resource_get_created (resource), generation };

      if (!g_hash_table_add (self->members, resource))
        continue;
      g_object_ref (resource);
      g_array_append_val (rows, row);
    }

  g_array_sort (rows, compare_rows_cb);
  insert_rows (self, rows);
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  return (int) (*(const guint *) b > *(const guint *) a)
         - (int) (*(const guint *) b < *(const guint *) a);
}

static void
remove_run (SageResourceList *self,
            guint             position,
            guint             n)
{
  /* A handler finds the rows gone, and may have been the only one to hold them. */
  for (guint i = position; i < position + n; i++)
    g_hash_table_remove (self->members, g_array_index (self->rows, SageListRow, i).resource);
  g_array_remove_range (self->rows, position, n);
  emit_changed (self, position, n, 0);
}

/**
 * sage_resource_list_remove:
 * @self: a list
 * @resources: (element-type SageResource): what to take out; those that are not there do not matter
 */
void
sage_resource_list_remove (SageResourceList *self,
                           GPtrArray        *resources)
{
  g_autoptr(GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < resources->len; i++)
    {
      SageResource *resource = g_ptr_array_index (resources, i);
      guint position;

      if (!sage_resource_list_contains (self, resource))
        continue;
      position = find_position (self, resource, sage_resource_get_created (resource));
      g_array_append_val (positions, position);
    }

  /* From the last to the first, so that those to come stay where they are. */
  g_array_sort (positions, compare_positions);
  for (guint i = 0, end; i < positions->len; i = end)
    {
      guint last = g_array_index (positions, guint, i);

      for (end = i + 1; end < positions->len; end++)
        if (g_array_index (positions, guint, end) != last - (end - i))
          break;
      remove_run (self, last - (end - i - 1), end - i);
    }
}

/**
 * sage_resource_list_update:
 * @self: a list
 * @resource: one of its rows
 * @created_before: when it was made, as was known until now
 * @generation: the load that saw it; 0 if it was an event
 *
 * Takes notice of a row's news; it moves if it turned out to be older or newer.
 */
void
sage_resource_list_update (SageResourceList *self,
                           SageResource     *resource,
                           double            created_before,
                           guint             generation)
{
  guint position = find_position (self, resource, created_before);
  SageListRow row = g_array_index (self->rows, SageListRow, position);
  guint target;

  if (generation != 0)
    row.generation = generation;
  row.created = sage_resource_get_created (resource);
  if (row.created == g_array_index (self->rows, SageListRow, position).created)
    {
      g_array_index (self->rows, SageListRow, position) = row;
      return;
    }

  g_object_ref (resource);
  g_array_remove_index (self->rows, position);
  emit_changed (self, position, 1, 0);
  target = lower_bound (self, &row);
  g_array_insert_val (self->rows, target, row);
  emit_changed (self, target, 0, 1);
}

/**
 * sage_resource_list_begin_prune:
 * @self: a list
 *
 * See sage_resource_list_prune().
 */
void
sage_resource_list_begin_prune (SageResourceList *self)
{
  self->pruned = 0;
}

/**
 * sage_resource_list_prune:
 * @self: a list
 * @generation: the last load
 * @max_rows: how many rows to look at
 *
 * Takes out rows that the last load did not see, a part at a time; rows may come and go in between.
 *
 * Returns: whether all rows were looked at
 */
gboolean
sage_resource_list_prune (SageResourceList *self,
                          guint             generation,
                          guint             max_rows)
{
  guint start = self->pruned;
  guint end = MIN (self->rows->len, start + max_rows);

  while (start < end && g_array_index (self->rows, SageListRow, start).generation == generation)
    start++;
  for (guint i = start; i < end; i++)
    if (g_array_index (self->rows, SageListRow, i).generation == generation)
      end = i;

  self->pruned = end;
  if (start < end)
    remove_run (self, start, end - start);

  return self->pruned >= self->rows->len;
}
