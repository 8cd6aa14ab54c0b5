/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-training"

#include "config.h"

#include <string.h>

#include "eng-job-layout.h"
#include "eng-job-request.h"
#include "eng-list.h"
#include "eng-training-document.h"
#include "eng-training.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

static void
show_stopping (JsonObject *doc,
               double      when)
{
  eng_training_document_transition (doc, "Stopping", "Stopping the training job", when);
}

static const EngJobCalls calls = {
  .kind = "training-job",
  .name_member = "TrainingJobName",
  .arn_member = "TrainingJobArn",
  .status_member = "TrainingJobStatus",
  .noun = "training job",
  .noun_capital = "Training job",
  .missing = "Requested resource not found.",
  .show_stopping = show_stopping,
};

static const EngListing listing = {
  .kind = "training-job",
  .reply_member = "TrainingJobSummaries",
  .status_member = "StatusEquals",
};

/* What a request asks for that no part of this engine does yet is refused, never ignored. */
static gboolean
check_channel (JsonObject  *channel,
               GHashTable  *seen,
               GError     **error)
{
  const char *name = sage_json_string (channel, "ChannelName", "");
  JsonObject *s3 = sage_json_object (sage_json_object (channel, "DataSource"), "S3DataSource");

  if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "The channel name '%s' is not possible", name);
  if (!g_hash_table_add (seen, g_ascii_strdown (name, -1)))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Duplicate channel name '%s'; names must differ by more than case", name);
  if (s3 == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Channel '%s' needs an S3DataSource; other data sources are not supported",
                       name);
  if (strcmp (sage_json_string (s3, "S3DataType", ""), "S3Prefix") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Channel '%s': the only supported S3DataType is S3Prefix", name);
  if (strcmp (sage_json_string (channel, "InputMode", "File"), "Pipe") == 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Channel '%s': input mode Pipe is not supported; use File or FastFile", name);
  if (strcmp (sage_json_string (channel, "CompressionType", "None"), "None") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Channel '%s': CompressionType Gzip is not supported; the job finds its files "
                       "as they are stored", name);
  if (strcmp (sage_json_string (channel, "RecordWrapperType", "None"), "None") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Channel '%s': RecordWrapperType RecordIO is not supported", name);

  return TRUE;
}

static gboolean
check_channels (JsonObject  *input,
                GError     **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *channels = sage_json_array (input, "InputDataConfig");

  for (guint i = 0; channels != NULL && i < json_array_get_length (channels); i++)
    if (!check_channel (sage_json_array_object (channels, i), seen, error))
      return FALSE;

  return TRUE;
}

/* Checkpoints are laid out after the inputs and stored while and after the job writes them: in a
 * directory with anything else they would mix with it. */
static gboolean
check_checkpoints (const char  *path,
                   GError     **error)
{
  static const char * const taken[] = { "/opt/ml/input", "/opt/ml/code" };
  gsize length = strlen (path);

  if (!eng_job_layout_check_local (path, "/opt/ml", "CheckpointConfig.LocalPath", error))
    return FALSE;

  while (path[length - 1] == '/')
    length--;
  if (length == strlen ("/opt/ml"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "CheckpointConfig.LocalPath must be a directory beneath /opt/ml");
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      gsize n = strlen (taken[i]);

      if (length >= n && strncmp (path, taken[i], n) == 0 && (length == n || path[n] == '/'))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "CheckpointConfig.LocalPath cannot lie in %s, which holds what the job is "
                           "given", taken[i]);
    }

  return TRUE;
}

static gboolean
check_limits (JsonObject  *input,
              GError     **error)
{
  JsonObject *stop = sage_json_object (input, "StoppingCondition");
  gboolean spot = sage_json_bool (input, "EnableManagedSpotTraining", FALSE);
  gint64 run = sage_json_int (stop, "MaxRuntimeInSeconds", 86400);
  gint64 wait = sage_json_int (stop, "MaxWaitTimeInSeconds", 0);
  const char *checkpoints = sage_json_string (sage_json_object (input, "CheckpointConfig"),
                                              "LocalPath", NULL);

  if (checkpoints != NULL && !check_checkpoints (checkpoints, error))
    return FALSE;
  if (wait != 0 && !spot)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "MaxWaitTimeInSeconds is only allowed with EnableManagedSpotTraining");
  if (spot && wait < run)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "MaxWaitTimeInSeconds must be present and at least MaxRuntimeInSeconds when "
                       "EnableManagedSpotTraining is set");

  return TRUE;
}

static gboolean
check_algorithm (EngCall     *call,
                 GError     **error)
{
  JsonObject *algorithm = sage_json_object (call->input, "AlgorithmSpecification");
  const char *image = sage_json_string (algorithm, "TrainingImage", NULL);
  const EngRuntime *runtime;
  g_autofree char *program = NULL;

  if (image == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "AlgorithmSpecification needs a TrainingImage; AlgorithmName is not "
                       "supported");
  if (strcmp (sage_json_string (algorithm, "TrainingInputMode", "File"), "Pipe") == 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "TrainingInputMode Pipe is not supported; use File or FastFile");

  runtime = eng_images_resolve (call->engine->images, image, error);
  if (runtime == NULL)
    return FALSE;

  program = eng_training_hyperparameter (call->input, "sagemaker_program");
  if (runtime->kind == ENG_RUNTIME_PYTHON && program == NULL &&
      sage_json_array (algorithm, "ContainerEntrypoint") == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The image '%s' runs a script: set the hyperparameters sagemaker_program and "
                       "sagemaker_submit_directory, or a ContainerEntrypoint", image);

  return TRUE;
}

static gboolean
create_training_job (EngCall  *call,
                     GError  **error)
{
  g_autoptr(JsonObject) doc = NULL;

  if (!check_algorithm (call, error) || !check_channels (call->input, error) ||
      !check_limits (call->input, error) ||
      !eng_job_request_check_cluster (call, sage_json_object (call->input, "ResourceConfig"),
                                      error))
    return FALSE;

  doc = eng_training_document_new (call->input);

  return eng_job_request_create (call, &calls, doc, error);
}

static gboolean
describe_training_job (EngCall  *call,
                       GError  **error)
{
  return eng_job_request_describe (call, &calls, error);
}

static gboolean
stop_training_job (EngCall  *call,
                   GError  **error)
{
  return eng_job_request_stop (call, &calls, error);
}

static gboolean
delete_training_job (EngCall  *call,
                     GError  **error)
{
  return eng_job_request_delete (call, &calls, error);
}

static gboolean
list_training_jobs (EngCall  *call,
                    GError  **error)
{
  EngListing wanted = listing;

  /* No job here keeps its machine warm or has a plan. */
  if (json_object_has_member (call->input, "WarmPoolStatusEquals") ||
      json_object_has_member (call->input, "TrainingPlanArnEquals"))
    wanted.where = "FALSE";

  return eng_list_run (call, &wanted, error);
}

static const EngOperation operations[] = {
  { "sagemaker", "CreateTrainingJob", ENG_ACCESS_WRITE, create_training_job },
  { "sagemaker", "DescribeTrainingJob", ENG_ACCESS_READ, describe_training_job },
  { "sagemaker", "StopTrainingJob", ENG_ACCESS_WRITE, stop_training_job },
  { "sagemaker", "DeleteTrainingJob", ENG_ACCESS_WRITE, delete_training_job },
  { "sagemaker", "ListTrainingJobs", ENG_ACCESS_READ, list_training_jobs },
};

/**
 * eng_training_register:
 * @engine: the engine
 *
 * Adds the training operations to the table.
 */
void
eng_training_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
