/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-named"

#include "config.h"

#include "eng-named.h"
#include "eng-tags.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-json.h"

const EngNamed eng_named_model = {
  .kind = "model",
  .name_member = "ModelName",
  .arn_member = "ModelArn",
  .noun = "model",
};

const EngNamed eng_named_endpoint_config = {
  .kind = "endpoint-config",
  .name_member = "EndpointConfigName",
  .arn_member = "EndpointConfigArn",
  .noun = "endpoint configuration",
};

const EngNamed eng_named_endpoint = {
  .kind = "endpoint",
  .name_member = "EndpointName",
  .arn_member = "EndpointArn",
  .noun = "endpoint",
};

/* One call's write. */
typedef struct
{
  EngCall        *call;
  const EngNamed *named;
  const char     *name;
  char           *arn;   /* (owned) */
  JsonObject     *doc;   /* (nullable) */
  JsonObject     *state; /* (nullable) */
} Request;

static void
request_init (Request        *request,
              EngCall        *call,
              const EngNamed *named)
{
  request->call = call;
  request->named = named;
  request->name = sage_json_string (call->input, named->name_member, "");
  request->arn = eng_named_arn (call->engine, named, request->name);
}

static void
request_clear (Request *request)
{
  g_free (request->arn);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/**
 * eng_named_arn:
 * @engine: the engine
 * @named: the family
 * @name: a name
 *
 * Returns: (transfer full): the ARN that a row of this name has
 */
char *
eng_named_arn (EngEngine      *engine,
               const EngNamed *named,
               const char     *name)
{
  return sage_arn_build (engine->region, engine->account, named->kind, name);
}

static char *
say_missing (EngEngine      *engine,
             const EngNamed *named,
             const char     *name)
{
  g_autofree char *arn = eng_named_arn (engine, named, name);

  return g_strdup_printf ("Could not find %s \"%s\".", named->noun, arn);
}

/**
 * eng_named_require:
 * @connection: a reader, or a transaction's connection
 * @engine: the engine
 * @named: the family
 * @name: a name
 *
 * Returns: (transfer full): the row; %NULL with AWS's "Could not find"
 */
EngResource *
eng_named_require (EngConnection   *connection,
                   EngEngine       *engine,
                   const EngNamed  *named,
                   const char      *name,
                   GError         **error)
{
  g_autofree char *missing = say_missing (engine, named, name);

  return eng_resource_require (connection, named->kind, name, SAGE_ERROR_INVALID, missing, error);
}

/**
 * eng_named_insert:
 * @tx: the transaction
 * @call: a Create call, whose Tags the row gets
 * @named: the family
 * @resource: the new row
 *
 * Inserts a row; a taken name is AWS's "Cannot create already existing".
 */
gboolean
eng_named_insert (EngTx           *tx,
                  EngCall         *call,
                  const EngNamed  *named,
                  EngResource     *resource,
                  GError         **error)
{
  g_autoptr(GError) local_error = NULL;

  if (eng_resource_insert (tx, resource, &local_error))
    return eng_tags_insert (tx, resource->arn, sage_json_array (call->input, "Tags"), error);

  if (g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_EXISTS))
    return sage_throw (error, SAGE_ERROR_INVALID, "Cannot create already existing %s \"%s\".",
                       named->noun, resource->arn);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
write_create (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = eng_resource_new (request->named->kind, request->name,
                                                      request->arn);

  json_object_set_double_member (request->doc, "CreationTime", tx->now);
  eng_resource_set_doc (resource, request->doc);
  eng_resource_set_state (resource, request->state);

  return eng_named_insert (tx, request->call, request->named, resource, error);
}

/**
 * eng_named_create:
 * @call: a Create call
 * @named: the family
 * @doc: (transfer none): what Describe will answer; ARN and creation time are added
 * @state: (transfer none) (nullable): the row's private state
 *
 * Makes a row that has no status, and answers its ARN.
 */
gboolean
eng_named_create (EngCall         *call,
                  const EngNamed  *named,
                  JsonObject      *doc,
                  JsonObject      *state,
                  GError         **error)
{
  g_auto(Request) request = { 0 };

  request_init (&request, call, named);
  request.doc = doc;
  request.state = state;
  json_object_set_string_member (doc, named->arn_member, request.arn);

  if (!eng_call_write (call, request.arn, write_create, &request, error))
    return FALSE;
  eng_call_reply_arn (call, named->arn_member, request.arn);

  return TRUE;
}

/**
 * eng_named_describe:
 * @call: a Describe call
 * @named: the family
 *
 * Answers the stored document as it is.
 */
gboolean
eng_named_describe (EngCall         *call,
                    const EngNamed  *named,
                    GError         **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (call->engine->store, error);
  const char *name = sage_json_string (call->input, named->name_member, "");
  g_autofree char *message = say_missing (call->engine, named, name);

  return reader != NULL && eng_resource_describe (reader, named->kind, name, SAGE_ERROR_INVALID,
                                                  message, call->output, error);
}

static gboolean
write_delete (EngTx     *tx,
              gpointer   user_data,
              GError   **error)
{
  Request *request = user_data;
  g_autoptr(EngResource) resource = eng_named_require (tx->connection, request->call->engine,
                                                       request->named, request->name, error);

  return resource != NULL && eng_resource_delete (tx, resource, error);
}

/**
 * eng_named_delete:
 * @call: a Delete call
 * @named: the family
 *
 * Deletes a row, whether or not anything refers to it, as AWS does.
 */
gboolean
eng_named_delete (EngCall         *call,
                  const EngNamed  *named,
                  GError         **error)
{
  g_auto(Request) request = { 0 };

  request_init (&request, call, named);

  return eng_call_write (call, request.arn, write_delete, &request, error);
}
