/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-xgboost-booster"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file.h"

#include "alg-xgboost-booster.h"
#include "alg-xgboost-metrics.h"

/* libxgboost's complaints that the data or the hyperparameters caused; as in the SageMaker
 * container, everything else counts as a fault of the algorithm. */
static const char *const user_errors[] = {
  "label must ",
  "Label must ",
  "label set cannot be empty",
  "feature_names mismatch",
  "dataset only contains pos or neg samples",
  "base_score must be in (0,1)",
  "should be greater equal to",
  "exceed bound",
  "Number of columns does not match",
  "Invalid Parameter format",
  "Unknown",
  "is not supported",
  "not divisible",
  "monotone",
  "Feature shape mismatch",
  "Weights must be",
  "must be greater",
};

/* Strips the time, the place in the source and the stack trace from a message of libxgboost:
 * "[10:11:12] ./src/objective/x.cc:45: Check failed: ok: label must be in [0,1]\nStack trace:…" */
static char *
clean_message (const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);
  const char *end = strstr (text, "Stack trace");
  const char *reason;

  if (*text == '[' && strchr (text, ']') != NULL)
    text = strchr (text, ']') + 1;

  while (*text == ' ')
    text++;

  if ((*text == '.' || *text == '/') && strstr (text, ": ") != NULL)
    text = strstr (text, ": ") + 2;

  g_string_append_len (out, text, end != NULL && end > text ? end - text : (gssize) strlen (text));

  for (char *at = out->str; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';

  g_strstrip (out->str);
  reason = out->str;

  if (g_str_has_prefix (reason, "Check failed: ") && strstr (reason + 14, ": ") != NULL
      && strstr (reason + 14, ": ")[2] != '\0')
    reason = strstr (reason + 14, ": ") + 2;

  return g_strstrip (g_strdup (reason));
}

/**
 * alg_xgboost_check:
 * @code: what a function of libxgboost returned
 * @error: (out): %SAGE_ERROR_INVALID when the data or the hyperparameters are to blame,
 *   %SAGE_ERROR_FAILED otherwise
 *
 * Returns: %TRUE when the call succeeded
 */
gboolean
alg_xgboost_check (int      code,
                   GError **error)
{
  const char *text;
  g_autofree char *message = NULL;

  if (code == 0)
    return TRUE;

  text = XGBGetLastError ();
  message = clean_message (text);

  for (guint i = 0; i < G_N_ELEMENTS (user_errors); i++)
    if (strstr (text, user_errors[i]) != NULL)
      return sage_throw (error, SAGE_ERROR_INVALID, "XGBoost: %s", message);

  return sage_throw (error, SAGE_ERROR_FAILED, "XGBoost: %s", message);
}

static void
log_cb (const char *text)
{
  gsize length = strlen (text);

  fputs (text, stdout);

  if (length == 0 || text[length - 1] != '\n')
    putchar ('\n');
}

/**
 * alg_xgboost_log_to_stdout:
 *
 * Sends what libxgboost has to say to the job's log.
 */
void
alg_xgboost_log_to_stdout (void)
{
  XGBRegisterLogCallback (log_cb);
}

/* NumPy's array interface, by which libxgboost is shown memory of ours. @stride is in bytes; 0
 * means that the elements follow each other. */
static char *
array_interface (const void *data,
                 const char *type,
                 gsize       rows,
                 gsize       columns,
                 gsize       stride)
{
  g_autofree char *shape = columns == 0
    ? g_strdup_printf ("[%" G_GSIZE_FORMAT "]", rows)
    : g_strdup_printf ("[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]", rows, columns);
  g_autofree char *strides = NULL;

  if (stride == 0)
    strides = g_strdup ("null");
  else if (columns == 0)
    strides = g_strdup_printf ("[%" G_GSIZE_FORMAT "]", stride);
  else
    strides = g_strdup_printf ("[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]", stride, sizeof (float));

  return g_strdup_printf ("{\"data\":[%" G_GUINT64_FORMAT ",true],\"shape\":%s,\"strides\":%s,"
                          "\"typestr\":\"%s\",\"version\":3}",
                          (guint64) (gsize) data, shape, strides, type);
}

