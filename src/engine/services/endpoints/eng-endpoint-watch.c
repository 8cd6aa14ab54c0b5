/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoint-watch"

#include "config.h"

#include "eng-endpoint-run.h"
#include "eng-job.h"
#include "sage-error.h"

/* SageMaker's own. */
#define PING_SECONDS 5

/* An invocation may take a minute, and a server that answers one request after the other answers no
 * ping meanwhile. */
#define HANG_SECONDS 60

/* A server that ends this often in a row is given up; the pauses between double. */
#define MAX_ENDS 5
#define FIRST_PAUSE_MS 500

/* A server that served this long starts counting anew. */
#define STABLE_SECONDS 60

/* How long the server of an update has to live until the one it replaces is removed. */
#define PROOF_SECONDS 10

/*
 * One model server, from its first healthy answer on: healthy, silent once it misses a ping, healthy
 * again or hung, ended, started again. All of it is lost with the engine and found out anew by the
 * next one.
 */
typedef struct
{
  EngEndpointRun *run;
  EngDeployment  *deployment;
  JsonObject     *plan;
  EngJobStatus    end;         /* once it has ended */
  gboolean        hung;        /* and was ended for that */
  guint           n_ends;      /* in a row */
  gint64          since;       /* when it began to serve; monotonic, as the others */
  gint64          heard;       /* its last good ping */
  gint64          silent;      /* the first ping that it missed since; 0: none */
  gint64          n_answered;  /* invocations, by then */
} Watch;

typedef enum
{
  FOLLOW_ENDED,
  FOLLOW_WOKEN,
  FOLLOW_LEFT,
} Followed;

static void
begin (Watch *watch)
{
  watch->since = watch->heard = g_get_monotonic_time ();
  watch->silent = 0;
  watch->hung = FALSE;
}

/* Whether the server has said anything to anybody since it missed a ping. */
static gboolean
has_answered (Watch *watch)
{
  gint64 before = watch->n_answered;

  watch->n_answered = eng_gateway_link_answered (watch->run->link, watch->run->name);

  return watch->n_answered != before;
}

static void
note_ping (Watch    *watch,
           gboolean  good)
{
  gint64 now = g_get_monotonic_time ();

  if (good)
    {
      if (watch->silent != 0)
        g_message ("The model server of '%s' answers pings again", watch->run->name);
      watch->silent = 0;
      watch->heard = now;
    }
  else if (watch->silent == 0)
    {
      g_message ("The model server of '%s' does not answer a ping", watch->run->name);
      watch->silent = now;
      has_answered (watch);
    }
  else if (now - watch->silent > HANG_SECONDS * G_USEC_PER_SEC)
    {
      if (has_answered (watch))
        watch->silent = now;
      else
        watch->hung = TRUE;
    }
}

/* Follows the server until it ends, by itself or for not answering, or the row asks for something
 * else. */
static Followed
follow (Watch *watch)
{
  EngEndpointRun *run = watch->run;
  const char *directory = watch->deployment->directory;

  for (;;)
    {
      gint64 next = g_get_monotonic_time () + PING_SECONDS * G_USEC_PER_SEC;
      g_autoptr(GError) error = NULL;

      eng_job_status_clear (&watch->end);
      if (!eng_job_wait (directory, run->wake_fd, next, &watch->end, &error))
        {
          g_warning ("Cannot watch the model server of '%s': %s", run->name, error->message);
          return FOLLOW_LEFT;
        }
      if (watch->end.state != ENG_JOB_RUNNING)
        return FOLLOW_ENDED;
      if (!eng_endpoint_run_pause (run, 0))
        return FOLLOW_LEFT;
      if (eng_endpoint_run_is_stale (run))
        return FOLLOW_WOKEN;

      if (g_get_monotonic_time () < next)
        continue;
      if (!watch->hung)
        note_ping (watch, eng_deployment_ping (watch->deployment));
      if (watch->hung && !eng_job_stop (directory, 0, &error))
        g_warning ("Cannot end the model server of '%s': %s", run->name, error->message);
    }
}

