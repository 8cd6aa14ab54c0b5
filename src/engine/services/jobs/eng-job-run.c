/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job-run"

#include "config.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "eng-job-failure.h"
#include "eng-job-run.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"

/* How long a job's last row waits for the disk to have room again, between two tries. */
#define RETRY_MS 2000

/* How long a job that cannot be read or watched is left alone before the next try. */
#define FAULT_MS 10000

/* How often a shim that is just starting is looked at. */
#define STARTING_MS 50

/* How long until a shim that did not hear a stop is asked again. */
#define STOP_RETRY_MICROSECONDS G_USEC_PER_SEC

/**
 * eng_job_run_directory:
 * @engine: the engine
 * @resource: a job's row
 *
 * Returns: (transfer full): its job directory; rows are never numbered twice, so neither are
 *   directories
 */
char *
eng_job_run_directory (EngEngine   *engine,
                       EngResource *resource)
{
  g_autofree char *leaf = g_strdup_printf ("%" G_GINT64_FORMAT, resource->id);

  return g_build_filename (engine->data_dir, "jobs", resource->kind, leaf, NULL);
}

/* Changes a job's document on the writer thread, where nobody else can change it meanwhile. */
typedef struct
{
  const EngJobFamily *family;
  const char         *name;
  EngJobPhase         phase;
  const char         *message; /* (nullable) */
  double              since;   /* when the inputs began to be laid out; 0: not told */

  /* For the end only. */
  EngJobRun          *run;     /* (nullable) */
  const EngJobStatus *status;
  EngJobOutcome       outcome;
  const char         *reason;
} Change;

static gboolean
is_under_way (const char *status)
{
  return strcmp (status, "InProgress") == 0 || strcmp (status, "Stopping") == 0;
}

static gboolean
write_change (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Change *change = user_data;
  g_autoptr(EngResource) resource = NULL;
  g_autoptr(JsonObject) doc = NULL;
  g_autoptr(GError) local_error = NULL;

  resource = eng_resource_load (tx->connection, change->family->kind, change->name, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (resource == NULL)
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "The job '%s' is gone", change->name);
  if (!is_under_way (resource->status))
    return TRUE;

  doc = eng_resource_doc (resource, error);
  if (doc == NULL)
    return FALSE;

  if (change->since > 0)
    change->family->show_phase (doc, ENG_JOB_PHASE_DOWNLOADING, change->since, NULL);
  if (change->run == NULL)
    {
      g_autofree char *shown = NULL;

      change->family->show_phase (doc, change->phase, tx->now, change->message);
      shown = sage_json_object_to_string (doc);
      if (strcmp (shown, resource->doc) == 0)
        return TRUE; /* not every family tells of every phase: without a change, no commit either */
    }
  else
    {
      const char *word = change->family->show_end (change->run, doc, change->status,
                                                   change->outcome, change->reason, tx->now);

      g_free (resource->status);
      resource->status = g_strdup (word);
    }
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  eng_resource_set_doc (resource, doc);

  return eng_resource_update (tx, resource, error);
}

/**
 * eng_job_run_show:
 * @engine: the engine
 * @family: the job's family
 * @name: the job
 * @phase: what it does now
 * @message: (nullable): in words
 *
 * Writes a phase into the job's document.
 */
gboolean
eng_job_run_show (EngEngine          *engine,
                  const EngJobFamily *family,
                  const char         *name,
                  EngJobPhase         phase,
                  const char         *message,
                  GError            **error)
{
  Change change = { .family = family, .name = name, .phase = phase, .message = message };

  return eng_store_write (engine->store, write_change, &change, error);
}

static gboolean
load (EngJobRun  *self,
      GError    **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (self->engine->store, error);

  if (reader == NULL)
    return FALSE;

  g_clear_pointer (&self->resource, eng_resource_free);
  g_clear_pointer (&self->doc, json_object_unref);
  self->resource = eng_resource_load (reader, self->family->kind, self->name, error);
  if (self->resource == NULL)
    return FALSE;
  self->doc = eng_resource_doc (self->resource, error);

  return self->doc != NULL;
}

/* Waits a little, or until woken. Returns whether to go on: FALSE when the engine stops. */
static gboolean
pause_run (EngJobRun *self,
           int        milliseconds)
{
  struct pollfd fd = { .fd = self->wake_fd, .events = POLLIN };
  eventfd_t ignored;

  if (g_atomic_int_get (self->quit))
    return FALSE;
  if (poll (&fd, 1, milliseconds) > 0)
    eventfd_read (self->wake_fd, &ignored);

  return !g_atomic_int_get (self->quit);
}

