/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-experiment"

#include "config.h"

#include <string.h>

#include "eng-run-filter.h"
#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"

#define MAX_NAME 500

#define COLUMNS "e.id, e.name, e.artifact_location, e.stage, e.updated, e.created"

/* A change of one experiment. */
typedef struct
{
  EngCall    *call;
  gint64      id;
  const char *name;     /* (nullable) */
  const char *location; /* (nullable) */
  EngPair     tag;
  GArray     *tags;     /* (owned) (nullable): of EngPair */
} Change;

static void
change_clear (Change *change)
{
  g_clear_pointer (&change->tags, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

static gint64
now_ms (EngTx *tx)
{
  return (gint64) (tx->now * 1000);
}

static gboolean
tell (EngTx       *tx,
      gint64       id,
      const char  *status,
      GError     **error)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autofree char *uri = g_strconcat ("experiments:/", name, NULL);

  return eng_tx_emit (tx, "mlflow-experiment", name, uri, status, error);
}

static gboolean
write_change (EngCall       *call,
              Change        *change,
              EngWriteFunc   func,
              GError       **error)
{
  g_autofree char *target = change->id >= 0
                              ? g_strdup_printf ("experiments:/%" G_GINT64_FORMAT, change->id)
                              : g_strdup ("experiments:/");

  change->call = call;

  return eng_call_write (call, target, func, change, error);
}

/* Writes the experiment of a row. */
static gboolean
out_experiment (GString        *out,
                EngConnection  *connection,
                EngRows        *rows,
                GError        **error)
{
  eng_out_open (out, '{');
  eng_out_text (out, "experiment_id", eng_rows_text (rows, 0));
  eng_out_text (out, "name", eng_rows_text (rows, 1));
  eng_out_text (out, "artifact_location", eng_rows_text (rows, 2));
  eng_out_text (out, "lifecycle_stage", eng_rows_text (rows, 3));
  eng_out_int (out, "last_update_time", eng_rows_int (rows, 4));
  eng_out_int (out, "creation_time", eng_rows_int (rows, 5));
  if (!eng_out_rows (out, "tags", connection,
                     eng_query (connection, error, "SELECT key, value FROM experiment_tag"
                                " WHERE experiment = ?1 ORDER BY key", "i", eng_rows_int (rows, 0)),
                     eng_out_pair, error))
    return FALSE;
  g_string_append_c (out, '}');

  return TRUE;
}

static gboolean
check_name (const char  *name,
            GError     **error)
{
  if (*name == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid experiment name: ''");

  return eng_check_length ("Experiment name", name, MAX_NAME, error);
}

/* Bytes that the engine keeps, or that clients bring to an S3 themselves; never files of its own. */
static gboolean
check_location (const char  *location,
                GError     **error)
{
  g_auto(EngS3Uri) uri = { 0 };
  const char *path = location + strlen (ENG_MLFLOW_SCHEME);

  if (!eng_check_length ("Artifact location", location, 1024, error))
    return FALSE;
  if (g_str_has_prefix (location, ENG_MLFLOW_SCHEME))
    return *path == '\0' || eng_artifact_path_check (path, error);
  if (eng_s3_uri_parse (location, &uri, NULL) && strpbrk (location, "?#%") == NULL)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID, "Invalid artifact location '%s': it must be "
                     "mlflow-artifacts:/PATH or s3://BUCKET/KEY", location);
}

static gboolean
set_tag (EngTx          *tx,
         gint64          id,
         const EngPair  *tag,
         GError        **error)
{
  return eng_exec (tx->connection, error, "INSERT INTO experiment_tag VALUES (?1, ?2, ?3)"
                   " ON CONFLICT DO UPDATE SET value = excluded.value", "itt", id, tag->key, tag->value);
}

static gboolean
name_is_free (EngTx       *tx,
              const char  *name,
              GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error, "SELECT stage FROM experiment"
                                       " WHERE name = ?1", "t", name);

  if (rows == NULL)
    return FALSE;
  if (eng_rows_next (rows, &local_error))
    return sage_throw (error, SAGE_ERROR_EXISTS, "Experiment(name=%s) already exists%s", name,
                       strcmp (eng_rows_text (rows, 0), ENG_STAGE_ACTIVE) == 0 ? ""
                       : " in deleted state. You can restore the experiment, or use another name");
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
insert (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  Change *change = user_data;

  if (!name_is_free (tx, change->name, error) ||
      !eng_exec (tx->connection, error, "INSERT INTO experiment (name, artifact_location, stage, created,"
                 " updated) VALUES (?1, coalesce (?2, ''), 'active', ?3, ?3)", "tti", change->name,
                 change->location, now_ms (tx)))
    return FALSE;
  change->id = sqlite3_last_insert_rowid (eng_connection_db (tx->connection));
  if (change->location == NULL &&
      !eng_exec (tx->connection, error, "UPDATE experiment SET artifact_location = '" ENG_MLFLOW_SCHEME
                 "' || id WHERE id = ?1", "i", change->id))
    return FALSE;
  for (guint i = 0; i < change->tags->len; i++)
    if (!set_tag (tx, change->id, &g_array_index (change->tags, EngPair, i), error))
      return FALSE;

  return tell (tx, change->id, ENG_STAGE_ACTIVE, error);
}

static gboolean
create (EngCall  *call,
        GError  **error)
{
  g_auto(Change) change = { .id = -1 };
  g_autofree char *id = NULL;

  if (!eng_input_need (call->input, "name", &change.name, error) || !check_name (change.name, error) ||
      !eng_input_text (call->input, "artifact_location", &change.location, error) ||
      !eng_read_pairs (call->input, "tags", ENG_BATCH_OTHERS_MAX, &change.tags, error))
    return FALSE;
  if (change.location != NULL && *change.location == '\0')
    change.location = NULL;
  if (change.location != NULL && !check_location (change.location, error))
    return FALSE;
  for (guint i = 0; i < change.tags->len; i++)
    if (!eng_check_tag (&g_array_index (change.tags, EngPair, i), error))
      return FALSE;
  if (!write_change (call, &change, insert, error))
    return FALSE;

  id = g_strdup_printf ("%" G_GINT64_FORMAT, change.id);
  g_string_append_c (call->output, '{');
  eng_out_text (call->output, "experiment_id", id);
  g_string_append_c (call->output, '}');

  return TRUE;
}

/* Makes sure that there is the experiment, and in @stage if that is not %NULL. */
static gboolean
require (EngTx       *tx,
         gint64       id,
         const char  *stage,
         GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error, "SELECT stage FROM experiment WHERE id = ?1",
                                       "i", id);

  if (rows == NULL)
    return FALSE;
  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error == NULL)
        return sage_throw (error, SAGE_ERROR_NOT_FOUND, "No Experiment with id=%" G_GINT64_FORMAT
                           " exists", id);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (stage == NULL || strcmp (stage, eng_rows_text (rows, 0)) == 0)
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID, "The experiment %" G_GINT64_FORMAT " must be in the "
                     "'%s' state. Current state is %s.", id, stage, eng_rows_text (rows, 0));
}

