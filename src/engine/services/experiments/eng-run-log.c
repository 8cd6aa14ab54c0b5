/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"

#define MAX_DATASETS 1000
#define MODEL_HISTORY_TAG "mlflow.log-model.history"

/* As long as all models of a run may tell of themselves. */
#define MAX_MODEL_HISTORY (8 * 1024 * 1024)

/* What is logged to one run in one transaction. */
typedef struct
{
  EngCall    *call;
  const char *id;
  GArray     *metrics; /* (owned) (nullable): of EngMetric */
  GArray     *params;  /* (owned) (nullable): of EngPair */
  GArray     *tags;    /* (owned) (nullable): of EngPair */
  GPtrArray  *inputs;  /* (owned) (nullable): of Input */
  const char *gone;    /* (nullable): a tag that is taken away */
  char       *model;   /* (owned) (nullable): of a model that was logged, as JSON */
} Log;

/* A data set that a run takes in. */
typedef struct
{
  const char *name;
  const char *digest;
  const char *context; /* (nullable) */
  char       *doc;     /* (owned): the DatasetInput */
} Input;

static void
input_free (Input *input)
{
  g_free (input->doc);
  g_free (input);
}

static void
log_clear (Log *log)
{
  g_clear_pointer (&log->metrics, g_array_unref);
  g_clear_pointer (&log->params, g_array_unref);
  g_clear_pointer (&log->tags, g_array_unref);
  g_clear_pointer (&log->inputs, g_ptr_array_unref);
  g_clear_pointer (&log->model, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Log, log_clear)

/* A parameter is logged once; the same value again changes nothing. */
static gboolean
log_param (EngTx                *tx,
           const EngTrackedRun  *run,
           const EngPair        *param,
           GError              **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error, "SELECT value FROM run_param"
                                       " WHERE run = ?1 AND key = ?2", "it", run->number, param->key);
  const char *old;

  if (rows == NULL)
    return FALSE;
  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error == NULL)
        return eng_exec (tx->connection, error, "INSERT INTO run_param VALUES (?1, ?2, ?3)", "itt",
                         run->number, param->key, param->value);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  old = eng_rows_text (rows, 0);

  return strcmp (old, param->value) == 0 ||
         sage_throw (error, SAGE_ERROR_INVALID, "Changing param values is not allowed. Param with "
                     "key='%s' was already logged with value='%s' for run ID='%s'. Attempted logging new "
                     "value '%.100s'.", param->key, old, run->id, param->value);
}

static gboolean
remove_tag (EngTx                *tx,
            const EngTrackedRun  *run,
            const char           *key,
            GError              **error)
{
  if (!eng_exec (tx->connection, error, "DELETE FROM run_tag WHERE run = ?1 AND key = ?2", "it",
                 run->number, key))
    return FALSE;

  return sqlite3_changes (eng_connection_db (tx->connection)) > 0 ||
         sage_throw (error, SAGE_ERROR_NOT_FOUND, "No tag with name: %s in run with id %s", key, run->id);
}

static gboolean
log_input (EngTx                *tx,
           const EngTrackedRun  *run,
           const Input          *input,
           GError              **error)
{
  return eng_exec (tx->connection, error, "INSERT INTO run_input VALUES (?1, ?2, ?3, ?4, ?5)"
                   " ON CONFLICT DO UPDATE SET context = excluded.context, doc = excluded.doc", "itttt",
                   run->number, input->name, input->digest, input->context, input->doc);
}

/* The models of a run stand in a tag, as a JSON array, the last at the end. */
static gboolean
log_model (EngTx                *tx,
           const EngTrackedRun  *run,
           const char           *model,
           GError              **error)
{
  g_autoptr(GString) history = g_string_new ("[");
  EngPair tag = { MODEL_HISTORY_TAG, NULL };

  {
    g_autoptr(GError) local_error = NULL;
    g_autoptr(EngRows) rows = eng_query (tx->connection, error, "SELECT value FROM run_tag"
                                         " WHERE run = ?1 AND key = '" MODEL_HISTORY_TAG "'", "i",
                                         run->number);

    if (rows == NULL)
      return FALSE;
    if (eng_rows_next (rows, &local_error))
      {
        const char *old = eng_rows_text (rows, 0);

        /* it may have been set by hand, to anything */
        if (g_str_has_prefix (old, "[{") && g_str_has_suffix (old, "]"))
          g_string_append_len (history, old + 1, (gssize) strlen (old) - 2);
      }
    if (local_error != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return FALSE;
      }
  }
  if (history->len > 1)
    g_string_append_c (history, ',');
  g_string_append (history, model);
  g_string_append_c (history, ']');
  if (history->len > MAX_MODEL_HISTORY)
    return sage_throw (error, SAGE_ERROR_INVALID, "The models of run %s tell too much of themselves",
                       run->id);
  tag.value = history->str;

  return eng_tracked_run_set_tag (tx, run, &tag, error);
}

