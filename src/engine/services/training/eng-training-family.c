/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-training"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-archive.h"
#include "eng-job-layout.h"
#include "eng-training-document.h"
#include "eng-training.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"

#define GIB (1024.0 * 1024.0 * 1024.0)

static const char *
instance_type (JsonObject *doc)
{
  return sage_json_string (sage_json_object (doc, "ResourceConfig"), "InstanceType", "");
}

static void
set_if_present (JsonObject *to,
                const char *name,
                JsonObject *from,
                const char *member)
{
  const char *value = sage_json_string (from, member, NULL);

  if (value != NULL)
    json_object_set_string_member (to, name, value);
}

/* One channel: its data, and its entry in inputdataconfig.json. */
static gboolean
prepare_channel (EngJobRun   *run,
                 EngJobSpec  *spec,
                 JsonObject  *channel,
                 JsonObject  *config,
                 GError     **error)
{
  const char *name = sage_json_string (channel, "ChannelName", "");
  JsonObject *s3 = sage_json_object (sage_json_object (channel, "DataSource"), "S3DataSource");
  g_autofree char *inside = g_strconcat ("/opt/ml/input/data/", name, NULL);
  JsonObject *entry = json_object_new ();

  set_if_present (entry, "ContentType", channel, "ContentType");
  json_object_set_string_member (entry, "TrainingInputMode",
                                 sage_json_string (channel, "InputMode", "File"));
  json_object_set_string_member (entry, "S3DistributionType",
                                 sage_json_string (s3, "S3DataDistributionType",
                                                   "FullyReplicated"));
  json_object_set_string_member (entry, "RecordWrapperType",
                                 sage_json_string (channel, "RecordWrapperType", "None"));
  json_object_set_object_member (config, name, entry);

  return eng_job_layout_download (run, spec, sage_json_string (s3, "S3Uri", ""), inside, error);
}

static gboolean
prepare_channels (EngJobRun   *run,
                  EngJobSpec  *spec,
                  GError     **error)
{
  JsonArray *channels = sage_json_array (run->doc, "InputDataConfig");
  g_autoptr(JsonObject) config = json_object_new ();

  for (guint i = 0; channels != NULL && i < json_array_get_length (channels); i++)
    if (!prepare_channel (run, spec, sage_json_array_object (channels, i), config, error))
      return FALSE;

  return eng_job_layout_write_json (run, "/opt/ml/input/config/inputdataconfig.json", config,
                                    error);
}

static gboolean
prepare_checkpoints (EngJobRun   *run,
                     GError     **error)
{
  JsonObject *config = sage_json_object (run->doc, "CheckpointConfig");
  const char *local = sage_json_string (config, "LocalPath", "/opt/ml/checkpoints");

  return config == NULL ||
         (eng_job_layout_make_dir (run, local, error) &&
          eng_job_layout_write_json (run, "/opt/ml/input/config/checkpointconfig.json", config,
                                     error) &&
          eng_job_layout_restore (run, sage_json_string (config, "S3Uri", ""), local, error));
}

