/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-mlflow"

#include "config.h"

#include <string.h>

#include "eng-experiments.h"
#include "eng-mlflow.h"
#include "sage-error.h"
#include "sage-http-uri.h"
#include "sage-json.h"

/* The REST API of MLflow's tracking server, of this version:
 * <https://mlflow.org/docs/2.22.0/rest-api.html>. */
#define SERVER_VERSION "2.22.0"

#define MAX_BODY (2 * 1024 * 1024)
#define MAX_LARGE_BODY (20 * 1024 * 1024) /* with the profiles of data sets */
#define MAX_KEYS 100000

static const char * const prefixes[] = { "/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/" };

typedef struct
{
  const char *path;
  const char *get;  /* (nullable): the operation */
  const char *post; /* (nullable) */
} Route;

static const Route routes[] = {
  { "experiments/create", NULL, "CreateExperiment" },
  { "experiments/get", "GetExperiment", NULL },
  { "experiments/get-by-name", "GetExperimentByName", NULL },
  { "experiments/search", "SearchExperiments", "SearchExperiments" },
  { "experiments/list", "SearchExperiments", NULL }, /* MLflow 1 */
  { "experiments/update", NULL, "UpdateExperiment" },
  { "experiments/delete", NULL, "DeleteExperiment" },
  { "experiments/restore", NULL, "RestoreExperiment" },
  { "experiments/set-experiment-tag", NULL, "SetExperimentTag" },
  { "experiments/delete-experiment-tag", NULL, "DeleteExperimentTag" },
  { "runs/create", NULL, "CreateRun" },
  { "runs/get", "GetRun", NULL },
  { "runs/update", NULL, "UpdateRun" },
  { "runs/delete", NULL, "DeleteRun" },
  { "runs/restore", NULL, "RestoreRun" },
  { "runs/search", NULL, "SearchRuns" },
  { "runs/log-metric", NULL, "LogMetric" },
  { "runs/log-parameter", NULL, "LogParam" },
  { "runs/set-tag", NULL, "SetTag" },
  { "runs/delete-tag", NULL, "DeleteTag" },
  { "runs/log-batch", NULL, "LogBatch" },
  { "runs/log-inputs", NULL, "LogInputs" },
  { "runs/log-model", NULL, "LogModel" },
  { "metrics/get-history", "GetMetricHistory", NULL },
  { "metrics/get-history-bulk", "GetMetricHistoryBulk", NULL },
  { "metrics/get-history-bulk-interval", "GetMetricHistoryBulkInterval", NULL },
  { "artifacts/list", "ListArtifacts", NULL },
};

/* Returns: (nullable): what follows one of the prefixes */
static const char *
below (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (path, prefixes[i]))
      return path + strlen (prefixes[i]);

  return NULL;
}

/**
 * eng_mlflow_has_path:
 * @method: of a request
 * @path: of a request, as sent
 *
 * Buckets are named by the first word of a path, too; so only what is answered here is taken.
 *
 * Returns: whether it is one of MLflow's
 */
gboolean
eng_mlflow_has_path (const char *method,
                     const char *path)
{
  return below (path) != NULL || g_str_has_prefix (path, "/api/2.0/mlflow-artifacts/") ||
         g_str_has_prefix (path, "/ajax-api/2.0/mlflow-artifacts/") ||
         (strcmp (method, "GET") == 0 && (strcmp (path, "/version") == 0 || strcmp (path, "/health") == 0));
}

/**
 * eng_mlflow_limit:
 * @http: the request, its headers read
 *
 * Returns: how many bytes its body may have
 */
gsize
eng_mlflow_limit (SageHttpRequest *http)
{
  const char *path = below (sage_http_request_path (http));

  return path != NULL && (strcmp (path, "runs/log-inputs") == 0 || strcmp (path, "runs/log-model") == 0)
           ? MAX_LARGE_BODY : MAX_BODY;
}

static void
reply_error (SageHttpRequest *http,
             guint            status,
             const char      *code,
             const char      *message)
{
  g_autoptr(GString) body = g_string_new ("{\"error_code\": ");

  sage_json_append_string (body, code);
  g_string_append (body, ", \"message\": ");
  sage_json_append_string (body, message);
  g_string_append_c (body, '}');
  if (status == 401)
    sage_http_reply_header (http, "WWW-Authenticate", "Basic realm=\"mlflow\"");
  sage_http_reply (http, status, "application/json", body->str, body->len);
}

/**
 * eng_mlflow_refuse:
 * @http: the request
 * @status: HTTP status
 * @message: what is wrong; must be printable
 *
 * Answers with an error in MLflow's form, whose code is that of @status.
 */
void
eng_mlflow_refuse (SageHttpRequest *http,
                   guint            status,
                   const char      *message)
{
  const char *code = status == 401 ? "UNAUTHENTICATED"
                     : status == 403 ? "PERMISSION_DENIED"
                     : status == 404 || status == 405 ? "ENDPOINT_NOT_FOUND"
                     : status == 429 ? "REQUEST_LIMIT_EXCEEDED"
                     : status >= 500 ? "INTERNAL_ERROR" : "BAD_REQUEST";

  reply_error (http, status, code, message);
}

/**
 * eng_mlflow_throw:
 * @http: the request
 * @why: why it cannot be done
 *
 * Answers with the error, in MLflow's form.
 */
