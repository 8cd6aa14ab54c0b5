/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-mlflow"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-experiments.h"
#include "eng-mlflow.h"
#include "eng-permit.h"
#include "sage-error.h"
#include "sage-http-uri.h"

/* `/api/2.0/mlflow-artifacts/artifacts/PATH`: the bytes of artifacts, for clients that bring them to the
 * tracking server and not to a store of their own. They are the objects of one bucket. */

struct _EngMlflowUpload
{
  EngObjectWriter *writer; /* (owned) */
};

static const EngOperation upload_operation = { "sagemaker-mlflow", "UploadArtifact", ENG_ACCESS_WRITE,
                                               NULL };
static const EngOperation delete_operation = { "sagemaker-mlflow", "DeleteArtifact", ENG_ACCESS_WRITE,
                                               NULL };

/* Returns: (nullable): what follows the prefix */
static const char *
below (SageHttpRequest *http)
{
  static const char * const prefixes[] = { "/api/2.0/mlflow-artifacts/artifacts/",
                                           "/ajax-api/2.0/mlflow-artifacts/artifacts/" };
  const char *path = sage_http_request_path (http);

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (path, prefixes[i]))
      return path + strlen (prefixes[i]);

  return NULL;
}

/**
 * eng_mlflow_artifact_path:
 * @http: a request
 *
 * Returns: (transfer full) (nullable): the artifact that its path names, decoded, whatever it is
 */
char *
eng_mlflow_artifact_path (SageHttpRequest *http)
{
  const char *rest = below (http);

  return rest != NULL ? sage_http_uri_decode (rest, -1, NULL) : NULL;
}

/**
 * eng_mlflow_is_upload:
 * @http: a request, its headers read
 *
 * Returns: whether its body is an artifact
 */
gboolean
eng_mlflow_is_upload (SageHttpRequest *http)
{
  return below (http) != NULL && strcmp (sage_http_request_method (http), "PUT") == 0;
}

/**
 * eng_mlflow_upload_free:
 * @upload: (nullable): an upload
 *
 * Forgets what was not finished.
 */
void
eng_mlflow_upload_free (EngMlflowUpload *upload)
{
  if (upload == NULL)
    return;

  g_clear_pointer (&upload->writer, eng_object_writer_free);
  g_free (upload);
}

static gboolean
sink_cb (SageHttpRequest  *http,
         const guint8     *data,
         gsize             length,
         gpointer          user_data,
         GError          **error)
{
  EngMlflowUpload *upload = user_data;

  if (eng_object_writer_size (upload->writer) + (gint64) length > ENG_OBJECT_SIZE_MAX)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "An artifact has %" G_GINT64_FORMAT " bytes at most",
                       ENG_OBJECT_SIZE_MAX);

  return eng_object_writer_write (upload->writer, data, length, error);
}

/* Returns: (transfer full) (nullable): the artifact's path if it may be one; else the request is answered */
static char *
take_path (SageHttpRequest *http)
{
  g_autofree char *path = eng_mlflow_artifact_path (http);
  g_autoptr(GError) error = NULL;

  if (path == NULL)
    eng_mlflow_refuse (http, 404, "There is nothing at this path");
  else if (!eng_artifact_path_check (path, &error))
    eng_mlflow_throw (http, error);
  else
    return g_steal_pointer (&path);

  return NULL;
}

/**
 * eng_mlflow_upload_begin:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: the request, before its body comes
 *
 * Returns: (transfer full) (nullable): what takes the body; %NULL where the refusal is sent
 */
EngMlflowUpload *
eng_mlflow_upload_begin (EngEngine       *engine,
                         EngRequest      *request,
                         SageHttpRequest *http)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  EngObjectWriter *writer;
  EngMlflowUpload *upload;

  if (!eng_permit (engine, request, http, ENG_MLFLOW_SERVICE, upload_operation.name,
                   upload_operation.access))
    return NULL;
  path = take_path (http);
  if (path == NULL)
    return NULL;
  if (sage_http_request_content_length (http) > ENG_OBJECT_SIZE_MAX)
    {
      eng_mlflow_refuse (http, 413, "The artifact is too large");
      return NULL;
    }
  writer = eng_object_writer_new (engine->objects, 0, &error);
  if (writer == NULL)
    {
      eng_mlflow_throw (http, error);
      return NULL;
    }
  upload = g_new0 (EngMlflowUpload, 1);
  upload->writer = writer;
  sage_http_request_set_sink (http, sink_cb, upload, NULL);

  return upload;
}

static void
make_caller (EngRequest         *request,
             const EngOperation *operation,
             EngObjectCaller    *caller)
{
  *caller = (EngObjectCaller) {
    .principal = request->caller.principal,
    .source = request->source,
    .operation = operation->name,
    .request_id = request->request_id,
  };
}

