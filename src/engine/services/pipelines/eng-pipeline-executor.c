/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-executor"

#include "config.h"

#include <string.h>

#include "eng-pipeline-run.h"
#include "eng-pipelines.h"
#include "eng-resource.h"
#include "sage-error.h"
#include "sage-failpoint.h"

/* Creating a job is a durable commit; so many at once share one. */
#define N_CALLERS 10

/* How long storage that failed (a full disk, above all) is left alone. */
#define STORE_RETRY_USEC G_USEC_PER_SEC

struct _EngPipelines
{
  EngEngine   *engine;
  GThread     *thread;       /* (owned): the controller */
  GThreadPool *callers;      /* (owned) */
  GAsyncQueue *queue;        /* (owned): of Message */
  guint        subscription;
  int          stopping;     /* atomic: calls that have not begun are left to the next life */
  gboolean     quit;         /* controller thread only, as all below */
  GHashTable  *runs;         /* (owned): name → EngRun */
  GHashTable  *jobs;         /* (owned): job_key() → JobRef */
  gint64       store_after;  /* monotonic us; 0 when the last commit went well */
  GHashTable  *postponed;    /* (owned): names of executions that could not be read, as a set */
  gint64       read_after;   /* monotonic us: when those are read again; 0 where there are none */
};

/* Exactly one of the fields is set; an empty message ends the thread. */
typedef struct
{
  EngPipelineTask *task;      /* (owned): a task that has run */
  char            *execution; /* (owned): an execution was begun or told to stop */
  char            *job;       /* (owned): key of a job that has ended… */
  char            *status;    /* (owned): …in this status */
} Message;

/* Which step a job belongs to. */
typedef struct
{
  char *execution; /* (owned) */
  guint position;
} JobRef;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->task, eng_pipeline_task_free);
  g_free (message->execution);
  g_free (message->job);
  g_free (message->status);
  g_free (message);
}

static void
job_ref_free (gpointer data)
{
  JobRef *ref = data;

  g_free (ref->execution);
  g_free (ref);
}

/* Model packages have no name before they exist; their ARN says all. */
static char *
job_key (const char *kind,
         const char *name,
         const char *arn)
{
  if (strcmp (kind, "model-package") == 0)
    return g_strdup (arn);

  return g_strdup_printf ("%s/%s", kind, name);
}

static gboolean
is_job_end (const EngEvent *event)
{
  static const char *const kinds[] = { "training-job", "processing-job", "model-package", NULL };
  static const char *const ends[] = { "Completed", "Failed", "Stopped", NULL };

  return g_strv_contains (kinds, event->kind) && g_strv_contains (ends, event->status);
}

/* On the store's writer thread: hands on what can move an execution. */
static void
event_cb (const EngEvent *event,
          gpointer        user_data)
{
  EngPipelines *self = user_data;
  Message *message;

  if (strcmp (event->kind, ENG_EXECUTION_KIND) == 0)
    {
      if (strcmp (event->status, "Executing") != 0 && strcmp (event->status, "Stopping") != 0)
        return;
      message = g_new0 (Message, 1);
      message->execution = g_strdup (event->name);
    }
  else if (is_job_end (event))
    {
      message = g_new0 (Message, 1);
      message->job = job_key (event->kind, event->name, event->arn);
      message->status = g_strdup (event->status);
    }
  else
    {
      return;
    }

  g_async_queue_push (self->queue, message);
}

static void
caller_cb (gpointer data,
           gpointer user_data)
{
  EngPipelines *self = user_data;
  g_autoptr(EngPipelineTask) task = data;
  Message *message;

  if (g_atomic_int_get (&self->stopping))
    return;

  eng_pipeline_task_run (task, self->engine);
  message = g_new0 (Message, 1);
  message->task = g_steal_pointer (&task);
  g_async_queue_push (self->queue, message);
}

/* Whether it is of the rows and not of the storage, so that trying again is for nothing. */
static gboolean
is_of_rows (const GError *error)
{
  return g_error_matches (error, SAGE_ERROR, SAGE_ERROR_INVALID) ||
         g_error_matches (error, SAGE_ERROR, SAGE_ERROR_SYNTAX) ||
         g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CORRUPT) ||
         g_error_matches (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
}

/* An execution that cannot be read ends, or is read again later. */
static void
give_up_run (EngPipelines *self,
             const char   *name,
             const GError *why)
{
  g_autoptr(GError) error = NULL;

  g_warning ("Cannot take up pipeline execution '%s': %s", name, why->message);
  if (is_of_rows (why) && eng_run_abandon (self->engine, name, why->message, &error))
    return;
  if (error != NULL)
    g_warning ("Cannot end pipeline execution '%s': %s", name, error->message);
  if (error != NULL && is_of_rows (error))
    return;

  g_hash_table_add (self->postponed, g_strdup (name));
  self->read_after = g_get_monotonic_time () + STORE_RETRY_USEC;
}

