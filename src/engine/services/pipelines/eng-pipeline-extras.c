/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-extras"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-pipeline-path.h"
#include "eng-pipeline-reader.h"
#include "sage-json.h"
#include "sage-time.h"

/* The bounds of the SageMaker SDK. */
#define MAX_ATTEMPTS        20
#define MAX_EXPIRE_MINUTES  14400
#define DEFAULT_BACKOFF     2.0
#define DEFAULT_INTERVAL    1.0
#define MAX_BACKOFF         100.0
#define MAX_INTERVAL        86400.0

static const struct
{
  const char    *word;
  EngRetryCause  cause;
} retry_causes[] = {
  { "Step.SERVICE_FAULT", ENG_RETRY_STEP_SERVICE_FAULT },
  { "Step.THROTTLING", ENG_RETRY_STEP_THROTTLING },
  { "SageMaker.JOB_INTERNAL_ERROR", ENG_RETRY_JOB_INTERNAL_ERROR },
  { "SageMaker.CAPACITY_ERROR", ENG_RETRY_CAPACITY_ERROR },
  { "SageMaker.RESOURCE_LIMIT", ENG_RETRY_RESOURCE_LIMIT },
};

static gboolean
read_causes (EngPipelineReader  *reader,
             JsonObject         *object,
             guint              *causes,
             GError            **error)
{
  JsonArray *list = NULL;
  gsize mark;

  if (!eng_reader_array (reader, object, "ExceptionType", TRUE, &list, error))
    return FALSE;
  if (json_array_get_length (list) == 0)
    return eng_reader_throw_member (reader, error, "ExceptionType", "Must not be empty");

  mark = eng_reader_enter (reader, "ExceptionType");
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      const char *word = sage_json_array_string (list, i);
      gsize inner = eng_reader_enter_index (reader, i);
      guint found = 0;

      for (guint j = 0; word != NULL && j < G_N_ELEMENTS (retry_causes); j++)
        if (strcmp (retry_causes[j].word, word) == 0)
          found = retry_causes[j].cause;

      if (found == 0)
        return eng_reader_throw (reader, error, "'%s' is not an exception type that can be retried",
                                 word != NULL ? word : "");
      *causes |= found;
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
read_number (EngPipelineReader  *reader,
             JsonObject         *object,
             const char         *member,
             double              minimum,
             double              maximum,
             gboolean            whole,
             double             *value,
             GError            **error)
{
  JsonNode *node = json_object_get_member (object, member);
  GType type;

  if (node == NULL || json_node_is_null (node))
    return TRUE;

  type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  if (type != G_TYPE_INT64 && (whole || type != G_TYPE_DOUBLE))
    return eng_reader_throw_member (reader, error, member, "Expected %s, found %s",
                                    whole ? "an integer" : "a number", eng_json_type_word (node));

  *value = json_node_get_double (node);
  if (!(*value >= minimum && *value <= maximum))
    return eng_reader_throw_member (reader, error, member, "%g is not between %g and %g",
                                    *value, minimum, maximum);

  return TRUE;
}

static gboolean
read_retry_policy (EngPipelineReader  *reader,
                   JsonObject         *object,
                   EngRetryPolicy     *policy,
                   GError            **error)
{
  static const char *const allowed[] = {
    "ExceptionType", "BackoffRate", "IntervalSeconds", "MaxAttempts", "ExpireAfterMin", NULL
  };
  double attempts = 0;
  double expire = 0;

  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !read_causes (reader, object, &policy->causes, error) ||
      !read_number (reader, object, "BackoffRate", 0, MAX_BACKOFF, FALSE,
                    &policy->backoff_rate, error) ||
      !read_number (reader, object, "IntervalSeconds", 0, MAX_INTERVAL, TRUE,
                    &policy->interval, error) ||
      !read_number (reader, object, "MaxAttempts", 1, MAX_ATTEMPTS, TRUE, &attempts, error) ||
      !read_number (reader, object, "ExpireAfterMin", 1, MAX_EXPIRE_MINUTES, TRUE, &expire, error))
    return FALSE;

  if ((attempts > 0) == (expire > 0))
    return eng_reader_throw (reader, error,
                             "Exactly one of MaxAttempts and ExpireAfterMin must be given");

  policy->max_attempts = (guint) attempts;
  policy->expire_minutes = (guint) expire;
  return TRUE;
}