static gboolean
move (EngTx       *tx,
      gint64       id,
      const char  *from,
      const char  *to,
      GError     **error)
{
  return require (tx, id, from, error) &&
         eng_exec (tx->connection, error, "UPDATE experiment SET stage = ?2, updated = ?3 WHERE id = ?1",
                   "iti", id, to, now_ms (tx)) &&
         eng_exec (tx->connection, error, "UPDATE run SET stage = ?2 WHERE experiment = ?1", "it", id, to) &&
         tell (tx, id, to, error);
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Change *change = user_data;

  return move (tx, change->id, ENG_STAGE_ACTIVE, ENG_STAGE_DELETED, error);
}

static gboolean
write_restore (EngTx     *tx,
               gpointer   user_data,
               GError   **error)
{
  Change *change = user_data;

  return move (tx, change->id, ENG_STAGE_DELETED, ENG_STAGE_ACTIVE, error);
}

static gboolean
conclude (EngCall       *call,
          Change        *change,
          EngWriteFunc   func,
          GError       **error)
{
  if (!write_change (call, change, func, error))
    return FALSE;
  g_string_append (call->output, "{}");

  return TRUE;
}

static gboolean
delete (EngCall  *call,
        GError  **error)
{
  g_auto(Change) change = { 0 };

  if (!eng_input_experiment (call->input, &change.id, error))
    return FALSE;
  if (change.id == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Cannot delete the default experiment '0'. This is an "
                       "internally reserved experiment.");

  return conclude (call, &change, write_delete, error);
}

static gboolean
restore (EngCall  *call,
         GError  **error)
{
  g_auto(Change) change = { 0 };

  return eng_input_experiment (call->input, &change.id, error) &&
         conclude (call, &change, write_restore, error);
}

static gboolean
write_name (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  Change *change = user_data;

  return require (tx, change->id, ENG_STAGE_ACTIVE, error) && name_is_free (tx, change->name, error) &&
         eng_exec (tx->connection, error, "UPDATE experiment SET name = ?2, updated = ?3 WHERE id = ?1",
                   "iti", change->id, change->name, now_ms (tx)) &&
         tell (tx, change->id, ENG_STAGE_ACTIVE, error);
}

static gboolean
update (EngCall  *call,
        GError  **error)
{
  g_auto(Change) change = { 0 };

  return eng_input_experiment (call->input, &change.id, error) &&
         eng_input_need (call->input, "new_name", &change.name, error) &&
         check_name (change.name, error) && conclude (call, &change, write_name, error);
}