static void
add_run (EngPipelines *self,
         const char   *name)
{
  g_autoptr(GError) error = NULL;
  EngRun *run = eng_run_load (self->engine, name, &error);

  if (run != NULL)
    {
      run->touched = TRUE;
      g_hash_table_insert (self->runs, run->name, run);
    }
  else if (error != NULL)
    {
      give_up_run (self, name, error);
    }
}

/* Reads once more what could not be read. */
static void
add_postponed (EngPipelines *self)
{
  g_autoptr(GPtrArray) names = g_hash_table_steal_all_keys (self->postponed);

  g_ptr_array_set_free_func (names, g_free);
  self->read_after = 0;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (!g_hash_table_contains (self->runs, name))
        add_run (self, name);
    }
}

static void
handle_execution (EngPipelines *self,
                  const char   *name)
{
  EngRun *run = g_hash_table_lookup (self->runs, name);
  g_autoptr(GError) error = NULL;

  if (run == NULL)
    {
      add_run (self, name);
      return;
    }

  run->touched = TRUE;
  if (!eng_run_refresh (run, &error))
    g_warning ("Cannot read pipeline execution '%s' again: %s", name, error->message);
}

static void
handle_job (EngPipelines *self,
            const char   *key,
            const char   *status)
{
  JobRef *ref = g_hash_table_lookup (self->jobs, key);
  EngRun *run = ref != NULL ? g_hash_table_lookup (self->runs, ref->execution) : NULL;

  if (run == NULL)
    return;

  run->touched = TRUE;
  eng_run_job_ended (run, ref->position, status);
}

static void
watch_job (EngPipelines    *self,
           EngPipelineTask *task)
{
  const char *kind = eng_step_traits (task->type)->kind;
  JobRef *ref;

  /* What was taken from another execution has ended long ago. */
  if (task->cache.source != NULL ||
      (strcmp (kind, "model-package") == 0 ? task->arn == NULL : task->job == NULL))
    return;

  ref = g_new0 (JobRef, 1);
  ref->execution = g_strdup (task->execution);
  ref->position = task->position;
  g_hash_table_replace (self->jobs, job_key (kind, task->job, task->arn), ref);
}

static void
handle_task (EngPipelines    *self,
             EngPipelineTask *task)
{
  EngRun *run = g_hash_table_lookup (self->runs, task->execution);

  if (run == NULL)
    return;

  SAGE_FAILPOINT ("pipeline-task-done");
  run->touched = TRUE;
  watch_job (self, task);
  eng_run_task_done (run, task);
}

static void
handle (EngPipelines *self,
        Message      *message)
{
  if (message->task != NULL)
    handle_task (self, message->task);
  else if (message->execution != NULL)
    handle_execution (self, message->execution);
  else if (message->job != NULL)
    handle_job (self, message->job, message->status);
  else
    self->quit = TRUE;
}

static gboolean
store_cb (EngTx     *tx,
          gpointer   user_data,
          GError   **error)
{
  GPtrArray *dirty = user_data;

  for (guint i = 0; i < dirty->len; i++)
    if (!eng_run_store (tx, g_ptr_array_index (dirty, i), error))
      return FALSE;

  return TRUE;
}

/* Sends out what waited for the rows to be durable. */
static void
dispatch (EngPipelines *self,
          EngRun       *run)
{
  while (run->outbox->len > 0)
    {
      EngPipelineTask *task = g_ptr_array_steal_index (run->outbox, 0);

      watch_job (self, task);
      SAGE_FAILPOINT ("pipeline-dispatch");
      g_thread_pool_push (self->callers, task, NULL);
    }
}

static gboolean
belongs_to (gpointer key,
            gpointer value,
            gpointer user_data)
{
  return strcmp (((JobRef *) value)->execution, user_data) == 0;
}

static void
drop_run (EngPipelines *self,
          EngRun       *run)
{
  g_hash_table_foreach_remove (self->jobs, belongs_to, run->name);
  g_hash_table_remove (self->runs, run->name);
}

/* One run whose rows cannot be written must not hold up the others for ever. */
static void
store_alone (EngPipelines *self,
             GPtrArray    *dirty)
{
  for (guint i = dirty->len; i > 0; i--)
    {
      EngRun *run = g_ptr_array_index (dirty, i - 1);
      g_autoptr(GPtrArray) one = g_ptr_array_new ();
      g_autoptr(GError) error = NULL;

      g_ptr_array_add (one, run);
      if (eng_store_write (self->engine->store, store_cb, one, &error))
        continue;

      g_ptr_array_remove_index (dirty, i - 1);
      g_warning ("Cannot store pipeline execution '%s': %s", run->name, error->message);
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_CORRUPT))
        drop_run (self, run);
      else
        self->store_after = g_get_monotonic_time () + STORE_RETRY_USEC;
    }
}

