/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An XGBoost model in memory: trees (gbtree, dart) or a linear one (gblinear). Never changes, so
 * any number of threads may predict with it at once. */
typedef struct _AlgTreeModel AlgTreeModel;

AlgTreeModel *alg_tree_model_load        (const char    *path,
                                          GError       **error);
AlgTreeModel *alg_tree_model_load_folder (const char    *folder,
                                          GError       **error);
AlgTreeModel *alg_tree_model_parse       (const void    *data,
                                          gsize          length,
                                          GError       **error);
AlgTreeModel *alg_tree_model_ref         (AlgTreeModel  *model);
void          alg_tree_model_unref       (AlgTreeModel  *model);

guint         alg_tree_model_n_features  (AlgTreeModel  *model);
guint         alg_tree_model_n_groups    (AlgTreeModel  *model);
guint         alg_tree_model_n_outputs   (AlgTreeModel  *model);
guint         alg_tree_model_n_trees     (AlgTreeModel  *model);
const char   *alg_tree_model_objective   (AlgTreeModel  *model);

void          alg_tree_model_predict     (AlgTreeModel  *model,
                                          const float   *rows,
                                          gsize          n_rows,
                                          float         *out);
void          alg_tree_model_margins     (AlgTreeModel  *model,
                                          const float   *rows,
                                          gsize          n_rows,
                                          float         *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlgTreeModel, alg_tree_model_unref)

G_END_DECLS
