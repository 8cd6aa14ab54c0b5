/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-job-facts"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-job-facts.h"
#include "sage-json.h"
#include "sage-words.h"

#define GIB (1024.0 * 1024 * 1024)

/* A card without a row says nothing. */
static void
show_if (SageFacts *facts,
         gboolean   any)
{
  gtk_widget_set_visible (GTK_WIDGET (facts), any);
}

static void
show_instances (SageFacts  *facts,
                JsonObject *resources)
{
  const char *type = sage_json_string (resources, "InstanceType", NULL);
  gint64 count = sage_json_int (resources, "InstanceCount", 1);
  gint64 volume = sage_json_int (resources, "VolumeSizeInGB", 0);
  g_autofree char *text = NULL;

  if (type != NULL && count > 1)
    /* Translators: number of machines, their type */
    text = g_strdup_printf (_("%d × %s"), (int) MIN (count, G_MAXINT), type);
  if (type != NULL)
    sage_facts_set_text (facts, "instance", _("Instance"), text != NULL ? text : type);
  if (volume > 0)
    sage_facts_set_bytes (facts, "volume", _("Volume"), (guint64) (volume * GIB));
}

static char *
join_strings (JsonArray *array)
{
  g_autoptr(GString) line = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *word = sage_json_array_string (array, i);

      if (word != NULL)
        g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", word);
    }

  return g_string_free_and_steal (g_steal_pointer (&line));
}

/* A member of @object that is an object, or %NULL. */
static JsonObject *
child_of (JsonObject *object,
          const char *member)
{
  JsonObject *child = object != NULL ? sage_json_object (object, member) : NULL;

  return child;
}

static void
show_program (SageFacts  *facts,
              JsonObject *description)
{
  JsonObject *algorithm = child_of (description, "AlgorithmSpecification");
  JsonObject *application = child_of (description, "AppSpecification");
  JsonArray *entry = application != NULL ? sage_json_array (application, "ContainerEntrypoint") : NULL;
  const char *image = NULL;

  if (algorithm != NULL)
    image = sage_json_string (algorithm, "TrainingImage", NULL);
  if (application != NULL)
    image = sage_json_string (application, "ImageUri", NULL);
  if (image != NULL)
    sage_facts_set_identifier (facts, "image", _("Image"), image);
  if (entry != NULL)
    {
      g_autofree char *command = join_strings (entry);

      sage_facts_set_identifier (facts, "command", _("Command"), command);
    }
}

/**
 * sage_job_facts_show_job:
 * @facts: a card
 * @job: the job
 * @description: its description
 *
 * Shows what the job is and how it went.
 */
void
sage_job_facts_show_job (SageFacts    *facts,
                         SageResource *job,
                         JsonObject   *description)
{
  JsonObject *training = child_of (description, "ResourceConfig");
  JsonObject *cluster = child_of (child_of (description, "ProcessingResources"), "ClusterConfig");
  JsonObject *stopping = child_of (description, "StoppingCondition");
  const char *message = sage_json_string (description, "ExitMessage", NULL);
  double started = sage_json_double (description, "TrainingStartTime",
                                     sage_json_double (description, "ProcessingStartTime", 0));

  if (message != NULL)
    sage_facts_set_text (facts, "message", _("Last message"), message);
  show_program (facts, description);
  if (training != NULL || cluster != NULL)
    show_instances (facts, training != NULL ? training : cluster);
  sage_facts_set_time (facts, "created", _("Created"), sage_resource_get_created (job));
  if (started > 0)
    sage_facts_set_time (facts, "started", _("Started"), started);
  if (sage_resource_get_ended (job) > 0)
    sage_facts_set_time (facts, "ended", _("Ended"), sage_resource_get_ended (job));
  sage_facts_set_elapsed (facts, "took", _("Took"), sage_resource_get_created (job),
                          sage_resource_get_ended (job));
  if (stopping != NULL)
    sage_facts_set_duration (facts, "limit", _("Time limit"),
                             (double) sage_json_int (stopping, "MaxRuntimeInSeconds", 0));
  sage_facts_set_identifier (facts, "role", _("Role"), sage_json_string (description, "RoleArn", ""));
  sage_facts_set_identifier (facts, "arn", _("ARN"), sage_resource_get_arn (job));
}

