/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include <string.h>

#include "eng-tracking-private.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"
#include "sage-uuid.h"

/* A change of one run; the fields that a request does not set are %NULL or -1. */
typedef struct
{
  const char *id;
  const char *name;
  const char *user;
  const char *status;
  const char *stage;      /* that it gets */
  gint64      experiment;
  gint64      started;    /* milliseconds since the epoch */
  gint64      ended;      /* the same */
  GArray     *tags;       /* (owned) (nullable): of EngPair */
  GString    *reply;      /* (nullable): where the run as it is then is written */
} Change;

static void
change_clear (Change *change)
{
  g_clear_pointer (&change->tags, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

static gboolean
write_change (EngCall       *call,
              Change        *change,
              EngWriteFunc   func,
              GError       **error)
{
  g_autofree char *target = g_strconcat ("runs:/", change->id, NULL);

  return eng_call_write (call, target, func, change, error);
}

/* Who is given no name gets one that can be said and told from its neighbours. */
static char *
make_name (void)
{
  static const char * const first[] = {
    "amber", "brisk", "calm", "dapper", "eager", "fleet", "gentle", "hardy", "ivory", "jolly", "keen",
    "lucid", "mellow", "nimble", "opal", "placid", "quiet", "rustic", "silver", "tidy", "upbeat",
    "vivid", "wry", "young", "zesty",
  };
  static const char * const second[] = {
    "aster", "birch", "clover", "daisy", "elm", "fern", "gorse", "hazel", "iris", "juniper", "kelp",
    "larch", "maple", "nettle", "oak", "poppy", "quince", "rowan", "sage", "thyme", "vetch", "willow",
    "yarrow",
  };

  return g_strdup_printf ("%s-%s-%d", first[g_random_int_range (0, G_N_ELEMENTS (first))],
                          second[g_random_int_range (0, G_N_ELEMENTS (second))],
                          g_random_int_range (100, 1000));
}

static gboolean
check_status (const char  *status,
              GError     **error)
{
  static const char * const all[] = { "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED", NULL };

  return status == NULL || g_strv_contains (all, status) ||
         sage_throw (error, SAGE_ERROR_INVALID, "Invalid value for parameter 'status' supplied: it must "
                     "be RUNNING, SCHEDULED, FINISHED, FAILED or KILLED");
}

/* Where the run's artifacts go. Returns: (transfer full) (nullable): as the location of an active
 * experiment says */
static char *
artifact_uri (EngTx         *tx,
              const Change  *change,
              GError       **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngRows) rows = eng_query (tx->connection, error, "SELECT artifact_location, stage"
                                       " FROM experiment WHERE id = ?1", "i", change->experiment);
  const char *location;

  if (rows == NULL)
    return NULL;
  if (!eng_rows_next (rows, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        sage_throw (error, SAGE_ERROR_NOT_FOUND, "No Experiment with id=%" G_GINT64_FORMAT " exists",
                    change->experiment);
      return NULL;
    }
  if (strcmp (eng_rows_text (rows, 1), ENG_STAGE_ACTIVE) != 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The experiment %" G_GINT64_FORMAT " must be in the 'active' "
                  "state. Current state is deleted.", change->experiment);
      return NULL;
    }
  location = eng_rows_text (rows, 0);

  return g_strconcat (location, g_str_has_suffix (location, "/") ? "" : "/", change->id, "/artifacts",
                      NULL);
}

static gboolean
reply_run (Change         *change,
           EngConnection  *connection,
           GError        **error)
{
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load (connection, change->id, error);

  if (run == NULL)
    return FALSE;
  g_string_append_c (change->reply, '{');
  eng_out_member (change->reply, "run");
  if (!eng_tracked_run_out (change->reply, connection, run, error))
    return FALSE;
  g_string_append_c (change->reply, '}');

  return TRUE;
}

static gboolean
insert (EngTx     *tx,
        gpointer   user_data,
        GError   **error)
{
  Change *change = user_data;
  const EngPair name = { ENG_RUN_NAME_TAG, change->name };
  g_autofree char *uri = artifact_uri (tx, change, error);
  g_autoptr(EngTrackedRun) run = NULL;

  if (uri == NULL ||
      !eng_exec (tx->connection, error, "INSERT INTO run (id, experiment, name, user, status, stage,"
                 " started, artifact_uri, told) VALUES (?1, ?2, ?3, ?4, 'RUNNING', 'active', ?5, ?6, ?7)",
                 "tittitd", change->id, change->experiment, change->name, change->user,
                 change->started, uri, tx->now))
    return FALSE;
  run = eng_tracked_run_load (tx->connection, change->id, error);
  if (run == NULL)
    return FALSE;
  for (guint i = 0; i < change->tags->len; i++)
    if (!eng_tracked_run_set_tag (tx, run, &g_array_index (change->tags, EngPair, i), error))
      return FALSE;

  return eng_tracked_run_set_tag (tx, run, &name, error) && eng_tracked_run_tell (tx, run, "RUNNING", error) &&
         reply_run (change, tx->connection, error);
}

/* A run's name may come as such, as a tag, or both ways, if they agree. */
static gboolean
settle_name (Change  *change,
             char   **made,
             GError **error)
{
  const char *tag = NULL;

  for (guint i = 0; i < change->tags->len; i++)
    {
      const EngPair *pair = &g_array_index (change->tags, EngPair, i);

      if (!eng_check_tag (pair, error))
        return FALSE;
      if (strcmp (pair->key, ENG_RUN_NAME_TAG) == 0)
        tag = pair->value;
    }
  if (change->name != NULL && *change->name == '\0')
    change->name = NULL;
  if (change->name != NULL && tag != NULL && strcmp (change->name, tag) != 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Both 'run_name' argument and 'mlflow.runName' tag are "
                       "specified, but with different values");
  if (change->name == NULL)
    change->name = tag != NULL && *tag != '\0' ? tag : (*made = make_name ());

  return eng_check_length ("Run name", change->name, ENG_KEY_MAX, error);
}

static gboolean
create (EngCall  *call,
        GError  **error)
{
  g_auto(Change) change = { .reply = call->output };
  gint64 now = (gint64) (sage_time_now () * 1000);
  g_autofree char *made = NULL;
  char id[SAGE_UUID_SIZE];

  if (!eng_input_experiment (call->input, &change.experiment, error) ||
      !eng_input_text (call->input, "run_name", &change.name, error) ||
      !eng_input_text (call->input, "user_id", &change.user, error) ||
      !eng_input_int (call->input, "start_time", now, &change.started, error) ||
      !eng_read_pairs (call->input, "tags", ENG_BATCH_METRICS_MAX, &change.tags, error) ||
      !settle_name (&change, &made, error))
    return FALSE;
  if (change.user == NULL)
    change.user = call->caller->user != NULL ? call->caller->user : "";
  if (!eng_check_length ("User ID", change.user, 256, error))
    return FALSE;

  /* MLflow's have no dashes */
  sage_uuid_write (id);
  for (char *in = id, *out = id; ; in++)
    {
      if (*in != '-')
        *out++ = *in;
      if (*in == '\0')
        break;
    }
  change.id = id;

  return write_change (call, &change, insert, error);
}

static gboolean
apply (EngTx     *tx,
       gpointer   user_data,
       GError   **error)
{
  Change *change = user_data;
  const EngPair name = { ENG_RUN_NAME_TAG, change->name };
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load_active (tx, change->id, error);
  g_autoptr(EngTrackedRun) changed = NULL;

  if (run == NULL ||
      !eng_exec (tx->connection, error, "UPDATE run SET status = coalesce (?2, status) WHERE number = ?1",
                 "it", run->number, change->status) ||
      (change->ended >= 0 && !eng_exec (tx->connection, error, "UPDATE run SET ended = ?2"
                                        " WHERE number = ?1", "ii", run->number, change->ended)) ||
      (change->name != NULL && !eng_tracked_run_set_tag (tx, run, &name, error)))
    return FALSE;
  changed = eng_tracked_run_load (tx->connection, change->id, error);
  if (changed == NULL || !eng_tracked_run_tell (tx, changed, changed->status, error))
    return FALSE;

  g_string_append_c (change->reply, '{');
  eng_out_member (change->reply, "run_info");
  eng_tracked_run_out_info (change->reply, changed);
  g_string_append_c (change->reply, '}');

  return TRUE;
}

static gboolean
update (EngCall  *call,
        GError  **error)
{
  g_auto(Change) change = { .reply = call->output };

  if (!eng_input_run_id (call->input, &change.id, error) ||
      !eng_input_text (call->input, "status", &change.status, error) ||
      !check_status (change.status, error) ||
      !eng_input_int (call->input, "end_time", -1, &change.ended, error) ||
      !eng_input_text (call->input, "run_name", &change.name, error))
    return FALSE;
  if (change.name != NULL && *change.name == '\0')
    change.name = NULL;

  return (change.name == NULL || eng_check_length ("Run name", change.name, ENG_KEY_MAX, error)) &&
         write_change (call, &change, apply, error);
}

static gboolean
move (EngTx     *tx,
      gpointer   user_data,
      GError   **error)
{
  Change *change = user_data;
  g_autoptr(EngTrackedRun) run = eng_tracked_run_load (tx->connection, change->id, error);

  if (run == NULL)
    return FALSE;
  if (strcmp (run->stage, change->stage) == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The run %s must be in the '%s' state. Current state is "
                       "%s.", run->id, strcmp (run->stage, ENG_STAGE_ACTIVE) == 0
                                         ? ENG_STAGE_DELETED : ENG_STAGE_ACTIVE, run->stage);

  return eng_exec (tx->connection, error, "UPDATE run SET stage = ?2 WHERE number = ?1", "it",
                   run->number, change->stage) &&
         eng_tracked_run_tell (tx, run, strcmp (change->stage, ENG_STAGE_ACTIVE) == 0 ? run->status : "Deleted",
                       error);
}

static gboolean
move_to (EngCall     *call,
         const char  *stage,
         GError     **error)
{
  g_auto(Change) change = { .stage = stage };

  if (!eng_input_run_id (call->input, &change.id, error) || !write_change (call, &change, move, error))
    return FALSE;
  g_string_append (call->output, "{}");

  return TRUE;
}

static gboolean
delete (EngCall  *call,
        GError  **error)
{
  return move_to (call, ENG_STAGE_DELETED, error);
}

static gboolean
restore (EngCall  *call,
         GError  **error)
{
  return move_to (call, ENG_STAGE_ACTIVE, error);
}

static gboolean
get (EngCall  *call,
     GError  **error)
{
  g_auto(Change) change = { .reply = call->output };
  g_autoptr(EngReader) reader = NULL;

  if (!eng_input_run_id (call->input, &change.id, error))
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);

  return reader != NULL && reply_run (&change, reader, error);
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "CreateRun", ENG_ACCESS_WRITE, create },
  { "sagemaker-mlflow", "GetRun", ENG_ACCESS_READ, get },
  { "sagemaker-mlflow", "UpdateRun", ENG_ACCESS_WRITE, update },
  { "sagemaker-mlflow", "DeleteRun", ENG_ACCESS_WRITE, delete },
  { "sagemaker-mlflow", "RestoreRun", ENG_ACCESS_WRITE, restore },
};

void
eng_run_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