static gboolean
prepare_code (EngJobRun   *run,
              EngJobSpec  *spec,
              GError     **error)
{
  g_autofree char *source = eng_training_hyperparameter (run->doc, "sagemaker_submit_directory");

  if (source == NULL)
    return eng_job_layout_make_dir (run, "/opt/ml/code", error);
  if (!g_str_has_prefix (source, "s3://"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "sagemaker_submit_directory must be an s3:// URI, not '%s'", source);

  return eng_job_layout_unpack (run, spec, source, "/opt/ml/code", error);
}

/* The process of the container contract: its own entry point, the script toolkit, or `train`. */
static gboolean
prepare_command (EngJobRun   *run,
                 EngJobSpec  *spec,
                 GError     **error)
{
  JsonObject *algorithm = sage_json_object (run->doc, "AlgorithmSpecification");
  JsonArray *entrypoint = sage_json_array (algorithm, "ContainerEntrypoint");
  JsonArray *arguments = sage_json_array (algorithm, "ContainerArguments");
  const char *image = sage_json_string (algorithm, "TrainingImage", "");
  const EngRuntime *runtime = eng_images_resolve (run->engine->images, image, error);
  g_autofree char *program = eng_training_hyperparameter (run->doc, "sagemaker_program");
  const char *role;

  if (runtime == NULL)
    return FALSE;

  if (entrypoint != NULL)
    {
      spec->argv = eng_job_layout_command (entrypoint, arguments);
      return TRUE;
    }

  role = program != NULL && (runtime->kind == ENG_RUNTIME_PYTHON || runtime->script_mode)
           ? "script" : "train";
  spec->argv = g_strdupv ((char *[]) { (char *) ENG_ALGORITHM_PATH, (char *) role, NULL });

  return TRUE;
}

static void
prepare_environment (EngJobRun  *run,
                     EngJobSpec *spec)
{
  g_autofree char *name = g_strconcat ("TRAINING_JOB_NAME=", run->resource->name, NULL);
  g_autofree char *arn = g_strconcat ("TRAINING_JOB_ARN=", run->resource->arn, NULL);
  g_autofree char *cpus = g_strdup_printf ("SM_NUM_CPUS=%u",
                                           MIN ((guint) spec->cpus, g_get_num_processors ()));
  const char *extra[] = { name, arn, cpus, NULL };

  eng_job_layout_environment (run, spec, sage_json_object (run->doc, "Environment"), extra);
}

static gboolean
prepare (EngJobRun   *run,
         EngJobSpec  *spec,
         GError     **error)
{
  JsonObject *resources = sage_json_object (run->doc, "ResourceConfig");
  JsonObject *hyperparameters = sage_json_object (run->doc, "HyperParameters");
  g_autoptr(JsonObject) hosts = eng_job_layout_resources (instance_type (run->doc));
  g_autoptr(JsonObject) empty = json_object_new ();

  spec->disk_bytes = (guint64) (sage_json_double (resources, "VolumeSizeInGB", 30) * GIB);
  spec->max_runtime_seconds = sage_json_int (sage_json_object (run->doc, "StoppingCondition"),
                                             "MaxRuntimeInSeconds", 86400);
  spec->network = run->engine->job_network &&
                  !sage_json_bool (run->doc, "EnableNetworkIsolation", FALSE);
  g_free (spec->working_directory);
  spec->working_directory = g_strdup ("/opt/ml/code");

  eng_job_layout_add_runtime (run, spec);
  prepare_environment (run, spec);

  return prepare_command (run, spec, error) &&
         eng_job_layout_write_json (run, "/opt/ml/input/config/hyperparameters.json",
                                    hyperparameters != NULL ? hyperparameters : empty, error) &&
         eng_job_layout_write_json (run, "/opt/ml/input/config/resourceconfig.json", hosts,
                                    error) &&
         prepare_channels (run, spec, error) &&
         prepare_checkpoints (run, error) &&
         prepare_code (run, spec, error) &&
         eng_job_layout_make_dir (run, "/opt/ml/model", error) &&
         eng_job_layout_make_dir (run, "/opt/ml/output/data", error);
}

static gboolean
is_empty (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);

  return dir == NULL || g_dir_read_name (dir) == NULL;
}

/* Packs a directory the job wrote and stores it as one object. */
static gboolean
store_archive (EngJobRun   *run,
               const char  *directory,
               const char  *archive_name,
               const char  *s3_uri,
               GError     **error)
{
  g_autofree char *archive = g_build_filename (run->directory, archive_name, NULL);
  g_auto(EngS3Uri) uri = { 0 };
  gboolean ok;

  if (!eng_s3_uri_parse (s3_uri, &uri, error) || !eng_archive_pack (directory, archive, error))
    return FALSE;

  ok = eng_objects_put_file (run->engine->objects, uri.bucket, uri.key, archive,
                             "application/gzip", error);
  unlink (archive);

  return ok;
}

/* Stores one of the job's output directories under `<S3OutputPath>/<job>/output/`. */
static gboolean
store_output (EngJobRun   *run,
              const char  *inside,
              const char  *name,
              char       **stored_uri,
              GError     **error)
{
  JsonObject *config = sage_json_object (run->doc, "OutputDataConfig");
  const char *base = sage_json_string (config, "S3OutputPath", "");
  gboolean packed = strcmp (sage_json_string (config, "CompressionType", "GZIP"), "NONE") != 0;
  g_autofree char *directory = eng_job_layout_path (run, inside);
  g_autofree char *trimmed = g_strdup (base);
  guint n_files;

  while (g_str_has_suffix (trimmed, "/"))
    trimmed[strlen (trimmed) - 1] = '\0';
  *stored_uri = g_strdup_printf ("%s/%s/output/%s%s", trimmed, run->resource->name, name,
                                 packed ? ".tar.gz" : "/");

  if (packed)
    {
      g_autofree char *archive_name = g_strconcat (name, ".tar.gz", NULL);

      return store_archive (run, directory, archive_name, *stored_uri, error);
    }

  return eng_objects_upload_directory (run->engine->objects, directory, *stored_uri, &n_files,
                                       error);
}

static gboolean
collect_checkpoints (EngJobRun   *run,
                     GError     **error)
{
  JsonObject *config = sage_json_object (run->doc, "CheckpointConfig");
  g_autofree char *path = NULL;
  guint n_files;

  if (config == NULL)
    return TRUE;

  path = eng_job_layout_path (run, sage_json_string (config, "LocalPath", "/opt/ml/checkpoints"));

  return eng_objects_upload_directory (run->engine->objects, path,
                                       sage_json_string (config, "S3Uri", ""), &n_files, error);
}

/* Read on the job's own thread: a long log with costly patterns takes its time. */
static void
collect_metrics (EngJobRun *run)
{
  JsonObject *algorithm = sage_json_object (run->doc, "AlgorithmSpecification");
  const EngRuntime *runtime =
    eng_images_resolve (run->engine->images, sage_json_string (algorithm, "TrainingImage", ""),
                        NULL);
  g_autofree char *log_path = g_build_filename (run->directory, "log", NULL);

  json_object_set_array_member (run->results, "metrics",
                                eng_training_final_metrics (
                                  log_path, sage_json_array (algorithm, "MetricDefinitions"),
                                  runtime != NULL && runtime->kind == ENG_RUNTIME_BUILTIN));
}

