/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-run"

#include "config.h"

#include <string.h>

#include "eng-pipeline-run.h"
#include "sage-time.h"

/* Bound of the shape FailureReason. */
#define MAX_STEP_FAILURE 1024

static gboolean
is_inline (const EngPipelineStep *step)
{
  return step->type == ENG_STEP_CONDITION || step->type == ENG_STEP_FAIL;
}

/**
 * eng_run_push_ready:
 * @run: the execution
 * @step: a step that needs nothing more
 */
void
eng_run_push_ready (EngRun     *run,
                    EngRunStep *step)
{
  g_queue_push_tail (is_inline (step->step) ? &run->inline_ready : &run->job_ready,
                     GUINT_TO_POINTER (step->step->position));
}

/* Takes a step, and all that need it, out of this execution. */
static void
skip (EngRun     *run,
      EngRunStep *first)
{
  g_autoptr(GPtrArray) stack = g_ptr_array_new ();

  g_ptr_array_add (stack, first);
  while (stack->len > 0)
    {
      EngRunStep *step = g_ptr_array_steal_index (stack, stack->len - 1);

      if (step->skipped)
        continue;
      step->skipped = TRUE;
      for (guint i = 0; i < step->step->feeds->len; i++)
        g_ptr_array_add (stack, &run->steps[g_array_index (step->step->feeds, guint, i)]);
    }
}

/**
 * eng_run_skip_branch:
 * @run: the execution
 * @condition: a Condition whose outcome is known
 *
 * Leaves out the steps of the branch that is not taken.
 */
void
eng_run_skip_branch (EngRun     *run,
                     EngRunStep *condition)
{
  gboolean outcome = g_strcmp0 (condition->row.outcome, "True") == 0;

  for (guint i = 0; i < condition->step->feeds->len; i++)
    {
      EngRunStep *step = &run->steps[g_array_index (condition->step->feeds, guint, i)];

      if (step->step->condition == (int) condition->step->position &&
          step->step->if_branch != outcome)
        skip (run, step);
    }
}

/* Tells the steps that need @step that it has succeeded. */
static void
release (EngRun     *run,
         EngRunStep *step)
{
  if (step->step->type == ENG_STEP_CONDITION)
    eng_run_skip_branch (run, step);

  for (guint i = 0; i < step->step->feeds->len; i++)
    {
      EngRunStep *next = &run->steps[g_array_index (step->step->feeds, guint, i)];

      if (--next->waits == 0 && !next->skipped && next->row.status == ENG_STEP_ABSENT)
        eng_run_push_ready (run, next);
    }
}

/**
 * eng_run_begin_step:
 * @run: the execution
 * @step: a step that was not reached before
 *
 * Gives it a row.
 */
void
eng_run_begin_step (EngRun     *run,
                    EngRunStep *step)
{
  step->row.execution = run->id;
  step->row.position = step->step->position;
  step->row.name = g_strdup (step->step->name);
  step->row.status = ENG_STEP_STARTING;
  step->row.attempt = 1;
  step->row.started = sage_time_now ();
  step->dirty = TRUE;
}

static void
close_run (EngRun *run)
{
  run->closing = TRUE;
  for (guint i = 0; i < run->definition->steps->len; i++)
    {
      EngRunStep *step = &run->steps[i];

      if (step->row.status == ENG_STEP_STARTING && step->due != 0 && !step->launched)
        {
          run->n_delayed--;
          step->due = 0;
          eng_run_end_step (run, step, ENG_STEP_FAILED, step->row.failure);
        }
    }
}

/**
 * eng_run_end_step:
 * @run: the execution
 * @step: a step that has a row
 * @status: the end it has come to
 * @failure: (nullable): why it failed
 */
void
eng_run_end_step (EngRun        *run,
                  EngRunStep    *step,
                  EngStepStatus  status,
                  const char    *failure)
{
  g_autofree char *kept = failure != NULL ? g_utf8_substring (failure, 0,
                                                              MIN (g_utf8_strlen (failure, -1),
                                                                   MAX_STEP_FAILURE))
                                          : NULL;

  step->row.status = status;
  step->row.ended = sage_time_now ();
  step->row.wait = 0;
  g_free (step->row.failure);
  step->row.failure = g_steal_pointer (&kept);
  step->dirty = TRUE;

  if (step->launched)
    {
      step->launched = FALSE;
      run->n_active--;
    }
  if (status == ENG_STEP_SUCCEEDED)
    release (run, step);
  else if (status == ENG_STEP_FAILED && step->step->type == ENG_STEP_FAIL)
    close_run (run);
}

/**
 * eng_run_post:
 * @run: the execution
 * @step: a step that is launched
 * @kind: what to do
 *
 * Puts a task into the outbox.
 *
 * Returns: (transfer none): the task, to be filled in further
 */
EngPipelineTask *
eng_run_post (EngRun      *run,
              EngRunStep  *step,
              EngTaskKind  kind)
{
  EngPipelineTask *task = eng_pipeline_task_new (kind, step->step->type);

  task->execution = g_strdup (run->name);
  task->step = g_strdup (step->row.name);
  task->principal = g_strdup (run->principal);
  task->role = run->authority;
  task->position = step->step->position;
  task->attempt = step->row.attempt;
  task->job = g_strdup (step->row.job);
  task->arn = g_strdup (step->row.arn);
  eng_step_cache_copy (&step->row.cache, &task->cache);
  step->in_flight = TRUE;
  g_ptr_array_add (run->outbox, task);

  return task;
}