static gboolean
write_log (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  Log *log = user_data;
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load_active (tx, log->id, error);

  if (run == NULL)
    return FALSE;
  if (log->metrics != NULL && !eng_metrics_append (tx, run, (EngMetric *) (void *) log->metrics->data,
                                                   log->metrics->len, error))
    return FALSE;
  for (guint i = 0; log->params != NULL && i < log->params->len; i++)
    if (!log_param (tx, run, &g_array_index (log->params, EngPair, i), error))
      return FALSE;
  for (guint i = 0; log->tags != NULL && i < log->tags->len; i++)
    if (!eng_tracked_run_set_tag (tx, run, &g_array_index (log->tags, EngPair, i), error))
      return FALSE;
  for (guint i = 0; log->inputs != NULL && i < log->inputs->len; i++)
    if (!log_input (tx, run, g_ptr_array_index (log->inputs, i), error))
      return FALSE;
  if ((log->gone != NULL && !remove_tag (tx, run, log->gone, error)) ||
      (log->model != NULL && !log_model (tx, run, log->model, error)))
    return FALSE;

  return eng_tracked_run_tell_seldom (tx, run, error);
}

static gboolean
has_rows (GArray *array)
{
  return array != NULL && array->len > 0;
}

/* Points of metrics are data, as the bytes of a job's log are: the audit log has the run's creation and
 * end and whatever else is written to it, and not each of a million points. */
static gboolean
conclude (EngCall  *call,
          Log      *log,
          GError  **error)
{
  g_autofree char *target = g_strconcat ("runs:/", log->id, NULL);
  gboolean only_points = has_rows (log->metrics) && !has_rows (log->params) && !has_rows (log->tags);

  if (!(only_points ? eng_store_write (call->engine->store, write_log, log, error)
                    : eng_call_write (call, target, write_log, log, error)))
    return FALSE;
  g_string_append (call->output, "{}");

  return TRUE;
}

static gboolean
log_metric (EngCall  *call,
            GError  **error)
{
  g_auto(Log) log = { 0 };
  EngMetric metric;

  if (!eng_input_run_id (call->input, &log.id, error) || !eng_read_metric (call->input, &metric, error))
    return FALSE;
  log.metrics = g_array_new (FALSE, FALSE, sizeof (EngMetric));
  g_array_append_val (log.metrics, metric);

  return conclude (call, &log, error);
}

static gboolean
log_parameter (EngCall  *call,
               GError  **error)
{
  g_auto(Log) log = { 0 };
  EngPair param;

  if (!eng_input_run_id (call->input, &log.id, error) || !eng_read_pair (call->input, &param, error) ||
      !eng_check_param (&param, error))
    return FALSE;
  log.params = g_array_new (FALSE, FALSE, sizeof (EngPair));
  g_array_append_val (log.params, param);

  return conclude (call, &log, error);
}

static gboolean
set_tag (EngCall  *call,
         GError  **error)
{
  g_auto(Log) log = { 0 };
  EngPair tag;

  if (!eng_input_run_id (call->input, &log.id, error) || !eng_read_pair (call->input, &tag, error) ||
      !eng_check_tag (&tag, error))
    return FALSE;
  log.tags = g_array_new (FALSE, FALSE, sizeof (EngPair));
  g_array_append_val (log.tags, tag);

  return conclude (call, &log, error);
}

