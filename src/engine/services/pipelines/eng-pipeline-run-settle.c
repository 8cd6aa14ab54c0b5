/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-run-settle"

#include "config.h"

#include <string.h>

#include "eng-pipeline-run.h"
#include "sage-error.h"
#include "sage-json.h"

static void
keep_outputs (EngRunStep *step,
              JsonObject *answer)
{
  if (!step->step->referenced)
    return;

  g_free (step->row.outputs);
  step->row.outputs = sage_json_object_to_string (answer);
  g_clear_pointer (&step->outputs, json_node_unref);
  step->outputs = sage_json_take_object (json_object_ref (answer));
}

static const char *
job_failure (JsonObject *answer)
{
  const char *reason = sage_json_string (answer, "FailureReason", NULL);

  if (reason == NULL)
    reason = sage_json_string (answer, "ExitMessage", NULL);

  return reason != NULL ? reason : "The job failed without a reason";
}

/* What a failed job's reason says about the cause, in the words that SageMaker begins it with. */
static guint
job_causes (const char *reason)
{
  if (g_str_has_prefix (reason, "InternalServerError"))
    return ENG_RETRY_JOB_INTERNAL_ERROR;
  if (g_str_has_prefix (reason, "CapacityError"))
    return ENG_RETRY_CAPACITY_ERROR;
  if (g_str_has_prefix (reason, "ResourceLimitExceeded"))
    return ENG_RETRY_RESOURCE_LIMIT;

  return 0;
}

/* The job exists and is not known to have ended. */
static void
settle_running (EngRun     *run,
                EngRunStep *step)
{
  if (step->row.status == ENG_STEP_STARTING)
    {
      step->row.status = ENG_STEP_EXECUTING;
      step->dirty = TRUE;
    }
  if (step->woken)
    {
      step->woken = FALSE;
      eng_run_post (run, step, ENG_TASK_LOOK);
    }
}

/* Takes over what the task learnt for the cache: its key, what the job made, or whose job it is. */
static void
take_cache (EngRunStep      *step,
            EngPipelineTask *task)
{
  if (task->cache.key == NULL)
    return;

  eng_step_cache_copy (&task->cache, &step->row.cache);
  if (task->cache.source != NULL)
    {
      g_free (step->row.job);
      step->row.job = g_strdup (task->job);
    }
  step->dirty = TRUE;
}

static void
settle (EngRun          *run,
        EngRunStep      *step,
        EngPipelineTask *task)
{
  const char *status = eng_pipeline_task_status (task);
  const char *reason;

  if (step->row.arn == NULL)
    {
      step->row.arn = g_strdup (task->arn);
      step->dirty = TRUE;
    }
  take_cache (step, task);

  if (eng_step_traits (step->step->type)->status_member == NULL ||
      g_strcmp0 (status, "Completed") == 0)
    {
      if (task->answer != NULL)
        keep_outputs (step, task->answer);
      eng_run_end_step (run, step, ENG_STEP_SUCCEEDED, NULL);
    }
  else if (g_strcmp0 (status, "Failed") == 0)
    {
      reason = job_failure (task->answer);
      eng_run_fail_step (run, step, job_causes (reason), reason);
    }
  else if (g_strcmp0 (status, "Stopped") == 0)
    {
      if (run->stopping)
        eng_run_end_step (run, step, ENG_STEP_STOPPED, NULL);
      else
        eng_run_end_step (run, step, ENG_STEP_FAILED, "ClientError: The job was stopped");
    }
  else
    {
      settle_running (run, step);
    }
}

static guint
error_causes (const GError *error)
{
  if (error->domain != SAGE_ERROR)
    return ENG_RETRY_STEP_SERVICE_FAULT;

  switch ((SageError) error->code)
    {
    case SAGE_ERROR_BUSY:
      return ENG_RETRY_STEP_THROTTLING;
    case SAGE_ERROR_LIMIT:
      return ENG_RETRY_RESOURCE_LIMIT;
    case SAGE_ERROR_FAILED:
    case SAGE_ERROR_NO_SPACE:
    case SAGE_ERROR_IO:
    case SAGE_ERROR_UNREACHABLE:
      return ENG_RETRY_STEP_SERVICE_FAULT;
    case SAGE_ERROR_INVALID:
    case SAGE_ERROR_SYNTAX:
    case SAGE_ERROR_NOT_FOUND:
    case SAGE_ERROR_EXISTS:
    case SAGE_ERROR_CONFLICT:
    case SAGE_ERROR_DENIED:
    case SAGE_ERROR_UNAUTHENTICATED:
    case SAGE_ERROR_UNSUPPORTED:
    case SAGE_ERROR_CORRUPT:
    case SAGE_ERROR_TOO_NEW:
    case SAGE_ERROR_TOO_LARGE:
    case SAGE_ERROR_PROTOCOL:
    case SAGE_ERROR_UNTRUSTED:
    default:
      return 0;
    }
}

/* A job that was there cannot be seen: gone for good, or the look itself went wrong? */
static void
look_failed (EngRun          *run,
             EngRunStep      *step,
             EngPipelineTask *task)
{
  g_autofree char *text = NULL;

  if (error_causes (task->error) != 0)
    {
      step->due = g_get_monotonic_time () + G_USEC_PER_SEC;
      return;
    }

  text = g_strdup_printf ("ClientError: The step's job cannot be found any more: %s",
                          task->error->message);
  eng_run_end_step (run, step, run->stopping ? ENG_STEP_STOPPED : ENG_STEP_FAILED,
                    run->stopping ? NULL : text);
}

/**
 * eng_run_task_done:
 * @run: the execution
 * @task: one of its tasks, after it ran
 */
void
eng_run_task_done (EngRun          *run,
                   EngPipelineTask *task)
{
  EngRunStep *step = &run->steps[task->position];
  g_autofree char *text = NULL;

  /* An answer about an attempt that was given up moves nothing. */
  if (!step->launched || !step->in_flight || task->attempt != step->row.attempt)
    return;

  step->in_flight = FALSE;
  if (task->error == NULL)
    {
      settle (run, step, task);
      return;
    }

  if (task->kind != ENG_TASK_START || task->found)
    {
      if (task->found && step->row.arn == NULL)
        step->row.arn = g_strdup (task->arn);
      look_failed (run, step, task);
      return;
    }

  text = g_strdup_printf ("ClientError: Failed to invoke sagemaker:%s. Error Details: %s",
                          eng_step_traits (task->type)->create, task->error->message);
  eng_run_fail_step (run, step, error_causes (task->error), text);
}
