/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <xgboost/c_api.h>

#include "alg-tree-model.h"
#include "sage-error.h"

/* Trains small models with libxgboost and compares every bit of what both say of the same rows. */

#define N_ROWS 211

typedef struct
{
  const char *name;
  const char *objective;
  const char *booster;
  int         depth;
  int         rounds;
  int         n_features;
  int         n_classes;  /* 0: not a matter of classes */
  double      missing;    /* share of the values that are */
  gboolean    categories; /* every third feature is one */
  const char *extra;      /* (nullable): one more "parameter=value" */
} Case;

static const Case cases[] = {
  { "squared error", "reg:squarederror", "gbtree", 6, 20, 10, 0, 0.0, FALSE, NULL },
  { "squared error, missing", "reg:squarederror", "gbtree", 6, 20, 10, 0, 0.3, FALSE, NULL },
  { "stumps", "reg:squarederror", "gbtree", 1, 50, 5, 0, 0.1, FALSE, NULL },
  { "deep", "reg:squarederror", "gbtree", 10, 10, 30, 0, 0.1, FALSE, "min_child_weight=0" },
  { "uneven", "reg:squarederror", "gbtree", 0, 12, 8, 0, 0.1, FALSE, "max_leaves=40" },
  { "one tree", "reg:squarederror", "gbtree", 4, 1, 3, 0, 0.0, FALSE, NULL },
  { "nine trees", "reg:squarederror", "gbtree", 4, 9, 3, 0, 0.0, FALSE, NULL },
  { "more features than the quick walk takes", "reg:squarederror", "gbtree", 6, 20, 300, 0, 0.1, FALSE, NULL },
  { "as many as it takes", "multi:softprob", "gbtree", 6, 7, 256, 3, 0.1, FALSE, NULL },
  { "one feature", "reg:squarederror", "gbtree", 4, 5, 1, 0, 0.2, FALSE, NULL },
  { "forest", "reg:squarederror", "gbtree", 5, 4, 8, 0, 0.1, FALSE, "num_parallel_tree=5" },
  { "base score", "reg:squarederror", "gbtree", 3, 7, 8, 0, 0.1, FALSE, "base_score=3.75" },
  { "exact", "reg:squarederror", "gbtree", 5, 8, 8, 0, 0.1, FALSE, "tree_method=exact" },
  { "pruned", "reg:squarederror", "gbtree", 6, 8, 8, 0, 0.1, FALSE, "gamma=8" },
  { "logistic", "binary:logistic", "gbtree", 6, 30, 30, 0, 0.1, FALSE, NULL },
  { "logistic, sure", "binary:logistic", "gbtree", 6, 60, 30, 0, 0.0, FALSE, "eta=3" },
  { "logistic, base", "binary:logistic", "gbtree", 3, 5, 9, 0, 0.1, FALSE, "base_score=0.123" },
  { "logistic regression", "reg:logistic", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "raw logistic", "binary:logitraw", "gbtree", 4, 11, 9, 0, 0.1, FALSE, "base_score=0.3" },
  { "hinge", "binary:hinge", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "poisson", "count:poisson", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "gamma", "reg:gamma", "gbtree", 4, 11, 9, 0, 0.1, FALSE, "base_score=0.7" },
  { "tweedie", "reg:tweedie", "gbtree", 4, 11, 9, 0, 0.1, FALSE, "tweedie_variance_power=1.3" },
  { "squared log", "reg:squaredlogerror", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "pseudo Huber", "reg:pseudohubererror", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "absolute error", "reg:absoluteerror", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "quantile", "reg:quantileerror", "gbtree", 4, 11, 9, 0, 0.1, FALSE, "quantile_alpha=0.3" },
  { "cox", "survival:cox", "gbtree", 3, 5, 9, 0, 0.1, FALSE, NULL },
  { "rank pairwise", "rank:pairwise", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "rank ndcg", "rank:ndcg", "gbtree", 4, 11, 9, 0, 0.1, FALSE, NULL },
  { "classes", "multi:softprob", "gbtree", 5, 9, 12, 3, 0.1, FALSE, NULL },
  { "many classes", "multi:softprob", "gbtree", 4, 4, 12, 17, 0.1, FALSE, NULL },
  { "best class", "multi:softmax", "gbtree", 5, 9, 12, 5, 0.1, FALSE, NULL },
  { "forest of classes", "multi:softprob", "gbtree", 3, 3, 12, 4, 0.1, FALSE, "num_parallel_tree=3" },
  { "dart", "reg:squarederror", "dart", 5, 20, 10, 0, 0.1, FALSE, "rate_drop=0.4" },
  { "dart logistic", "binary:logistic", "dart", 5, 20, 10, 0, 0.1, FALSE, "rate_drop=0.4" },
  { "dart of classes", "multi:softprob", "dart", 4, 9, 10, 3, 0.1, FALSE, "rate_drop=0.4" },
  { "linear", "reg:squarederror", "gblinear", 0, 9, 10, 0, 0.0, FALSE, NULL },
  { "linear, missing", "binary:logistic", "gblinear", 0, 9, 10, 0, 0.2, FALSE, NULL },
  { "linear classes", "multi:softprob", "gblinear", 0, 9, 10, 4, 0.2, FALSE, NULL },
  { "categories", "reg:squarederror", "gbtree", 6, 12, 9, 0, 0.1, TRUE, "max_cat_to_onehot=1" },
  { "one-hot categories", "binary:logistic", "gbtree", 6, 12, 9, 0, 0.1, TRUE, "max_cat_to_onehot=99" },
  { "categories, dart", "multi:softprob", "dart", 4, 6, 9, 3, 0.1, TRUE, "max_cat_to_onehot=4" },
};

