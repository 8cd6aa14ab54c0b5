/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-registry"

#include "config.h"

#include <string.h>

#include "eng-list.h"
#include "eng-registry.h"
#include "eng-tags.h"
#include "eng-token.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

/* AWS's limit of CustomerMetadataProperties. */
#define MAX_PROPERTIES 50

/* One call's write. */
typedef struct
{
  EngCall    *call;
  const char *token;   /* (nullable) */
  char       *request; /* (owned): the request's text, to tell a retry from another call */
  char       *arn;     /* (owned) (nullable): found or made by the write */
  JsonObject *doc;     /* (owned) (nullable): of a new package */
} Request;

static void
request_clear (Request *request)
{
  g_free (request->request);
  g_free (request->arn);
  g_clear_pointer (&request->doc, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static void
request_init (Request *request,
              EngCall *call)
{
  request->call = call;
  request->token = sage_json_string (call->input, "ClientToken", NULL);
  request->request = sage_json_object_to_string (call->input);
}

static EngResource *
load_package (EngConnection  *connection,
              const char     *name_or_arn,
              GError        **error)
{
  g_autofree char *message = g_strdup_printf ("ModelPackage %s does not exist.", name_or_arn);

  return eng_resource_require (connection, ENG_PACKAGE_KIND, name_or_arn, SAGE_ERROR_INVALID,
                               message, error);
}

/* Numbers of deleted versions are not given again: the group counts. */
static gboolean
take_version (EngTx        *tx,
              EngResource  *group,
              gint64       *version,
              GError      **error)
{
  g_autoptr(JsonObject) state = eng_resource_state (group, error);

  if (state == NULL)
    return FALSE;

  *version = sage_json_int (state, "versions", 0) + 1;
  json_object_set_int_member (state, "versions", *version);
  eng_resource_set_state (group, state);

  return eng_resource_update (tx, group, error);
}

static EngResource *
make_version (EngTx    *tx,
              Request  *request,
              GError  **error)
{
  EngEngine *engine = request->call->engine;
  const char *group_name = sage_json_string (request->call->input, "ModelPackageGroupName", "");
  g_autoptr(EngResource) group = eng_registry_load_group (tx->connection, engine, group_name,
                                                          error);
  g_autofree char *name = NULL;
  EngResource *resource;
  gint64 version;

  if (group == NULL || !take_version (tx, group, &version, error))
    return NULL;

  name = g_strdup_printf ("%s/%" G_GINT64_FORMAT, group->name, version);
  request->arn = sage_arn_build (engine->region, engine->account, ENG_PACKAGE_KIND, name);
  resource = eng_resource_new (ENG_PACKAGE_KIND, name, request->arn);
  resource->parent = g_strdup (group->name);
  resource->sequence = version;
  resource->label = g_strdup (sage_json_string (request->call->input, "ModelApprovalStatus",
                                                "PendingManualApproval"));

  json_object_set_string_member (request->doc, "ModelPackageName", name);
  json_object_set_string_member (request->doc, "ModelPackageGroupName", group->name);
  json_object_set_int_member (request->doc, "ModelPackageVersion", version);
  json_object_set_string_member (request->doc, "ModelApprovalStatus", resource->label);

  return resource;
}

static EngResource *
make_unversioned (Request *request)
{
  EngEngine *engine = request->call->engine;
  const char *name = sage_json_string (request->call->input, "ModelPackageName", "");

  request->arn = sage_arn_build (engine->region, engine->account, ENG_PACKAGE_KIND, name);
  json_object_set_string_member (request->doc, "ModelPackageName", name);

  return eng_resource_new (ENG_PACKAGE_KIND, name, request->arn);
}

static void
set_user (EngCall    *call,
          JsonObject *doc,
          const char *member)
{
  JsonObject *user = json_object_new ();

  json_object_set_string_member (user, "UserProfileName", call->caller->principal);
  json_object_set_object_member (doc, member, user);
}

static void
complete_document (Request *request,
                   double   now)
{
  JsonObject *details = json_object_new ();

  json_object_set_array_member (details, "ValidationStatuses", json_array_new ());
  json_object_set_object_member (request->doc, "ModelPackageStatusDetails", details);
  json_object_set_string_member (request->doc, "ModelPackageStatus", "Completed");
  json_object_set_string_member (request->doc, "ModelPackageArn", request->arn);
  json_object_set_double_member (request->doc, "CreationTime", now);
  json_object_set_double_member (request->doc, "LastModifiedTime", now);
  set_user (request->call, request->doc, "CreatedBy");
}

static gboolean
insert_package (EngTx        *tx,
                Request      *request,
                EngResource  *resource,
                GError      **error)
{
  g_autoptr(GError) local_error = NULL;

  g_free (resource->status);
  resource->status = g_strdup ("Completed");
  complete_document (request, tx->now);
  eng_resource_set_doc (resource, request->doc);

  if (eng_resource_insert (tx, resource, &local_error))
    return eng_tags_insert (tx, request->arn, sage_json_array (request->call->input, "Tags"),
                            error);
  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return sage_throw (error, SAGE_ERROR_INVALID, "ModelPackage already exists: %s", request->arn);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  gboolean versioned = json_object_has_member (request->call->input, "ModelPackageGroupName");
  g_autoptr(EngResource) resource = NULL;

  if (request->token != NULL)
    {
      if (!eng_token_find (tx->connection, "CreateModelPackage", request->token, request->request,
                           &request->arn, error))
        return FALSE;
      if (request->arn != NULL)
        return TRUE;
    }

  resource = versioned ? make_version (tx, request, error) : make_unversioned (request);
  if (resource == NULL || !insert_package (tx, request, resource, error))
    return FALSE;

  return request->token == NULL ||
         eng_token_insert (tx, "CreateModelPackage", request->token, request->request,
                           request->arn, error);
}

static gboolean
create_package (EngCall  *call,
                GError  **error)
{
  g_auto(Request) request = { 0 };
  JsonObject *input = call->input;

  if (json_object_has_member (input, "ModelPackageName") ==
      json_object_has_member (input, "ModelPackageGroupName"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Exactly one of ModelPackageName and ModelPackageGroupName must be given");
  if (json_object_has_member (input, "ValidationSpecification"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "A ValidationSpecification is not supported: validate with a processing job "
                       "before the model is registered");

  request_init (&request, call);
  request.doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeModelPackage"), input);
  if (!eng_call_write (call, sage_json_string (input, "ModelPackageGroupName", ""), write_create,
                       &request, error))
    return FALSE;
  eng_call_reply_arn (call, "ModelPackageArn", request.arn);

  return TRUE;
}

static gboolean
describe_package (EngCall  *call,
                  GError  **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(EngResource) resource = NULL;

  if (reader == NULL)
    return FALSE;

  resource = load_package (reader, sage_json_string (call->input, "ModelPackageName", ""), error);

  return resource != NULL && eng_resource_append_doc (resource, call->output, error);
}

static gboolean
merge_properties (JsonObject  *doc,
                  JsonObject  *input,
                  GError     **error)
{
  JsonObject *added = sage_json_object (input, "CustomerMetadataProperties");
  JsonArray *removed = sage_json_array (input, "CustomerMetadataPropertiesToRemove");
  JsonObject *properties = sage_json_object (doc, "CustomerMetadataProperties");
  JsonObjectIter iter;
  const char *name;

  if (added == NULL && removed == NULL)
    return TRUE;

  if (properties == NULL)
    {
      properties = json_object_new ();
      json_object_set_object_member (doc, "CustomerMetadataProperties", properties);
    }
  for (guint i = 0; removed != NULL && i < json_array_get_length (removed); i++)
    json_object_remove_member (properties, sage_json_array_string (removed, i));
  if (added != NULL)
    {
      json_object_iter_init_ordered (&iter, added);
      while (json_object_iter_next_ordered (&iter, &name, NULL))
        json_object_set_string_member (properties, name, sage_json_string (added, name, ""));
    }

  if (json_object_get_size (properties) > MAX_PROPERTIES)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "A model package can have at most %d CustomerMetadataProperties",
                       MAX_PROPERTIES);

  return TRUE;
}

static gboolean
apply_update (EngTx        *tx,
              Request      *request,
              EngResource  *resource,
              JsonObject   *doc,
              GError      **error)
{
  static const char * const replaced[] = { "ModelApprovalStatus", "ApprovalDescription",
                                           "InferenceSpecification", "SourceUri", "ModelCard",
                                           "ModelLifeCycle" };
  JsonObject *input = request->call->input;
  const char *approval = sage_json_string (input, "ModelApprovalStatus", NULL);

  if (approval != NULL && resource->parent == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "ModelApprovalStatus belongs to the versions of a model package group; %s is "
                       "not one", resource->arn);

  for (gsize i = 0; i < G_N_ELEMENTS (replaced); i++)
    if (json_object_has_member (input, replaced[i]))
      json_object_set_member (doc, replaced[i],
                              json_node_copy (json_object_get_member (input, replaced[i])));
  if (!merge_properties (doc, input, error))
    return FALSE;

  json_object_set_double_member (doc, "LastModifiedTime", tx->now);
  set_user (request->call, doc, "LastModifiedBy");
  if (approval != NULL)
    {
      g_free (resource->label);
      resource->label = g_strdup (approval);
    }
  eng_resource_set_doc (resource, doc);

  return eng_resource_update (tx, resource, error);
}

static gboolean
write_update (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  const char *arn = sage_json_string (request->call->input, "ModelPackageArn", "");
  g_autoptr(EngResource) resource = load_package (tx->connection, arn, error);
  g_autoptr(JsonObject) doc = NULL;

  if (resource == NULL)
    return FALSE;
  doc = eng_resource_doc (resource, error);
  if (doc == NULL)
    return FALSE;

  request->arn = g_strdup (resource->arn);

  return apply_update (tx, request, resource, doc, error);
}

static gboolean
update_package (EngCall  *call,
                GError  **error)
{
  g_auto(Request) request = { 0 };

  if (json_object_has_member (call->input, "AdditionalInferenceSpecificationsToAdd"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "AdditionalInferenceSpecificationsToAdd is not supported");

  request_init (&request, call);
  if (!eng_call_write (call, sage_json_string (call->input, "ModelPackageArn", ""), write_update,
                       &request, error))
    return FALSE;
  eng_call_reply_arn (call, "ModelPackageArn", request.arn);

  return TRUE;
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  EngCall *call = user_data;
  g_autoptr(EngResource) resource =
    load_package (tx->connection, sage_json_string (call->input, "ModelPackageName", ""), error);

  return resource != NULL && eng_resource_delete (tx, resource, error);
}

static gboolean
delete_package (EngCall  *call,
                GError  **error)
{
  return eng_call_write (call, sage_json_string (call->input, "ModelPackageName", ""),
                         write_delete, call, error);
}

/* Without a group only un-versioned packages are listed, unless the type says otherwise. */
static gboolean
list_packages (EngCall  *call,
               GError  **error)
{
  EngListing listing = {
    .kind = ENG_PACKAGE_KIND,
    .reply_member = "ModelPackageSummaryList",
    .parent_member = "ModelPackageGroupName",
    .parent_kind = ENG_GROUP_KIND,
    .label_member = "ModelApprovalStatus",
  };
  gboolean grouped = json_object_has_member (call->input, "ModelPackageGroupName");
  const char *type = sage_json_string (call->input, "ModelPackageType",
                                       grouped ? "Versioned" : "Unversioned");

  if (strcmp (type, "Versioned") == 0)
    listing.where = "parent IS NOT NULL";
  else if (strcmp (type, "Unversioned") == 0)
    listing.where = "parent IS NULL";

  return eng_list_run (call, &listing, error);
}

static void
describe_one (EngConnection   *reader,
              const char      *arn,
              const SageShape *summary,
              JsonObject      *found,
              JsonObject      *failed)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngResource) resource = load_package (reader, arn, &error);
  g_autoptr(JsonObject) doc = resource != NULL ? eng_resource_doc (resource, &error) : NULL;
  JsonObject *why;

  if (doc != NULL)
    {
      json_object_set_object_member (found, arn, sage_shape_project (summary, doc));
      return;
    }

  why = json_object_new ();
  json_object_set_string_member (why, "ErrorCode", "ValidationException");
  json_object_set_string_member (why, "ErrorResponse", error->message);
  json_object_set_object_member (failed, arn, why);
}

static gboolean
batch_describe (EngCall  *call,
                GError  **error)
{
  const SageShape *summary = sage_model_shape ("sagemaker", "BatchDescribeModelPackageSummary");
  JsonArray *arns = sage_json_array (call->input, "ModelPackageArnList");
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  g_autoptr(JsonObject) reply = json_object_new ();
  JsonObject *found = json_object_new ();
  JsonObject *failed = json_object_new ();

  json_object_set_object_member (reply, "ModelPackageSummaries", found);
  json_object_set_object_member (reply, "BatchDescribeModelPackageErrorMap", failed);
  if (reader == NULL)
    return FALSE;

  for (guint i = 0; i < json_array_get_length (arns); i++)
    describe_one (reader, sage_json_array_string (arns, i), summary, found, failed);
  eng_call_reply (call, reply);

  return TRUE;
}

const EngOperation eng_package_operations[] = {
  { "sagemaker", "CreateModelPackage", ENG_ACCESS_WRITE, create_package },
  { "sagemaker", "DescribeModelPackage", ENG_ACCESS_READ, describe_package },
  { "sagemaker", "UpdateModelPackage", ENG_ACCESS_WRITE, update_package },
  { "sagemaker", "DeleteModelPackage", ENG_ACCESS_WRITE, delete_package },
  { "sagemaker", "ListModelPackages", ENG_ACCESS_READ, list_packages },
  { "sagemaker", "BatchDescribeModelPackage", ENG_ACCESS_READ, batch_describe },
};

const gsize eng_n_package_operations = G_N_ELEMENTS (eng_package_operations);

/**
 * eng_registry_register:
 * @engine: the engine
 *
 * Adds the operations of the model registry to the table.
 */
void
eng_registry_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, eng_package_group_operations,
                      eng_n_package_group_operations);
  eng_operations_add (engine->operations, eng_package_operations, eng_n_package_operations);
}
