/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-registry"

#include "config.h"

#include "eng-list.h"
#include "eng-registry.h"
#include "eng-tags.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

static const EngListing listing = {
  .kind = ENG_GROUP_KIND,
  .reply_member = "ModelPackageGroupSummaryList",
};

/* One call's write. */
typedef struct
{
  EngCall    *call;
  const char *name;
  char       *arn; /* (owned) (nullable) */
  JsonObject *doc; /* (owned) (nullable) */
} Request;

static void
request_clear (Request *request)
{
  g_free (request->arn);
  g_clear_pointer (&request->doc, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/**
 * eng_registry_load_group:
 * @connection: a reader, or a transaction's connection
 * @engine: the engine
 * @name_or_arn: the group
 *
 * Returns: (transfer full): the group; %NULL with AWS's own text
 */
EngResource *
eng_registry_load_group (EngConnection  *connection,
                         EngEngine      *engine,
                         const char     *name_or_arn,
                         GError        **error)
{
  g_autofree char *arn = g_str_has_prefix (name_or_arn, "arn:")
                           ? g_strdup (name_or_arn)
                           : sage_arn_build (engine->region, engine->account, ENG_GROUP_KIND,
                                             name_or_arn);
  g_autofree char *message = g_strdup_printf ("ModelPackageGroup %s does not exist.", arn);

  return eng_resource_require (connection, ENG_GROUP_KIND, arn, SAGE_ERROR_INVALID, message, error);
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = eng_resource_new (ENG_GROUP_KIND, request->name, request->arn);
  g_autoptr(GError) local_error = NULL;

  json_object_set_double_member (request->doc, "CreationTime", tx->now);
  g_free (resource->status);
  resource->status = g_strdup ("Completed");
  eng_resource_set_doc (resource, request->doc);

  if (eng_resource_insert (tx, resource, &local_error))
    return eng_tags_insert (tx, request->arn, sage_json_array (request->call->input, "Tags"),
                            error);
  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Model Package Group already exists. The name '%s' is taken (%s).",
                       request->name, request->arn);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
set_creator (EngCall    *call,
             JsonObject *doc)
{
  JsonObject *creator = json_object_new ();

  json_object_set_string_member (creator, "UserProfileName", call->caller->principal);
  json_object_set_object_member (doc, "CreatedBy", creator);
}

static gboolean
create_group (EngCall  *call,
              GError  **error)
{
  g_auto(Request) request = { .call = call };

  request.name = sage_json_string (call->input, "ModelPackageGroupName", "");
  request.arn = sage_arn_build (call->engine->region, call->engine->account, ENG_GROUP_KIND,
                                request.name);
  request.doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeModelPackageGroup"),
                                    call->input);
  json_object_set_string_member (request.doc, "ModelPackageGroupArn", request.arn);
  json_object_set_string_member (request.doc, "ModelPackageGroupStatus", "Completed");
  set_creator (call, request.doc);

  if (!eng_call_write (call, request.arn, write_create, &request, error))
    return FALSE;
  eng_call_reply_arn (call, "ModelPackageGroupArn", request.arn);

  return TRUE;
}

static gboolean
describe_group (EngCall  *call,
                GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) resource = NULL;

  if (reader == NULL)
    return FALSE;

  resource = eng_registry_load_group (reader, call->engine,
                                      sage_json_string (call->input, "ModelPackageGroupName", ""),
                                      error);

  return resource != NULL && eng_resource_append_doc (resource, call->output, error);
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(GPtrArray) versions = NULL;
  g_autoptr(EngResource) resource = eng_registry_load_group (tx->connection, request->call->engine,
                                                             request->name, error);

  if (resource == NULL)
    return FALSE;

  versions = eng_resource_load_children (tx->connection, ENG_PACKAGE_KIND, resource->name, error);
  if (versions == NULL)
    return FALSE;
  if (versions->len > 0)
    return sage_throw (error, SAGE_ERROR_CONFLICT,
                       "The model package group '%s' still has %u versions; delete them first",
                       resource->name, versions->len);

  return eng_resource_delete (tx, resource, error);
}

static gboolean
delete_group (EngCall  *call,
              GError  **error)
{
  Request request = {
    .call = call,
    .name = sage_json_string (call->input, "ModelPackageGroupName", ""),
  };

  return eng_call_write (call, request.name, write_delete, &request, error);
}

static gboolean
list_groups (EngCall  *call,
             GError  **error)
{
  return eng_list_run (call, &listing, error);
}

const EngOperation eng_package_group_operations[] = {
  { "sagemaker", "CreateModelPackageGroup", ENG_ACCESS_WRITE, create_group },
  { "sagemaker", "DescribeModelPackageGroup", ENG_ACCESS_READ, describe_group },
  { "sagemaker", "DeleteModelPackageGroup", ENG_ACCESS_WRITE, delete_group },
  { "sagemaker", "ListModelPackageGroups", ENG_ACCESS_READ, list_groups },
};

const gsize eng_n_package_group_operations = G_N_ELEMENTS (eng_package_group_operations);