static gboolean
read_retry_policies (EngPipelineReader  *reader,
                     EngPipelineStep    *step,
                     JsonObject         *object,
                     GError            **error)
{
  JsonArray *list = NULL;
  gsize mark;

  if (!eng_reader_array (reader, object, "RetryPolicies", FALSE, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  if (step->type == ENG_STEP_CONDITION || step->type == ENG_STEP_FAIL)
    return eng_reader_throw_member (reader, error, "RetryPolicies",
                                    "A %s step cannot be retried",
                                    eng_step_traits (step->type)->word);

  mark = eng_reader_enter (reader, "RetryPolicies");
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      EngRetryPolicy policy = { 0, DEFAULT_BACKOFF, DEFAULT_INTERVAL, 0, 0 };
      gsize inner = eng_reader_enter_index (reader, i);
      JsonObject *element;

      if (!eng_reader_element (reader, list, i, &element, error) ||
          !read_retry_policy (reader, element, &policy, error))
        return FALSE;
      g_array_append_val (step->retry_policies, policy);
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

/* Checks that some output of the step is called @name, as far as names are literal. */
static gboolean
has_output (EngPipelineStep *step,
            const char      *name)
{
  JsonObject *config = sage_json_object (step->arguments, "ProcessingOutputConfig");
  JsonArray *outputs = config != NULL ? sage_json_array (config, "Outputs") : NULL;

  for (guint i = 0; outputs != NULL && i < json_array_get_length (outputs); i++)
    {
      JsonObject *output = sage_json_array_object (outputs, i);
      const char *found = output != NULL ? sage_json_string (output, "OutputName", NULL) : NULL;

      /* A name that an expression makes is only known when the step runs. */
      if (found == NULL || strcmp (found, name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_safe_path (const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);

  return *path != '/' && !g_strv_contains ((const char * const *) parts, "..");
}

static gboolean
read_property_file (EngPipelineReader  *reader,
                    EngPipelineStep    *step,
                    JsonObject         *object,
                    GError            **error)
{
  static const char *const allowed[] = { "PropertyFileName", "OutputName", "FilePath", NULL };
  const char *name = NULL;
  const char *output = NULL;
  const char *path = NULL;
  EngPropertyFile *file;

  if (!eng_reader_only_members (reader, object, allowed, error) ||
      !eng_reader_string (reader, object, "PropertyFileName", TRUE, 256, &name, error) ||
      !eng_reader_string (reader, object, "OutputName", TRUE, 64, &output, error) ||
      !eng_reader_string (reader, object, "FilePath", TRUE, 1024, &path, error))
    return FALSE;

  for (guint i = 0; i < step->property_files->len; i++)
    if (strcmp (((EngPropertyFile *) g_ptr_array_index (step->property_files, i))->name, name) == 0)
      return eng_reader_throw_member (reader, error, "PropertyFileName",
                                      "Property file '%s' is declared twice", name);
  if (!has_output (step, output))
    return eng_reader_throw_member (reader, error, "OutputName",
                                    "Step '%s' has no output '%s'", step->name, output);
  if (!is_safe_path (path))
    return eng_reader_throw_member (reader, error, "FilePath",
                                    "'%s' is not a path below its output", path);

  file = g_new0 (EngPropertyFile, 1);
  file->name = g_strdup (name);
  file->output = g_strdup (output);
  file->path = g_strdup (path);
  g_ptr_array_add (step->property_files, file);
  return TRUE;
}

static gboolean
read_property_files (EngPipelineReader  *reader,
                     EngPipelineStep    *step,
                     JsonObject         *object,
                     GError            **error)
{
  JsonArray *list = NULL;
  gsize mark;

  if (!eng_reader_array (reader, object, "PropertyFiles", FALSE, &list, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  if (step->type != ENG_STEP_PROCESSING)
    return eng_reader_throw_member (reader, error, "PropertyFiles",
                                    "Only a Processing step has property files");

  mark = eng_reader_enter (reader, "PropertyFiles");
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      gsize inner = eng_reader_enter_index (reader, i);
      JsonObject *element;

      if (!eng_reader_element (reader, list, i, &element, error) ||
          !read_property_file (reader, step, element, error))
        return FALSE;
      eng_reader_leave (reader, inner);
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

static gboolean
read_cache_config (EngPipelineReader  *reader,
                   EngPipelineStep    *step,
                   JsonObject         *object,
                   GError            **error)
{
  static const char *const allowed[] = { "Enabled", "ExpireAfter", NULL };
  JsonObject *config = NULL;
  JsonNode *enabled;
  const char *expire = NULL;
  gint64 seconds = 0;
  gsize mark;

  if (!eng_reader_object (reader, object, "CacheConfig", FALSE, &config, error))
    return FALSE;
  if (config == NULL)
    return TRUE;
  if (eng_step_traits (step->type)->cache_members == NULL)
    return eng_reader_throw_member (reader, error, "CacheConfig", "A %s step cannot be cached",
                                    eng_step_traits (step->type)->word);

  mark = eng_reader_enter (reader, "CacheConfig");
  if (!eng_reader_only_members (reader, config, allowed, error) ||
      !eng_reader_string (reader, config, "ExpireAfter", FALSE, 64, &expire, error))
    return FALSE;

  enabled = json_object_get_member (config, "Enabled");
  if (enabled == NULL)
    return eng_reader_throw_member (reader, error, "Enabled", "Required member is missing");
  if (!JSON_NODE_HOLDS_VALUE (enabled) || json_node_get_value_type (enabled) != G_TYPE_BOOLEAN)
    return eng_reader_throw_member (reader, error, "Enabled", "Expected a boolean, found %s",
                                    eng_json_type_word (enabled));
  if (expire != NULL && !sage_time_parse_duration (expire, &seconds))
    return eng_reader_throw_member (reader, error, "ExpireAfter", "'%s' is not an ISO 8601 duration "
                                    "such as P30D or PT12H", expire);
  if (json_node_get_boolean (enabled))
    {
      if (expire == NULL && !reader->stored)
        return eng_reader_throw_member (reader, error, "ExpireAfter",
                                        "Required member is missing where caching is enabled");
      step->cache_seconds = seconds;
    }
  eng_reader_leave (reader, mark);

  return TRUE;
}

/**
 * eng_pipeline_read_extras:
 * @reader: the walk, standing on the step
 * @step: the step, whose type and arguments are known
 * @object: the step's object
 *
 * Reads what a step may have beside its arguments.
 *
 * Returns: %TRUE, or %FALSE with %SAGE_ERROR_INVALID
 */
gboolean
eng_pipeline_read_extras (EngPipelineReader  *reader,
                          EngPipelineStep    *step,
                          JsonObject         *object,
                          GError            **error)
{
  const char *display_name = NULL;
  const char *description = NULL;

  if (!eng_reader_string (reader, object, "DisplayName", FALSE, 256, &display_name, error) ||
      !eng_reader_string (reader, object, "Description", FALSE, 3072, &description, error))
    return FALSE;

  if (display_name != NULL && *display_name != '\0')
    step->display_name = g_strdup (display_name);
  if (description != NULL && *description != '\0')
    step->description = g_strdup (description);

  return read_retry_policies (reader, step, object, error) &&
         read_property_files (reader, step, object, error) &&
         read_cache_config (reader, step, object, error);
}
