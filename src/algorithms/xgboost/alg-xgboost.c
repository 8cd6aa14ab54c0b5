/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#include "alg-dataset.h"
#include "alg-xgboost-booster.h"
#include "alg-xgboost-checkpoint.h"
#include "alg-xgboost-eval.h"
#include "alg-xgboost-params.h"
#include "alg-xgboost.h"

/* A checkpoint writes the whole model, which grows: not after every round. */
#define CHECKPOINT_INTERVAL 10

enum
{
  TRAIN,
  VALIDATION,
  N_MATRICES,
};

/* One training run. */
typedef struct
{
  AlgJob           *job;
  AlgXgboostParams *params;               /* (owned) */
  DMatrixHandle     matrices[N_MATRICES]; /* (owned) */
  guint             n_matrices;
  gsize             train_columns;        /* of a CSV, label and weight included; otherwise 0 */
  BoosterHandle     booster;              /* (owned) */
  guint             first_round;          /* what a checkpoint already holds */
  guint             rounds;               /* done so far */
  gboolean          has_best;
  double            best_score;
  guint             best_round;
} Run;

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->booster, alg_xgboost_booster_free);
  g_clear_pointer (&run->matrices[TRAIN], alg_xgboost_matrix_free);
  g_clear_pointer (&run->matrices[VALIDATION], alg_xgboost_matrix_free);
  g_clear_pointer (&run->params, alg_xgboost_params_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static guint
run_threads (Run *run)
{
  const char *text = alg_xgboost_params_get (run->params, "nthread");

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : run->job->cpus;
}

/* SageMaker takes a weight column from the training data only; validation data that has as many
 * columns has it too. */
static gboolean
check_width (Run         *run,
             AlgDataset  *validation,
             gboolean    *weighted,
             GError     **error)
{
  gsize expected = run->train_columns;

  *weighted = run->params->csv_weights;

  if (validation->format != ALG_FORMAT_CSV || expected == 0
      || validation->csv.columns == expected)
    return TRUE;

  if (run->params->csv_weights && validation->csv.columns + 1 == expected)
    {
      *weighted = FALSE;
      return TRUE;
    }

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "Channel 'validation' has %" G_GSIZE_FORMAT " columns, channel 'train' %"
                     G_GSIZE_FORMAT, validation->csv.columns, expected);
}

static gboolean
make_matrix (Run         *run,
             guint        which,
             AlgDataset  *dataset,
             gboolean     weighted,
             GError     **error)
{
  static const char *const titles[] = { "Train", "Validation" };
  bst_ulong rows, columns;

  run->matrices[which] = alg_xgboost_matrix_new (dataset, weighted, run_threads (run), error);

  if (run->matrices[which] == NULL)
    {
      g_prefix_error (error, "Channel '%s': ", which == TRAIN ? "train" : "validation");
      return FALSE;
    }

  XGDMatrixNumRow (run->matrices[which], &rows);
  XGDMatrixNumCol (run->matrices[which], &columns);
  printf ("%s matrix has %" G_GUINT64_FORMAT " rows and %" G_GUINT64_FORMAT " columns\n",
          titles[which], rows, columns);
  run->n_matrices = which + 1;

  return TRUE;
}

static gboolean
load_train (Run     *run,
            GError **error)
{
  g_autoptr(AlgDataset) train = NULL;

  if (!alg_dataset_has_channel (run->job, "train"))
    return sage_throw (error, SAGE_ERROR_INVALID, "Channel 'train' is required");

  train = alg_dataset_load (run->job, "train", NULL, error);

  if (train == NULL)
    return FALSE;

  run->train_columns = train->format == ALG_FORMAT_CSV ? train->csv.columns : 0;

  return make_matrix (run, TRAIN, train, run->params->csv_weights, error);
}