/* Stores every transition of this wake-up in one commit, then acts on those that are durable. */
static void
flush (EngPipelines *self)
{
  g_autoptr(GPtrArray) ready = g_ptr_array_new ();
  g_autoptr(GPtrArray) dirty = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  self->store_after = 0;
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((EngRun *) value)->touched)
      g_ptr_array_add (eng_run_is_dirty (value) ? dirty : ready, value);

  if (dirty->len > 0)
    {
      SAGE_FAILPOINT ("pipeline-before-store");
      if (!eng_store_write (self->engine->store, store_cb, dirty, NULL))
        store_alone (self, dirty);
      SAGE_FAILPOINT ("pipeline-after-store");
    }

  for (guint i = 0; i < dirty->len; i++)
    {
      eng_run_stored (g_ptr_array_index (dirty, i));
      g_ptr_array_add (ready, g_ptr_array_index (dirty, i));
    }
  for (guint i = 0; i < ready->len; i++)
    {
      EngRun *run = g_ptr_array_index (ready, i);

      run->touched = FALSE;
      dispatch (self, run);
      if (run->ended)
        drop_run (self, run);
    }
}

static gint64
earlier (gint64 a,
         gint64 b)
{
  if (a == 0 || b == 0)
    return MAX (a, b);

  return MIN (a, b);
}

/* Moves what something happened to; returns monotonic us of what is due next, or 0. */
static gint64
advance (EngPipelines *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = 0;
  GHashTableIter iter;
  gpointer value;

  if (self->read_after != 0 && now >= self->read_after)
    add_postponed (self);

  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      EngRun *run = value;

      if (run->touched || (run->next_due != 0 && run->next_due <= now))
        {
          run->touched = TRUE;
          eng_run_due (run, now);
          eng_run_advance (run);
        }
      next = earlier (next, run->next_due);
    }

  if (now >= self->store_after)
    flush (self);

  return earlier (earlier (next, self->store_after), self->read_after);
}

static Message *
wait_until (EngPipelines *self,
            gint64        next)
{
  gint64 now = g_get_monotonic_time ();

  if (next == 0)
    return g_async_queue_pop (self->queue);
  if (next <= now)
    return g_async_queue_try_pop (self->queue);

  return g_async_queue_timeout_pop (self->queue, (guint64) (next - now));
}

static gpointer
controller_thread (gpointer user_data)
{
  EngPipelines *self = user_data;

  while (!self->quit)
    {
      gint64 next = advance (self);
      Message *message = wait_until (self, next);

      for (; message != NULL; message = g_async_queue_try_pop (self->queue))
        {
          handle (self, message);
          message_free (message);
        }
    }

  return NULL;
}

/* Takes up every execution that the last life of the engine left under way. */
static gboolean
take_up (EngPipelines  *self,
         GError       **error)
{
  static const char *const under_way[] = { "Executing", "Stopping", NULL };
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);
  g_autoptr(GPtrArray) found = NULL;

  if (reader == NULL)
    return FALSE;
  found = eng_resource_load_by_status (reader, ENG_EXECUTION_KIND, under_way, error);
  if (found == NULL)
    return FALSE;

  for (guint i = 0; i < found->len; i++)
    add_run (self, ((EngResource *) g_ptr_array_index (found, i))->name);
  SAGE_FAILPOINT ("pipeline-taken-up");
  return TRUE;
}

/**
 * eng_pipelines_start:
 * @engine: the engine, with all its operations
 *
 * Takes up what is under way and starts the controller. Events are listened to before the rows are
 * read, so that nothing falls in between.
 *
 * Returns: (transfer full): the controller, or %NULL with @error when the store cannot be read
 */
EngPipelines *
eng_pipelines_start (EngEngine  *engine,
                     GError    **error)
{
  g_autoptr(EngPipelines) self = g_new0 (EngPipelines, 1);

  self->engine = engine;
  self->queue = g_async_queue_new_full (message_free);
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) eng_run_free);
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, job_ref_free);
  self->postponed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->subscription = eng_store_subscribe (engine->store, event_cb, self);
  self->callers = g_thread_pool_new (caller_cb, self, N_CALLERS, FALSE, error);
  if (self->callers == NULL || !take_up (self, error))
    return NULL;

  self->thread = g_thread_new ("eng-pipelines", controller_thread, self);
  return g_steal_pointer (&self);
}

/**
 * eng_pipelines_stop:
 * @pipelines: (transfer full) (nullable): the controller
 *
 * Ends the controller. Executions stay as they are until the next one takes them up.
 */
void
eng_pipelines_stop (EngPipelines *pipelines)
{
  EngPipelines *self = pipelines;

  if (self == NULL)
    return;

  eng_store_unsubscribe (self->engine->store, self->subscription);
  g_atomic_int_set (&self->stopping, TRUE);
  if (self->thread != NULL)
    {
      g_async_queue_push (self->queue, g_new0 (Message, 1));
      g_thread_join (self->thread);
    }
  /* Calls under way are finished; what they made is found again by its name. */
  if (self->callers != NULL)
    g_thread_pool_free (self->callers, FALSE, TRUE);

  g_hash_table_unref (self->runs);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->postponed);
  g_async_queue_unref (self->queue);
  g_free (self);
}
