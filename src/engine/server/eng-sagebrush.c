/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sagebrush"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "eng-event-stream.h"
#include "eng-sagebrush.h"
#include "eng-sandbox.h"
#include "sage-json.h"

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
                                   " GROUP BY kind, status ORDER BY kind, status", "");
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
      eng_request_refuse (http, request, 500, "InternalFailure", error->message);
      return;
    }

  text = sage_json_object_to_string (status);
  sage_http_reply (http, 200, "application/json", text, strlen (text));
}

/**
 * eng_sagebrush_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request
 *
 * Answers what SageMaker has no call for: `/sagebrush/v1/status` and the event stream
 * `/sagebrush/v1/events`.
 */
void
eng_sagebrush_handle (EngEngine       *engine,
                      EngRequest      *request,
                      SageHttpRequest *http)
{
  const char *path = sage_http_request_path (http);

  if (strcmp (sage_http_request_method (http), "GET") != 0)
    eng_request_refuse (http, request, 405, "MethodNotAllowed", "Only GET is possible here");
  else if (strcmp (path, "/sagebrush/v1/status") == 0)
    reply_status (engine, request, http);
  else if (strcmp (path, "/sagebrush/v1/events") == 0)
    eng_event_stream_handle (engine, request, http);
  else
    eng_request_refuse (http, request, 404, "ResourceNotFound", "There is nothing at this path");
}