/* A step that was to begin and must not any more: did an earlier life make something to stop? */
static void
stop_unlaunched (EngRun     *run,
                 EngRunStep *step)
{
  if (step->row.job == NULL || step->step->type == ENG_STEP_REGISTER_MODEL)
    {
      eng_run_end_step (run, step, ENG_STEP_STOPPED, NULL);
      return;
    }

  step->launched = TRUE;
  run->n_active++;
  eng_run_post (run, step, ENG_TASK_LOOK);
}

static void
drain_queue (EngRun *run,
             GQueue *queue)
{
  while (!g_queue_is_empty (queue))
    {
      EngRunStep *step = &run->steps[GPOINTER_TO_UINT (g_queue_pop_head (queue))];

      if (step->row.status != ENG_STEP_ABSENT)
        stop_unlaunched (run, step);
    }
}

/* While it stops nothing begins: what was not reached stays absent. */
static void
drain (EngRun *run)
{
  drain_queue (run, &run->inline_ready);
  drain_queue (run, &run->job_ready);
}

static void
stop_steps (EngRun *run)
{
  for (guint i = 0; i < run->definition->steps->len; i++)
    {
      EngRunStep *step = &run->steps[i];

      if (step->row.status == ENG_STEP_STARTING && !step->launched && step->due != 0)
        {
          step->due = 0;
          run->n_delayed--;
          eng_run_end_step (run, step, ENG_STEP_STOPPED, NULL);
        }
      else if (step->launched && !step->in_flight && !step->stop_asked && step->row.arn != NULL)
        {
          step->stop_asked = TRUE;
          step->row.status = ENG_STEP_STOPPING;
          step->dirty = TRUE;
          eng_run_post (run, step, ENG_TASK_STOP);
        }
    }
}

/* Begins jobs in the order in which they became ready, as far as the limit allows. */
static void
launch_ready (EngRun *run)
{
  while (!g_queue_is_empty (&run->job_ready) &&
         (run->max_parallel == 0 || run->n_active < run->max_parallel))
    {
      EngRunStep *step = &run->steps[GPOINTER_TO_UINT (g_queue_pop_head (&run->job_ready))];

      if (run->closing && step->row.status == ENG_STEP_ABSENT)
        continue;

      step->launched = TRUE;
      run->n_active++;
      eng_run_launch (run, step);
    }
}

/**
 * eng_run_advance:
 * @run: the execution
 *
 * Moves every step that can move. Conditions need nothing but what is in memory, so whole chains
 * of them pass in one call and are stored with one commit. Tasks go to the outbox.
 */
void
eng_run_advance (EngRun *run)
{
  if (run->ended)
    return;

  do
    {
      while (!run->stopping && !run->closing && !g_queue_is_empty (&run->inline_ready))
        {
          gpointer position = g_queue_pop_head (&run->inline_ready);

          eng_run_evaluate (run, &run->steps[GPOINTER_TO_UINT (position)]);
        }

      if (run->closing)
        g_queue_clear (&run->inline_ready);
      if (run->stopping)
        {
          drain (run);
          stop_steps (run);
        }
      else
        {
          launch_ready (run);
        }
    }
  while (!g_queue_is_empty (&run->inline_ready));

  run->ended = run->n_active == 0 && run->n_delayed == 0 && g_queue_is_empty (&run->job_ready);
}

/**
 * eng_run_job_ended:
 * @run: the execution
 * @position: of the step
 * @status: the status in which its job ended
 *
 * Takes notice of a job's event. Where nothing but success is to be known of it, that is all; of
 * a step that is cached, what its job made is to be known.
 */
void
eng_run_job_ended (EngRun     *run,
                   guint       position,
                   const char *status)
{
  EngRunStep *step = &run->steps[position];

  if (!step->launched)
    return;
  if (step->in_flight)
    {
      step->woken = TRUE;
      return;
    }
  if (step->row.arn == NULL)
    return;

  if (strcmp (status, "Completed") == 0 && !step->step->referenced &&
      step->row.cache.key == NULL)
    eng_run_end_step (run, step, ENG_STEP_SUCCEEDED, NULL);
  else
    eng_run_post (run, step, ENG_TASK_LOOK);
}

/**
 * eng_run_due:
 * @run: the execution
 * @now: monotonic us
 *
 * Takes up what waited until now, and notes what is due next.
 */
void
eng_run_due (EngRun *run,
             gint64  now)
{
  run->next_due = 0;
  for (guint i = 0; i < run->definition->steps->len; i++)
    {
      EngRunStep *step = &run->steps[i];

      if (step->due == 0)
        continue;
      if (step->due > now)
        {
          run->next_due = run->next_due == 0 ? step->due : MIN (run->next_due, step->due);
          continue;
        }

      step->due = 0;
      if (step->launched)
        {
          eng_run_post (run, step, ENG_TASK_LOOK);
          continue;
        }
      run->n_delayed--;
      step->row.wait = 0;
      step->dirty = TRUE;
      eng_run_push_ready (run, step);
    }
}
