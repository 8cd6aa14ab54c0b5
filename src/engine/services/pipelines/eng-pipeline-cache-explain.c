/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-cache-explain"

#include "config.h"

#include <string.h>

#include "eng-pipeline-cache.h"
#include "eng-pipelines.h"
#include "eng-resource.h"
#include "sage-error.h"
#include "sage-json.h"

/* How many parts are named; a step that is another one altogether is known by then. */
#define MAX_NAMED 20

/* Parts are what one request of at most a few hundred kilobytes came to. */
static const SageJsonLimits parts_limits = { .max_bytes = 64 * 1024 * 1024, .max_keys = 1000000 };

/* Adds the names of what is in @parts and not the same in @others. */
static void
add_differing (JsonArray  *names,
               JsonObject *parts,
               JsonObject *others,
               gboolean    missing_only)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *digest;

  json_object_iter_init_ordered (&iter, parts);
  while (json_object_iter_next_ordered (&iter, &name, &digest))
    {
      const char *other = sage_json_string (others, name, NULL);

      if (json_array_get_length (names) < MAX_NAMED &&
          (missing_only ? other == NULL : g_strcmp0 (other, json_node_get_string (digest)) != 0))
        json_array_add_string_element (names, name);
    }
}

/* The names of the parts that are new, other or gone. */
static JsonArray *
differing_parts (const char *parts,
                 const char *before)
{
  g_autoptr(JsonNode) now_node = sage_json_parse_object (parts, -1, &parts_limits, NULL);
  g_autoptr(JsonNode) before_node = before != NULL
    ? sage_json_parse_object (before, -1, &parts_limits, NULL) : NULL;
  JsonArray *names = json_array_new ();

  if (now_node == NULL || before_node == NULL)
    return names;

  add_differing (names, json_node_get_object (now_node), json_node_get_object (before_node), FALSE);
  add_differing (names, json_node_get_object (before_node), json_node_get_object (now_node), TRUE);
  return names;
}

/**
 * eng_pipeline_cache_miss:
 * @task: a task that found no result to take; its cache has a key
 * @spoilt: (nullable): the latest result of that key that is young enough, whose job or outputs are
 *   not what they were
 * @latest: (nullable): the step's latest result, of whatever key and age
 *
 * Notes why the step runs.
 */
void
eng_pipeline_cache_miss (EngPipelineTask *task,
                         EngStepResult   *spoilt,
                         EngStepResult   *latest)
{
  g_autoptr(JsonObject) miss = json_object_new ();
  EngStepResult *compared = spoilt != NULL ? spoilt : latest;

  if (spoilt != NULL)
    json_object_set_string_member (miss, "Reason", "ResultChanged");
  else if (latest == NULL)
    json_object_set_string_member (miss, "Reason", "NoResult");
  else if (strcmp (latest->key, task->cache.key) == 0)
    json_object_set_string_member (miss, "Reason", "Expired");
  else
    {
      json_object_set_string_member (miss, "Reason", "KeyChanged");
      json_object_set_array_member (miss, "Changed",
                                    differing_parts (task->cache.parts, latest->parts));
    }
  if (compared != NULL)
    json_object_set_string_member (miss, "PipelineExecutionArn", compared->source);

  task->cache.miss = sage_json_object_to_string (miss);
}

static EngStepRow *
find_row (EngEngine   *engine,
          const char  *execution,
          const char  *step,
          GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngResource) resource = NULL;
  g_autoptr(GPtrArray) rows = NULL;

  if (reader == NULL)
    return NULL;
  resource = eng_resource_load (reader, ENG_EXECUTION_KIND, execution, error);
  if (resource == NULL)
    return NULL;
  rows = eng_step_rows_load (reader, resource->id, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (strcmp (((EngStepRow *) g_ptr_array_index (rows, i))->name, step) == 0)
      return g_ptr_array_steal_index (rows, i);

  return NULL;
}

/**
 * eng_pipeline_cache_explain:
 * @engine: the engine
 * @step: name of a step as in events, `PIPELINE/execution/ID/STEP`
 * @error: (out) (optional): where the error goes
 *
 * Says what became of a step as far as earlier results are concerned: `Result` is "Reused",
 * "Missed" with a `Reason`, or "NotCached" where nothing was looked for.
 *
 * Returns: (transfer full): the explanation, or %NULL with @error, %SAGE_ERROR_NOT_FOUND where
 *   there is no such step
 */
JsonObject *
eng_pipeline_cache_explain (EngEngine   *engine,
                            const char  *step,
                            GError     **error)
{
  const char *slash = strrchr (step, '/');
  g_autofree char *execution = g_strndup (step, slash != NULL ? (gsize) (slash - step) : 0);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngStepRow) row = slash != NULL ? find_row (engine, execution, slash + 1, &local_error)
                                            : NULL;
  g_autoptr(JsonNode) miss = NULL;
  JsonObject *explanation;

  if (row == NULL)
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no step '%s'", step);
      return NULL;
    }

  if (row->cache.miss != NULL)
    {
      miss = sage_json_parse_object (row->cache.miss, -1, &parts_limits, error);
      if (miss == NULL)
        return NULL;
      explanation = json_node_dup_object (miss);
      json_object_set_string_member (explanation, "Result", "Missed");
      return explanation;
    }

  explanation = json_object_new ();
  json_object_set_string_member (explanation, "Result",
                                 row->cache.source != NULL ? "Reused" : "NotCached");
  if (row->cache.source != NULL)
    json_object_set_string_member (explanation, "PipelineExecutionArn", row->cache.source);
  return explanation;
}
