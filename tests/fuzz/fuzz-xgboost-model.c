/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "alg-tree-model.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Whatever the bytes are: an error, or a model that can be asked. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlgTreeModel) model = alg_tree_model_parse (data, size, &error);
  g_autofree float *rows = NULL;
  g_autofree float *out = NULL;
  guint n_features;

  if (model == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  n_features = alg_tree_model_n_features (model);
  if (n_features > 10000)
    return 0;

  rows = g_new (float, 9 * n_features);
  out = g_new (float, 9 * alg_tree_model_n_groups (model));
  for (guint i = 0; i < 9 * n_features; i++)
    rows[i] = i % 7 == 0 ? NAN : i % 5 == 0 ? INFINITY : (float) i;
  alg_tree_model_predict (model, rows, 9, out);

  return 0;
}
