/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-tree-build"

#include "config.h"

#include <math.h>

#include "sage-error.h"

#include "alg-tree-build-private.h"

#define MAX_NODES (1u << 30)

void
alg_tree_source_init (AlgTreeSource *source)
{
  source->left = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->right = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->features = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->conditions = g_array_new (FALSE, FALSE, sizeof (float));
  source->default_left = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->split_type = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->categories = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->set_nodes = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->set_starts = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->set_sizes = g_array_new (FALSE, FALSE, sizeof (gint32));
  source->leaf_size = 0;
}

/* Empties @source for the next tree; its memory is kept. */
void
alg_tree_source_reset (AlgTreeSource *source)
{
  g_array_set_size (source->left, 0);
  g_array_set_size (source->right, 0);
  g_array_set_size (source->features, 0);
  g_array_set_size (source->conditions, 0);
  g_array_set_size (source->default_left, 0);
  g_array_set_size (source->split_type, 0);
  g_array_set_size (source->categories, 0);
  g_array_set_size (source->set_nodes, 0);
  g_array_set_size (source->set_starts, 0);
  g_array_set_size (source->set_sizes, 0);
  source->leaf_size = 0;
}

void
alg_tree_source_clear (AlgTreeSource *source)
{
  g_clear_pointer (&source->left, g_array_unref);
  g_clear_pointer (&source->right, g_array_unref);
  g_clear_pointer (&source->features, g_array_unref);
  g_clear_pointer (&source->conditions, g_array_unref);
  g_clear_pointer (&source->default_left, g_array_unref);
  g_clear_pointer (&source->split_type, g_array_unref);
  g_clear_pointer (&source->categories, g_array_unref);
  g_clear_pointer (&source->set_nodes, g_array_unref);
  g_clear_pointer (&source->set_starts, g_array_unref);
  g_clear_pointer (&source->set_sizes, g_array_unref);
}

void
alg_tree_tables_init (AlgTreeTables *tables)
{
  tables->roots = g_array_new (FALSE, FALSE, sizeof (guint32));
  tables->depths = g_array_new (FALSE, FALSE, sizeof (guint32));
  tables->nodes = g_array_new (FALSE, FALSE, sizeof (AlgNode));
  tables->values = g_array_new (FALSE, FALSE, sizeof (float));
  tables->sets = g_array_new (FALSE, FALSE, sizeof (AlgSet));
  tables->categories = g_array_new (FALSE, FALSE, sizeof (guint32));
  tables->max_feature = -1;
  tables->categorical = FALSE;
  tables->queue = g_array_new (FALSE, FALSE, sizeof (gint32));
  tables->node_sets = g_array_new (FALSE, FALSE, sizeof (gint32));
  tables->met = g_array_new (FALSE, FALSE, sizeof (guint8));
}

void
alg_tree_tables_clear (AlgTreeTables *tables)
{
  g_clear_pointer (&tables->roots, g_array_unref);
  g_clear_pointer (&tables->depths, g_array_unref);
  g_clear_pointer (&tables->nodes, g_array_unref);
  g_clear_pointer (&tables->values, g_array_unref);
  g_clear_pointer (&tables->sets, g_array_unref);
  g_clear_pointer (&tables->categories, g_array_unref);
  g_clear_pointer (&tables->queue, g_array_unref);
  g_clear_pointer (&tables->node_sets, g_array_unref);
  g_clear_pointer (&tables->met, g_array_unref);
}

static gint32
get (GArray *array,
     guint   index)
{
  return g_array_index (array, gint32, index);
}

/* Older models leave out the arrays that they have no use for. */
static gboolean
check_lengths (AlgTreeSource  *source,
               guint           tree,
               GError        **error)
{
  guint n = source->left->len;

  if (n == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Tree %u has no nodes", tree);
  if (source->right->len != n || source->features->len != n || source->conditions->len != n ||
      (source->default_left->len != 0 && source->default_left->len != n) ||
      (source->split_type->len != 0 && source->split_type->len != n))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Tree %u has arrays of different lengths", tree);
  if (source->set_starts->len != source->set_nodes->len ||
      source->set_sizes->len != source->set_nodes->len)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Tree %u has categorical arrays of different lengths", tree);
  if (source->leaf_size > 1)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                       "Tree %u has leaves of %" G_GINT64_FORMAT " values (multi_output_tree), "
                       "which are not supported", tree, source->leaf_size);

  return TRUE;
}