static gboolean
delete_tag (EngCall  *call,
            GError  **error)
{
  g_auto(Log) log = { 0 };

  return eng_input_run_id (call->input, &log.id, error) &&
         eng_input_need (call->input, "key", &log.gone, error) &&
         eng_check_key ("tag", log.gone, error) && conclude (call, &log, error);
}

static gboolean
read_metrics (EngCall  *call,
              Log      *log,
              GError  **error)
{
  JsonArray *array = NULL;
  guint n;

  if (!eng_input_array (call->input, "metrics", &array, error))
    return FALSE;
  n = array != NULL ? json_array_get_length (array) : 0;
  if (n > ENG_BATCH_METRICS_MAX)
    return sage_throw (error, SAGE_ERROR_INVALID, "A batch logging request can contain at most %d metrics. "
                       "Got %u metrics. Please split up metrics across multiple requests and try again.",
                       ENG_BATCH_METRICS_MAX, n);
  log->metrics = g_array_sized_new (FALSE, FALSE, sizeof (EngMetric), n);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = sage_json_array_object (array, i);
      EngMetric metric;

      if (object == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "Invalid value for parameter 'metrics' supplied: objects are expected");
      if (!eng_read_metric (object, &metric, error))
        return FALSE;
      g_array_append_val (log->metrics, metric);
    }

  return TRUE;
}

