/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-task"

#include "config.h"

#include <string.h>

#include "eng-pipeline-cache.h"
#include "eng-pipeline-task.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-json.h"

#define MAX_NAME 63
#define N_TAIL   10

/**
 * eng_pipeline_task_new:
 * @kind: what to do
 * @type: the step's type, which has operations
 *
 * Returns: (transfer full): a task to be filled in
 */
EngPipelineTask *
eng_pipeline_task_new (EngTaskKind kind,
                       EngStepType type)
{
  EngPipelineTask *task = g_new0 (EngPipelineTask, 1);

  task->kind = kind;
  task->type = type;

  return task;
}

/**
 * eng_pipeline_task_free:
 * @task: (transfer full) (nullable): what to free
 */
void
eng_pipeline_task_free (EngPipelineTask *task)
{
  if (task == NULL)
    return;

  g_free (task->execution);
  g_free (task->step);
  g_free (task->principal);
  g_free (task->job);
  g_free (task->arn);
  g_clear_pointer (&task->input, json_object_unref);
  g_clear_pointer (&task->answer, json_object_unref);
  eng_step_cache_clear (&task->cache);
  g_clear_error (&task->error);
  g_free (task);
}

/* The digits of a hash of what makes an attempt unlike every other one. */
static void
attempt_digits (const char *execution_arn,
                const char *step,
                guint       attempt,
                char       *digits,
                guint       n_digits)
{
  static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
  g_autofree char *text = g_strdup_printf ("%s/%s/%u", execution_arn, step, attempt);
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (text, strlen (text), digest);
  for (guint i = 0; i < n_digits; i++)
    digits[i] = alphabet[digest[i] % 32];
  digits[n_digits] = '\0';
}

/**
 * eng_pipeline_job_name:
 * @prefix: (nullable): a name given in the step's arguments, which then begins the job's name
 * @execution_arn: the execution
 * @step: the step's name
 * @attempt: which start of the step it is
 *
 * Names jobs as SageMaker does, `pipelines-<execution>-<step>-<ten digits>`, except that the digits
 * follow from the rest: the same attempt has the same name in every life of the engine, so that
 * making its job twice is impossible.
 *
 * Returns: (transfer full): a name of at most 63 characters that every job and model accepts
 */
char *
eng_pipeline_job_name (const char *prefix,
                       const char *execution_arn,
                       const char *step,
                       guint       attempt)
{
  const char *slash = strrchr (execution_arn, '/');
  const char *id = slash != NULL ? slash + 1 : execution_arn;
  g_autoptr(GString) name = g_string_new (NULL);
  char digits[N_TAIL + 1];

  if (prefix == NULL)
    g_string_append_printf (name, "pipelines-%s-%s", id, step);
  else
    g_string_append_printf (name, "%.*s-%s", MAX_NAME - N_TAIL - 2 - (int) strlen (id), prefix, id);

  g_string_truncate (name, MIN (name->len, MAX_NAME - N_TAIL - 1));
  for (gsize i = 0; i < name->len; i++)
    if (!g_ascii_isalnum (name->str[i]))
      name->str[i] = '-';

  attempt_digits (execution_arn, step, attempt, digits, N_TAIL);
  g_string_append_printf (name, "-%s", digits);

  return g_string_free_and_steal (g_steal_pointer (&name));
}

/**
 * eng_pipeline_job_token:
 * @execution_arn: the execution
 * @step: the step's name
 * @attempt: which start of the step it is
 *
 * Returns: (transfer full): a ClientToken for what is made without a name, the same in every life
 *   of the engine
 */
char *
eng_pipeline_job_token (const char *execution_arn,
                        const char *step,
                        guint       attempt)
{
  char digits[SAGE_SHA256_SIZE + 1];

  attempt_digits (execution_arn, step, attempt, digits, SAGE_SHA256_SIZE);
  return g_strdup (digits);
}

/**
 * eng_pipeline_task_status:
 * @task: a task that has run
 *
 * Returns: (transfer none) (nullable): the status of the job as Describe said, if it was asked
 */
const char *
eng_pipeline_task_status (EngPipelineTask *task)
{
  const EngStepTraits *traits = eng_step_traits (task->type);

  if (task->answer == NULL || traits->status_member == NULL)
    return NULL;

  return sage_json_string (task->answer, traits->status_member, NULL);
}

/**
 * eng_pipeline_task_invoke:
 * @task: the task
 * @engine: the engine
 * @operation: a SageMaker operation's name
 * @input: the request document
 *
 * Makes a call with the rights that the execution was started with, and no others.
 *
 * Returns: (transfer full): the reply; %NULL with @error
 */
JsonObject *
eng_pipeline_task_invoke (EngPipelineTask  *task,
                          EngEngine        *engine,
                          const char       *operation,
                          JsonObject       *input,
                          GError          **error)
{
  const EngCaller caller = { .principal = task->principal, .role = task->role };

  return eng_operation_invoke (engine, &caller, operation, input, error);
}

static JsonObject *
invoke (EngPipelineTask  *task,
        EngEngine        *engine,
        const char       *operation,
        const char       *member,
        const char       *value,
        GError          **error)
{
  g_autoptr(JsonObject) input = json_object_new ();

  json_object_set_string_member (input, member, value);
  return eng_pipeline_task_invoke (task, engine, operation, input, error);
}

