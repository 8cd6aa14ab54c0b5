/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-cache-key"

#include "config.h"

#include <string.h>

#include "eng-pipeline-cache.h"
#include "eng-training-document.h"
#include "sage-error.h"
#include "sage-json.h"

/* Changes when the key is made in another way: no older result is taken then. */
#define VERSION "1"

/* Enough of a part's digest to tell that it is another one; the key has all of it. */
#define PART_DIGITS 16

/* What makes the result, in parts that can be named. */
typedef struct
{
  JsonObject *parts;  /* (transfer none): name → digest in hex, in the order in which they are the key */
  SageDigest *digest; /* (transfer none): of the part that is being added */
} Key;

static void add_node (SageDigest *digest,
                      JsonNode   *node);

static void
add_object (SageDigest *digest,
            JsonObject *object)
{
  g_autoptr(GList) names = sage_json_sorted_members (object);

  sage_digest_update_text (digest, "{");
  for (GList *l = names; l != NULL; l = l->next)
    {
      sage_digest_update_text (digest, l->data);
      add_node (digest, json_object_get_member (object, l->data));
    }
  sage_digest_update_text (digest, "}");
}

static void
add_array (SageDigest *digest,
           JsonArray  *array)
{
  sage_digest_update_text (digest, "[");
  for (guint i = 0; i < json_array_get_length (array); i++)
    add_node (digest, json_array_get_element (array, i));
  sage_digest_update_text (digest, "]");
}

static void
add_node (SageDigest *digest,
          JsonNode   *node)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      add_object (digest, json_node_get_object (node));
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      add_array (digest, json_node_get_array (node));
    }
  else
    {
      text = sage_json_to_string (node);
      sage_digest_update_text (digest, text);
    }
}

/* Ends a part: what went into the digest since the one before. */
static void
add_part (Key        *key,
          const char *name)
{
  g_autofree char *hex = sage_digest_finish_hex (key->digest);

  json_object_set_string_member (key->parts, name, hex);
}

/* A member of the request, or each of its own members, so that one hyperparameter can be named. */
static void
add_member (Key        *key,
            JsonObject *request,
            const char *member)
{
  JsonNode *node = json_object_get_member (request, member);
  g_autoptr(GList) names = NULL;

  if (node == NULL)
    return;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      add_node (key->digest, node);
      add_part (key, member);
      return;
    }

  names = sage_json_sorted_members (json_node_get_object (node));
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *name = g_strdup_printf ("%s.%s", member, (const char *) l->data);

      add_node (key->digest, json_object_get_member (json_node_get_object (node), l->data));
      add_part (key, name);
    }
}

/*
 * What the job is to leave behind: which outputs, and in which form. Where it goes is not part of
 * the key, as on AWS: definitions put the execution's own name into it.
 */
static void
add_output_forms (Key        *key,
                  JsonObject *request)
{
  JsonObject *config = sage_json_object (request, "OutputDataConfig");
  JsonArray *outputs = sage_json_array (sage_json_object (request, "ProcessingOutputConfig"),
                                        "Outputs");

  sage_digest_update_text (key->digest,
                           config != NULL ? sage_json_string (config, "CompressionType", NULL) : NULL);
  for (guint i = 0; outputs != NULL && i < json_array_get_length (outputs); i++)
    {
      JsonObject *output = sage_json_array_object (outputs, i);
      JsonObject *s3 = sage_json_object (output, "S3Output");

      sage_digest_update_text (key->digest, sage_json_string (output, "OutputName", NULL));
      sage_digest_update_text (key->digest,
                               s3 != NULL ? sage_json_string (s3, "LocalPath", NULL) : NULL);
    }
  add_part (key, "Outputs");
}

/* Every object that a job is given when this is its input, as it is laid out for it. Of one that is
 * given nothing there is no result to know again. */
static gboolean
add_objects (EngEngine   *engine,
             const char  *s3_uri,
             Key         *key,
             SageDigest  *versions,
             GError     **error)
{
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(GPtrArray) objects = NULL;

  if (!eng_s3_uri_parse (s3_uri, &uri, error))
    return FALSE;
  objects = eng_objects_list_all (engine->objects, uri.bucket, uri.key, error);
  if (objects == NULL)
    return FALSE;
  if (objects->len == 0)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "No S3 objects found under '%s'", s3_uri);

  for (guint i = 0; i < objects->len; i++)
    {
      const EngObject *object = g_ptr_array_index (objects, i);

      sage_digest_update_text (versions, object->path);
      if (key == NULL)
        continue;
      sage_digest_update_text (key->digest, object->key);
      sage_digest_update_text (key->digest, object->sha256);
    }
  if (key != NULL)
    add_part (key, s3_uri);

  return TRUE;
}