static gboolean
check_pairs (GArray     *pairs,
             gboolean  (*check) (const EngPair *, GError **),
             GError    **error)
{
  for (guint i = 0; i < pairs->len; i++)
    if (!check (&g_array_index (pairs, EngPair, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
check_unique (GArray  *params,
              GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < params->len; i++)
    {
      const char *key = g_array_index (params, EngPair, i).key;

      if (!g_hash_table_add (seen, (gpointer) key))
        return sage_throw (error, SAGE_ERROR_INVALID, "Duplicate parameter keys have been submitted: "
                           "['%s']. Please ensure the request contains only one param value per param "
                           "key.", key);
    }

  return TRUE;
}

static gboolean
log_batch (EngCall  *call,
           GError  **error)
{
  g_auto(Log) log = { 0 };

  if (!eng_input_run_id (call->input, &log.id, error) || !read_metrics (call, &log, error) ||
      !eng_read_pairs (call->input, "params", ENG_BATCH_OTHERS_MAX, &log.params, error) ||
      !eng_read_pairs (call->input, "tags", ENG_BATCH_OTHERS_MAX, &log.tags, error) ||
      !check_pairs (log.params, eng_check_param, error) || !check_pairs (log.tags, eng_check_tag, error) ||
      !check_unique (log.params, error))
    return FALSE;
  if (log.metrics->len + log.params->len + log.tags->len > ENG_BATCH_METRICS_MAX)
    return sage_throw (error, SAGE_ERROR_INVALID, "A batch logging request can contain at most %d metrics, "
                       "params, and tags. Got %u metrics, params, and tags. Please split up metrics, "
                       "params, and tags across multiple requests and try again.", ENG_BATCH_METRICS_MAX,
                       log.metrics->len + log.params->len + log.tags->len);

  return conclude (call, &log, error);
}

/* Writes a member of a data set. @max: characters. Returns whether it is there where it must be, and
 * fits */
static gboolean
copy_text (GString     *out,
           JsonObject  *object,
           const char  *member,
           glong        max,
           gboolean     needed,
           GError     **error)
{
  const char *text = NULL;

  if (!(needed ? eng_input_need (object, member, &text, error)
               : eng_input_text (object, member, &text, error)))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!eng_check_length (member, text, max, error))
    return FALSE;
  eng_out_text (out, member, text);

  return TRUE;
}

static gboolean
copy_tags (GString     *out,
           JsonObject  *object,
           const char **context,
           GError     **error)
{
  g_autoptr(GArray) tags = NULL;

  if (!eng_read_pairs (object, "tags", ENG_BATCH_OTHERS_MAX, &tags, error))
    return FALSE;
  eng_out_member (out, "tags");
  g_string_append_c (out, '[');
  for (guint i = 0; i < tags->len; i++)
    {
      const EngPair *tag = &g_array_index (tags, EngPair, i);

      if (!eng_check_length ("Input tag key", tag->key, 255, error) ||
          !eng_check_length ("Input tag value", tag->value, 500, error))
        return FALSE;
      if (strcmp (tag->key, "mlflow.data.context") == 0)
        *context = tag->value;
      eng_out_open (out, '{');
      eng_out_text (out, "key", tag->key);
      eng_out_text (out, "value", tag->value);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');

  return TRUE;
}

static Input *
read_input (JsonObject  *object,
            GError     **error)
{
  JsonObject *dataset = object != NULL ? sage_json_object (object, "dataset") : NULL;
  g_autoptr(GString) out = g_string_new ("{");
  const char *context = NULL;
  Input *input;

  if (dataset == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Missing value for required parameter 'dataset'");
      return NULL;
    }
  if (!copy_tags (out, object, &context, error))
    return NULL;
  eng_out_member (out, "dataset");
  eng_out_open (out, '{');
  if (!copy_text (out, dataset, "name", 500, TRUE, error) ||
      !copy_text (out, dataset, "digest", 36, TRUE, error) ||
      !copy_text (out, dataset, "source_type", 36, TRUE, error) ||
      !copy_text (out, dataset, "source", 65535, TRUE, error) ||
      !copy_text (out, dataset, "schema", 1048575, FALSE, error) ||
      !copy_text (out, dataset, "profile", 16777215, FALSE, error))
    return NULL;
  g_string_append (out, "}}");

  input = g_new0 (Input, 1);
  input->name = sage_json_string (dataset, "name", "");
  input->digest = sage_json_string (dataset, "digest", "");
  input->context = context;
  input->doc = g_string_free_and_steal (g_steal_pointer (&out));

  return input;
}

static gboolean
log_inputs (EngCall  *call,
            GError  **error)
{
  g_auto(Log) log = { 0 };
  JsonArray *array = NULL;
  guint n;

  if (!eng_input_run_id (call->input, &log.id, error) ||
      !eng_input_array (call->input, "datasets", &array, error))
    return FALSE;
  n = array != NULL ? json_array_get_length (array) : 0;
  if (n > MAX_DATASETS)
    return sage_throw (error, SAGE_ERROR_INVALID, "A request can contain at most %d datasets. Got %u.",
                       MAX_DATASETS, n);
  log.inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) input_free);
  for (guint i = 0; i < n; i++)
    {
      Input *input = read_input (sage_json_array_object (array, i), error);

      if (input == NULL)
        return FALSE;
      g_ptr_array_add (log.inputs, input);
    }

  return conclude (call, &log, error);
}

static gboolean
log_model_operation (EngCall  *call,
                     GError  **error)
{
  g_auto(Log) log = { 0 };
  g_autoptr(JsonNode) node = NULL;
  const char *text = NULL;
  static const char * const needed[] = { "artifact_path", "flavors", "utc_time_created", "run_id" };

  if (!eng_input_run_id (call->input, &log.id, error) ||
      !eng_input_need (call->input, "model_json", &text, error))
    return FALSE;
  node = sage_json_parse_object (text, -1, NULL, error);
  if (node == NULL)
    {
      g_prefix_error (error, "Malformed model info: ");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (!json_object_has_member (json_node_get_object (node), needed[i]))
      return sage_throw (error, SAGE_ERROR_INVALID, "Model json is missing mandatory field: %s", needed[i]);
  if (g_strcmp0 (sage_json_string (json_node_get_object (node), "run_id", NULL), log.id) != 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The model is of another run than %s", log.id);
  log.model = sage_json_to_string (node);

  return conclude (call, &log, error);
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "LogMetric", ENG_ACCESS_WRITE, log_metric },
  { "sagemaker-mlflow", "LogParam", ENG_ACCESS_WRITE, log_parameter },
  { "sagemaker-mlflow", "SetTag", ENG_ACCESS_WRITE, set_tag },
  { "sagemaker-mlflow", "DeleteTag", ENG_ACCESS_WRITE, delete_tag },
  { "sagemaker-mlflow", "LogBatch", ENG_ACCESS_WRITE, log_batch },
  { "sagemaker-mlflow", "LogInputs", ENG_ACCESS_WRITE, log_inputs },
  { "sagemaker-mlflow", "LogModel", ENG_ACCESS_WRITE, log_model_operation },
};

void
eng_run_log_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
