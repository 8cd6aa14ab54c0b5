/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-models"

#include "config.h"

#include <string.h>

#include "eng-list.h"
#include "eng-models.h"
#include "eng-named.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

static const EngListing listing = {
  .kind = "model",
  .reply_member = "Models",
};

/* A model under construction. */
typedef struct
{
  EngCall    *call;
  JsonObject *doc;     /* (owned) */
  JsonObject *digests; /* (owned): SHA-256 of each artifact, by URL */
} Request;

static void
request_clear (Request *request)
{
  g_clear_pointer (&request->doc, json_object_unref);
  g_clear_pointer (&request->digests, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static void
copy_member (JsonObject *from,
             JsonObject *to,
             const char *member)
{
  if (from != NULL && json_object_has_member (from, member) && !json_object_has_member (to, member))
    json_object_set_member (to, member, json_node_copy (json_object_get_member (from, member)));
}

/* The package's variables, where the model does not set them itself. */
static void
copy_environment (JsonObject *source,
                  JsonObject *container)
{
  JsonObject *from = sage_json_object (source, "Environment");
  JsonObject *to = sage_json_object (container, "Environment");
  JsonObjectIter iter;
  const char *name;

  if (to == NULL)
    {
      copy_member (source, container, "Environment");
      return;
    }
  if (from == NULL)
    return;

  json_object_iter_init_ordered (&iter, from);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    copy_member (from, to, name);
}

/* Fills a container that names a model package from the package, so that deleting the package later
 * breaks nothing. */
static gboolean
resolve_package (Request     *request,
                 JsonObject  *container,
                 GError     **error)
{
  const char *name = sage_json_string (container, "ModelPackageName", NULL);
  g_autofree char *missing = g_strdup_printf ("ModelPackage %s does not exist.", name);
  g_autoptr(EngReader) reader = eng_store_reader (request->call->engine->store, error);
  g_autoptr(EngResource) package = NULL;
  g_autoptr(JsonObject) doc = NULL;
  JsonObject *source;

  if (reader == NULL)
    return FALSE;
  package = eng_resource_require (reader, "model-package", name, SAGE_ERROR_INVALID, missing, error);
  if (package == NULL)
    return FALSE;
  if (package->label != NULL && strcmp (package->label, "Approved") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The model package %s cannot be deployed: its approval status is %s",
                       package->arn, package->label);

  doc = eng_resource_doc (package, error);
  if (doc == NULL)
    return FALSE;
  source = sage_json_array_object (sage_json_array (sage_json_object (doc,
                                                                      "InferenceSpecification"),
                                                    "Containers"), 0);
  if (source == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The model package %s has no InferenceSpecification to deploy", package->arn);

  copy_member (source, container, "Image");
  copy_member (source, container, "ModelDataUrl");
  copy_environment (source, container);

  return TRUE;
}

/* Pins the artifact: an endpoint refuses other bytes under the same name. */
static gboolean
pin_artifact (Request     *request,
              JsonObject  *container,
              GError     **error)
{
  const char *url = sage_json_string (container, "ModelDataUrl", NULL);
  g_auto(EngS3Uri) uri = { 0 };
  g_autoptr(EngObject) object = NULL;
  g_autoptr(GError) local_error = NULL;

  if (url == NULL)
    return TRUE;
  if (!eng_s3_uri_parse (url, &uri, error))
    {
      g_prefix_error (error, "ModelDataUrl: ");
      return FALSE;
    }

  object = eng_objects_stat (request->call->engine->objects, uri.bucket, uri.key, &local_error);
  if (object == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Could not find model data at %s.", url);
  json_object_set_string_member (request->digests, url, object->sha256);

  return TRUE;
}

/* What is not served is refused, never taken as if it were. */
static gboolean
check_form (JsonObject  *container,
            GError     **error)
{
  if (json_object_has_member (container, "ModelDataSource"))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "ModelDataSource is not supported; give the archive as ModelDataUrl");
  if (strcmp (sage_json_string (container, "Mode", "SingleModel"), "SingleModel") != 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Mode %s is not supported; a container serves a single model",
                       sage_json_string (container, "Mode", ""));

  return TRUE;
}

static gboolean
check_container (Request     *request,
                 JsonObject  *container,
                 GError     **error)
{
  const char *image;

  if (!check_form (container, error))
    return FALSE;
  if (sage_json_string (container, "ModelPackageName", NULL) != NULL &&
      !resolve_package (request, container, error))
    return FALSE;

  image = sage_json_string (container, "Image", NULL);
  if (image == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "A container needs an Image or a ModelPackageName");

  return eng_images_resolve (request->call->engine->images, image, error) != NULL &&
         pin_artifact (request, container, error);
}

static gboolean
check_containers (Request  *request,
                  GError  **error)
{
  JsonObject *primary = sage_json_object (request->doc, "PrimaryContainer");
  JsonArray *containers = sage_json_array (request->doc, "Containers");

  if ((primary != NULL) == (containers != NULL && json_array_get_length (containers) > 0))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "Exactly one of PrimaryContainer and Containers must be given");
  if (primary != NULL)
    return check_container (request, primary, error);

  for (guint i = 0; i < json_array_get_length (containers); i++)
    if (!check_container (request, sage_json_array_object (containers, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
create_model (EngCall  *call,
              GError  **error)
{
  g_auto(Request) request = {
    .call = call,
    .doc = sage_shape_project (sage_model_output ("sagemaker", "DescribeModel"), call->input),
    .digests = json_object_new (),
  };

  if (!check_containers (&request, error))
    return FALSE;

  if (!json_object_has_member (request.doc, "EnableNetworkIsolation"))
    json_object_set_boolean_member (request.doc, "EnableNetworkIsolation", FALSE);

  return eng_named_create (call, &eng_named_model, request.doc, request.digests, error);
}

static gboolean
describe_model (EngCall  *call,
                GError  **error)
{
  return eng_named_describe (call, &eng_named_model, error);
}

static gboolean
delete_model (EngCall  *call,
              GError  **error)
{
  return eng_named_delete (call, &eng_named_model, error);
}

static gboolean
list_models (EngCall  *call,
             GError  **error)
{
  return eng_list_run (call, &listing, error);
}

static const EngOperation operations[] = {
  { "sagemaker", "CreateModel", ENG_ACCESS_WRITE, create_model },
  { "sagemaker", "DescribeModel", ENG_ACCESS_READ, describe_model },
  { "sagemaker", "DeleteModel", ENG_ACCESS_WRITE, delete_model },
  { "sagemaker", "ListModels", ENG_ACCESS_READ, list_models },
};

/**
 * eng_models_register:
 * @engine: the engine
 *
 * Adds the model operations to the table.
 */
void
eng_models_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
