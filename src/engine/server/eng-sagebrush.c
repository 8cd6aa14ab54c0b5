/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sagebrush"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-event-stream.h"
#include "eng-permit.h"
#include "eng-pipelines.h"
#include "eng-sagebrush.h"
#include "eng-sagebrush-endpoints.h"
#include "eng-sagebrush-kernels.h"
#include "eng-sagebrush-users.h"
#include "eng-sandbox.h"
#include "sage-error.h"
#include "sage-json.h"

#define CACHE "/sagebrush/v1/cache/"

/* Counts the rows of each kind by status, for the status page. */
static gboolean
add_counts (EngEngine   *engine,
            JsonObject  *status,
            GError     **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;
  JsonObject *counts = json_object_new ();

  json_object_set_object_member (status, "resources", counts);
  if (reader == NULL)
    return FALSE;

  rows = eng_query (reader, error, "SELECT kind, status, count (*) FROM resource"
                                   " GROUP BY kind, status UNION ALL"
                                   " SELECT 'kernel', state, count (*) FROM kernel GROUP BY state"
                                   " ORDER BY 1, 2", "");
  while (rows != NULL && eng_rows_next (rows, &local_error))
    {
      const char *kind = eng_rows_text (rows, 0);
      const char *word = eng_rows_text (rows, 1);
      JsonObject *of_kind = sage_json_object (counts, kind);

      if (of_kind == NULL)
        {
          of_kind = json_object_new ();
          json_object_set_object_member (counts, kind, of_kind);
        }
      json_object_set_int_member (of_kind, *word != '\0' ? word : "All", eng_rows_int (rows, 2));
    }

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return rows != NULL;
}

static void
reply_status (EngEngine       *engine,
              EngRequest      *request,
              SageHttpRequest *http)
{
  g_autoptr(JsonObject) status = json_object_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *why = NULL;

  json_object_set_string_member (status, "version", SAGEBRUSH_VERSION);
  json_object_set_int_member (status, "pid", getpid ());
  json_object_set_double_member (status, "started", engine->started);
  json_object_set_string_member (status, "region", engine->region);
  json_object_set_string_member (status, "account", engine->account);
  if (eng_sandbox_probe (&why))
    json_object_set_string_member (status, "sandbox", "bubblewrap");
  else
    json_object_set_string_member (status, "sandbox", why);
  json_object_set_string_member (status, "limits", eng_limits_probe ());

  if (!add_counts (engine, status, &error))
    {
      eng_request_throw (http, request, error);
      return;
    }

  text = sage_json_object_to_string (status);
  sage_http_reply (http, 200, "application/json", text, strlen (text));
}

/* Why a cached step ran or did not; @step is its name as in events. */
static void
reply_cache (EngEngine       *engine,
             EngRequest      *request,
             SageHttpRequest *http,
             const char      *step)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) explanation = eng_pipeline_cache_explain (engine, step, &error);
  g_autofree char *text = NULL;

  if (explanation == NULL)
    {
      eng_request_throw (http, request, error);
      return;
    }

  text = sage_json_object_to_string (explanation);
  sage_http_reply (http, 200, "application/json", text, strlen (text));
}

static gboolean
permit (EngEngine       *engine,
        EngRequest      *request,
        SageHttpRequest *http,
        const char      *action,
        EngAccess        access)
{
  return eng_permit (engine, request, http, ENG_OWN_SERVICE, action, access);
}

/**
 * eng_sagebrush_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request
 *
 * Answers what SageMaker has no call for: `/sagebrush/v1/status`, the event stream
 * `/sagebrush/v1/events`, why a step of a pipeline ran, `/sagebrush/v1/cache/STEP`, what was counted
 * for endpoints, `/sagebrush/v1/endpoints/…`, who may call, `/sagebrush/v1/users/…`, and, of kernels,
 * what Jupyter does not tell: `/sagebrush/v1/kernels/…`, and what is set for all of them:
 * `/sagebrush/v1/kernel-settings`.
 */
void
eng_sagebrush_handle (EngEngine       *engine,
                      EngRequest      *request,
                      SageHttpRequest *http)
{
  const char *path = sage_http_request_path (http);

  if (eng_sagebrush_users_has_path (path))
    eng_sagebrush_users_handle (engine, request, http);
  else if (g_str_has_prefix (path, ENG_SAGEBRUSH_KERNELS))
    {
      if (permit (engine, request, http, "UseKernels", ENG_ACCESS_ADMIN))
        eng_sagebrush_kernels_handle (engine, request, http);
    }
  else if (strcmp (path, ENG_SAGEBRUSH_KERNEL_SETTINGS) == 0)
    {
      if (permit (engine, request, http, "UseKernels", ENG_ACCESS_ADMIN))
        eng_sagebrush_kernel_settings_handle (engine, request, http);
    }
  else if (strcmp (sage_http_request_method (http), "GET") != 0)
    eng_request_refuse (http, request, 405, "MethodNotAllowed", "Only GET is possible here");
  else if (!permit (engine, request, http, "GetStatus", ENG_ACCESS_READ))
    return;
  else if (strcmp (path, "/sagebrush/v1/status") == 0)
    reply_status (engine, request, http);
  else if (strcmp (path, "/sagebrush/v1/events") == 0)
    eng_event_stream_handle (engine, request, http);
  else if (g_str_has_prefix (path, ENG_SAGEBRUSH_ENDPOINTS))
    eng_sagebrush_endpoints_handle (engine, request, http);
  else if (g_str_has_prefix (path, CACHE))
    reply_cache (engine, request, http, path + strlen (CACHE));
  else
    eng_request_refuse (http, request, 404, "ResourceNotFound", "There is nothing at this path");
}
