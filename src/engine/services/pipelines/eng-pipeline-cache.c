/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-cache"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-pipeline-cache.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-time.h"

static gboolean
add_folder (EngEngine   *engine,
            const char  *s3_uri,
            GPtrArray   *objects,
            GError     **error)
{
  g_autofree char *folder = g_str_has_suffix (s3_uri, "/") ? g_strdup (s3_uri)
                                                           : g_strconcat (s3_uri, "/", NULL);
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(GPtrArray) found = NULL;

  if (!eng_s3_uri_parse (folder, &uri, error))
    return FALSE;
  found = eng_objects_list_all (engine->objects, uri.bucket, uri.key, error);
  if (found == NULL)
    return FALSE;

  g_ptr_array_set_free_func (found, NULL);
  g_ptr_array_extend (objects, found, NULL, NULL);
  return TRUE;
}

/* The folder of a training job's own, in which its model and its other output lie. */
static char *
training_folder (JsonObject *answer)
{
  const char *model = sage_json_string (sage_json_object (answer, "ModelArtifacts"),
                                        "S3ModelArtifacts", NULL);
  gsize length = model != NULL ? strlen (model) : 0;

  while (length > 0 && model[length - 1] == '/')
    length--;
  while (length > 0 && model[length - 1] != '/')
    length--;

  return length > 0 ? g_strndup (model, length) : NULL;
}

/* Everything that lies where the job put its outputs. */
static GPtrArray *
list_outputs (EngEngine   *engine,
              JsonObject  *answer,
              GError     **error)
{
  g_autoptr(GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_object_free);
  JsonArray *outputs = sage_json_array (sage_json_object (answer, "ProcessingOutputConfig"),
                                        "Outputs");
  g_autofree char *folder = training_folder (answer);

  if (folder != NULL && !add_folder (engine, folder, objects, error))
    return NULL;

  for (guint i = 0; outputs != NULL && i < json_array_get_length (outputs); i++)
    {
      JsonObject *s3 = sage_json_object (sage_json_array_object (outputs, i), "S3Output");

      if (s3 != NULL &&
          !add_folder (engine, sage_json_string (s3, "S3Uri", ""), objects, error))
        return NULL;
    }

  return g_steal_pointer (&objects);
}

/* One digest of which job it was and what lies at its outputs. */
static char *
digest_outputs (JsonObject *answer,
                GPtrArray  *objects)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  char created[G_ASCII_DTOSTR_BUF_SIZE];

  /* A job that was deleted and made anew under its name is another one. */
  g_ascii_dtostr (created, sizeof created, sage_json_double (answer, "CreationTime", 0));
  sage_digest_update_text (digest, created);

  for (guint i = 0; i < objects->len; i++)
    {
      const EngObject *object = g_ptr_array_index (objects, i);

      sage_digest_update_text (digest, object->bucket);
      sage_digest_update_text (digest, object->key);
      sage_digest_update_text (digest, object->sha256);
    }

  return sage_digest_finish_hex (digest);
}

/* Whether the bytes are still those of the digests. */
static gboolean
check_outputs (EngEngine  *engine,
               GPtrArray  *objects,
               GError    **error)
{
  for (guint i = 0; i < objects->len; i++)
    {
      int fd = eng_objects_open (engine->objects, g_ptr_array_index (objects, i), error);

      if (fd < 0)
        return FALSE;
      close (fd);
    }

  return TRUE;
}

/* Whether the result can stand for a new one: its job is known, its outputs are what they were. */
static JsonObject *
check_result (EngPipelineTask  *task,
              EngEngine        *engine,
              EngStepResult    *result,
              GError          **error)
{
  const EngStepTraits *traits = eng_step_traits (task->type);
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GPtrArray) objects = NULL;
  g_autofree char *outputs = NULL;

  json_object_set_string_member (input, traits->name_member, result->job);
  answer = eng_pipeline_task_invoke (task, engine, traits->describe, input, error);
  objects = answer != NULL ? list_outputs (engine, answer, error) : NULL;
  if (objects == NULL)
    return NULL;

  outputs = digest_outputs (answer, objects);
  if (strcmp (outputs, result->outputs) != 0)
    {
      sage_throw (error, SAGE_ERROR_CONFLICT, "What job '%s' made was changed since", result->job);
      return NULL;
    }
  if (!check_outputs (engine, objects, error))
    return NULL;

  return g_steal_pointer (&answer);
}