static void
check (int status)
{
  if (status != 0)
    g_error ("libxgboost: %s", XGBGetLastError ());
}

static float *
new_rows (GRand      *rand,
          const Case *item)
{
  float *rows = g_new (float, N_ROWS * item->n_features);

  for (int i = 0; i < N_ROWS; i++)
    for (int j = 0; j < item->n_features; j++)
      {
        float *value = &rows[i * item->n_features + j];

        if (g_rand_double (rand) < item->missing)
          *value = NAN;
        else if (item->categories && j % 3 == 0)
          *value = g_rand_int_range (rand, 0, 40);
        else
          *value = (float) g_rand_double_range (rand, -3, 3);
      }

  return rows;
}

static float *
new_labels (GRand      *rand,
            const Case *item,
            const float *rows)
{
  float *labels = g_new (float, N_ROWS);

  for (int i = 0; i < N_ROWS; i++)
    {
      float x = rows[i * item->n_features];
      float y = (isnan (x) ? 0.5f : sinf (x)) + 1.5f + (float) g_rand_double (rand);

      if (item->n_classes > 0)
        labels[i] = (int) (y * 100) % item->n_classes;
      else if (g_str_has_prefix (item->objective, "binary:") ||
               g_str_equal (item->objective, "reg:logistic"))
        labels[i] = y > 2;
      else if (g_str_has_prefix (item->objective, "rank:"))
        labels[i] = (int) y;
      else
        labels[i] = y;
    }

  return labels;
}

static DMatrixHandle
new_matrix (const Case  *item,
            const float *rows,
            int          n_rows,
            const float *labels)
{
  g_autofree char *array =
    g_strdup_printf ("{\"data\": [%" G_GSIZE_FORMAT ", false], \"shape\": [%d, %d], "
                     "\"typestr\": \"<f4\", \"version\": 3}",
                     (gsize) rows, n_rows, item->n_features);
  DMatrixHandle matrix;

  check (XGDMatrixCreateFromDense (array, "{\"missing\": NaN, \"nthread\": 1}", &matrix));
  if (labels != NULL)
    check (XGDMatrixSetFloatInfo (matrix, "label", labels, n_rows));
  if (labels != NULL && g_str_has_prefix (item->objective, "rank:"))
    {
      unsigned groups[] = { 100, N_ROWS - 100 };

      check (XGDMatrixSetUIntInfo (matrix, "group", groups, 2));
    }
  if (item->categories)
    {
      g_autofree const char **types = g_new (const char *, item->n_features);

      for (int i = 0; i < item->n_features; i++)
        types[i] = i % 3 == 0 ? "c" : "float";
      check (XGDMatrixSetStrFeatureInfo (matrix, "feature_type", types, item->n_features));
    }

  return matrix;
}