static gboolean
set_info (DMatrixHandle  matrix,
          const char    *field,
          const void    *data,
          const char    *type,
          gsize          rows,
          gsize          stride,
          GError       **error)
{
  g_autofree char *interface = array_interface (data, type, rows, 0, stride);

  return alg_xgboost_check (XGDMatrixSetInfoFromInterface (matrix, field, interface), error);
}

static gboolean
check_weights (const float  *values,
               gsize         rows,
               gsize         columns,
               GError      **error)
{
  for (gsize i = 0; i < rows; i++)
    if (!(values[i * columns] >= 0.0f))
      return sage_throw (error, SAGE_ERROR_INVALID,
                         "Record %" G_GSIZE_FORMAT ": the weight (column 2, as csv_weights says) "
                         "is missing or negative", i + 1);

  return TRUE;
}

static gboolean
fill_from_csv (const AlgCsv   *csv,
               gboolean        weighted,
               guint           threads,
               DMatrixHandle  *matrix,
               GError        **error)
{
  gsize skip = weighted ? 2 : 1;
  gsize stride = csv->columns * sizeof (float);
  g_autofree char *config = g_strdup_printf ("{\"missing\":NaN,\"nthread\":%u}", threads);
  g_autofree char *features = NULL;

  if (csv->columns <= skip)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Rows have %" G_GSIZE_FORMAT " columns: there is no feature behind the %s",
                       csv->columns, weighted ? "label and the weight" : "label");

  features = array_interface (csv->values + skip, "<f4", csv->rows, csv->columns - skip, stride);

  if (!alg_xgboost_check (XGDMatrixCreateFromDense (features, config, matrix), error)
      || !set_info (*matrix, "label", csv->values, "<f4", csv->rows, stride, error))
    return FALSE;

  return !weighted
         || (check_weights (csv->values + 1, csv->rows, csv->columns, error)
             && set_info (*matrix, "weight", csv->values + 1, "<f4", csv->rows, stride, error));
}

static gboolean
fill_from_libsvm (const AlgLibsvm  *table,
                  guint             threads,
                  DMatrixHandle    *matrix,
                  GError          **error)
{
  gsize rows = table->labels->len;
  gsize entries = table->values->len;
  g_autofree char *config = g_strdup_printf ("{\"missing\":NaN,\"nthread\":%u}", threads);
  g_autofree char *offsets = array_interface (table->offsets->data, "<u8", rows + 1, 0, 0);
  g_autofree char *indices = array_interface (table->indices->data, "<u4", entries, 0, 0);
  g_autofree char *values = array_interface (table->values->data, "<f4", entries, 0, 0);

  if (entries == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "No row has a feature");

  if (!alg_xgboost_check (XGDMatrixCreateFromCSR (offsets, indices, values, table->columns, config,
                                                  matrix), error)
      || !set_info (*matrix, "label", table->labels->data, "<f4", rows, 0, error))
    return FALSE;

  if (table->weights->len > 0
      && !set_info (*matrix, "weight", table->weights->data, "<f4", rows, 0, error))
    return FALSE;

  return table->groups->len == 0
         || set_info (*matrix, "qid", table->groups->data, "<u4", rows, 0, error);
}

/**
 * alg_xgboost_matrix_new:
 * @dataset: the records; no longer needed afterwards
 * @weighted: whether the second column of a CSV is a weight
 * @threads: how many threads to use
 * @error: (out): %SAGE_ERROR_INVALID or %SAGE_ERROR_FAILED
 *
 * Returns: (transfer full): libxgboost's copy of them; free with alg_xgboost_matrix_free()
 */