/* --- Inputs and outputs ----------------------------------------------------------------------- */

static void
show_channels (SageFacts *facts,
               JsonArray *channels)
{
  for (guint i = 0; i < json_array_get_length (channels); i++)
    {
      JsonObject *channel = sage_json_array_object (channels, i);
      JsonObject *source = child_of (child_of (channel, "DataSource"), "S3DataSource");
      const char *name = channel != NULL ? sage_json_string (channel, "ChannelName", NULL) : NULL;
      const char *uri = source != NULL ? sage_json_string (source, "S3Uri", NULL) : NULL;

      if (name != NULL && uri != NULL)
        sage_facts_set_s3 (facts, name, name, uri);
    }
}

/* Inputs and outputs of processing jobs look alike but for the words. */
static void
show_named_uris (SageFacts  *facts,
                 JsonArray  *items,
                 const char *name_member,
                 const char *s3_member)
{
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonObject *item = sage_json_array_object (items, i);
      JsonObject *s3 = child_of (item, s3_member);
      const char *name = item != NULL ? sage_json_string (item, name_member, NULL) : NULL;
      const char *uri = s3 != NULL ? sage_json_string (s3, "S3Uri", NULL) : NULL;

      if (name != NULL && uri != NULL)
        sage_facts_set_s3 (facts, name, name, uri);
    }
}

/**
 * sage_job_facts_show_inputs:
 * @facts: a card
 * @description: the description of a job
 *
 * Shows where its inputs came from.
 */
void
sage_job_facts_show_inputs (SageFacts  *facts,
                            JsonObject *description)
{
  JsonArray *channels = sage_json_array (description, "InputDataConfig");
  JsonArray *inputs = sage_json_array (description, "ProcessingInputs");

  if (channels != NULL)
    show_channels (facts, channels);
  if (inputs != NULL)
    show_named_uris (facts, inputs, "InputName", "S3Input");
  show_if (facts, channels != NULL || inputs != NULL);
}

/**
 * sage_job_facts_show_outputs:
 * @facts: a card
 * @description: the description of a job
 *
 * Shows where its outputs are.
 */
void
sage_job_facts_show_outputs (SageFacts  *facts,
                             JsonObject *description)
{
  JsonObject *artifacts = child_of (description, "ModelArtifacts");
  JsonObject *output = child_of (description, "OutputDataConfig");
  JsonObject *config = child_of (description, "ProcessingOutputConfig");
  JsonArray *outputs = config != NULL ? sage_json_array (config, "Outputs") : NULL;
  const char *model = artifacts != NULL ? sage_json_string (artifacts, "S3ModelArtifacts", NULL) : NULL;
  const char *path = output != NULL ? sage_json_string (output, "S3OutputPath", NULL) : NULL;

  if (model != NULL)
    sage_facts_set_s3 (facts, "model", _("Model"), model);
  if (path != NULL)
    sage_facts_set_s3 (facts, "output", _("Output path"), path);
  if (outputs != NULL)
    show_named_uris (facts, outputs, "OutputName", "S3Output");
  show_if (facts, model != NULL || path != NULL || outputs != NULL);
}

/**
 * sage_job_facts_show_members:
 * @facts: a card
 * @object: (nullable): an object of texts: hyperparameters, an environment
 *
 * Shows each member.
 */
void
sage_job_facts_show_members (SageFacts  *facts,
                             JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  show_if (facts, object != NULL && json_object_get_size (object) > 0);
  if (object == NULL)
    return;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    sage_facts_set_text (facts, name, name, sage_json_string (object, name, ""));
}

/**
 * sage_job_facts_show_metrics:
 * @facts: a card
 * @description: the description of a training job
 *
 * Shows the last value of each metric.
 */
void
sage_job_facts_show_metrics (SageFacts  *facts,
                             JsonObject *description)
{
  JsonArray *metrics = sage_json_array (description, "FinalMetricDataList");
  guint n = metrics != NULL ? json_array_get_length (metrics) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *metric = sage_json_array_object (metrics, i);
      const char *name = metric != NULL ? sage_json_string (metric, "MetricName", NULL) : NULL;

      if (name != NULL)
        sage_facts_set_number (facts, name, name, sage_json_double (metric, "Value", 0));
    }
  show_if (facts, n > 0);
}
