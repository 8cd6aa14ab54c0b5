/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-lists"

#include "config.h"

#include <string.h>

#include "eng-page-token.h"
#include "eng-pipeline-definition.h"
#include "eng-pipeline-request.h"
#include "sage-error.h"
#include "sage-json.h"

/* The SDK reads the first page of an execution's steps and takes it for all. */
#define DEFAULT_PAGE 100

/* Bound of the shape String1024. */
#define MAX_VALUE 1024

/*
 * A window into a list that only ever grows at its end, as indexes in ascending order. A page token
 * holds where the next page begins, so that what was added meanwhile moves nothing.
 */
typedef struct
{
  gboolean descending;
  guint    n;
  guint    first;
  guint    end;
} Page;

/* Finds the page that a call asks for among @n entries. */
static gboolean
find_page (EngCall  *call,
           guint     n,
           gboolean  descending,
           Page     *page,
           GError  **error)
{
  const char *token = sage_json_string (call->input, "NextToken", NULL);
  gint64 limit = sage_json_int (call->input, "MaxResults", DEFAULT_PAGE);
  g_autofree char *position = NULL;
  gint64 from = descending ? n : 0;

  if (token != NULL && !eng_page_token_parse (call, token, &position, &from, error))
    return FALSE;

  from = CLAMP (from, 0, (gint64) n);
  page->descending = descending;
  page->n = n;
  page->first = (guint) (descending ? MAX (from - limit, 0) : from);
  page->end = (guint) (descending ? from : MIN (from + limit, (gint64) n));
  return TRUE;
}

static void
reply_page (EngCall    *call,
            const char *member,
            JsonArray  *entries,
            const Page *page)
{
  g_autoptr(JsonObject) reply = json_object_new ();
  gboolean more = page->descending ? page->first > 0 : page->end < page->n;
  g_autofree char *token = NULL;

  json_object_set_array_member (reply, member, json_array_ref (entries));
  if (more)
    {
      token = eng_page_token_make (call, member, page->descending ? page->first : page->end);
      json_object_set_string_member (reply, "NextToken", token);
    }
  eng_call_reply (call, reply);
}

static JsonObject *
wrap (const char *member,
      const char *value)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, member, value);
  return object;
}

/* What a step made: its job's ARN, the outcome of a condition or the message of a Fail step. */
static void
set_metadata (JsonObject       *entry,
              EngPipelineStep  *step,
              const EngStepRow *row)
{
  const char *member = eng_step_traits (step->type)->metadata;
  g_autoptr(JsonObject) metadata = json_object_new ();
  JsonObject *value = NULL;

  switch (step->type)
    {
    case ENG_STEP_CONDITION:
      value = row->outcome != NULL ? wrap ("Outcome", row->outcome) : NULL;
      break;
    case ENG_STEP_FAIL:
      value = row->failure != NULL ? wrap ("ErrorMessage", row->failure) : NULL;
      break;
    case ENG_STEP_PROCESSING:
    case ENG_STEP_TRAINING:
    case ENG_STEP_MODEL:
    case ENG_STEP_REGISTER_MODEL:
    default:
      value = row->arn != NULL ? wrap ("Arn", row->arn) : NULL;
    }
  if (value == NULL)
    return;

  json_object_set_object_member (metadata, member, value);
  json_object_set_object_member (entry, "Metadata", g_steal_pointer (&metadata));
}

static JsonObject *
make_step (EngPipelineStep  *step,
           const EngStepRow *row)
{
  JsonObject *entry = json_object_new ();

  json_object_set_string_member (entry, "StepName", row->name);
  if (step->display_name != NULL)
    json_object_set_string_member (entry, "StepDisplayName", step->display_name);
  if (step->description != NULL)
    json_object_set_string_member (entry, "StepDescription", step->description);
  json_object_set_double_member (entry, "StartTime", row->started);
  if (row->ended > 0)
    json_object_set_double_member (entry, "EndTime", row->ended);
  json_object_set_string_member (entry, "StepStatus", eng_step_status_word (row->status));
  if (row->failure != NULL && row->status == ENG_STEP_FAILED)
    json_object_set_string_member (entry, "FailureReason", row->failure);
  json_object_set_int_member (entry, "AttemptCount", row->attempt);
  if (row->cache.source != NULL)
    json_object_set_object_member (entry, "CacheHitResult",
                                   wrap ("SourcePipelineExecutionArn", row->cache.source));
  set_metadata (entry, step, row);

  return entry;
}

