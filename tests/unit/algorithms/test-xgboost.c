/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <xgboost/c_api.h>

#include "sage-error.h"
#include "sage-file.h"

#include "alg-xgboost.h"

#define ROWS 400
#define FEATURES 5

/* A container's /opt/ml in a directory of its own. */
typedef struct
{
  char  *root;
  float  features[ROWS * FEATURES];
  float  labels[ROWS];
} Fixture;

static void
write_file (Fixture    *fixture,
            const char *relative,
            const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, relative, NULL);
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_rows (Fixture    *fixture,
            const char *relative,
            guint       first,
            guint       count)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = first; i < first + count; i++)
    {
      g_string_append_printf (text, "%g", (double) fixture->labels[i]);
      for (guint j = 0; j < FEATURES; j++)
        g_string_append_printf (text, ",%.9g", (double) fixture->features[i * FEATURES + j]);
      g_string_append_c (text, '\n');
    }

  write_file (fixture, relative, text->str);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  fixture->root = g_dir_make_tmp ("sagebrush-xgboost-XXXXXX", NULL);
  g_assert_nonnull (fixture->root);

  for (guint i = 0; i < ROWS; i++)
    {
      float *row = &fixture->features[i * FEATURES];

      for (guint j = 0; j < FEATURES; j++)
        row[j] = (float) g_rand_double (rand);

      fixture->labels[i] = row[0] + row[1] * row[2] > 0.75f + 0.2f * row[3] ? 1.0f : 0.0f;
    }

  write_rows (fixture, "input/data/train/part-0.csv", 0, 200);
  write_rows (fixture, "input/data/train/more/part-1.csv", 200, 100);
  write_rows (fixture, "input/data/validation/v.csv", 300, 100);
  write_file (fixture, "input/data/train/_SUCCESS", "not data");
  write_file (fixture, "input/config/inputdataconfig.json",
              "{\"train\":{\"ContentType\":\"text/csv; label_size=1\"},\"validation\":{}}");
  write_file (fixture, "input/config/hyperparameters.json",
              "{\"num_round\":\"8\",\"objective\":\"binary:logistic\",\"max_depth\":\"4\","
              "\"eval_metric\":\"logloss,accuracy\",\"nthread\":\"2\"}");
  g_setenv ("SAGEBRUSH_OPT_ML", fixture->root, TRUE);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_assert_true (sage_dir_remove (fixture->root, NULL));
  g_free (fixture->root);
}

/* Trains with standard output going to a file, which is returned. */
static char *
train (Fixture    *fixture,
       AlgResult  *result,
       GError    **error)
{
  g_autofree char *path = g_build_filename (fixture->root, "stdout", NULL);
  g_autoptr(AlgJob) job = alg_job_load (error);
  int saved = dup (STDOUT_FILENO);
  char *text = NULL;

  g_assert_nonnull (job);
  fflush (stdout);
  g_assert_nonnull (freopen (path, "w", stdout));
  *result = alg_xgboost_train (job, error);
  fflush (stdout);
  dup2 (saved, STDOUT_FILENO);
  close (saved);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static float *
predict (BoosterHandle  booster,
         Fixture       *fixture)
{
  const char *config = "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,"
                       "\"strict_shape\":false}";
  const bst_ulong *shape;
  const float *values;
  bst_ulong dimensions;
  DMatrixHandle matrix;
  float *copy;

  XGDMatrixCreateFromMat (fixture->features, ROWS, FEATURES, NAN, &matrix);
  g_assert_cmpint (XGBoosterPredictFromDMatrix (booster, matrix, config, &shape, &dimensions,
                                                &values), ==, 0);
  copy = g_memdup2 (values, ROWS * sizeof (float));
  XGDMatrixFree (matrix);

  return copy;
}

static BoosterHandle
load_model (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->root, "model", "xgboost-model", NULL);
  BoosterHandle booster;

  g_assert_cmpint (XGBoosterCreate (NULL, 0, &booster), ==, 0);
  g_assert_cmpint (XGBoosterLoadModel (booster, path), ==, 0);

  return booster;
}

