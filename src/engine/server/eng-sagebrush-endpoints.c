/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sagebrush"

#include "config.h"

#include <string.h>

#include "eng-endpoint-metrics.h"
#include "eng-sagebrush-endpoints.h"
#include "sage-error.h"
#include "sage-http-uri.h"
#include "sage-json.h"

/* Words of the path before what is asked for: "sagebrush", "v1", "endpoints" */
#define N_BEFORE 3

/* Returns: (nullable): what the path asks for */
static JsonObject *
answer (EngEngine           *engine,
        const char * const  *words,
        GError             **error)
{
  guint n = g_strv_length ((char **) words) - N_BEFORE;

  if (n > 0 && n <= 2 && strcmp (words[N_BEFORE + n - 1], "metrics") == 0)
    return n == 1 ? eng_endpoints_metrics (engine, error)
                  : eng_endpoint_metrics (engine, words[N_BEFORE], error);

  sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is nothing at this path");

  return NULL;
}

/**
 * eng_sagebrush_endpoints_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request that reads, for a path below %ENG_SAGEBRUSH_ENDPOINTS
 *
 * Tells what was counted for an endpoint, `NAME/metrics`, or in short for all of them, `metrics`.
 */
void
eng_sagebrush_endpoints_handle (EngEngine       *engine,
                                EngRequest      *request,
                                SageHttpRequest *http)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = sage_http_uri_split_path (sage_http_request_path (http), &error);
  g_autoptr(JsonObject) object = NULL;
  g_autofree char *text = NULL;

  if (words != NULL)
    object = answer (engine, (const char * const *) words, &error);
  if (object != NULL)
    {
      text = sage_json_object_to_string (object);
      sage_http_reply (http, 200, "application/json", text, strlen (text));
    }
  else if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE) ||
           g_error_matches (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL))
    {
      /* as for an invocation (eng_invoke_handle()) */
      g_debug ("%s", error->message);
      eng_request_refuse (http, request, 503, "ServiceUnavailable", error->message);
    }
  else
    {
      eng_request_throw (http, request, error);
    }
}
