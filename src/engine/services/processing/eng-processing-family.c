/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-processing"

#include "config.h"

#include "eng-job-failure.h"
#include "eng-job-layout.h"
#include "eng-processing.h"
#include "sage-error.h"
#include "sage-json.h"

#define GIB (1024.0 * 1024.0 * 1024.0)

/* AWS's limit of ExitMessage. */
#define MAX_MESSAGE 1024

static JsonObject *
cluster (JsonObject *doc)
{
  return sage_json_object (sage_json_object (doc, "ProcessingResources"), "ClusterConfig");
}

static const char *
instance_type (JsonObject *doc)
{
  return sage_json_string (cluster (doc), "InstanceType", "");
}

static gboolean
prepare_inputs (EngJobRun   *run,
                EngJobSpec  *spec,
                GError     **error)
{
  JsonArray *inputs = sage_json_array (run->doc, "ProcessingInputs");

  for (guint i = 0; inputs != NULL && i < json_array_get_length (inputs); i++)
    {
      JsonObject *s3 = sage_json_object (sage_json_array_object (inputs, i), "S3Input");

      if (!eng_job_layout_download (run, spec, sage_json_string (s3, "S3Uri", ""),
                                    sage_json_string (s3, "LocalPath", ""), error))
        return FALSE;
    }

  return TRUE;
}

static JsonArray *
outputs (EngJobRun *run)
{
  return sage_json_array (sage_json_object (run->doc, "ProcessingOutputConfig"), "Outputs");
}

static gboolean
prepare_outputs (EngJobRun   *run,
                 GError     **error)
{
  JsonArray *list = outputs (run);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *s3 = sage_json_object (sage_json_array_object (list, i), "S3Output");

      if (!eng_job_layout_make_dir (run, sage_json_string (s3, "LocalPath", ""), error))
        return FALSE;
    }

  return TRUE;
}

static void
prepare_environment (EngJobRun  *run,
                     EngJobSpec *spec)
{
  g_autofree char *name = g_strconcat ("PROCESSING_JOB_NAME=", run->resource->name, NULL);
  g_autofree char *arn = g_strconcat ("PROCESSING_JOB_ARN=", run->resource->arn, NULL);
  const char *extra[] = { name, arn, NULL };

  eng_job_layout_environment (run, spec, sage_json_object (run->doc, "Environment"), extra);
}

static gboolean
prepare (EngJobRun   *run,
         EngJobSpec  *spec,
         GError     **error)
{
  JsonObject *app = sage_json_object (run->doc, "AppSpecification");
  g_autoptr(JsonObject) hosts = eng_job_layout_resources (instance_type (run->doc));

  spec->argv = eng_job_layout_command (sage_json_array (app, "ContainerEntrypoint"),
                                       sage_json_array (app, "ContainerArguments"));
  spec->disk_bytes = (guint64) (sage_json_double (cluster (run->doc), "VolumeSizeInGB", 30) * GIB);
  spec->max_runtime_seconds = sage_json_int (sage_json_object (run->doc, "StoppingCondition"),
                                             "MaxRuntimeInSeconds", 86400);
  spec->network = run->engine->job_network &&
                  !sage_json_bool (sage_json_object (run->doc, "NetworkConfig"),
                                   "EnableNetworkIsolation", FALSE);
  g_free (spec->working_directory);
  spec->working_directory = g_strdup ("/opt/ml/processing");

  eng_job_layout_add_runtime (run, spec);
  prepare_environment (run, spec);

  return eng_job_layout_make_dir (run, "/opt/ml/processing", error) &&
         eng_job_layout_make_dir (run, "/opt/ml/output", error) &&
         eng_job_layout_write_json (run, "/opt/ml/config/processingjobconfig.json", run->doc,
                                    error) &&
         eng_job_layout_write_json (run, "/opt/ml/config/resourceconfig.json", hosts, error) &&
         prepare_inputs (run, spec, error) &&
         prepare_outputs (run, error);
}

static gboolean
collect (EngJobRun           *run,
         const EngJobStatus  *status,
         EngJobOutcome        outcome,
         GError             **error)
{
  JsonArray *list = outputs (run);

  if (outcome != ENG_JOB_COMPLETED)
    return TRUE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *s3 = sage_json_object (sage_json_array_object (list, i), "S3Output");
      g_autofree char *path = eng_job_layout_path (run, sage_json_string (s3, "LocalPath", ""));
      guint n_files;

      if (!eng_objects_upload_directory (run->engine->objects, path,
                                         sage_json_string (s3, "S3Uri", ""), &n_files, error))
        {
          g_prefix_error (error, "Output '%s': ",
                          sage_json_string (sage_json_array_object (list, i), "OutputName", ""));
          return FALSE;
        }
    }

  return TRUE;
}

static void
show_phase (JsonObject  *doc,
            EngJobPhase  phase,
            double       when,
            const char  *message)
{
  switch (phase)
    {
    case ENG_JOB_PHASE_WAITING:
      json_object_set_string_member (doc, "ExitMessage", message);
      break;
    case ENG_JOB_PHASE_RUNNING:
      json_object_remove_member (doc, "ExitMessage");
      json_object_set_double_member (doc, "ProcessingStartTime", when);
      break;
    case ENG_JOB_PHASE_DOWNLOADING:
    case ENG_JOB_PHASE_UPLOADING:
      break;
    }
}

static const char *
show_end (EngJobRun           *run,
          JsonObject          *doc,
          const EngJobStatus  *status,
          EngJobOutcome        outcome,
          const char          *reason,
          double               when)
{
  g_autofree char *message = eng_job_read_message (run->directory, "output/message", MAX_MESSAGE);
  const char *word = NULL;

  switch (outcome)
    {
    case ENG_JOB_COMPLETED:
      word = "Completed";
      break;
    case ENG_JOB_FAILED:
      word = "Failed";
      json_object_set_string_member (doc, "FailureReason", reason);
      break;
    case ENG_JOB_STOPPED:
      word = "Stopped";
      break;
    case ENG_JOB_TIMED_OUT:
      word = "Stopped";
      json_object_set_string_member (doc, "FailureReason",
                                     "ClientError: the job ran longer than MaxRuntimeInSeconds and "
                                     "was stopped. Raise the limit or do less in one job.");
      break;
    }

  json_object_remove_member (doc, "ExitMessage");
  if (message != NULL)
    json_object_set_string_member (doc, "ExitMessage", message);
  if (status->started > 0)
    json_object_set_double_member (doc, "ProcessingStartTime", status->started);
  json_object_set_double_member (doc, "ProcessingEndTime", when);
  json_object_set_string_member (doc, "ProcessingJobStatus", word);

  return word;
}

const EngJobFamily eng_processing_family = {
  .kind = "processing-job",
  .grace_seconds = 30,
  .instance_type = instance_type,
  .prepare = prepare,
  .collect = collect,
  .show_phase = show_phase,
  .show_end = show_end,
};
