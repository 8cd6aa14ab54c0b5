/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-job"

#include "config.h"

#include <string.h>

#include "sage-defaults.h"
#include "sage-job-name.h"
#include "sage-json.h"
#include "sage-notebook-job-start.h"
#include "sage-notebook-job.h"
#include "sage-notebook-parameters.h"

/* What a notebook job is asked for with: as the SageMaker SDK's NotebookJobStep does, so that what
 * Studio shows of a job and what a pipeline made is the same. */

#define FOLDER "notebook-jobs"
#define CHANNEL "sagemaker_headless_execution"
#define IMAGE "sagebrush/python:3"
#define INSTANCE "ml.m5.large"
#define VOLUME_GB 30
#define LONGEST_RUN (24 * 60 * 60)

static JsonObject *
make_algorithm (void)
{
  JsonObject *algorithm = json_object_new ();
  JsonArray *entry = json_array_new ();

  json_array_add_string_element (entry, SAGE_NOTEBOOK_JOB_ENTRYPOINT);
  json_object_set_string_member (algorithm, "TrainingImage", IMAGE);
  json_object_set_string_member (algorithm, "TrainingInputMode", "File");
  json_object_set_array_member (algorithm, "ContainerEntrypoint", entry);

  return algorithm;
}

/* @folder: where the notebook is uploaded to */
static JsonArray *
make_channels (const char *folder)
{
  JsonObject *s3 = json_object_new ();
  JsonObject *source = json_object_new ();
  JsonObject *channel = json_object_new ();
  JsonArray *channels = json_array_new ();

  json_object_set_string_member (s3, "S3DataType", "S3Prefix");
  json_object_set_string_member (s3, "S3Uri", folder);
  json_object_set_string_member (s3, "S3DataDistributionType", "FullyReplicated");
  json_object_set_object_member (source, "S3DataSource", s3);
  json_object_set_string_member (channel, "ChannelName", CHANNEL);
  json_object_set_object_member (channel, "DataSource", source);
  json_array_add_object_element (channels, channel);

  return channels;
}

static JsonObject *
make_environment (SageNotebook *notebook,
                  const char   *file_name,
                  const char   *stem)
{
  const char *kernel = sage_notebook_get_kernel_name (notebook);
  g_autofree char *output = g_strconcat (stem, "-executed.ipynb", NULL);
  g_autofree char *name = sage_notebook_job_output_name (output);
  JsonObject *environment = json_object_new ();

  json_object_set_string_member (environment, "SM_JOB_DEF_VERSION", SAGE_NOTEBOOK_JOB_VERSION);
  json_object_set_string_member (environment, "SM_SKIP_EFS_SIMULATION", "true");
  json_object_set_string_member (environment, "SM_EXECUTION_INPUT_PATH",
                                 "/opt/ml/input/data/" CHANNEL);
  json_object_set_string_member (environment, "SM_KERNEL_NAME", kernel != NULL ? kernel : "python3");
  json_object_set_string_member (environment, "SM_INPUT_NOTEBOOK_NAME", file_name);
  json_object_set_string_member (environment, "SM_OUTPUT_NOTEBOOK_NAME", name);

  return environment;
}

/**
 * sage_notebook_job_request:
 * @connection: (nullable): the engine that is to run it
 * @notebook: what is to run
 * @file_name: its name: UTF-8
 *
 * Returns: (transfer full): what CreateTrainingJob takes to run it
 */
JsonObject *
sage_notebook_job_request (SageConnection *connection,
                           SageNotebook   *notebook,
                           const char     *file_name)
{
  JsonObject *request = json_object_new ();
  JsonObject *output = json_object_new ();
  JsonObject *resources = json_object_new ();
  JsonObject *stopping = json_object_new ();
  g_autofree char *stem = g_str_has_suffix (file_name, ".ipynb")
                            ? g_strndup (file_name, strlen (file_name) - strlen (".ipynb"))
                            : g_strdup (file_name);
  g_autofree char *name = sage_job_name_next (stem);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *role = sage_defaults_dup_role (connection);
  g_autofree char *bucket = sage_defaults_dup_bucket (connection);
  g_autofree char *output_uri = g_strconcat ("s3://", bucket, "/" FOLDER, NULL);
  g_autofree char *folder = g_strconcat (output_uri, "/input/", id, "/", NULL);

  json_object_set_string_member (request, "TrainingJobName", name);
  json_object_set_string_member (request, "RoleArn", role);
  json_object_set_object_member (request, "AlgorithmSpecification", make_algorithm ());
  json_object_set_array_member (request, "InputDataConfig", make_channels (folder));
  json_object_set_string_member (output, "S3OutputPath", output_uri);
  json_object_set_object_member (request, "OutputDataConfig", output);
  json_object_set_string_member (resources, "InstanceType", INSTANCE);
  json_object_set_int_member (resources, "InstanceCount", 1);
  json_object_set_int_member (resources, "VolumeSizeInGB", VOLUME_GB);
  json_object_set_object_member (request, "ResourceConfig", resources);
  json_object_set_int_member (stopping, "MaxRuntimeInSeconds", LONGEST_RUN);
  json_object_set_object_member (request, "StoppingCondition", stopping);
  json_object_set_object_member (request, "Environment", make_environment (notebook, file_name, stem));

  return request;
}

/* How a form asks for a value like @like; (out) @text: (nullable): of what is no scalar */
static const char *
type_of (JsonNode  *like,
         char     **text)
{
  GType type = JSON_NODE_HOLDS_VALUE (like) ? json_node_get_value_type (like) : G_TYPE_INVALID;

  if (type == G_TYPE_INT64)
    return "Integer";
  if (type == G_TYPE_DOUBLE)
    return "Float";
  if (type == G_TYPE_BOOLEAN)
    return "Boolean";
  if (type != G_TYPE_STRING)
    *text = JSON_NODE_HOLDS_NULL (like) ? g_strdup ("") : sage_json_to_string (like);

  return "String";
}

/**
 * sage_notebook_job_parameters:
 * @notebook: a notebook
 *
 * Returns: (transfer full) (nullable): what its cell tagged "parameters" assigns, as a form for
 *   parameters takes it; lists and maps as JSON. %NULL if it has no such cell
 */
JsonArray *
sage_notebook_job_parameters (SageNotebook *notebook)
{
  const char *language = sage_notebook_get_language (notebook);
  g_autoptr(JsonObject) defaults =
    sage_notebook_parameters_read (notebook, language != NULL ? language : "python");
  JsonArray *declared = defaults != NULL ? json_array_new () : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *like;

  if (defaults == NULL)
    return NULL;

  json_object_iter_init_ordered (&iter, defaults);
  while (json_object_iter_next_ordered (&iter, &name, &like))
    {
      JsonObject *parameter = json_object_new ();
      g_autofree char *text = NULL;

      json_object_set_string_member (parameter, "Name", name);
      json_object_set_string_member (parameter, "Type", type_of (like, &text));
      if (text != NULL)
        json_object_set_string_member (parameter, "DefaultValue", text);
      else
        json_object_set_member (parameter, "DefaultValue", json_node_copy (like));
      json_array_add_object_element (declared, parameter);
    }

  return declared;
}
