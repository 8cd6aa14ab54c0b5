/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-job-request"

#include "config.h"

#include <string.h>

#include "eng-job-request.h"
#include "eng-job-run.h"
#include "eng-tags.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-failpoint.h"
#include "sage-file.h"
#include "sage-json.h"

/* One call's write. */
typedef struct
{
  EngCall           *call;
  const EngJobCalls *calls;
  const char        *name;
  JsonObject        *doc;       /* (nullable): of a new job */
  char              *arn;       /* (owned) (nullable) */
  char              *directory; /* (owned) (nullable): of a deleted job */
} Request;

static void
request_clear (Request *request)
{
  g_free (request->arn);
  g_free (request->directory);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* The family's own words for a job that is not there. */
static char *
say_missing (const EngJobCalls *calls,
             const char        *name)
{
  return calls->missing != NULL ? g_strdup (calls->missing)
                                : g_strconcat ("Could not find requested job with name: ", name, NULL);
}

/* The row a call names. */
static EngResource *
load_named (EngConnection      *connection,
            const EngJobCalls  *calls,
            const char         *name,
            GError            **error)
{
  g_autofree char *message = say_missing (calls, name);

  return eng_resource_require (connection, calls->kind, name, SAGE_ERROR_INVALID, message, error);
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  const EngJobCalls *calls = request->calls;
  g_autoptr(EngResource) resource = eng_resource_new (calls->kind, request->name, request->arn);
  g_autoptr(GError) local_error = NULL;

  json_object_set_double_member (request->doc, "CreationTime", tx->now);
  json_object_set_double_member (request->doc, "LastModifiedTime", tx->now);
  g_free (resource->status);
  resource->status = g_strdup ("InProgress");
  eng_resource_set_doc (resource, request->doc);

  if (eng_resource_insert (tx, resource, &local_error))
    return eng_tags_insert (tx, request->arn, sage_json_array (request->call->input, "Tags"),
                            error);

  if (!g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return sage_throw (error, SAGE_ERROR_EXISTS,
                     "%s names must be unique within an AWS account and region, and a %s with this "
                     "name already exists (%s)", calls->noun_capital, calls->noun, request->arn);
}

/**
 * eng_job_request_create:
 * @call: a Create call
 * @calls: the family
 * @doc: (transfer none): the Describe document of the new job; ARN, status and times are added
 *
 * Inserts the job's row; the controller takes it from there.
 */
gboolean
eng_job_request_create (EngCall            *call,
                        const EngJobCalls  *calls,
                        JsonObject         *doc,
                        GError            **error)
{
  g_auto(Request) request = {
    .call = call,
    .calls = calls,
    .name = sage_json_string (call->input, calls->name_member, NULL),
    .doc = doc,
  };

  request.arn = sage_arn_build (call->engine->region, call->engine->account, calls->kind,
                                request.name);
  json_object_set_string_member (doc, calls->arn_member, request.arn);
  json_object_set_string_member (doc, calls->status_member, "InProgress");

  if (!eng_call_write (call, request.arn, write_create, &request, error))
    return FALSE;

  eng_call_reply_arn (call, calls->arn_member, request.arn);

  return TRUE;
}

/**
 * eng_job_request_describe:
 * @call: a Describe call
 * @calls: the family
 *
 * Answers the stored document as it is.
 */
gboolean
eng_job_request_describe (EngCall            *call,
                          const EngJobCalls  *calls,
                          GError            **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  const char *name = sage_json_string (call->input, calls->name_member, "");
  g_autofree char *message = say_missing (calls, name);

  return reader != NULL && eng_resource_describe (reader, calls->kind, name, SAGE_ERROR_INVALID,
                                                  message, call->output, error);
}

static gboolean
write_stop (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  Request *request = user_data;
  g_autoptr(JsonObject) doc = NULL;
  g_autoptr(EngResource) resource = load_named (tx->connection, request->calls, request->name,
                                                error);

  if (resource == NULL)
    return FALSE;
  if (strcmp (resource->status, "Stopping") == 0)
    return TRUE;
  if (strcmp (resource->status, "InProgress") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The request was rejected because the %s is in status %s.",
                       request->calls->noun, resource->status);

  doc = eng_resource_doc (resource, error);
  if (doc == NULL)
    return FALSE;

  json_object_set_string_member (doc, request->calls->status_member, "Stopping");
  if (request->calls->show_stopping != NULL)
    request->calls->show_stopping (doc, tx->now);
  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  eng_resource_set_doc (resource, doc);
  g_free (resource->status);
  resource->status = g_strdup ("Stopping");

  return eng_resource_update (tx, resource, error);
}

/**
 * eng_job_request_stop:
 * @call: a Stop call
 * @calls: the family
 *
 * Marks the job as stopping; the controller asks its process to end.
 */
gboolean
eng_job_request_stop (EngCall            *call,
                      const EngJobCalls  *calls,
                      GError            **error)
{
  Request request = {
    .call = call,
    .calls = calls,
    .name = sage_json_string (call->input, calls->name_member, ""),
  };

  return eng_call_write (call, request.name, write_stop, &request, error);
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = load_named (tx->connection, request->calls, request->name,
                                                error);

  if (resource == NULL)
    return FALSE;
  if (strcmp (resource->status, "InProgress") == 0 || strcmp (resource->status, "Stopping") == 0)
    return sage_throw (error, SAGE_ERROR_EXISTS,
                       "The %s '%s' is in status %s; stop it before it is deleted.",
                       request->calls->noun, resource->name, resource->status);

  request->directory = eng_job_run_directory (request->call->engine, resource);

  return eng_resource_delete (tx, resource, error);
}

/**
 * eng_job_request_delete:
 * @call: a Delete call
 * @calls: the family
 *
 * Deletes a job that has ended, with its log; its outputs in the object store stay.
 */
gboolean
eng_job_request_delete (EngCall            *call,
                        const EngJobCalls  *calls,
                        GError            **error)
{
  g_auto(Request) request = {
    .call = call,
    .calls = calls,
    .name = sage_json_string (call->input, calls->name_member, ""),
  };
  g_autoptr(GError) local_error = NULL;

  if (!eng_call_write (call, request.name, write_delete, &request, error))
    return FALSE;

  SAGE_FAILPOINT ("job-deleted");
  if (!sage_dir_remove (request.directory, &local_error))
    g_warning ("%s", local_error->message);

  return TRUE;
}

/**
 * eng_job_request_check_cluster:
 * @call: the call
 * @cluster: `ResourceConfig` or `ClusterConfig`
 *
 * Refuses what this engine cannot give.
 */
gboolean
eng_job_request_check_cluster (EngCall     *call,
                               JsonObject  *cluster,
                               GError     **error)
{
  const char *type = sage_json_string (cluster, "InstanceType", NULL);

  if (type == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "An InstanceType is required; instance groups are not supported");
  if (sage_json_int (cluster, "InstanceCount", 1) != 1)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "InstanceCount must be 1: this engine runs a job on one machine");

  return eng_images_instance (call->engine->images, type, error) != NULL;
}

/**
 * eng_job_request_check_image:
 * @call: the call
 * @image: the image it names
 *
 * Refuses an image that nothing here can run.
 */
gboolean
eng_job_request_check_image (EngCall     *call,
                             const char  *image,
                             GError     **error)
{
  return eng_images_resolve (call->engine->images, image, error) != NULL;
}