/* After load_train(): the text of only one channel is in memory at a time. */
static gboolean
load_validation (Run     *run,
                 GError **error)
{
  JsonObject *train = sage_json_object (run->job->channels, "train");
  g_autoptr(AlgDataset) validation = NULL;
  gboolean weighted;

  if (!alg_dataset_has_channel (run->job, "validation"))
    return TRUE;

  validation = alg_dataset_load (run->job, "validation",
                                 sage_json_string (train, "ContentType", NULL), error);

  return validation != NULL && check_width (run, validation, &weighted, error)
         && make_matrix (run, VALIDATION, validation, weighted, error);
}

/* What early stopping had found when the checkpoint was taken. */
static void
restore_best (Run *run)
{
  const char *score, *round;
  int has_score = 0, has_round = 0;

  if (XGBoosterGetAttr (run->booster, "best_score", &score, &has_score) == 0 && has_score)
    run->best_score = g_ascii_strtod (score, NULL);

  if (XGBoosterGetAttr (run->booster, "best_iteration", &round, &has_round) == 0 && has_round)
    run->best_round = (guint) g_ascii_strtoull (round, NULL, 10);

  run->has_best = has_score && has_round;
}

/* A checkpoint may be what a crash left: the newest that loads wins. */
static gboolean
open_booster (Run     *run,
              GError **error)
{
  for (guint skip = 0;; skip++)
    {
      g_autofree char *path = alg_xgboost_checkpoint_find (run->job->checkpoint_dir, skip,
                                                           &run->first_round);
      g_autoptr(GError) local_error = NULL;

      run->booster = alg_xgboost_booster_new (run->params, run->matrices, run->n_matrices, path,
                                              &local_error);

      if (run->booster != NULL && path != NULL)
        {
          printf ("Checkpoint loaded from %s\nResuming from iteration %u\n", path,
                  run->first_round);
          restore_best (run);
        }

      if (run->booster != NULL)
        return TRUE;

      if (path == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      printf ("Checkpoint %s is skipped: %s\n", path, local_error->message);
    }
}

static void
set_attribute (Run        *run,
               const char *name,
               const char *value)
{
  XGBoosterSetAttr (run->booster, name, value);
}

static void
store_best (Run *run)
{
  g_autofree char *round = g_strdup_printf ("%u", run->best_round);
  char score[G_ASCII_DTOSTR_BUF_SIZE];

  set_attribute (run, "best_iteration", round);
  set_attribute (run, "best_score", g_ascii_dtostr (score, sizeof score, run->best_score));
}

/* Notes the score; %TRUE when the model has not become better for long enough to stop. */
static gboolean
is_exhausted (Run                   *run,
              const AlgXgboostScore *score,
              guint                  round)
{
  gboolean better;

  if (score == NULL)
    return FALSE;

  better = alg_xgboost_metric_maximizes (score->metric) ? score->value > run->best_score
                                                        : score->value < run->best_score;

  if (!run->has_best || better)
    {
      run->has_best = TRUE;
      run->best_score = score->value;
      run->best_round = round;
      store_best (run);
    }

  if (round - run->best_round < run->params->stop_rounds)
    return FALSE;

  printf ("Stopping early after iteration %u: %s-%s was best in iteration %u\n", round,
          score->data, score->metric, run->best_round);

  return TRUE;
}

static gboolean
train_round (Run       *run,
             guint      round,
             gboolean  *exhausted,
             GError   **error)
{
  g_autoptr(GPtrArray) scores = NULL;
  g_autofree char *line = NULL;

  if (!alg_xgboost_check (XGBoosterUpdateOneIter (run->booster, (int) round,
                                                  run->matrices[TRAIN]), error))
    return FALSE;

  run->rounds = round + 1;
  scores = alg_xgboost_eval (run->booster, run->params, run->matrices, run->n_matrices, round,
                             error);

  if (scores == NULL)
    return FALSE;

  line = alg_xgboost_eval_format (scores, round);
  puts (line);

  *exhausted = run->params->stop_rounds > 0 && run->n_matrices == N_MATRICES
               && is_exhausted (run,
                                alg_xgboost_eval_find (scores, "validation",
                                                       run->params->stop_metric),
                                round);

  return TRUE;
}

static gboolean
train_rounds (Run     *run,
              GError **error)
{
  const char *directory = run->job->checkpoint_dir;
  gboolean exhausted = FALSE;
  guint end = run->params->rounds;

  run->rounds = run->first_round;

  for (guint round = run->first_round; round < end && !exhausted; round++)
    {
      gboolean stop;

      if (!train_round (run, round, &exhausted, error))
        return FALSE;

      stop = alg_job_stop_requested ();

      if (directory != NULL && (stop || exhausted || round + 1 == end
                                || (round + 1) % CHECKPOINT_INTERVAL == 0)
          && !alg_xgboost_checkpoint_save (directory, run->booster, round, error))
        return FALSE;

      if (stop)
        break;
    }

  return TRUE;
}

/* As the SageMaker container does after early stopping, the model ends with its best round; linear
 * models cannot be cut. */
static gboolean
cut_to_best (Run     *run,
             GError **error)
{
  const char *booster = alg_xgboost_params_get (run->params, "booster");
  BoosterHandle cut = NULL;

  if (!run->has_best || run->best_round + 1 >= run->rounds
      || g_strcmp0 (booster, "gblinear") == 0)
    return TRUE;

  if (!alg_xgboost_check (XGBoosterSlice (run->booster, 0, (int) run->best_round + 1, 1, &cut),
                          error))
    return FALSE;

  alg_xgboost_booster_free (run->booster);
  run->booster = cut;
  store_best (run);

  return TRUE;
}

static AlgResult
save (Run     *run,
      GError **error)
{
  g_autofree char *directory = alg_job_path (run->job, "model");
  g_autofree char *path = alg_job_path (run->job, "model/xgboost-model");

  if (alg_job_stop_requested () && run->rounds < run->params->rounds
      && !run->params->save_on_termination)
    return ALG_RESULT_STOPPED;

  if (!cut_to_best (run, error) || !sage_dir_make (directory, 0755, error)
      || !alg_xgboost_booster_save (run->booster, path, error))
    return ALG_RESULT_FAILED;

  return ALG_RESULT_DONE;
}

static gboolean
check_hosts (AlgJob  *job,
             GError **error)
{
  JsonArray *hosts = sage_json_array (job->resources, "hosts");

  if (hosts == NULL || json_array_get_length (hosts) <= 1)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_UNSUPPORTED,
                     "XGBoost trains on one instance here, and InstanceCount is %u",
                     json_array_get_length (hosts));
}

