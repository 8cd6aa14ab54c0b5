/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-proxy"

#include "config.h"

#include "sage-error.h"

#include "gw-call.h"

/* SageMaker's own: a container has a minute. */
#define TIMEOUT_SECONDS 60

/* What of a request the model server gets to see. */
static const char * const passed[] = {
  "Content-Type",
  "Accept",
  "X-Amzn-SageMaker-Custom-Attributes",
  "X-Amzn-SageMaker-Inference-Id",
  "X-Amzn-SageMaker-Session-Id",
  "X-Amzn-SageMaker-Enable-Explanations",
  "X-Amzn-SageMaker-Target-Variant",
};

/* What of its answer the caller gets to see. */
static const char * const returned[] = {
  "X-Amzn-SageMaker-Custom-Attributes",
  "X-Amzn-SageMaker-New-Session-Id",
  "X-Amzn-SageMaker-Closed-Session-Id",
};

static gboolean
call_over (GwCall          *call,
           SageHttpPeer    *peer,
           gint64           deadline,
           SageHttpAnswer  *answer,
           GError         **error)
{
  const char *headers[2 * G_N_ELEMENTS (passed) + 1];
  GBytes *body = sage_http_request_body (call->request);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (passed); i++)
    {
      const char *value = sage_http_request_header (call->request, passed[i]);

      if (value != NULL)
        {
          headers[n++] = passed[i];
          headers[n++] = value;
        }
    }
  headers[n] = NULL;

  return sage_http_peer_call (peer, "POST", "/invocations", headers,
                              g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                              GW_MAX_BODY, deadline, answer, error);
}

/* Asks the model server, over a connection that is open already if there is one. That one may have
 * been closed at the other end just now: then the call is made again, over a new one. */
static gboolean
ask (GwCall          *call,
     SageHttpAnswer  *answer,
     GError         **error)
{
  gint64 deadline = call->started + TIMEOUT_SECONDS * G_USEC_PER_SEC;
  g_autoptr(SageHttpPeer) peer = NULL;

  /* It has waited in line for longer than its caller does. */
  if (g_get_monotonic_time () >= deadline)
    return sage_throw (error, SAGE_ERROR_BUSY, "The model had no time for it");

  peer = gw_variant_take_peer (call->variant);
  if (peer != NULL)
    {
      g_autoptr(GError) local = NULL;

      if (call_over (call, peer, deadline, answer, &local))
        {
          gw_variant_give_peer (call->variant, g_steal_pointer (&peer));
          return TRUE;
        }
      if (sage_http_peer_answered (peer) ||
          !g_error_matches (local, SAGE_ERROR, SAGE_ERROR_UNREACHABLE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_clear_pointer (&peer, sage_http_peer_free);
    }

  peer = sage_http_peer_open (call->variant->location, NULL);
  if (peer == NULL)
    return sage_throw (error, SAGE_ERROR_UNREACHABLE,
                       "The model server does not run at the moment. If it ended by itself it is "
                       "being started again.");
  if (!call_over (call, peer, deadline, answer, error))
    return FALSE;

  gw_variant_give_peer (call->variant, g_steal_pointer (&peer));

  return TRUE;
}

/* No answer that could be passed on. */
static void
answer_failure (GwCall       *call,
                const GError *error)
{
  g_autofree char *message = NULL;

  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_BUSY))
    message = g_strdup_printf ("Your invocation timed out while waiting for a response from "
                               "container primary within %d seconds", TIMEOUT_SECONDS);

  gw_reply_model_error (call->request, call->place, call->endpoint->name,
                        message != NULL ? 0 : 502, message != NULL ? message : error->message, -1);
}

static void
answer_success (GwCall         *call,
                SageHttpAnswer *answer)
{
  g_autoptr(GBytes) body = g_byte_array_free_to_bytes (g_steal_pointer (&answer->body));
  const char *type = sage_http_answer_field (answer, "Content-Type");

  gw_reply_id (call->request);
  sage_http_reply_header (call->request, "x-Amzn-Invoked-Production-Variant", call->variant->name);
  for (guint i = 0; i < G_N_ELEMENTS (returned); i++)
    {
      const char *value = sage_http_answer_field (answer, returned[i]);

      if (value != NULL)
        sage_http_reply_header (call->request, returned[i], value);
    }
  sage_http_reply_bytes (call->request, 200, type != NULL ? type : "application/octet-stream", body);
}

/**
 * gw_proxy_answer:
 * @call: an invocation whose variant is behind a socket
 *
 * Asks the model server and answers with what it says; waits, so not on an event thread.
 */
void
gw_proxy_answer (GwCall *call)
{
  g_auto(SageHttpAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  gint64 before = g_get_monotonic_time ();
  gboolean ok = ask (call, &answer, &error);
  gint64 after = g_get_monotonic_time ();
  GwOutcome outcome;

  if (!ok)
    {
      answer_failure (call, error);
      outcome = GW_OUTCOME_MODEL_ERROR;
    }
  else if (answer.status >= 200 && answer.status < 300)
    {
      answer_success (call, &answer);
      outcome = GW_OUTCOME_OK;
    }
  else
    {
      gw_reply_model_error (call->request, call->place, call->endpoint->name, answer.status,
                            (const char *) answer.body->data, answer.body->len);
      outcome = answer.status < 500 ? GW_OUTCOME_CLIENT_ERROR : GW_OUTCOME_MODEL_ERROR;
    }

  gw_stats_count (call->variant->stats, outcome, after - before,
                  g_get_monotonic_time () - call->started);
}
