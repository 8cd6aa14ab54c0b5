/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoint-health"

#include "config.h"

#include "eng-endpoint-run.h"
#include "eng-job.h"
#include "sage-error.h"
#include "sage-http-peer.h"
#include "sage-json.h"
#include "sage-time.h"

/* SageMaker pings every 5 s; a local server is ready much sooner than that. */
#define FIRST_PAUSE_MS 20
#define LONGEST_PAUSE_MS 1000
#define PING_TIMEOUT_MS 2000

/* What a container gets to become healthy when the variant does not say. */
#define DEFAULT_SECONDS 300

/* The last pings, kept for the message when none was answered well. */
#define TRACE_KEPT 5

/* How much of a server's log a message ends with. */
#define LOG_LINES 8
#define LOG_BYTES 500

static void
note_ping (GPtrArray            *trace,
           const SageHttpAnswer *answer,
           const GError         *error,
           gint64                took)
{
  g_autofree char *when = sage_time_to_iso8601 (sage_time_now ());

  if (error != NULL)
    g_ptr_array_add (trace, g_strdup_printf ("%s no answer (%s)", when, error->message));
  else
    g_ptr_array_add (trace, g_strdup_printf ("%s HTTP %u in %.1f ms", when, answer->status,
                                             (double) took / 1000.0));
  if (trace->len > TRACE_KEPT)
    g_ptr_array_remove_index (trace, 0);
}

/* Asks once. What came instead of a good answer is added to @trace, if there is one. */
static gboolean
ping (EngDeployment *self,
      GPtrArray     *trace)
{
  g_autofree char *socket = g_build_filename (self->directory, "socket", NULL);
  g_auto(SageHttpAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (sage_http_get (socket, "/ping", PING_TIMEOUT_MS, &answer, &error) && answer.status == 200)
    return TRUE;
  if (trace != NULL)
    note_ping (trace, &answer, error, g_get_monotonic_time () - start);

  return FALSE;
}

/**
 * eng_deployment_ping:
 * @deployment: a deployment whose server runs
 *
 * Returns: whether the server answers GET /ping with 200 within two seconds
 */
gboolean
eng_deployment_ping (EngDeployment *deployment)
{
  return ping (deployment, NULL);
}

/* Why the container is given up, with every ping that is known and the end of its log. */
static gboolean
throw_unhealthy (EngDeployment  *self,
                 const char     *what,
                 GPtrArray      *trace,
                 GError        **error)
{
  g_autofree char *tail = eng_job_log_tail (self->directory, LOG_LINES, LOG_BYTES);
  g_autofree char *pings = NULL;

  g_ptr_array_add (trace, NULL);
  pings = g_strjoinv ("; ", (char **) trace->pdata);

  return sage_throw (error, SAGE_ERROR_INVALID,
                     "The primary container for the production variant did not pass the ping health "
                     "check: %s. Last pings: %s. Last log lines:\n%s", what,
                     *pings != '\0' ? pings : "none", tail != NULL ? tail : "");
}

static char *
describe_cause (const EngJobStatus *status)
{
  g_autofree char *limit = eng_job_status_describe_limit (status);

  if (status->failure != NULL)
    return g_strdup_printf ("the server could not be started (%s)", status->failure);
  if (limit != NULL)
    return g_strdup_printf ("the server was stopped (%s)", limit);
  if (status->signal != 0)
    return g_strdup_printf ("the server was killed by signal %d", status->signal);

  return g_strdup_printf ("the server ended with exit code %d", status->exit_code);
}

/**
 * eng_deployment_describe_end:
 * @deployment: a deployment whose server has ended
 * @status: how it ended
 * @cause: (nullable): why, if that is known better than @status tells
 *
 * Returns: (transfer full): the cause and the end of the server's log
 */
char *
eng_deployment_describe_end (EngDeployment      *deployment,
                             const EngJobStatus *status,
                             const char         *cause)
{
  g_autofree char *seen = describe_cause (status);
  g_autofree char *tail = eng_job_log_tail (deployment->directory, LOG_LINES, LOG_BYTES);

  return g_strdup_printf ("%s. Last log lines:\n%s", cause != NULL ? cause : seen, tail);
}

/**
 * eng_deployment_await_health:
 * @deployment: a deployment whose server was started
 * @run: the endpoint's run; its wait ends when the engine stops
 * @plan: configuration and model
 *
 * Pings the server until it answers 200, within the variant's
 * ContainerStartupHealthCheckTimeoutInSeconds. A server that ends is not waited for.
 *
 * Returns: whether it is healthy; else %SAGE_ERROR_INVALID with the trace of the pings, or
 *   %SAGE_ERROR_BUSY when the engine stops or the row asks for something else
 */
gboolean
eng_deployment_await_health (EngDeployment   *deployment,
                             EngEndpointRun  *run,
                             JsonObject      *plan,
                             GError         **error)
{
  gint64 seconds = sage_json_int (sage_json_object (plan, "variant"),
                                  "ContainerStartupHealthCheckTimeoutInSeconds", DEFAULT_SECONDS);
  gint64 deadline = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  g_autoptr(GPtrArray) trace = g_ptr_array_new_with_free_func (g_free);
  int pause_ms = FIRST_PAUSE_MS;

  while (!ping (deployment, trace))
    {
      g_auto(EngJobStatus) status = { 0 };

      if (g_atomic_int_get (run->quit))
        return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
      if (!eng_job_status_read (deployment->directory, &status, error))
        return FALSE;
      if (status.state != ENG_JOB_RUNNING)
        {
          g_autofree char *what = describe_cause (&status);

          return throw_unhealthy (deployment, what, trace, error);
        }
      if (g_get_monotonic_time () > deadline)
        {
          g_autofree char *what = g_strdup_printf ("no ping was answered with 200 within %"
                                                   G_GINT64_FORMAT " s", seconds);

          return throw_unhealthy (deployment, what, trace, error);
        }
      if (!eng_endpoint_run_pause (run, pause_ms))
        return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
      if (eng_endpoint_run_is_stale (run))
        return sage_throw (error, SAGE_ERROR_BUSY, "The endpoint changes");
      pause_ms = MIN (pause_ms * 2, LONGEST_PAUSE_MS);
    }

  return TRUE;
}