static void
set_int (BoosterHandle  booster,
         const char    *name,
         int            value)
{
  g_autofree char *text = g_strdup_printf ("%d", value);

  check (XGBoosterSetParam (booster, name, text));
}

static BoosterHandle
train (const Case    *item,
       DMatrixHandle  matrix)
{
  BoosterHandle booster;

  check (XGBoosterCreate (&matrix, 1, &booster));
  check (XGBoosterSetParam (booster, "objective", item->objective));
  check (XGBoosterSetParam (booster, "booster", item->booster));
  check (XGBoosterSetParam (booster, "verbosity", "0"));
  check (XGBoosterSetParam (booster, "nthread", "1"));
  if (!g_str_equal (item->booster, "gblinear"))
    set_int (booster, "max_depth", item->depth);
  else
    check (XGBoosterSetParam (booster, "updater", "coord_descent"));
  if (item->n_classes > 0)
    set_int (booster, "num_class", item->n_classes);
  if (item->extra != NULL)
    {
      g_auto(GStrv) parts = g_strsplit (item->extra, "=", 2);

      check (XGBoosterSetParam (booster, parts[0], parts[1]));
    }

  for (int i = 0; i < item->rounds; i++)
    check (XGBoosterUpdateOneIter (booster, i, matrix));

  return booster;
}

/* What libxgboost says of the rows after it has read the file again. */
static const float *
reference (const char    *path,
           DMatrixHandle  matrix,
           gboolean       margin,
           BoosterHandle *booster,
           bst_ulong     *length)
{
  const char *config = margin ? "{\"type\": 1, \"training\": false, \"iteration_begin\": 0, "
                                "\"iteration_end\": 0, \"strict_shape\": false}"
                              : "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, "
                                "\"iteration_end\": 0, \"strict_shape\": false}";
  const bst_ulong *shape;
  bst_ulong dimensions;
  const float *values;

  check (XGBoosterCreate (NULL, 0, booster));
  check (XGBoosterSetParam (*booster, "nthread", "1"));
  check (XGBoosterLoadModel (*booster, path));
  check (XGBoosterPredictFromDMatrix (*booster, matrix, config, &shape, &dimensions, &values));

  *length = 1;
  for (bst_ulong i = 0; i < dimensions; i++)
    *length *= shape[i];

  return values;
}

static void
assert_same_bits (const Case  *item,
                  const float *ours,
                  const float *theirs,
                  gsize        n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 a, b;

      memcpy (&a, &ours[i], sizeof a);
      memcpy (&b, &theirs[i], sizeof b);
      if (a != b)
        g_error ("%s: value %" G_GSIZE_FORMAT " is %.9g (%08x), libxgboost says %.9g (%08x)",
                 item->name, i, ours[i], a, theirs[i], b);
    }
}