/* The same training by the shortest way through libxgboost. */
static BoosterHandle
train_plainly (Fixture *fixture,
               guint    rounds)
{
  BoosterHandle booster;
  DMatrixHandle matrix;

  XGDMatrixCreateFromMat (fixture->features, 300, FEATURES, NAN, &matrix);
  XGDMatrixSetFloatInfo (matrix, "label", fixture->labels, 300);
  XGBoosterCreate (&matrix, 1, &booster);
  XGBoosterSetParam (booster, "objective", "binary:logistic");
  XGBoosterSetParam (booster, "max_depth", "4");
  XGBoosterSetParam (booster, "nthread", "2");

  for (guint i = 0; i < rounds; i++)
    g_assert_cmpint (XGBoosterUpdateOneIter (booster, (int) i, matrix), ==, 0);

  XGDMatrixFree (matrix);

  return booster;
}

static void
check_same (Fixture       *fixture,
            BoosterHandle  first,
            BoosterHandle  second)
{
  g_autofree float *a = predict (first, fixture);
  g_autofree float *b = predict (second, fixture);

  g_assert_cmpmem (a, ROWS * sizeof (float), b, ROWS * sizeof (float));
}

static guint
count_rounds (BoosterHandle booster)
{
  int rounds;

  XGBoosterBoostedRounds (booster, &rounds);

  return (guint) rounds;
}

static void
test_train (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  AlgResult result;
  g_autofree char *log = train (fixture, &result, &error);
  BoosterHandle ours, plain;

  g_assert_no_error (error);
  g_assert_cmpint (result, ==, ALG_RESULT_DONE);
  g_assert_nonnull (strstr (log, "Train matrix has 300 rows and 5 columns\n"));
  g_assert_nonnull (strstr (log, "Validation matrix has 100 rows and 5 columns\n"));
  /* The regular expressions that AWS publishes for its metrics. */
  g_assert_true (g_regex_match_simple ("^\\[0\\].*#011train-logloss:([-+]?[0-9]*\\.?[0-9]+)", log,
                                       G_REGEX_MULTILINE, 0));
  g_assert_true (g_regex_match_simple (".*\\[[0-9]+\\].*#011validation-accuracy:"
                                       "([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*",
                                       log, 0, 0));

  ours = load_model (fixture);
  plain = train_plainly (fixture, 8);
  g_assert_cmpuint (count_rounds (ours), ==, 8);
  check_same (fixture, ours, plain);
  XGBoosterFree (ours);
  XGBoosterFree (plain);
}

static void
test_early_stopping (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  AlgResult result;
  g_autofree char *log = NULL;
  BoosterHandle booster;
  const char *best = NULL;
  int found;

  write_file (fixture, "input/config/hyperparameters.json",
              "{\"num_round\":\"500\",\"objective\":\"binary:logistic\",\"max_depth\":\"6\","
              "\"eta\":\"1\",\"eval_metric\":\"auc,logloss\",\"early_stopping_rounds\":\"3\"}");
  log = train (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (log, "Stopping early after iteration"));

  booster = load_model (fixture);
  g_assert_cmpint (XGBoosterGetAttr (booster, "best_iteration", &best, &found), ==, 0);
  g_assert_true (found);
  g_assert_cmpuint (count_rounds (booster), ==, g_ascii_strtoull (best, NULL, 10) + 1);
  g_assert_cmpuint (count_rounds (booster), <, 400);
  XGBoosterFree (booster);
}

/* A job that is run again with its checkpoints goes on where they end, to the same model. */
static void
test_checkpoint (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  BoosterHandle ours, plain;
  AlgResult result;

  write_file (fixture, "input/config/checkpointconfig.json",
              "{\"LocalPath\":\"/opt/ml/checkpoints\"}");
  first = train (fixture, &result, &error);
  g_assert_no_error (error);
  /* What a crash may leave must not be in the way. */
  write_file (fixture, "checkpoints/xgboost-checkpoint.99", "{damaged");
  write_file (fixture, "checkpoints/xgboost-checkpoint.tmp", "");
  write_file (fixture, "input/config/hyperparameters.json",
              "{\"num_round\":\"12\",\"objective\":\"binary:logistic\",\"max_depth\":\"4\","
              "\"nthread\":\"2\"}");
  second = train (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (second, "xgboost-checkpoint.99 is skipped"));
  g_assert_nonnull (strstr (second, "Resuming from iteration 8\n"));
  g_assert_null (strstr (second, "\n[7]"));
  g_assert_nonnull (strstr (second, "\n[8]"));

  ours = load_model (fixture);
  plain = train_plainly (fixture, 12);
  g_assert_cmpuint (count_rounds (ours), ==, 12);
  check_same (fixture, ours, plain);
  XGBoosterFree (ours);
  XGBoosterFree (plain);
}

static void
remove_train_data (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->root, "input", "data", "train", NULL);

  g_assert_true (sage_dir_remove (path, NULL));
}