/* Starts a server that ended again, after a pause. */
static gboolean
revive (Watch   *watch,
        GError **error)
{
  EngEndpointRun *run = watch->run;
  EngDeployment *deployment = watch->deployment;
  guint pause_ms = watch->n_ends > 1 ? FIRST_PAUSE_MS << (watch->n_ends - 2) : 0;

  g_message ("The model server of '%s' ended, %u in a row; restart in %u ms", run->name,
             watch->n_ends, pause_ms);
  if (!eng_endpoint_run_pause (run, (int) pause_ms))
    return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
  if (eng_endpoint_run_is_stale (run))
    return sage_throw (error, SAGE_ERROR_BUSY, "The endpoint changes");

  /* What was unpacked for this deployment is kept: the object may be gone by now. */
  return (g_file_test (deployment->model_dir, G_FILE_TEST_IS_DIR)
            ? eng_deployment_reset (deployment, error)
            : eng_deployment_unpack (deployment, run->engine, watch->plan, error)) &&
         eng_deployment_serve (deployment, run->engine, run->name, watch->plan, error) &&
         eng_deployment_await_health (deployment, run, watch->plan, error);
}

static gboolean
throw_given_up (Watch   *watch,
                GError **error)
{
  g_autofree char *hung = g_strdup_printf ("the server answered no ping for %d s", HANG_SECONDS);
  g_autofree char *last = eng_deployment_describe_end (watch->deployment, &watch->end,
                                                       watch->hung ? hung : NULL);

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "The primary container for the production variant ended %u times in a row and is "
                     "not started again. The last time %s", watch->n_ends, last);
}

/**
 * eng_endpoint_watch:
 * @run: the endpoint's run
 * @deployment: its deployment, which a model server answers for
 * @plan: configuration and model
 * @error: why it was given up
 *
 * Watches the model server of an endpoint in service: starts it again when it ends, ends it when it
 * hangs, and gives it up when it keeps doing so.
 *
 * Returns: why there is no more to watch
 */
EngEndpointWatched
eng_endpoint_watch (EngEndpointRun  *run,
                    EngDeployment   *deployment,
                    JsonObject      *plan,
                    GError         **error)
{
  Watch watch = { .run = run, .deployment = deployment, .plan = plan };
  EngEndpointWatched result = ENG_ENDPOINT_LEFT;
  Followed followed;

  begin (&watch);
  while ((followed = follow (&watch)) == FOLLOW_ENDED)
    {
      g_autoptr(GError) local_error = NULL;

      if (watch.heard - watch.since > STABLE_SECONDS * G_USEC_PER_SEC)
        watch.n_ends = 0;
      watch.n_ends++;
      if (watch.n_ends == MAX_ENDS)
        {
          throw_given_up (&watch, error);
          result = ENG_ENDPOINT_GIVEN_UP;
          break;
        }

      if (revive (&watch, &local_error))
        g_message ("The model server of '%s' serves again", run->name);
      else if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_BUSY))
        {
          followed = FOLLOW_WOKEN;
          break;
        }
      else if (eng_job_is_alive (deployment->directory))
        eng_job_stop (deployment->directory, 0, NULL); /* it never became healthy */
      begin (&watch);
    }
  eng_job_status_clear (&watch.end);

  return followed == FOLLOW_WOKEN ? ENG_ENDPOINT_WOKEN : result;
}

/**
 * eng_endpoint_prove:
 * @run: the endpoint's run
 * @deployment: a deployment that answers already, by a model server, while the one it replaces is
 *   still there
 *
 * Waits whether the server lives longer than its first answers.
 *
 * Returns: whether it does; else %SAGE_ERROR_INVALID with the reason, or %SAGE_ERROR_BUSY when the
 *   engine stops
 */
gboolean
eng_endpoint_prove (EngEndpointRun  *run,
                    EngDeployment   *deployment,
                    GError         **error)
{
  gint64 deadline = g_get_monotonic_time () + PROOF_SECONDS * G_USEC_PER_SEC;

  do
    {
      g_auto(EngJobStatus) status = { 0 };

      if (!eng_job_wait (deployment->directory, run->wake_fd, deadline, &status, error))
        return FALSE;
      if (status.state != ENG_JOB_RUNNING)
        {
          g_autofree char *end = eng_deployment_describe_end (deployment, &status, NULL);

          return sage_throw (error, SAGE_ERROR_INVALID,
                             "The primary container for the production variant passed the ping health "
                             "check, but did not live for %d s: %s", PROOF_SECONDS, end);
        }
      if (!eng_endpoint_run_pause (run, 0))
        return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
    }
  while (g_get_monotonic_time () < deadline);

  return TRUE;
}
