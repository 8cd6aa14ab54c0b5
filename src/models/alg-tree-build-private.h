/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-tree-model-private.h"

G_BEGIN_DECLS

/* One tree as XGBoost writes it: parallel arrays over the nodes. */
typedef struct
{
  GArray *left;         /* of gint32: -1 at a leaf */
  GArray *right;        /* of gint32 */
  GArray *features;     /* of gint32 */
  GArray *conditions;   /* of float: threshold, or what a leaf is worth */
  GArray *default_left; /* of gint32 */
  GArray *split_type;   /* of gint32: 1 where categorical; may be empty */
  GArray *categories;   /* of gint32: all sets one behind the other */
  GArray *set_nodes;    /* of gint32: the categorical nodes */
  GArray *set_starts;   /* of gint32: where their sets begin */
  GArray *set_sizes;    /* of gint32 */
  gint64  leaf_size;    /* how many values a leaf has */
} AlgTreeSource;

/* The tables of a model while they grow. */
typedef struct
{
  GArray  *roots;       /* of guint32 */
  GArray  *depths;      /* of guint32 */
  GArray  *nodes;       /* of AlgNode */
  GArray  *values;      /* of float */
  GArray  *sets;        /* of AlgSet */
  GArray  *categories;  /* of guint32 */
  gint32   max_feature; /* the highest index met, -1 if none */
  gboolean categorical;
  GArray  *queue;       /* of gint32: scratch */
  GArray  *node_sets;   /* of gint32: scratch: the set of each node */
  GArray  *met;         /* of guint8: scratch: whether a node has its place */
} AlgTreeTables;

void     alg_tree_source_init  (AlgTreeSource  *source);
void     alg_tree_source_reset (AlgTreeSource  *source);
void     alg_tree_source_clear (AlgTreeSource  *source);
void     alg_tree_tables_init  (AlgTreeTables  *tables);
void     alg_tree_tables_clear (AlgTreeTables  *tables);
gboolean alg_tree_tables_add   (AlgTreeTables  *tables,
                                AlgTreeSource  *source,
                                GError        **error);

G_END_DECLS