static int
compare_categories (gconstpointer a,
                    gconstpointer b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* Copies the sets of the tree, sorted, and notes which node has which. */
static gboolean
add_sets (AlgTreeTables  *tables,
          AlgTreeSource  *source,
          guint           tree,
          GError        **error)
{
  guint n = source->left->len;

  g_array_set_size (tables->node_sets, n);
  for (guint i = 0; i < n; i++)
    g_array_index (tables->node_sets, gint32, i) = -1;

  for (guint i = 0; i < source->set_nodes->len; i++)
    {
      gint32 node = get (source->set_nodes, i);
      gint32 start = get (source->set_starts, i);
      gint32 size = get (source->set_sizes, i);
      AlgSet set = { tables->categories->len, size };

      if (node < 0 || (guint) node >= n || start < 0 || size < 0 ||
          (guint64) start + size > source->categories->len ||
          get (tables->node_sets, node) >= 0 ||
          tables->categories->len + (guint64) size > MAX_NODES)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Tree %u has a categorical split that is out of range", tree);

      g_array_index (tables->node_sets, gint32, node) = tables->sets->len;
      g_array_append_val (tables->sets, set);
      if (size == 0)
        continue;

      g_array_append_vals (tables->categories,
                           &g_array_index (source->categories, gint32, start), size);
      qsort (&g_array_index (tables->categories, guint32, set.offset), size, sizeof (guint32),
             compare_categories);
    }

  return TRUE;
}

static void
append_leaf (AlgTreeTables *tables,
             float          value)
{
  AlgNode node = { .threshold = NAN, .left = tables->nodes->len - 1 };

  g_array_append_val (tables->nodes, node);
  g_array_append_val (tables->values, value);
}

static gboolean
append_split (AlgTreeTables  *tables,
              AlgTreeSource  *source,
              gint32          at,
              guint           tree,
              guint32         left,
              GError        **error)
{
  gint32 feature = get (source->features, at);
  gint32 set = get (tables->node_sets, at);
  AlgNode node = { .threshold = g_array_index (source->conditions, float, at), .left = left };
  static const float no_value = 0.0f;

  if (feature < 0 || (guint32) feature >= ALG_MAX_FEATURES)
    return sage_throw (error, SAGE_ERROR_INVALID, "Tree %u splits on feature %d", tree, feature);

  tables->max_feature = MAX (tables->max_feature, feature);
  node.feature = feature;

  if (source->default_left->len > 0 && get (source->default_left, at) != 0)
    node.feature |= ALG_NODE_DEFAULT_LEFT;
  if (source->split_type->len > 0 && get (source->split_type, at) == 1)
    {
      if (set < 0)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Tree %u has a categorical split without categories", tree);
      node.feature |= ALG_NODE_CATEGORICAL;
      node.set = set;
      tables->categorical = TRUE;
    }

  g_array_append_val (tables->nodes, node);
  g_array_append_val (tables->values, no_value);

  return TRUE;
}

/* Puts both children of @at into the queue; a node that was met before is part of a loop, or shared. */
static gboolean
enqueue_children (AlgTreeTables  *tables,
                  AlgTreeSource  *source,
                  gint32          at,
                  guint           tree,
                  GError        **error)
{
  gint32 children[2] = { get (source->left, at), get (source->right, at) };
  gint32 n = source->left->len;

  for (guint i = 0; i < 2; i++)
    {
      gint32 child = children[i];

      if (child <= 0 || child >= n || g_array_index (tables->met, guint8, child))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Tree %u: node %d has the impossible child %d", tree, at, child);

      g_array_index (tables->met, guint8, child) = TRUE;
      g_array_append_val (tables->queue, child);
    }

  return TRUE;
}

/**
 * alg_tree_tables_add:
 * @tables: the tables of the model so far
 * @source: one more tree
 * @error: return location
 *
 * Checks the tree and lays its nodes out level by level, siblings side by side. Nodes that cannot
 * be reached (XGBoost keeps pruned ones) are left out.
 *
 * Returns: whether it is a tree
 */
gboolean
alg_tree_tables_add (AlgTreeTables  *tables,
                     AlgTreeSource  *source,
                     GError        **error)
{
  guint tree = tables->roots->len;
  guint32 base = tables->nodes->len;
  gint32 root = 0;
  guint n = source->left->len;
  guint32 depth = 0;
  guint level_end = 1; /* in the queue */

  if (!check_lengths (source, tree, error))
    return FALSE;
  if (n > MAX_NODES - base)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The model has more than %u nodes", MAX_NODES);
  if (!add_sets (tables, source, tree, error))
    return FALSE;

  g_array_set_size (tables->met, n);
  memset (tables->met->data, 0, n);
  g_array_append_val (tables->roots, base);
  g_array_set_size (tables->queue, 0);
  g_array_append_val (tables->queue, root);

  for (guint i = 0; i < tables->queue->len; i++)
    {
      gint32 at = get (tables->queue, i);
      guint32 left = base + tables->queue->len;

      if (i == level_end)
        {
          depth++;
          level_end = tables->queue->len;
        }

      if (get (source->left, at) == -1)
        {
          append_leaf (tables, g_array_index (source->conditions, float, at));
          continue;
        }

      if (!append_split (tables, source, at, tree, left, error) ||
          !enqueue_children (tables, source, at, tree, error))
        return FALSE;
    }
  g_array_append_val (tables->depths, depth);

  return TRUE;
}