/* Looks at all that a job is given; returns a digest of the objects' versions. */
static char *
add_inputs (EngEngine   *engine,
            JsonObject  *request,
            Key         *key,
            GError     **error)
{
  g_autoptr(SageDigest) versions = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autofree char *archive = eng_training_hyperparameter (request, "sagemaker_submit_directory");
  JsonArray *channels = sage_json_array (request, "InputDataConfig");
  JsonArray *inputs = sage_json_array (request, "ProcessingInputs");

  for (guint i = 0; channels != NULL && i < json_array_get_length (channels); i++)
    {
      JsonObject *source = sage_json_object (sage_json_array_object (channels, i), "DataSource");

      if (!add_objects (engine, sage_json_string (sage_json_object (source, "S3DataSource"),
                                                  "S3Uri", ""), key, versions, error))
        return NULL;
    }

  for (guint i = 0; inputs != NULL && i < json_array_get_length (inputs); i++)
    {
      JsonObject *input = sage_json_array_object (inputs, i);

      if (!add_objects (engine, sage_json_string (sage_json_object (input, "S3Input"), "S3Uri", ""),
                        key, versions, error))
        return NULL;
    }

  if (archive != NULL && !add_objects (engine, archive, key, versions, error))
    return NULL;

  return sage_digest_finish_hex (versions);
}

/**
 * eng_pipeline_cache_inputs:
 * @engine: the engine
 * @request: the request for a job, or what Describe says of it
 * @error: (out) (optional): where the error goes
 *
 * Looks at the objects that a job is given. A version is never given twice: an object that is
 * replaced by the same bytes is another version with the same content.
 *
 * Returns: (transfer full): a digest of the objects' versions, or %NULL with @error
 */
char *
eng_pipeline_cache_inputs (EngEngine   *engine,
                           JsonObject  *request,
                           GError     **error)
{
  return add_inputs (engine, request, NULL, error);
}

/* The programs behind the image, by what they are here and now. */
static gboolean
add_runtime (EngEngine   *engine,
             JsonObject  *request,
             Key         *key,
             GError     **error)
{
  JsonObject *app = sage_json_object (request, "AppSpecification");
  JsonObject *algorithm = sage_json_object (request, "AlgorithmSpecification");
  const char *image = app != NULL ? sage_json_string (app, "ImageUri", "")
                                  : sage_json_string (algorithm, "TrainingImage", "");
  const EngRuntime *runtime = eng_images_resolve (engine->images, image, error);

  if (runtime == NULL ||
      !eng_runtime_digest (runtime, engine->libexec_dir, engine->share_dir, key->digest, error))
    return FALSE;

  add_part (key, "Runtime");
  return TRUE;
}

/* One digest of all parts, and of whose step it is. */
static char *
digest_key (Key             *key,
            EngPipelineTask *task)
{
  g_autofree char *pipeline = g_strndup (task->execution, strcspn (task->execution, "/"));
  JsonObjectIter iter;
  const char *name;
  JsonNode *digest;

  sage_digest_update_text (key->digest, VERSION);
  sage_digest_update_text (key->digest, pipeline);
  sage_digest_update_text (key->digest, task->step);
  sage_digest_update_text (key->digest, eng_step_traits (task->type)->word);
  json_object_iter_init_ordered (&iter, key->parts);
  while (json_object_iter_next_ordered (&iter, &name, &digest))
    {
      sage_digest_update_text (key->digest, name);
      sage_digest_update_text (key->digest, json_node_get_string (digest));
    }

  return sage_digest_finish_hex (key->digest);
}

/* The parts as they are kept for a later comparison. */
static char *
parts_text (Key *key)
{
  g_autoptr(JsonObject) kept = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *digest;

  json_object_iter_init_ordered (&iter, key->parts);
  while (json_object_iter_next_ordered (&iter, &name, &digest))
    {
      g_autofree char *digits = g_strndup (json_node_get_string (digest), PART_DIGITS);

      json_object_set_string_member (kept, name, digits);
    }

  return sage_json_object_to_string (kept);
}

/**
 * eng_pipeline_cache_key:
 * @task: a task that is to make a job; its cache is filled in
 * @engine: the engine
 * @error: (out) (optional): where the error goes
 *
 * Finds out what makes the job's result: the members of the request that AWS goes by, and beyond
 * them the content of every input, of the source archive, and of the programs behind the image.
 * Results belong to one step of one pipeline.
 */
gboolean
eng_pipeline_cache_key (EngPipelineTask  *task,
                        EngEngine        *engine,
                        GError          **error)
{
  const EngStepTraits *traits = eng_step_traits (task->type);
  g_autoptr(JsonObject) parts = json_object_new ();
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autofree char *inputs = NULL;
  Key key = { parts, digest };

  for (guint i = 0; traits->cache_members[i] != NULL; i++)
    add_member (&key, task->input, traits->cache_members[i]);
  add_output_forms (&key, task->input);

  inputs = add_inputs (engine, task->input, &key, error);
  if (inputs == NULL || !add_runtime (engine, task->input, &key, error))
    return FALSE;

  eng_step_cache_clear (&task->cache);
  task->cache.key = digest_key (&key, task);
  task->cache.parts = parts_text (&key);
  task->cache.inputs = g_steal_pointer (&inputs);
  return TRUE;
}