/* A job that has ended well may be taken by later executions, if its step is cached. */
static void
seal_cache (EngPipelineTask *task,
            EngEngine       *engine)
{
  g_autoptr(GError) error = NULL;

  if (task->cache.key == NULL || task->cache.outputs != NULL ||
      g_strcmp0 (eng_pipeline_task_status (task), "Completed") != 0)
    return;

  if (!eng_pipeline_cache_seal (task, engine, &error))
    g_debug ("The result of '%s' is not kept for later: %s", task->job, error->message);
  SAGE_FAILPOINT ("pipeline-cache-sealed");
}

/* Asks how the job is. Model packages are known by their ARN, everything else by name. */
static gboolean
look (EngPipelineTask  *task,
      EngEngine        *engine,
      GError          **error)
{
  const EngStepTraits *traits = eng_step_traits (task->type);
  const char *key = task->type == ENG_STEP_REGISTER_MODEL ? task->arn : task->job;
  JsonObject *answer;

  if (key == NULL)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "Nothing was made yet");

  answer = invoke (task, engine, traits->describe, traits->name_member, key, error);
  if (answer == NULL)
    return FALSE;

  g_clear_pointer (&task->answer, json_object_unref);
  task->answer = answer;
  task->found = TRUE;
  if (task->arn == NULL)
    task->arn = g_strdup (sage_json_string (answer, traits->arn_member, NULL));
  seal_cache (task, engine);

  return TRUE;
}

/* Takes the result of an earlier execution, if there is one that can be taken. */
static gboolean
reuse (EngPipelineTask *task,
       EngEngine       *engine)
{
  g_autoptr(GError) error = NULL;

  if (task->cache_seconds == 0 || !eng_pipeline_cache_take (task, engine, &error))
    {
      if (error != NULL)
        g_debug ("Step '%s' takes no earlier result: %s", task->step, error->message);
      return FALSE;
    }

  SAGE_FAILPOINT ("pipeline-cache-taken");
  return TRUE;
}

/* As SageMaker does: a version is registered in a group that need not exist before. */
static gboolean
ensure_group (EngPipelineTask  *task,
              EngEngine        *engine,
              GError          **error)
{
  const char *group = sage_json_string (task->input, "ModelPackageGroupName", NULL);
  g_autoptr(JsonObject) found = NULL;
  g_autoptr(JsonObject) made = NULL;
  g_autoptr(GError) local_error = NULL;

  if (group == NULL)
    return TRUE;

  found = invoke (task, engine, "DescribeModelPackageGroup", "ModelPackageGroupName", group, NULL);
  if (found != NULL || strncmp (group, "arn:", 4) == 0)
    return TRUE;

  made = invoke (task, engine, "CreateModelPackageGroup", "ModelPackageGroupName", group, &local_error);
  if (made != NULL)
    return TRUE;

  /* Another step may have been quicker. */
  found = invoke (task, engine, "DescribeModelPackageGroup", "ModelPackageGroupName", group, NULL);
  if (found != NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
create (EngPipelineTask  *task,
        EngEngine        *engine,
        GError          **error)
{
  const EngStepTraits *traits = eng_step_traits (task->type);
  g_autoptr(JsonObject) reply = NULL;

  if (task->type == ENG_STEP_REGISTER_MODEL && !ensure_group (task, engine, error))
    return FALSE;

  SAGE_FAILPOINT ("pipeline-before-create");
  reply = eng_pipeline_task_invoke (task, engine, traits->create, task->input, error);
  SAGE_FAILPOINT ("pipeline-after-create");
  if (reply == NULL)
    return FALSE;

  task->arn = g_strdup (sage_json_string (reply, traits->arn_member, NULL));
  task->found = TRUE;
  return TRUE;
}

/*
 * Makes the job, unless the result of another one can be taken, or finds the one that an earlier
 * life of the engine made under the same name. Whatever the family's error for a taken name looks
 * like, only the job's existence counts.
 */
static void
start (EngPipelineTask *task,
       EngEngine       *engine)
{
  if (task->check_first && look (task, engine, NULL))
    return;
  if (reuse (task, engine))
    return;

  if (!create (task, engine, &task->error))
    {
      /* Nobody knows what a job that was there before has read. */
      eng_step_cache_clear (&task->cache);
      if (task->type != ENG_STEP_REGISTER_MODEL && look (task, engine, NULL))
        g_clear_error (&task->error);
      return;
    }

  if (task->describe && !look (task, engine, &task->error))
    g_prefix_error (&task->error, "Describing what was made: ");
}

/**
 * eng_pipeline_task_run:
 * @task: what to do; its out fields are filled in
 * @engine: the engine
 *
 * Does one step's call through the operation table, as a client would. Blocks.
 */
void
eng_pipeline_task_run (EngPipelineTask *task,
                       EngEngine       *engine)
{
  const EngStepTraits *traits = eng_step_traits (task->type);
  g_autoptr(JsonObject) reply = NULL;

  switch (task->kind)
    {
    case ENG_TASK_START:
      start (task, engine);
      break;
    case ENG_TASK_LOOK:
      look (task, engine, &task->error);
      break;
    case ENG_TASK_STOP:
      /* A refusal means that it has ended meanwhile, which the look that follows shows. */
      if (traits->stop != NULL)
        reply = invoke (task, engine, traits->stop, traits->name_member, task->job, NULL);
      look (task, engine, &task->error);
      break;
    default:
      break;
    }
}