static gboolean
collect (EngJobRun           *run,
         const EngJobStatus  *status,
         EngJobOutcome        outcome,
         GError             **error)
{
  g_autofree char *model = eng_job_layout_path (run, "/opt/ml/model");
  g_autofree char *data = eng_job_layout_path (run, "/opt/ml/output/data");
  g_autofree char *model_uri = NULL;
  g_autofree char *data_uri = NULL;

  collect_metrics (run);
  if (!collect_checkpoints (run, error))
    return FALSE;

  /* A failed job's model is nobody's; a stopped job's is kept, as on AWS. */
  if (outcome != ENG_JOB_FAILED && (outcome == ENG_JOB_COMPLETED || !is_empty (model)))
    {
      if (!store_output (run, "/opt/ml/model", "model", &model_uri, error))
        return FALSE;
      json_object_set_string_member (run->results, "model", model_uri);
    }
  SAGE_FAILPOINT ("training-model-stored");

  return is_empty (data) || store_output (run, "/opt/ml/output/data", "output", &data_uri, error);
}

static void
show_phase (JsonObject  *doc,
            EngJobPhase  phase,
            double       when,
            const char  *message)
{
  /* A job that is asked to stop shows nothing else until it has. */
  if (strcmp (sage_json_string (doc, "TrainingJobStatus", ""), "Stopping") == 0)
    return;

  switch (phase)
    {
    case ENG_JOB_PHASE_WAITING:
      eng_training_document_transition (doc, "Pending", message, when);
      break;
    case ENG_JOB_PHASE_DOWNLOADING:
      eng_training_document_transition (doc, "Downloading", "Downloading input data", when);
      break;
    case ENG_JOB_PHASE_RUNNING:
      eng_training_document_transition (doc, "Training", "Training in progress", when);
      json_object_set_double_member (doc, "TrainingStartTime", when);
      break;
    case ENG_JOB_PHASE_UPLOADING:
      eng_training_document_transition (doc, "Uploading", "Uploading the generated model", when);
      break;
    }
}

static void
set_times (JsonObject         *doc,
           const EngJobStatus *status,
           double              when)
{
  double started = sage_json_double (doc, "TrainingStartTime", 0);
  gint64 seconds;

  if (status->started > 0)
    {
      started = status->started;
      json_object_set_double_member (doc, "TrainingStartTime", started);
    }
  json_object_set_double_member (doc, "TrainingEndTime", when);
  if (started <= 0)
    return;

  seconds = (gint64) (MAX (status->ended, started) - started + 0.5);
  json_object_set_int_member (doc, "TrainingTimeInSeconds", seconds);
  json_object_set_int_member (doc, "BillableTimeInSeconds", MAX (seconds, 1));
}

static void
set_results (EngJobRun  *run,
             JsonObject *doc)
{
  const char *model = sage_json_string (run->results, "model", NULL);
  JsonArray *metrics = sage_json_array (run->results, "metrics");

  if (model != NULL)
    {
      JsonObject *artifacts = json_object_new ();

      json_object_set_string_member (artifacts, "S3ModelArtifacts", model);
      json_object_set_object_member (doc, "ModelArtifacts", artifacts);
    }
  json_object_set_array_member (doc, "FinalMetricDataList",
                                metrics != NULL ? json_array_ref (metrics) : json_array_new ());
}

static const char *
show_end (EngJobRun           *run,
          JsonObject          *doc,
          const EngJobStatus  *status,
          EngJobOutcome        outcome,
          const char          *reason,
          double               when)
{
  const char *word = NULL;
  const char *secondary = NULL;
  const char *message = NULL;

  switch (outcome)
    {
    case ENG_JOB_COMPLETED:
      word = secondary = "Completed";
      message = "Training job completed";
      break;
    case ENG_JOB_FAILED:
      word = secondary = "Failed";
      message = "Training job failed";
      json_object_set_string_member (doc, "FailureReason", reason);
      break;
    case ENG_JOB_STOPPED:
      word = secondary = "Stopped";
      message = "Training job stopped";
      break;
    case ENG_JOB_TIMED_OUT:
      word = "Stopped";
      secondary = "MaxRuntimeExceeded";
      message = "Training job runtime exceeded MaxRuntimeInSeconds";
      break;
    }

  json_object_set_string_member (doc, "TrainingJobStatus", word);
  eng_training_document_transition (doc, secondary, message, when);
  eng_training_document_close (doc, when);
  set_times (doc, status, when);
  set_results (run, doc);

  return word;
}

const EngJobFamily eng_training_family = {
  .kind = "training-job",
  .grace_seconds = 120,
  .instance_type = instance_type,
  .prepare = prepare,
  .collect = collect,
  .show_phase = show_phase,
  .show_end = show_end,
};