void
eng_mlflow_throw (SageHttpRequest *http,
                  const GError    *why)
{
  static const struct
  {
    SageError   error;
    guint       status;
    const char *code;
  } answers[] = {
    { SAGE_ERROR_NOT_FOUND, 404, "RESOURCE_DOES_NOT_EXIST" },
    { SAGE_ERROR_EXISTS, 400, "RESOURCE_ALREADY_EXISTS" },
    { SAGE_ERROR_INVALID, 400, "INVALID_PARAMETER_VALUE" },
    { SAGE_ERROR_SYNTAX, 400, "BAD_REQUEST" },
    { SAGE_ERROR_TOO_LARGE, 413, "RESOURCE_LIMIT_EXCEEDED" },
    { SAGE_ERROR_DENIED, 403, "PERMISSION_DENIED" },
    { SAGE_ERROR_CONFLICT, 409, "RESOURCE_CONFLICT" },
    { SAGE_ERROR_BUSY, 503, "TEMPORARILY_UNAVAILABLE" },
    { SAGE_ERROR_NO_SPACE, 507, "RESOURCE_EXHAUSTED" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_error_matches (why, SAGE_ERROR, answers[i].error))
      {
        reply_error (http, answers[i].status, answers[i].code, why->message);
        return;
      }

  g_warning ("%s %s: %s", sage_http_request_method (http), sage_http_request_path (http), why->message);
  reply_error (http, 500, "INTERNAL_ERROR", why->message);
}

/* The parameters of a query as members of a request; what is repeated is an array. */
static JsonNode *
read_query (SageHttpRequest  *http,
            GError          **error)
{
  const char *query = sage_http_request_query (http);
  /* clients write spaces as forms do */
  g_autoptr(SageHttpParams) params = sage_http_uri_parse_form (query, strlen (query), error);
  JsonObject *object;

  if (params == NULL)
    return NULL;
  object = json_object_new ();
  for (guint i = 0; i < params->n_params; i++)
    {
      const SageHttpParam *param = &params->params[i];
      JsonNode *before = json_object_get_member (object, param->name);
      JsonArray *array;

      if (before == NULL)
        {
          json_object_set_string_member (object, param->name, param->value);
          continue;
        }
      if (JSON_NODE_HOLDS_VALUE (before))
        {
          array = json_array_new ();
          json_array_add_string_element (array, json_node_get_string (before));
          json_object_set_array_member (object, param->name, array);
        }
      json_array_add_string_element (json_object_get_array_member (object, param->name), param->value);
    }

  return sage_json_take_object (object);
}

/* A page can have a browser post text or a form without asking, but no JSON. */
static JsonNode *
read_body (SageHttpRequest  *http,
           GError          **error)
{
  GBytes *body = sage_http_request_body (http);
  const char *type = sage_http_request_header (http, "Content-Type");
  SageJsonLimits limits = { .max_bytes = eng_mlflow_limit (http), .max_keys = MAX_KEYS };

  if (type == NULL || !g_str_has_prefix (type, "application/json"))
    {
      sage_throw (error, SAGE_ERROR_SYNTAX, "Bad Request. Content-Type must be one of "
                  "['application/json'].");
      return NULL;
    }
  if (body == NULL || g_bytes_get_size (body) == 0)
    return sage_json_take_object (json_object_new ());

  return sage_json_parse_object (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body),
                                 &limits, error);
}

static void
run (EngEngine       *engine,
     EngRequest      *request,
     SageHttpRequest *http,
     const char      *name)
{
  const EngOperation *operation = eng_operations_find (engine->operations, ENG_MLFLOW_SERVICE, name);
  gboolean is_get = strcmp (sage_http_request_method (http), "GET") == 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) input = is_get ? read_query (http, &error) : read_body (http, &error);
  g_autoptr(GString) output = g_string_new (NULL);
  EngCall call;

  if (input != NULL &&
      eng_operation_run (engine, operation, &request->caller, request->source, request->request_id,
                         json_node_get_object (input), output, &error))
    {
      g_autoptr(GBytes) reply = g_string_free_to_bytes (g_steal_pointer (&output));

      sage_http_reply_bytes (http, 200, "application/json", reply);
      return;
    }
  /* what could be read was audited when it ran */
  if (input == NULL)
    {
      eng_call_init (&call, engine, operation, &request->caller, request->source, request->request_id);
      eng_call_audit_refusal (&call, error);
    }
  eng_mlflow_throw (http, error);
}

static void
route (EngEngine       *engine,
       EngRequest      *request,
       SageHttpRequest *http,
       const char      *path)
{
  const char *method = sage_http_request_method (http);
  const char *name = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (routes[i].path, path) == 0)
      name = strcmp (method, "GET") == 0 ? routes[i].get
             : strcmp (method, "POST") == 0 ? routes[i].post : NULL;

  if (name != NULL)
    run (engine, request, http, name);
  else
    eng_mlflow_refuse (http, 404, "MLflow has more calls than this engine; there is nothing at this path, "
                       "or not with this method");
}

/**
 * eng_mlflow_handle:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request whose path eng_mlflow_has_path() knows
 *
 * Answers one request of MLflow's tracking API.
 */
void
eng_mlflow_handle (EngEngine       *engine,
                   EngRequest      *request,
                   SageHttpRequest *http)
{
  const char *path = sage_http_request_path (http);
  const char *rest = below (path);

  if (rest != NULL)
    route (engine, request, http, rest);
  else if (strcmp (path, "/version") == 0)
    sage_http_reply (http, 200, "text/plain", SERVER_VERSION, strlen (SERVER_VERSION));
  else if (strcmp (path, "/health") == 0)
    sage_http_reply (http, 200, "text/plain", "OK", strlen ("OK"));
  else if (g_str_has_suffix (path, "/mlflow-artifacts/artifacts") &&
           strcmp (sage_http_request_method (http), "GET") == 0)
    run (engine, request, http, "ListProxiedArtifacts");
  else
    eng_mlflow_artifact (engine, request, http);
}
