/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-processing"

#include "config.h"

#include <string.h>

#include "eng-job-layout.h"
#include "eng-job-request.h"
#include "eng-list.h"
#include "eng-processing.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

/* AWS's limits of a processing job. */
#define MAX_INPUTS 10
#define MAX_OUTPUTS 10

static const EngJobCalls calls = {
  .kind = "processing-job",
  .name_member = "ProcessingJobName",
  .arn_member = "ProcessingJobArn",
  .status_member = "ProcessingJobStatus",
  .noun = "processing job",
  .noun_capital = "Processing job",
};

static const EngListing listing = {
  .kind = "processing-job",
  .reply_member = "ProcessingJobSummaries",
  .status_member = "StatusEquals",
};

static gboolean
check_input (JsonObject  *input,
             GError     **error)
{
  const char *name = sage_json_string (input, "InputName", "");
  JsonObject *s3 = sage_json_object (input, "S3Input");

  if (s3 == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing input '%s' needs an S3Input; a DatasetDefinition is not "
                       "supported", name);
  if (sage_json_bool (input, "AppManaged", FALSE))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing input '%s': AppManaged is not supported", name);
  if (strcmp (sage_json_string (s3, "S3DataType", "S3Prefix"), "S3Prefix") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing input '%s': the only supported S3DataType is S3Prefix", name);
  if (strcmp (sage_json_string (s3, "S3InputMode", "File"), "File") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing input '%s': the only supported S3InputMode is File", name);
  if (strcmp (sage_json_string (s3, "S3CompressionType", "None"), "None") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing input '%s': the only supported S3CompressionType is None", name);
  if (sage_json_string (s3, "LocalPath", NULL) == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Processing input '%s' needs a LocalPath", name);

  return eng_job_layout_check_local (sage_json_string (s3, "LocalPath", ""), "/opt/ml/processing",
                                     "ProcessingInputs LocalPath", error);
}

static gboolean
check_output (JsonObject  *output,
              GError     **error)
{
  const char *name = sage_json_string (output, "OutputName", "");
  JsonObject *s3 = sage_json_object (output, "S3Output");

  if (s3 == NULL || sage_json_object (output, "FeatureStoreOutput") != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing output '%s' needs an S3Output; a FeatureStoreOutput is not "
                       "supported", name);
  if (sage_json_bool (output, "AppManaged", FALSE))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing output '%s': AppManaged is not supported", name);
  if (strcmp (sage_json_string (s3, "S3UploadMode", "EndOfJob"), "EndOfJob") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Processing output '%s': the only supported S3UploadMode is EndOfJob", name);
  if (sage_json_string (s3, "LocalPath", NULL) == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Processing output '%s' needs a LocalPath", name);

  return eng_job_layout_check_local (sage_json_string (s3, "LocalPath", ""), "/opt/ml/processing",
                                     "ProcessingOutputs LocalPath", error);
}

/* Checks each member of a list and that no two share a name. */
static gboolean
check_list (JsonArray   *list,
            const char  *name_member,
            guint        limit,
            gboolean   (*check) (JsonObject  *item,
                                 GError     **error),
            GError     **error)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = list != NULL ? json_array_get_length (list) : 0;

  if (n > limit)
    return sage_throw (error, SAGE_ERROR_INVALID, "At most %u are allowed, %u were given: %ss",
                       limit, n, name_member);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *item = sage_json_array_object (list, i);

      if (!g_hash_table_add (names, (gpointer) sage_json_string (item, name_member, "")))
        return sage_throw (error, SAGE_ERROR_INVALID, "Duplicate %s '%s'", name_member,
                           sage_json_string (item, name_member, ""));
      if (!check (item, error))
        return FALSE;
    }

  return TRUE;
}

/* Whether @path is @directory or beneath it; either may end in a slash. */
static gboolean
is_within (const char *path,
           const char *directory)
{
  gsize length = strlen (directory);

  while (length > 1 && directory[length - 1] == '/')
    length--;

  return strncmp (path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* An input is read-only for the job, and its files are the object store's own. */
static gboolean
check_apart (JsonArray  *inputs,
             JsonArray  *outputs,
             GError    **error)
{
  for (guint i = 0; outputs != NULL && i < json_array_get_length (outputs); i++)
    for (guint j = 0; inputs != NULL && j < json_array_get_length (inputs); j++)
      {
        JsonObject *output = sage_json_array_object (outputs, i);
        JsonObject *input = sage_json_array_object (inputs, j);
        const char *to = sage_json_string (sage_json_object (output, "S3Output"), "LocalPath", "");
        const char *from = sage_json_string (sage_json_object (input, "S3Input"), "LocalPath", "");

        if (is_within (to, from))
          return sage_throw (error, SAGE_ERROR_INVALID,
                             "The LocalPath of processing output '%s' lies in that of input '%s', "
                             "which the job cannot write to; choose another directory",
                             sage_json_string (output, "OutputName", ""),
                             sage_json_string (input, "InputName", ""));
      }

  return TRUE;
}

static gboolean
create_processing_job (EngCall  *call,
                       GError  **error)
{
  JsonObject *app = sage_json_object (call->input, "AppSpecification");
  JsonObject *outputs = sage_json_object (call->input, "ProcessingOutputConfig");
  JsonObject *resources = sage_json_object (call->input, "ProcessingResources");
  g_autoptr(JsonObject) doc = NULL;

  if (!eng_job_request_check_image (call, sage_json_string (app, "ImageUri", ""), error))
    return FALSE;
  if (sage_json_array (app, "ContainerEntrypoint") == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "AppSpecification needs a ContainerEntrypoint: the image '%s' has none of "
                       "its own", sage_json_string (app, "ImageUri", ""));
  if (!check_list (sage_json_array (call->input, "ProcessingInputs"), "InputName", MAX_INPUTS,
                   check_input, error) ||
      !check_list (sage_json_array (outputs, "Outputs"), "OutputName", MAX_OUTPUTS, check_output,
                   error) ||
      !check_apart (sage_json_array (call->input, "ProcessingInputs"),
                    sage_json_array (outputs, "Outputs"), error) ||
      !eng_job_request_check_cluster (call, sage_json_object (resources, "ClusterConfig"), error))
    return FALSE;

  doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeProcessingJob"), call->input);

  return eng_job_request_create (call, &calls, doc, error);
}

static gboolean
describe_processing_job (EngCall  *call,
                         GError  **error)
{
  return eng_job_request_describe (call, &calls, error);
}

static gboolean
stop_processing_job (EngCall  *call,
                     GError  **error)
{
  return eng_job_request_stop (call, &calls, error);
}

static gboolean
delete_processing_job (EngCall  *call,
                       GError  **error)
{
  return eng_job_request_delete (call, &calls, error);
}

static gboolean
list_processing_jobs (EngCall  *call,
                      GError  **error)
{
  return eng_list_run (call, &listing, error);
}

static const EngOperation operations[] = {
  { "sagemaker", "CreateProcessingJob", ENG_ACCESS_WRITE, create_processing_job },
  { "sagemaker", "DescribeProcessingJob", ENG_ACCESS_READ, describe_processing_job },
  { "sagemaker", "StopProcessingJob", ENG_ACCESS_WRITE, stop_processing_job },
  { "sagemaker", "DeleteProcessingJob", ENG_ACCESS_WRITE, delete_processing_job },
  { "sagemaker", "ListProcessingJobs", ENG_ACCESS_READ, list_processing_jobs },
};

/**
 * eng_processing_register:
 * @engine: the engine
 *
 * Adds the processing operations to the table.
 */
void
eng_processing_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
