/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-invoke"

#include "config.h"

#include <string.h>

#include "eng-endpoints.h"
#include "eng-invoke.h"
#include "sage-http-peer.h"

/* The gateway itself gives a model 60 s. */
#define TIMEOUT_SECONDS 70

#define MAX_REPLY (32 * 1024 * 1024)

/* A model that hangs holds its callers for a minute. Some connections of a peer here, and some of the
 * engine to the gateway, stay free for everything else. */
#define MAX_UNDER_WAY 48

static int n_under_way;

/* Headers that end with this connection; the gateway's reply is framed anew. */
static gboolean
is_hop_header (const char *name)
{
  static const char * const names[] = { "Connection", "Keep-Alive", "Transfer-Encoding",
                                        "Content-Length", "Content-Type", "Date", "Upgrade",
                                        "Host", "Expect", "Authorization" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return TRUE;

  return FALSE;
}

/* The caller was authenticated here; to the gateway this process is a peer of its own user. */
static GPtrArray *
forwarded_headers (SageHttpRequest *http)
{
  const char * const *headers = sage_http_request_headers (http);
  const char *type = sage_http_request_header (http, "Content-Type");
  GPtrArray *out = g_ptr_array_new ();

  for (guint i = 0; headers[i] != NULL; i += 2)
    if (!is_hop_header (headers[i]))
      {
        g_ptr_array_add (out, (gpointer) headers[i]);
        g_ptr_array_add (out, (gpointer) headers[i + 1]);
      }
  if (type != NULL)
    {
      g_ptr_array_add (out, (gpointer) "Content-Type");
      g_ptr_array_add (out, (gpointer) type);
    }
  g_ptr_array_add (out, NULL);

  return out;
}

static void
answer (SageHttpRequest *http,
        SageHttpAnswer  *reply)
{
  const char *type = sage_http_answer_field (reply, "Content-Type");

  for (guint i = 0; i + 1 < reply->fields->len; i += 2)
    if (!is_hop_header (g_ptr_array_index (reply->fields, i)))
      sage_http_reply_header (http, g_ptr_array_index (reply->fields, i),
                              g_ptr_array_index (reply->fields, i + 1));
  sage_http_reply (http, reply->status, type, reply->body->data, reply->body->len);
}

static void
pass_on (EngEngine       *engine,
         EngRequest      *request,
         SageHttpRequest *http)
{
  g_autofree char *socket = eng_endpoints_gateway_socket (engine);
  g_autoptr(GPtrArray) headers = forwarded_headers (http);
  GBytes *body = sage_http_request_body (http);
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_SECONDS * G_USEC_PER_SEC;
  g_auto(SageHttpAnswer) reply = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(SageHttpPeer) peer = sage_http_peer_open (socket, &error);

  if (peer != NULL &&
      sage_http_peer_call (peer, sage_http_request_method (http), sage_http_request_path (http),
                           (const char * const *) headers->pdata,
                           body != NULL ? g_bytes_get_data (body, NULL) : NULL,
                           body != NULL ? g_bytes_get_size (body) : 0, MAX_REPLY, deadline, &reply,
                           &error))
    {
      answer (http, &reply);
      return;
    }

  g_warning ("The gateway does not answer: %s", error->message);
  eng_request_refuse (http, request, 503, "ServiceUnavailable",
                      "The inference gateway does not answer; it is being restarted");
}

/**
 * eng_invoke_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: an invocation, its body in memory
 *
 * Passes the invocation on to the gateway, so that a client with one URL reaches both.
 */
void
eng_invoke_handle (EngEngine       *engine,
                   EngRequest      *request,
                   SageHttpRequest *http)
{
  if (g_atomic_int_add (&n_under_way, 1) < MAX_UNDER_WAY)
    pass_on (engine, request, http);
  else
    eng_request_refuse (http, request, 503, "ServiceUnavailable",
                        "Too many invocations are under way through this port. Try again in a moment, "
                        "or use the gateway's own (AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME), which takes "
                        "more");
  g_atomic_int_add (&n_under_way, -1);
}