static gboolean
write_tag (EngTx     *tx,
           gpointer   user_data,
           GError   **error)
{
  Change *change = user_data;

  return require (tx, change->id, ENG_STAGE_ACTIVE, error) &&
         set_tag (tx, change->id, &change->tag, error) && tell (tx, change->id, ENG_STAGE_ACTIVE, error);
}

static gboolean
set_experiment_tag (EngCall  *call,
                    GError  **error)
{
  g_auto(Change) change = { 0 };

  return eng_input_experiment (call->input, &change.id, error) &&
         eng_read_pair (call->input, &change.tag, error) && eng_check_tag (&change.tag, error) &&
         conclude (call, &change, write_tag, error);
}

static gboolean
remove_tag (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  Change *change = user_data;

  if (!require (tx, change->id, ENG_STAGE_ACTIVE, error) ||
      !eng_exec (tx->connection, error, "DELETE FROM experiment_tag WHERE experiment = ?1 AND key = ?2",
                 "it", change->id, change->tag.key))
    return FALSE;
  if (sqlite3_changes (eng_connection_db (tx->connection)) == 0)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "No tag with name: %s in experiment with id "
                       "%" G_GINT64_FORMAT, change->tag.key, change->id);

  return tell (tx, change->id, ENG_STAGE_ACTIVE, error);
}

static gboolean
delete_experiment_tag (EngCall  *call,
                       GError  **error)
{
  g_auto(Change) change = { 0 };

  return eng_input_experiment (call->input, &change.id, error) &&
         eng_input_need (call->input, "key", &change.tag.key, error) &&
         eng_check_key ("tag", change.tag.key, error) && conclude (call, &change, remove_tag, error);
}

/* Replies with the one experiment that @rows finds. @missing: what to say where there is none */
static gboolean
reply_one (EngCall        *call,
           EngConnection  *reader,
           EngRows        *rows,
           const char     *missing,
           GError        **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error == NULL)
        return sage_throw (error, SAGE_ERROR_NOT_FOUND, "%s", missing);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_string_append_c (call->output, '{');
  eng_out_member (call->output, "experiment");
  if (!out_experiment (call->output, reader, rows, error))
    return FALSE;
  g_string_append_c (call->output, '}');

  return TRUE;
}

static gboolean
get (EngCall  *call,
     GError  **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autofree char *missing = NULL;
  gint64 id;

  if (!eng_input_experiment (call->input, &id, error))
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  rows = eng_query (reader, error, "SELECT " COLUMNS " FROM experiment e WHERE id = ?1", "i", id);
  missing = g_strdup_printf ("No Experiment with id=%.64s exists",
                             sage_json_string (call->input, "experiment_id", ""));

  return rows != NULL && reply_one (call, reader, rows, missing, error);
}

static gboolean
get_by_name (EngCall  *call,
             GError  **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autofree char *missing = NULL;
  const char *name = NULL;

  if (!eng_input_need (call->input, "experiment_name", &name, error) || !check_name (name, error))
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  rows = eng_query (reader, error, "SELECT " COLUMNS " FROM experiment e WHERE name = ?1", "t", name);
  missing = g_strdup_printf ("Could not find experiment with name '%s'", name);

  return rows != NULL && reply_one (call, reader, rows, missing, error);
}

static gboolean
search (EngCall  *call,
        GError  **error)
{
  return eng_search (call, eng_filter_sql_experiments, COLUMNS, "experiments", "view_type",
                     out_experiment, error);
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "CreateExperiment", ENG_ACCESS_WRITE, create },
  { "sagemaker-mlflow", "GetExperiment", ENG_ACCESS_READ, get },
  { "sagemaker-mlflow", "GetExperimentByName", ENG_ACCESS_READ, get_by_name },
  { "sagemaker-mlflow", "SearchExperiments", ENG_ACCESS_READ, search },
  { "sagemaker-mlflow", "UpdateExperiment", ENG_ACCESS_WRITE, update },
  { "sagemaker-mlflow", "DeleteExperiment", ENG_ACCESS_WRITE, delete },
  { "sagemaker-mlflow", "RestoreExperiment", ENG_ACCESS_WRITE, restore },
  { "sagemaker-mlflow", "SetExperimentTag", ENG_ACCESS_WRITE, set_experiment_tag },
  { "sagemaker-mlflow", "DeleteExperimentTag", ENG_ACCESS_WRITE, delete_experiment_tag },
};

void
eng_experiment_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}

/**
 * eng_experiments_register:
 * @engine: the engine
 *
 * Adds the operations of MLflow's tracking to the table.
 */
void
eng_experiments_register (EngEngine *engine)
{
  eng_experiment_register (engine);
  eng_run_register (engine);
  eng_run_log_register (engine);
  eng_run_search_register (engine);
  eng_metric_history_register (engine);
  eng_run_artifacts_register (engine);
}