/* The results that are young enough, and the step's latest one of whatever key. */
static gboolean
find_results (EngPipelineTask  *task,
              EngEngine        *engine,
              GPtrArray       **fitting,
              GPtrArray       **latest,
              GError          **error)
{
  g_autofree char *pipeline = g_strndup (task->execution, strcspn (task->execution, "/"));
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  double now = sage_time_now ();

  if (reader == NULL)
    return FALSE;

  *fitting = eng_step_results_find (reader, task->cache.key, now - (double) task->cache_seconds,
                                    now, error);
  if (*fitting == NULL)
    return FALSE;
  *latest = eng_step_results_latest (reader, pipeline, task->step, error);
  return *latest != NULL;
}

/**
 * eng_pipeline_cache_take:
 * @task: a task that is to make a job for a step that is cached
 * @engine: the engine
 * @error: (out) (optional): where the error goes
 *
 * Looks for the latest result of the same key that is not too old. Where there is one, the task is
 * as if it had made that job, and its cache names the execution. In any case the cache holds the
 * key of what is to be made, as far as it can be known, and else why there is none.
 *
 * Returns: whether a result was taken; %FALSE without @error where there is none
 */
gboolean
eng_pipeline_cache_take (EngPipelineTask  *task,
                         EngEngine        *engine,
                         GError          **error)
{
  g_autoptr(GPtrArray) fitting = NULL;
  g_autoptr(GPtrArray) latest = NULL;

  if (!eng_pipeline_cache_key (task, engine, error) ||
      !find_results (task, engine, &fitting, &latest, error))
    return FALSE;

  for (guint i = 0; i < fitting->len; i++)
    {
      EngStepResult *result = g_ptr_array_index (fitting, i);
      g_autoptr(GError) local_error = NULL;
      JsonObject *answer = check_result (task, engine, result, &local_error);

      if (answer == NULL)
        {
          g_debug ("Step '%s': %s", task->step, local_error->message);
          continue;
        }

      task->answer = answer;
      task->found = TRUE;
      g_free (task->job);
      task->job = g_steal_pointer (&result->job);
      task->arn = g_steal_pointer (&result->arn);
      task->cache.source = g_steal_pointer (&result->source);
      return TRUE;
    }

  eng_pipeline_cache_miss (task, fitting->len > 0 ? g_ptr_array_index (fitting, 0) : NULL,
                           latest->len > 0 ? g_ptr_array_index (latest, 0) : NULL);
  return FALSE;
}

/* When the job ended: nothing that lies at its outputs may be younger. */
static double
end_time (EngPipelineTask *task)
{
  return sage_json_double (task->answer, task->type == ENG_STEP_TRAINING ? "TrainingEndTime"
                                                                         : "ProcessingEndTime", 0);
}

/**
 * eng_pipeline_cache_seal:
 * @task: a task that saw the job of a cached step completed
 * @engine: the engine
 * @error: (out) (optional): where the error goes
 *
 * Notes what the job made, so that the result can be taken later. Not so where an input was
 * replaced while the job was under way, when nobody knows what it read, or where an output was
 * changed since the job ended.
 */
gboolean
eng_pipeline_cache_seal (EngPipelineTask  *task,
                         EngEngine        *engine,
                         GError          **error)
{
  g_autofree char *inputs = eng_pipeline_cache_inputs (engine, task->answer, error);
  g_autoptr(GPtrArray) objects = NULL;

  if (inputs == NULL)
    return FALSE;
  if (strcmp (inputs, task->cache.inputs) != 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT, "An input was replaced while the job ran");

  objects = list_outputs (engine, task->answer, error);
  if (objects == NULL)
    return FALSE;
  for (guint i = 0; i < objects->len; i++)
    {
      const EngObject *object = g_ptr_array_index (objects, i);

      if (object->modified > end_time (task))
        return sage_throw (error, SAGE_ERROR_CONFLICT, "s3://%s/%s was changed after the job",
                           object->bucket, object->key);
    }

  task->cache.outputs = digest_outputs (task->answer, objects);
  return TRUE;
}