/* The row's last change. A full disk delays it and never loses it. */
static void
finish (EngJobRun          *self,
        const EngJobStatus *status,
        EngJobOutcome       outcome,
        const char         *reason)
{
  Change change = {
    .family = self->family,
    .name = self->name,
    .run = self,
    .status = status,
    .outcome = outcome,
    .reason = reason,
  };

  SAGE_FAILPOINT ("job-before-finish");

  while (TRUE)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *opt_ml = g_build_filename (self->directory, "opt-ml", NULL);

      if (eng_store_write (self->engine->store, write_change, &change, &error))
        {
          SAGE_FAILPOINT ("job-after-finish");
          /* The log, spec and status stay; what the job worked on is in the object store. */
          sage_dir_remove (opt_ml, NULL);
          return;
        }
      g_warning ("Cannot record the end of '%s': %s", self->name, error->message);
      if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND) ||
          !pause_run (self, RETRY_MS))
        return;
    }
}

static gboolean
prepare_and_launch (EngJobRun  *self,
                    GError    **error)
{
  g_autoptr(EngJobSpec) spec = eng_job_spec_new (self->name);
  g_autofree char *shim = g_build_filename (self->engine->libexec_dir, "sagebrush-shim", NULL);
  g_autofree char *opt_ml = g_build_filename (self->directory, "opt-ml", NULL);
  const EngInstance *instance = eng_images_instance (self->engine->images,
                                                     self->family->instance_type (self->doc),
                                                     error);

  if (instance == NULL)
    return FALSE;

  /* Whatever an interrupted attempt left: nothing ran in it yet. */
  if (!sage_dir_remove (self->directory, error) || !sage_dir_make (opt_ml, 0700, error))
    return FALSE;

  spec->cpus = instance->vcpus;
  spec->memory_bytes = instance->memory_bytes;
  spec->grace_seconds = self->family->grace_seconds;
  spec->max_processes = ENG_JOB_MAX_PROCESSES;
  eng_job_spec_add_mount (spec, opt_ml, "/opt/ml", TRUE);

  if (!self->family->prepare (self, spec, error) ||
      !eng_job_spec_write (spec, self->directory, error))
    return FALSE;

  SAGE_FAILPOINT ("job-before-launch");
  if (!eng_job_launch (shim, self->directory, error))
    return FALSE;
  SAGE_FAILPOINT ("job-after-launch");

  return TRUE;
}

/* Asks the shim to stop when the row says so. Returns until when to wait before this is called again
 * at the latest, -1 for no limit. */
static gint64
obey_row (EngJobRun *self,
          gboolean  *stop_sent)
{
  g_autoptr(GError) error = NULL;

  if (*stop_sent)
    return -1;
  if (load (self, &error))
    {
      if (strcmp (self->resource->status, "Stopping") != 0)
        return -1;
      *stop_sent = eng_job_stop (self->directory, self->family->grace_seconds, &error);
      if (*stop_sent)
        return -1;
    }
  g_warning ("Cannot stop '%s': %s", self->name,
             error != NULL ? error->message : "its row is gone");

  return g_get_monotonic_time () + STOP_RETRY_MICROSECONDS;
}

/* Returns FALSE if the engine stops first: the job runs on and is adopted later. */
static gboolean
wait_for_end (EngJobRun    *self,
              EngJobStatus *status)
{
  gboolean stop_sent = FALSE;
  gint64 deadline = obey_row (self, &stop_sent);
  g_autoptr(GError) error = NULL;

  while (eng_job_wait (self->directory, self->wake_fd, deadline, status, &error))
    {
      eventfd_t ignored;

      if (status->state == ENG_JOB_EXITED || status->state == ENG_JOB_LOST)
        return TRUE;
      if (g_atomic_int_get (self->quit))
        return FALSE;
      eventfd_read (self->wake_fd, &ignored);
      deadline = obey_row (self, &stop_sent);
      eng_job_status_clear (status);
    }

  g_warning ("Cannot watch '%s': %s", self->name, error->message);
  pause_run (self, FAULT_MS);

  return FALSE;
}

static EngJobOutcome
judge (const EngJobStatus *status)
{
  if (status->timed_out)
    return ENG_JOB_TIMED_OUT;
  if (status->stopped)
    return ENG_JOB_STOPPED;
  if (status->state == ENG_JOB_EXITED && status->exit_code == 0 &&
      !eng_job_status_passed_limit (status))
    return ENG_JOB_COMPLETED;

  return ENG_JOB_FAILED;
}

