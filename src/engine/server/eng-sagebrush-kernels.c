/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-sagebrush"

#include "config.h"

#include <string.h>

#include "eng-kernels.h"
#include "eng-sagebrush-kernels.h"
#include "sage-error.h"
#include "sage-json.h"

static const EngOperation keep_operation = { "sagebrush", "KeepKernel", ENG_ACCESS_WRITE, NULL };
static const EngOperation set_operation = { "sagebrush", "UpdateKernelSettings", ENG_ACCESS_WRITE, NULL };
static const EngOperation hold_operation = { "sagebrush", "HoldJournal", ENG_ACCESS_READ, NULL };

static void
reply (SageHttpRequest *http,
       JsonObject      *object)
{
  g_autofree char *text = sage_json_object_to_string (object);

  sage_http_reply (http, 200, "application/json", text, strlen (text));
}

static void
describe (EngEngine       *engine,
          EngRequest      *request,
          SageHttpRequest *http,
          const char      *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (engine, id, &error);
  g_autoptr(JsonObject) object = row != NULL ? eng_kernel_describe (engine, row) : NULL;

  if (object != NULL)
    reply (http, object);
  else
    eng_request_throw (http, request, error);
}

/* `{"@name": NUMBER}`, which is not negative */
static gboolean
read_number (SageHttpRequest  *http,
             const char       *name,
             gint64           *number,
             GError          **error)
{
  GBytes *bytes = sage_http_request_body (http);
  g_autoptr(JsonNode) node =
    sage_json_parse_object (bytes != NULL ? g_bytes_get_data (bytes, NULL) : "",
                            bytes != NULL ? (gssize) g_bytes_get_size (bytes) : 0, NULL, error);

  if (node == NULL)
    return FALSE;
  *number = sage_json_int (json_node_get_object (node), name, -1);

  return *number >= 0 || sage_throw (error, SAGE_ERROR_INVALID, "%s must be a number from 0 on", name);
}

static void
hold (EngEngine       *engine,
      EngRequest      *request,
      SageHttpRequest *http,
      const char      *id)
{
  g_autoptr(JsonObject) done = json_object_new ();
  g_autoptr(GError) error = NULL;
  EngCall call;
  gint64 seq;

  eng_call_init (&call, engine, &hold_operation, &request->caller, request->source, request->request_id);
  if (read_number (http, "held", &seq, &error) &&
      eng_kernel_hold_journal (&call, id, seq, &error))
    reply (http, done);
  else
    eng_request_throw (http, request, error);
}

static void
keep (EngEngine       *engine,
      EngRequest      *request,
      SageHttpRequest *http,
      const char      *id)
{
  g_autoptr(JsonObject) done = json_object_new ();
  g_autoptr(GError) error = NULL;
  EngCall call;

  eng_call_init (&call, engine, &keep_operation, &request->caller, request->source, request->request_id);
  if (eng_kernel_keep (&call, id, &error))
    reply (http, done);
  else
    eng_request_throw (http, request, error);
}

static void
reply_settings (EngEngine       *engine,
                SageHttpRequest *http)
{
  g_autoptr(JsonObject) object = json_object_new ();
  gboolean is_fixed;
  guint seconds = eng_kernels_get_idle (engine, &is_fixed);

  json_object_set_int_member (object, "idle_seconds", seconds);
  json_object_set_boolean_member (object, "fixed", is_fixed);
  reply (http, object);
}

/**
 * eng_sagebrush_kernel_settings_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request for `/sagebrush/v1/kernel-settings`
 *
 * Tells what is set for all kernels, or (PUT) sets it: `{"idle_seconds": N}`, after which a kernel that
 * has nothing to do is shut down; 0 for never. `fixed`: the engine was started with it.
 */
void
eng_sagebrush_kernel_settings_handle (EngEngine       *engine,
                                      EngRequest      *request,
                                      SageHttpRequest *http)
{
  const char *method = sage_http_request_method (http);
  g_autoptr(GError) error = NULL;
  EngCall call;
  gint64 seconds;

  eng_call_init (&call, engine, &set_operation, &request->caller, request->source, request->request_id);
  if (strcmp (method, "GET") != 0 && strcmp (method, "PUT") != 0)
    eng_request_refuse (http, request, 405, "MethodNotAllowed", "Only GET and PUT are possible here");
  else if (strcmp (method, "PUT") == 0 && (!read_number (http, "idle_seconds", &seconds, &error) ||
                                           !eng_kernels_set_idle (&call, seconds, &error)))
    eng_request_throw (http, request, error);
  else
    reply_settings (engine, http);
}

/**
 * eng_sagebrush_kernels_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request for `/sagebrush/v1/kernels/ID[/journal|/keep]`
 *
 * Tells what Jupyter does not tell of a kernel, takes word of what its journal need not keep, or that
 * it is not to be shut down although nobody has used it.
 */
void
eng_sagebrush_kernels_handle (EngEngine       *engine,
                              EngRequest      *request,
                              SageHttpRequest *http)
{
  const char *method = sage_http_request_method (http);
  const char *rest = sage_http_request_path (http) + strlen (ENG_SAGEBRUSH_KERNELS);
  const char *slash = strchr (rest, '/');
  g_autofree char *id = slash != NULL ? g_strndup (rest, slash - rest) : g_strdup (rest);
  gboolean journal = slash != NULL && strcmp (slash, "/journal") == 0;
  gboolean keeping = slash != NULL && strcmp (slash, "/keep") == 0;

  if (!g_uuid_string_is_valid (id) || (slash != NULL && !journal && !keeping))
    eng_request_refuse (http, request, 404, "ResourceNotFound", "There is nothing at this path");
  else if (strcmp (method, slash != NULL ? "POST" : "GET") != 0)
    eng_request_refuse (http, request, 405, "MethodNotAllowed", slash != NULL
                        ? "Only POST is possible here" : "Only GET is possible here");
  else if (keeping)
    keep (engine, request, http, id);
  else if (journal)
    hold (engine, request, http, id);
  else
    describe (engine, request, http, id);
}