static gboolean
need_bucket (EngEngine              *engine,
             const EngObjectCaller  *caller,
             GError                **error)
{
  g_autoptr(GError) local_error = NULL;

  if (eng_objects_bucket_exists (engine->objects, ENG_MLFLOW_BUCKET) ||
      eng_objects_create_bucket_for (engine->objects, ENG_MLFLOW_BUCKET, caller, &local_error) ||
      g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
finish_upload (EngEngine        *engine,
               EngRequest       *request,
               SageHttpRequest  *http,
               const char       *path,
               GError          **error)
{
  GError *refused = sage_http_request_sink_error (http);
  EngObjectCaller caller;
  EngObjectCommit commit = {
    .bucket = ENG_MLFLOW_BUCKET,
    .key = path,
    .content_type = sage_http_request_header (http, "Content-Type"),
    .caller = &caller,
  };
  g_autoptr(EngObject) object = NULL;

  if (refused != NULL)
    {
      g_propagate_error (error, g_error_copy (refused));
      return FALSE;
    }
  if (g_str_has_suffix (path, "/"))
    return sage_throw (error, SAGE_ERROR_INVALID, "Invalid path: '%s' is a directory", path);
  make_caller (request, &upload_operation, &caller);
  if (!need_bucket (engine, &caller, error))
    return FALSE;
  object = eng_object_writer_commit (request->upload->writer, &commit, error);

  return object != NULL;
}

/* A signature covers the body, which then had to be kept until it could be checked. */
static gboolean
take_kept_body (EngEngine        *engine,
                EngRequest       *request,
                SageHttpRequest  *http,
                GError          **error)
{
  GBytes *body = sage_http_request_body (http);

  request->upload = g_new0 (EngMlflowUpload, 1);
  request->upload->writer = eng_object_writer_new (engine->objects, 0, error);

  return request->upload->writer != NULL &&
         (body == NULL || eng_object_writer_write (request->upload->writer, g_bytes_get_data (body, NULL),
                                                   g_bytes_get_size (body), error));
}

static gboolean
upload (EngEngine        *engine,
        EngRequest       *request,
        SageHttpRequest  *http,
        const char       *path,
        GError          **error)
{
  return (request->upload != NULL || take_kept_body (engine, request, http, error)) &&
         finish_upload (engine, request, http, path, error);
}

/* Deletes an artifact, or all there is in a directory. */
static gboolean
delete (EngEngine   *engine,
        EngRequest  *request,
        const char  *path,
        GError     **error)
{
  g_autofree char *prefix = g_str_has_suffix (path, "/") ? g_strdup (path) : g_strconcat (path, "/", NULL);
  g_autoptr(GPtrArray) below_it = NULL;
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();
  EngObjectCaller caller;

  if (!eng_objects_bucket_exists (engine->objects, ENG_MLFLOW_BUCKET))
    return sage_throw (error, SAGE_ERROR_NOT_FOUND, "No artifact at '%s'", path);
  below_it = eng_objects_list_all (engine->objects, ENG_MLFLOW_BUCKET, prefix, error);
  if (below_it == NULL)
    return FALSE;
  g_ptr_array_add (keys, (char *) path);
  for (guint i = 0; i < below_it->len; i++)
    g_ptr_array_add (keys, ((EngObject *) g_ptr_array_index (below_it, i))->key);
  g_ptr_array_add (keys, NULL);
  make_caller (request, &delete_operation, &caller);

  return eng_objects_delete (engine->objects, ENG_MLFLOW_BUCKET, (const char * const *) keys->pdata,
                             &caller, error);
}

static void
download (EngEngine       *engine,
          SageHttpRequest *http,
          const char      *path)
{
  g_autoptr(GError) error = NULL;
  g_autofd int fd = -1;
  g_autoptr(EngObject) object = NULL;

  if (!eng_objects_bucket_exists (engine->objects, ENG_MLFLOW_BUCKET))
    sage_throw (&error, SAGE_ERROR_NOT_FOUND, "No artifact at '%s'", path);
  else
    object = eng_objects_open_key (engine->objects, ENG_MLFLOW_BUCKET, path, &fd, &error);
  if (object == NULL)
    {
      eng_mlflow_throw (http, error);
      return;
    }

  /* never what its sender called it: a browser would show a page */
  sage_http_reply_header (http, "X-Content-Type-Options", "nosniff");
  sage_http_reply_header (http, "Content-Disposition", "attachment");
  sage_http_reply_fd (http, 200, "application/octet-stream", g_steal_fd (&fd), 0, (guint64) object->size);
}

static void
change (EngEngine          *engine,
        EngRequest         *request,
        SageHttpRequest    *http,
        const EngOperation *operation,
        const char         *path)
{
  g_autoptr(GError) error = NULL;
  EngCall call;

  if (operation == &upload_operation ? upload (engine, request, http, path, &error)
                                     : delete (engine, request, path, &error))
    {
      sage_http_reply (http, 200, "application/json", "{}", strlen ("{}"));
      return;
    }
  eng_call_init (&call, engine, operation, &request->caller, request->source, request->request_id);
  eng_call_audit_refusal (&call, error);
  eng_mlflow_throw (http, error);
}

/**
 * eng_mlflow_artifact:
 * @engine: the engine
 * @request: the request's record, authenticated
 * @http: a request for an artifact, its body in
 *
 * Answers it.
 */
void
eng_mlflow_artifact (EngEngine       *engine,
                     EngRequest      *request,
                     SageHttpRequest *http)
{
  const char *method = sage_http_request_method (http);
  gboolean is_put = strcmp (method, "PUT") == 0;
  g_autofree char *path = take_path (http);

  if (path == NULL)
    return;
  if (strcmp (method, "GET") == 0)
    {
      if (eng_permit (engine, request, http, ENG_MLFLOW_SERVICE, "DownloadArtifact", ENG_ACCESS_READ))
        download (engine, http, path);
    }
  else if (!is_put && strcmp (method, "DELETE") != 0)
    eng_mlflow_refuse (http, 405, "Artifacts are read, put and deleted");
  else if (eng_permit (engine, request, http, ENG_MLFLOW_SERVICE,
                       is_put ? upload_operation.name : delete_operation.name, ENG_ACCESS_WRITE))
    change (engine, request, http, is_put ? &upload_operation : &delete_operation, path);
}