/* Artifacts first, the row after them: a row never names what is not there. */
static void
end_job (EngJobRun    *self,
         EngJobStatus *status)
{
  EngJobOutcome outcome = judge (status);
  g_autofree char *reason = NULL;
  g_autoptr(GError) error = NULL;

  SAGE_FAILPOINT ("job-before-collect");
  if (!eng_job_run_show (self->engine, self->family, self->name, ENG_JOB_PHASE_UPLOADING, NULL,
                         &error))
    g_clear_error (&error);

  while (!self->family->collect (self, status, outcome, &error))
    {
      g_warning ("Cannot store the outputs of '%s': %s", self->name, error->message);
      if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NO_SPACE))
        {
          if (outcome == ENG_JOB_COMPLETED)
            {
              outcome = ENG_JOB_FAILED;
              reason = g_strdup_printf ("ClientError: the outputs could not be stored. %s",
                                        error->message);
            }
          break;
        }
      g_clear_error (&error);
      if (!pause_run (self, RETRY_MS))
        return;
    }

  if (outcome == ENG_JOB_FAILED && reason == NULL)
    reason = eng_job_failure_reason (self->directory, status);
  finish (self, status, outcome, reason);
}

/* One commit for the inputs and the start: laying out is a matter of links, not of copies. */
static void
show_running (EngJobRun *self,
              double     since)
{
  Change change = {
    .family = self->family,
    .name = self->name,
    .phase = ENG_JOB_PHASE_RUNNING,
    .since = since,
  };
  g_autoptr(GError) error = NULL;

  if (!eng_store_write (self->engine->store, write_change, &change, &error))
    g_warning ("Cannot record that '%s' runs: %s", self->name, error->message);
}

/* SageMaker's words for whether to change the request, or to try again. */
static const char *
whose_fault (const GError *error)
{
  static const SageError ours[] = { SAGE_ERROR_FAILED, SAGE_ERROR_NO_SPACE, SAGE_ERROR_IO,
                                    SAGE_ERROR_UNREACHABLE };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_error_matches (error, SAGE_ERROR, ours[i]))
      return "InternalServerError";

  return "ClientError";
}

static void
start_and_follow (EngJobRun    *self,
                  EngJobStatus *status)
{
  g_autoptr(GError) error = NULL;
  double since = sage_time_now ();

  if (status->state == ENG_JOB_NONE)
    {
      if (strcmp (self->resource->status, "Stopping") == 0)
        {
          finish (self, status, ENG_JOB_STOPPED, NULL);
          return;
        }
      if (!prepare_and_launch (self, &error))
        {
          g_autofree char *reason = g_strdup_printf ("%s: %s", whose_fault (error), error->message);

          finish (self, status, ENG_JOB_FAILED, reason);
          return;
        }
      show_running (self, since);
    }

  eng_job_status_clear (status);
  if (wait_for_end (self, status))
    end_job (self, status);
}

/* An engine before this one may have been killed while its shim was starting: that one attempt is
 * the job. Returns FALSE when the engine stops or the status cannot be read. */
static gboolean
read_status (EngJobRun     *self,
             EngJobStatus  *status,
             GError       **error)
{
  while (eng_job_status_read (self->directory, status, error))
    {
      if (status->state != ENG_JOB_NONE || !eng_job_is_alive (self->directory))
        return TRUE;
      if (!pause_run (self, STARTING_MS))
        return FALSE;
    }

  return FALSE;
}

/**
 * eng_job_run:
 * @engine: the engine
 * @family: the job's family
 * @name: the job
 * @wake_fd: an eventfd, written when the row changed or the engine stops
 * @quit: (atomic): set before the last wake-up when the engine stops
 *
 * Takes a job from wherever it is to its end: lays out its directory and starts it, or adopts it if
 * it runs or ended already; waits; stores its outputs; writes its last row. Returns early when the
 * engine stops. Killed at any instruction, it comes to the same end when called again.
 */
void
eng_job_run (EngEngine          *engine,
             const EngJobFamily *family,
             const char         *name,
             int                 wake_fd,
             int                *quit)
{
  EngJobRun self = {
    .engine = engine,
    .family = family,
    .name = g_strdup (name),
    .results = json_object_new (),
    .wake_fd = wake_fd,
    .quit = quit,
  };
  g_auto(EngJobStatus) status = { 0 };
  g_autoptr(GError) error = NULL;

  if (load (&self, &error) && is_under_way (self.resource->status))
    {
      self.directory = eng_job_run_directory (engine, self.resource);
      if (read_status (&self, &status, &error))
        start_and_follow (&self, &status);
      else if (error != NULL)
        finish (&self, &status, ENG_JOB_FAILED, error->message);
    }
  else if (error != NULL)
    {
      g_warning ("Cannot run '%s': %s", name, error->message);
      pause_run (&self, FAULT_MS);
    }

  g_free (self.name);
  g_clear_pointer (&self.resource, eng_resource_free);
  g_clear_pointer (&self.doc, json_object_unref);
  json_object_unref (self.results);
  g_free (self.directory);
}