static void
test_libsvm_is_the_default (Fixture       *fixture,
                            gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  AlgResult result;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  write_file (fixture, "input/config/inputdataconfig.json", "{\"train\":{}}");
  first = train (fixture, &result, &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
  g_assert_nonnull (strstr (error->message, "ContentType text/csv is not set"));
  g_clear_error (&error);

  remove_train_data (fixture);
  write_file (fixture, "input/data/train/a.libsvm", "1 0:1 2:0.5\n0 1:1\n1 0:2\n0 3:4\n");
  second = train (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (second, "Train matrix has 4 rows and 4 columns"));
}

static const struct
{
  const char *path;
  const char *text;
  const char *message;
} faults[] = {
  { "input/config/inputdataconfig.json", "{}", "Channel 'train' is required" },
  { "input/config/inputdataconfig.json", "{\"train\":{\"ContentType\":\"application/x-parquet\"}}",
    "ContentType 'application/x-parquet' cannot be read here" },
  { "input/config/inputdataconfig.json",
    "{\"train\":{\"ContentType\":\"text/csv;label_size=2\"}}", "label_size must be 1" },
  { "input/config/inputdataconfig.json",
    "{\"train\":{\"ContentType\":\"csv\",\"TrainingInputMode\":\"Pipe\"}}", "Input mode Pipe" },
  { "input/config/inputdataconfig.json", "{\"train\":{\"ContentType\":\"csv\"},\"validation\":{},",
    "inputdataconfig.json" },
  { "input/config/resourceconfig.json", "{\"hosts\":[\"algo-1\",\"algo-2\"]}",
    "InstanceCount is 2" },
  { "input/data/validation/v.csv", "1,2,3\n", "'validation' has 3 columns, channel 'train' 6" },
  { "input/data/validation/v.csv", "", "Channel 'validation' holds no data" },
  { "input/data/train/zz.csv", "label,a,b,c,d,e\n", "Channel 'train': zz.csv, row 1, column 1" },
  { "input/data/train/zz.csv", "7,1,2,3,4,5\n", "label must be in [0,1]" },
  { "input/config/hyperparameters.json", "{\"num_round\":\"1\",\"depth\":\"2\"}",
    "no hyperparameter named: depth" },
};

static void
test_faults (Fixture       *fixture,
             gconstpointer  user_data)
{
  gsize index = GPOINTER_TO_SIZE (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(AlgJob) job = NULL;
  g_autofree char *model = g_build_filename (fixture->root, "model", "xgboost-model", NULL);
  AlgResult result = ALG_RESULT_FAILED;

  write_file (fixture, faults[index].path, faults[index].text);
  job = alg_job_load (&error);

  if (job != NULL)
    {
      g_autofree char *log = train (fixture, &result, &error);
    }

  g_assert_cmpint (result, ==, ALG_RESULT_FAILED);
  g_assert_nonnull (error);

  if (strstr (error->message, faults[index].message) == NULL)
    g_error ("'%s' does not say '%s'", error->message, faults[index].message);

  g_assert_null (strchr (error->message, '\n'));
  g_assert_false (g_file_test (model, G_FILE_TEST_EXISTS));
}

static void
test_weights (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *log = NULL;
  g_autofree char *bad = NULL;
  AlgResult result;

  write_file (fixture, "input/config/hyperparameters.json",
              "{\"num_round\":\"2\",\"csv_weights\":\"1\"}");
  remove_train_data (fixture);
  write_file (fixture, "input/data/train/t.csv", "1,0.5,3,4\n0,2,5,6\n1,1,3,5\n");
  write_file (fixture, "input/data/validation/v.csv", "1,3,4\n0,5,6\n");
  log = train (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (log, "Train matrix has 3 rows and 2 columns"));
  g_assert_nonnull (strstr (log, "Validation matrix has 2 rows and 2 columns"));

  write_file (fixture, "input/data/train/t.csv", "1,0.5,3,4\n0,,5,6\n");
  bad = train (fixture, &result, &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "Record 2: the weight"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) \
  g_test_add ("/algorithms/xgboost/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("train", test_train);
  ADD ("early-stopping", test_early_stopping);
  ADD ("checkpoint", test_checkpoint);
  ADD ("libsvm", test_libsvm_is_the_default);
  ADD ("weights", test_weights);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strdup_printf ("/algorithms/xgboost/fault/%" G_GSIZE_FORMAT, i);

      g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_faults, tear_down);
    }

  return g_test_run ();
}
