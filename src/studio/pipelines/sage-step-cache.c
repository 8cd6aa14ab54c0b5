/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-step-cache"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-step-cache.h"

/* The card that waits for an answer, and the step that it is about. */
typedef struct
{
  SageFacts    *facts; /* (owned) */
  SageResource *step;  /* (owned) */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->facts);
  g_object_unref (question->step);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/**
 * sage_step_cache_source:
 * @step: a step of an execution
 *
 * Returns: (nullable): the ARN of the execution that the step's result was taken from; %NULL if it
 *   ran itself
 */
const char *
sage_step_cache_source (SageResource *step)
{
  JsonObject *description = sage_resource_get_description (step);
  JsonObject *hit = description != NULL ? sage_json_object (description, "CacheHitResult") : NULL;
  const char *source = hit != NULL ? sage_json_string (hit, "SourcePipelineExecutionArn", "") : "";

  return source[0] != '\0' ? source : NULL; /* AWS has an empty one where nothing was taken */
}

/* A row that leads to another execution of the step's pipeline. */
static void
set_execution (SageFacts    *facts,
               SageResource *step,
               const char   *label,
               const char   *arn)
{
  const char *name = sage_resource_get_name (step);
  g_autofree char *pipeline = g_strndup (name, strcspn (name, "/"));
  const char *slash = strrchr (arn, '/');
  g_autofree char *location = NULL;

  if (slash == NULL)
    return;

  location = g_strconcat ("pipeline-execution/", pipeline, "/execution", slash, NULL);
  sage_facts_set_link (facts, "source", label, slash + 1, location);
}

/**
 * sage_step_cache_show:
 * @facts: the step's card
 * @step: a step of an execution
 *
 * Shows which execution made the result, if that was not the step's own.
 */
void
sage_step_cache_show (SageFacts    *facts,
                      SageResource *step)
{
  const char *source = sage_step_cache_source (step);

  if (source != NULL)
    set_execution (facts, step, _("Reused from execution"), source);
}

/* "Environment.A, the runtime": parts of a request keep the names that they have in it. */
static char *
name_changed (JsonArray *changed)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) names = NULL;

  for (guint i = 0; changed != NULL && i < json_array_get_length (changed); i++)
    {
      const char *name = sage_json_array_string (changed, i);

      if (g_strcmp0 (name, "Runtime") == 0)
        g_strv_builder_add (builder, _("the runtime"));
      else if (g_strcmp0 (name, "Outputs") == 0)
        g_strv_builder_add (builder, _("the kind of outputs"));
      else if (name != NULL)
        g_strv_builder_add (builder, name);
    }
  names = g_strv_builder_end (builder);

  return g_strjoinv (", ", names);
}

static char *
describe_miss (JsonObject *answer)
{
  const char *reason = sage_json_string (answer, "Reason", "");
  g_autofree char *changed = NULL;

  if (strcmp (reason, "NoResult") == 0)
    return g_strdup (_("There was no earlier result"));
  if (strcmp (reason, "Expired") == 0)
    return g_strdup (_("The earlier result is too old"));
  if (strcmp (reason, "ResultChanged") == 0)
    return g_strdup (_("The earlier result was changed or deleted"));
  if (strcmp (reason, "KeyChanged") != 0)
    return NULL;

  changed = name_changed (sage_json_array (answer, "Changed"));
  /* Translators: the names of what was changed, such as a hyperparameter or an input */
  return g_strdup_printf (_("Changed: %s"), changed);
}

static void
explained_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(Question) question = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = sage_client_get_finish (SAGE_CLIENT (object), result, &error);
  g_autofree char *text = NULL;
  const char *arn;

  if (answer == NULL)
    {
      g_debug ("Nothing more is known of the step: %s", error->message); /* AWS cannot say */
      return;
    }

  text = describe_miss (answer);
  arn = sage_json_string (answer, "PipelineExecutionArn", NULL);
  if (text == NULL)
    return;
  sage_facts_set_text (question->facts, "miss", _("Why it ran"), text);
  if (arn != NULL)
    set_execution (question->facts, question->step, _("Compared with execution"), arn);
}

/**
 * sage_step_cache_explain:
 * @facts: the step's card
 * @step: a step that ran although its definition allows an earlier result to be taken
 * @connection: the engine
 * @cancellable: cancelled when the card shows something else
 *
 * Asks the engine why, and shows the answer when it comes.
 */
void
sage_step_cache_explain (SageFacts      *facts,
                         SageResource   *step,
                         SageConnection *connection,
                         GCancellable   *cancellable)
{
  g_autofree char *path = g_strconcat ("/sagebrush/v1/cache/", sage_resource_get_name (step), NULL);
  Question *question = g_new0 (Question, 1);

  question->facts = g_object_ref (facts);
  question->step = g_object_ref (step);
  sage_client_get_async (sage_connection_get_client (connection), path, cancellable, explained_cb,
                         question);
}
