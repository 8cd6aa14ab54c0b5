/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-control"

#include "config.h"

#include <string.h>

#include "gw-gateway-private.h"
#include "gw-metrics.h"

#define MAX_WAIT_MS 30000
#define MAX_WAITERS 64

/* A request for the status that waits until routes are settled. */
typedef struct
{
  SageHttpRequest *request;
  gint64           version;
  char            *endpoint; /* (owned) (nullable) */
  gint64           deadline; /* monotonic, in microseconds */
} GwWaiter;

void
gw_waiter_free (gpointer data)
{
  GwWaiter *waiter = data;

  g_free (waiter->endpoint);
  g_free (waiter);
}

static void
reply_status (GwGateway       *gateway,
              SageHttpRequest *request)
{
  g_autofree char *text = gw_router_describe (gateway->router);

  sage_http_reply (request, 200, "application/json", text, strlen (text));
}

/* Answers those whose routes are settled, whose time is over, or all of them. */
static void
answer_waiters (GwGateway *gateway,
                gboolean   all)
{
  g_autoptr(GPtrArray) ready = g_ptr_array_new_with_free_func (gw_waiter_free);
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&gateway->lock);
  for (guint i = 0; i < gateway->waiters->len;)
    {
      GwWaiter *waiter = g_ptr_array_index (gateway->waiters, i);

      if (all || now >= waiter->deadline ||
          gw_router_settled (gateway->router, waiter->version, waiter->endpoint))
        g_ptr_array_add (ready, g_ptr_array_steal_index_fast (gateway->waiters, i));
      else
        i++;
    }
  g_mutex_unlock (&gateway->lock);

  for (guint i = 0; i < ready->len; i++)
    {
      GwWaiter *waiter = g_ptr_array_index (ready, i);

      reply_status (gateway, waiter->request);
      sage_http_resume (waiter->request);
    }
}

/**
 * gw_control_wake:
 * @gateway: the gateway
 *
 * Answers who waits for what has happened, or long enough; on the main thread.
 */
void
gw_control_wake (GwGateway *gateway)
{
  answer_waiters (gateway, FALSE);
}

/**
 * gw_control_finish:
 * @gateway: the gateway
 *
 * Answers everybody who waits; before the server stops.
 */
void
gw_control_finish (GwGateway *gateway)
{
  answer_waiters (gateway, TRUE);
}

static gboolean
due_cb (gpointer user_data)
{
  gw_control_wake (user_data);

  return G_SOURCE_REMOVE;
}

static gint64
query_number (GHashTable *query,
              const char *name,
              gint64      maximum)
{
  const char *text = query != NULL ? g_hash_table_lookup (query, name) : NULL;
  gint64 value;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 0, maximum, &value, NULL))
    return 0;

  return value;
}

/* `GET /routes?version=N&endpoint=NAME&wait=MS`: the status, at the latest after MS, at the earliest
 * when routes N were read and the models of the endpoint are loaded or have failed. */
static void
answer_routes (GwGateway       *gateway,
               SageHttpRequest *request)
{
  g_autoptr(GHashTable) query =
    g_uri_parse_params (sage_http_request_query (request), -1, "&", G_URI_PARAMS_NONE, NULL);
  gint64 version = query_number (query, "version", G_MAXINT64);
  gint64 wait = query_number (query, "wait", MAX_WAIT_MS);
  const char *endpoint = query != NULL ? g_hash_table_lookup (query, "endpoint") : NULL;
  GwWaiter *waiter;

  g_mutex_lock (&gateway->lock);
  if (wait == 0 || gateway->waiters->len >= MAX_WAITERS ||
      gw_router_settled (gateway->router, version, endpoint))
    {
      g_mutex_unlock (&gateway->lock);
      reply_status (gateway, request);
      return;
    }

  waiter = g_new0 (GwWaiter, 1);
  waiter->request = request;
  waiter->version = version;
  waiter->endpoint = g_strdup (endpoint);
  waiter->deadline = g_get_monotonic_time () + wait * 1000;
  sage_http_suspend (request);
  g_ptr_array_add (gateway->waiters, waiter);
  g_mutex_unlock (&gateway->lock);

  g_timeout_add ((guint) wait, due_cb, gateway);
}

/* `GET /metrics?endpoint=NAME`: what was counted for the endpoint, or in short for all of them. */
static void
answer_metrics (GwGateway       *gateway,
                SageHttpRequest *request)
{
  g_autoptr(GHashTable) query =
    g_uri_parse_params (sage_http_request_query (request), -1, "&", G_URI_PARAMS_NONE, NULL);
  const char *endpoint = query != NULL ? g_hash_table_lookup (query, "endpoint") : NULL;
  g_autofree char *text = gw_metrics_describe (gw_router_table (gateway->router), endpoint,
                                               gateway->started);

  sage_http_reply (request, 200, "application/json", text, strlen (text));
}

/**
 * gw_control:
 * @gateway: the gateway
 * @request: a request that came over the Unix socket
 *
 * Answers `/ping`, `/routes` and `/metrics`.
 */
void
gw_control (GwGateway       *gateway,
            SageHttpRequest *request)
{
  const char *path = sage_http_request_path (request);

  if (!g_str_equal (sage_http_request_method (request), "GET"))
    {
      gw_reply_error (request, 404, "UnknownOperationException", "There is nothing at this path");
    }
  else if (g_str_equal (path, "/ping"))
    {
      sage_http_reply (request, 200, "text/plain", "", 0);
    }
  else if (g_str_equal (path, "/routes"))
    {
      answer_routes (gateway, request);
    }
  else if (g_str_equal (path, "/metrics"))
    {
      answer_metrics (gateway, request);
    }
  else
    {
      gw_reply_error (request, 404, "UnknownOperationException", "There is nothing at this path");
    }
}