static void
compare (const Case  *item,
         const char  *path,
         const float *rows)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlgTreeModel) model = alg_tree_model_load (path, &error);
  DMatrixHandle matrix = new_matrix (item, rows, N_ROWS, NULL);
  g_autofree float *ours = NULL;
  BoosterHandle booster;
  const float *theirs;
  bst_ulong length;

  g_assert_no_error (error);
  g_assert_cmpuint (alg_tree_model_n_features (model), ==, item->n_features);
  g_assert_cmpstr (alg_tree_model_objective (model), ==, item->objective);
  ours = g_new (float, N_ROWS * alg_tree_model_n_groups (model));

  for (int margin = 0; margin < 2; margin++)
    {
      theirs = reference (path, matrix, margin, &booster, &length);
      if (margin)
        alg_tree_model_margins (model, rows, N_ROWS, ours);
      else
        alg_tree_model_predict (model, rows, N_ROWS, ours);
      assert_same_bits (item, ours, theirs, length);

      /* One at a time takes another path through the code. */
      for (int i = 0; !margin && i < N_ROWS; i++)
        {
          guint n = alg_tree_model_n_outputs (model);

          g_assert_cmpuint (length, ==, (gsize) N_ROWS * n);
          alg_tree_model_predict (model, rows + i * item->n_features, 1, ours);
          assert_same_bits (item, ours, theirs + i * n, n);
        }
      XGBoosterFree (booster);
    }

  XGDMatrixFree (matrix);
}

static void
test_equal (gconstpointer data)
{
  const Case *item = data;
  g_autofree char *folder = g_dir_make_tmp ("alg-tree-XXXXXX", NULL);
  static const char * const names[] = { "m.json", "m.ubj" };

  for (guint32 seed = 1; seed <= 3; seed++)
    {
      g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
      g_autofree float *rows = new_rows (rand, item);
      g_autofree float *others = new_rows (rand, item);
      g_autofree float *labels = new_labels (rand, item, rows);
      DMatrixHandle matrix = new_matrix (item, rows, N_ROWS, labels);
      BoosterHandle booster = train (item, matrix);

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *path = g_build_filename (folder, names[i], NULL);

          check (XGBoosterSaveModel (booster, path));
          compare (item, path, rows);
          compare (item, path, others);
          g_unlink (path);
        }

      XGBoosterFree (booster);
      XGDMatrixFree (matrix);
    }

  g_rmdir (folder);
}

/* Values that a DMatrix does not take, but PredictFromDense does: infinities and huge ones. */
static void
test_infinite (void)
{
  static const Case item = { "infinite", "reg:squarederror", "gbtree", 6, 20, 4, 0, 0.1, FALSE, NULL };
  static const float odd[] = { INFINITY, -INFINITY, 3.4e38f, -3.4e38f, 0.0f, -0.0f, 1e-45f, NAN };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  g_autofree float *rows = new_rows (rand, &item);
  g_autofree float *labels = new_labels (rand, &item, rows);
  DMatrixHandle matrix = new_matrix (&item, rows, N_ROWS, labels);
  BoosterHandle booster = train (&item, matrix);
  g_autoptr(AlgTreeModel) model = NULL;
  g_autofree float *ours = g_new (float, N_ROWS);
  g_autofree char *array = NULL;
  const bst_ulong *shape;
  bst_ulong dimensions;
  bst_ulong length;
  const char *bytes;
  const float *theirs;

  for (int i = 0; i < N_ROWS * 4; i++)
    if (g_rand_boolean (rand))
      rows[i] = odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))];

  array = g_strdup_printf ("{\"data\": [%" G_GSIZE_FORMAT ", false], \"shape\": [%d, %d], "
                           "\"typestr\": \"<f4\", \"version\": 3}", (gsize) rows, N_ROWS, 4);
  check (XGBoosterSaveModelToBuffer (booster, "{\"format\": \"ubj\"}", &length, &bytes));
  model = alg_tree_model_parse (bytes, length, NULL);
  g_assert_nonnull (model);
  alg_tree_model_predict (model, rows, N_ROWS, ours);

  check (XGBoosterPredictFromDense (booster, array,
                                    "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, "
                                    "\"iteration_end\": 0, \"strict_shape\": false, "
                                    "\"missing\": NaN, \"cache_id\": 0}",
                                    NULL, &shape, &dimensions, &theirs));
  assert_same_bits (&item, ours, theirs, N_ROWS);

  XGBoosterFree (booster);
  XGDMatrixFree (matrix);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("OMP_NUM_THREADS", "1", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tree-model/equal/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_equal);
    }
  g_test_add_func ("/tree-model/equal/infinite", test_infinite);

  return g_test_run ();
}