DMatrixHandle
alg_xgboost_matrix_new (AlgDataset  *dataset,
                        gboolean     weighted,
                        guint        threads,
                        GError     **error)
{
  DMatrixHandle matrix = NULL;
  gboolean ok = FALSE;

  switch (dataset->format)
    {
    case ALG_FORMAT_CSV:
      ok = fill_from_csv (&dataset->csv, weighted, threads, &matrix, error);
      break;
    case ALG_FORMAT_LIBSVM:
      ok = fill_from_libsvm (&dataset->libsvm, threads, &matrix, error);
      break;
    default:
      g_assert_not_reached ();
    }

  if (!ok)
    g_clear_pointer (&matrix, alg_xgboost_matrix_free);

  return matrix;
}

static gboolean
set_params (BoosterHandle      booster,
            AlgXgboostParams  *params,
            GError           **error)
{
  for (guint i = 0; i < params->names->len; i++)
    if (!alg_xgboost_check (XGBoosterSetParam (booster, g_ptr_array_index (params->names, i),
                                               g_ptr_array_index (params->values, i)), error))
      return FALSE;

  for (guint i = 0; i < params->metrics->len; i++)
    {
      const char *metric = g_ptr_array_index (params->metrics, i);

      if (!alg_xgboost_metric_is_ours (metric)
          && !alg_xgboost_check (XGBoosterSetParam (booster, "eval_metric", metric), error))
        return FALSE;
    }

  return TRUE;
}

/**
 * alg_xgboost_booster_new:
 * @params: the hyperparameters
 * @matrices: (array length=n_matrices): what it will be trained on and measured with
 * @n_matrices: how many
 * @resume_from: (nullable): a saved model to go on from
 * @error: (out): %SAGE_ERROR_INVALID or %SAGE_ERROR_FAILED
 *
 * Returns: (transfer full): free with alg_xgboost_booster_free()
 */
BoosterHandle
alg_xgboost_booster_new (AlgXgboostParams  *params,
                         DMatrixHandle     *matrices,
                         guint              n_matrices,
                         const char        *resume_from,
                         GError           **error)
{
  BoosterHandle booster = NULL;
  gboolean ok = alg_xgboost_check (XGBoosterCreate (matrices, n_matrices, &booster), error);

  if (ok && resume_from != NULL)
    {
      g_autoptr(GBytes) bytes = sage_file_read (resume_from, G_MAXSIZE / 2, error);

      ok = bytes != NULL
           && alg_xgboost_check (XGBoosterLoadModelFromBuffer (booster,
                                                               g_bytes_get_data (bytes, NULL),
                                                               g_bytes_get_size (bytes)), error);
    }

  if (!ok || !set_params (booster, params, error))
    g_clear_pointer (&booster, alg_xgboost_booster_free);

  return booster;
}

/**
 * alg_xgboost_booster_save:
 * @booster: the model
 * @path: where to
 * @error: (out): from libxgboost or the file system
 *
 * Writes the model as UBJSON, which Python's `xgboost.Booster().load_model()` reads; the file is
 * whole or not there.
 *
 * Returns: %TRUE when it is on disk
 */
gboolean
alg_xgboost_booster_save (BoosterHandle   booster,
                          const char     *path,
                          GError        **error)
{
  bst_ulong length;
  const char *data;

  return alg_xgboost_check (XGBoosterSaveModelToBuffer (booster, "{\"format\":\"ubj\"}", &length,
                                                        &data), error)
         && sage_file_write_durable (path, data, length, 0644, error);
}

/**
 * alg_xgboost_matrix_free:
 * @matrix: (transfer full): what alg_xgboost_matrix_new() gave
 */
void
alg_xgboost_matrix_free (DMatrixHandle matrix)
{
  XGDMatrixFree (matrix);
}

/**
 * alg_xgboost_booster_free:
 * @booster: (transfer full): what alg_xgboost_booster_new() gave
 */
void
alg_xgboost_booster_free (BoosterHandle booster)
{
  XGBoosterFree (booster);
}