/**
 * alg_xgboost_train:
 * @job: the job
 * @error: (out): %SAGE_ERROR_INVALID, %SAGE_ERROR_SYNTAX, %SAGE_ERROR_UNSUPPORTED and others when
 *   data or hyperparameters are wrong; %SAGE_ERROR_FAILED and %SAGE_ERROR_IO otherwise
 *
 * Trains a model as SageMaker's built-in XGBoost does: channels `train` and `validation`, a line of
 * metrics a round on standard output, the model at /opt/ml/model/xgboost-model.
 *
 * Returns: how it ended
 */
AlgResult
alg_xgboost_train (AlgJob  *job,
                   GError **error)
{
  g_auto(Run) run = { .job = job };

  if (!check_hosts (job, error)
      || (run.params = alg_xgboost_params_parse (job, error)) == NULL)
    return ALG_RESULT_FAILED;

  for (guint i = 0; i < run.params->notices->len; i++)
    puts (g_ptr_array_index (run.params->notices, i));

  if (alg_xgboost_params_get (run.params, "nthread") == NULL)
    {
      g_ptr_array_add (run.params->names, g_strdup ("nthread"));
      g_ptr_array_add (run.params->values, g_strdup_printf ("%u", job->cpus));
    }

  alg_xgboost_log_to_stdout ();

  if (!load_train (&run, error) || !load_validation (&run, error))
    return ALG_RESULT_FAILED;

  if (run.params->stop_rounds > 0 && run.n_matrices < N_MATRICES)
    puts ("Hyperparameter early_stopping_rounds has no effect without a channel 'validation'");

  if (!open_booster (&run, error) || !train_rounds (&run, error))
    return ALG_RESULT_FAILED;

  return save (&run, error);
}