/* The execution's definition and rows, read from one snapshot of the store. */
static gboolean
load_steps (EngCall      *call,
            EngPipeline **definition,
            GPtrArray   **rows,
            GError      **error)
{
  const char *arn = sage_json_string (call->input, "PipelineExecutionArn", NULL);
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngResource) execution = NULL;
  g_autoptr(JsonObject) state = NULL;
  g_autofree char *text = NULL;

  /* The model does not require it, and nothing can be said without. */
  if (arn == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "1 validation error detected: Value null at "
                       "'pipelineExecutionArn' failed to satisfy constraint: Member must not be "
                       "null");

  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  execution = eng_pipeline_execution_load (reader, arn, error);
  state = execution != NULL ? eng_resource_state (execution, error) : NULL;
  text = state != NULL ? eng_definition_load (reader, sage_json_int (state, "Definition", 0), error)
                       : NULL;
  if (text == NULL)
    return FALSE;

  *rows = eng_step_rows_load (reader, execution->id, error);
  if (*rows == NULL)
    return FALSE;
  *definition = eng_pipeline_parse_stored (text, error);
  return *definition != NULL;
}

/**
 * eng_pipeline_list_steps:
 *
 * ListPipelineExecutionSteps: what was reached so far, the latest first unless asked otherwise.
 */
gboolean
eng_pipeline_list_steps (EngCall  *call,
                         GError  **error)
{
  gboolean descending = strcmp (sage_json_string (call->input, "SortOrder", "Descending"),
                                "Descending") == 0;
  g_autoptr(EngPipeline) definition = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(JsonArray) entries = json_array_new ();
  Page page;

  if (!load_steps (call, &definition, &rows, error) ||
      !find_page (call, rows->len, descending, &page, error))
    return FALSE;

  for (guint i = page.first; i < page.end; i++)
    {
      EngStepRow *row = g_ptr_array_index (rows, descending ? page.first + page.end - 1 - i : i);

      if (row->position < definition->steps->len)
        json_array_add_object_element (entries,
                                       make_step (eng_pipeline_step (definition, row->position),
                                                  row));
    }

  reply_page (call, "PipelineExecutionSteps", entries, &page);
  return TRUE;
}

static char *
parameter_text (JsonNode *value)
{
  g_autofree char *text = NULL;

  if (json_node_get_value_type (value) == G_TYPE_STRING)
    text = json_node_dup_string (value);
  else
    text = sage_json_to_string (value);

  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_VALUE));
}

/**
 * eng_pipeline_list_parameters:
 *
 * ListPipelineParametersForExecution: every parameter with the value it has, given or by default.
 */
gboolean
eng_pipeline_list_parameters (EngCall  *call,
                              GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) execution = NULL;
  g_autoptr(JsonObject) state = NULL;
  g_autoptr(JsonArray) entries = json_array_new ();
  g_autoptr(GList) names = NULL;
  JsonObject *parameters;
  guint index = 0;
  Page page;

  if (reader == NULL)
    return FALSE;
  execution = eng_pipeline_execution_load (
    reader, sage_json_string (call->input, "PipelineExecutionArn", ""), error);
  state = execution != NULL ? eng_resource_state (execution, error) : NULL;
  if (state == NULL)
    return FALSE;

  parameters = sage_json_object (state, "Parameters");
  names = parameters != NULL ? json_object_get_members (parameters) : NULL;
  if (!find_page (call, g_list_length (names), FALSE, &page, error))
    return FALSE;

  for (GList *l = names; l != NULL; l = l->next, index++)
    {
      g_autofree char *text = NULL;
      JsonObject *entry;

      if (index < page.first || index >= page.end)
        continue;
      text = parameter_text (json_object_get_member (parameters, l->data));
      entry = wrap ("Name", l->data);
      json_object_set_string_member (entry, "Value", text);
      json_array_add_object_element (entries, entry);
    }

  reply_page (call, "PipelineParameters", entries, &page);
  return TRUE;
}
