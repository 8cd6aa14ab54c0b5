/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-pipeline-request"

#include "config.h"

#include <string.h>

#include "eng-pipeline-definition.h"
#include "eng-pipeline-request.h"
#include "eng-resource.h"
#include "eng-token.h"
#include "sage-arn.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"

/**
 * eng_pipeline_name_of:
 * @name_or_arn: what a request names a pipeline by
 *
 * Returns: (transfer full): the name
 */
char *
eng_pipeline_name_of (const char *name_or_arn)
{
  g_auto(SageArn) arn = { 0 };

  return sage_arn_parse (name_or_arn, &arn) ? g_strdup (arn.name) : g_strdup (name_or_arn);
}

/**
 * eng_pipeline_arn_of:
 * @engine: the engine
 * @name_or_arn: what a request names a pipeline by
 *
 * Returns: (transfer full): the ARN, whose name is in lower case as AWS writes it
 */
char *
eng_pipeline_arn_of (EngEngine  *engine,
                     const char *name_or_arn)
{
  g_autofree char *name = eng_pipeline_name_of (name_or_arn);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return sage_arn_build (engine->region, engine->account, ENG_PIPELINE_KIND, lower);
}

/**
 * eng_pipeline_load:
 * @engine: the engine
 * @connection: a reader, or a transaction's connection
 * @name_or_arn: what a request names the pipeline by
 *
 * Returns: (transfer full): the pipeline, or %NULL with %SAGE_ERROR_NOT_FOUND
 */
EngResource *
eng_pipeline_load (EngEngine      *engine,
                   EngConnection  *connection,
                   const char     *name_or_arn,
                   GError        **error)
{
  g_autofree char *name = eng_pipeline_name_of (name_or_arn);
  g_autofree char *arn = eng_pipeline_arn_of (engine, name_or_arn);
  g_autoptr(GError) local_error = NULL;
  EngResource *found = eng_resource_load (connection, ENG_PIPELINE_KIND, name, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (found == NULL)
    sage_throw (error, SAGE_ERROR_NOT_FOUND, "Pipeline '%s' does not exist.", arn);

  return found;
}

/**
 * eng_pipeline_execution_load:
 * @connection: a reader, or a transaction's connection
 * @arn: the ARN of an execution
 *
 * Returns: (transfer full): the execution, or %NULL with %SAGE_ERROR_NOT_FOUND
 */
EngResource *
eng_pipeline_execution_load (EngConnection  *connection,
                             const char     *arn,
                             GError        **error)
{
  g_autofree char *lower = g_ascii_strdown (arn, -1);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(EngResource) found = eng_resource_load_by_arn (connection, lower, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (found == NULL || strcmp (found->kind, ENG_EXECUTION_KIND) != 0)
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "Pipeline execution '%s' does not exist.", arn);
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * eng_pipeline_role:
 * @engine: the engine
 * @doc: a pipeline's document, or an execution's state
 *
 * Returns: which of our roles its `RoleArn` is; %ENG_ROLE_NONE if none, which is whoever's starts it
 */
EngRole
eng_pipeline_role (const EngEngine *engine,
                   JsonObject      *doc)
{
  return eng_role_of_arn (engine, sage_json_string (doc, "RoleArn", NULL), ENG_ROLE_NONE);
}

/**
 * eng_pipeline_authority:
 * @state: an execution's
 *
 * Whoever starts an execution lends it a role for as long as it runs. Those of before there were users
 * were the owner's.
 *
 * Returns: what the execution may do
 */
EngRole
eng_pipeline_authority (JsonObject *state)
{
  const char *role = sage_json_string (state, "Role", NULL);

  return role != NULL ? eng_role_parse (role) : ENG_ROLE_ADMIN;
}

static char *
request_hash (JsonObject *input)
{
  g_autofree char *text = sage_json_object_to_string (input);
  guint8 digest[SAGE_SHA256_SIZE];

  sage_sha256 (text, strlen (text), digest);
  return sage_hex (digest, sizeof digest);
}

/* Looking the token up in the transaction itself makes a hundred calls at once one call. */
static gboolean
write_once (EngTx     *tx,
            gpointer   user_data,
            GError   **error)
{
  EngPipelineWrite *write = user_data;
  const char *operation = write->call->operation->name;
  const char *token = sage_json_string (write->call->input, "ClientRequestToken", NULL);

  if (token != NULL &&
      !eng_token_find (tx->connection, operation, token, write->request, &write->arn, error))
    return FALSE;
  if (write->arn != NULL)
    return TRUE;

  return write->func (tx, write, error) &&
         (token == NULL ||
          eng_token_insert (tx, operation, token, write->request, write->arn, error));
}

/**
 * eng_pipeline_write:
 * @call: the call
 * @target: what is changed, for the audit log
 * @reply_member: the answer's only member
 * @func: does the change
 * @user_data: for @func
 *
 * Makes a change once: the same call with the same ClientRequestToken gets the first answer again,
 * a different one with that token is %SAGE_ERROR_CONFLICT.
 */
gboolean
eng_pipeline_write (EngCall               *call,
                    const char            *target,
                    const char            *reply_member,
                    EngPipelineWriteFunc   func,
                    gpointer               user_data,
                    GError               **error)
{
  g_autofree char *request = request_hash (call->input);
  EngPipelineWrite write = { call, func, user_data, request, NULL };
  gboolean ok = eng_call_write (call, target, write_once, &write, error);

  if (ok)
    eng_call_reply_arn (call, reply_member, write.arn);
  g_free (write.arn);

  return ok;
}

/**
 * eng_pipeline_copy_member:
 * @from: an object
 * @to: another one
 * @member: a member that @from may have
 *
 * Copies a member, if it is there.
 */
void
eng_pipeline_copy_member (JsonObject *from,
                          JsonObject *to,
                          const char *member)
{
  JsonNode *value = json_object_get_member (from, member);

  if (value != NULL && !json_node_is_null (value))
    json_object_set_member (to, member, json_node_copy (value));
}

static char *
definition_from_s3 (EngCall     *call,
                    JsonObject  *location,
                    GError     **error)
{
  g_autofree char *uri = g_strdup_printf ("s3://%s/%s", sage_json_string (location, "Bucket", ""),
                                          sage_json_string (location, "ObjectKey", ""));
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  gconstpointer data;
  gsize size;

  if (json_object_has_member (location, "VersionId"))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Versions of S3 objects are not kept; leave out "
                  "PipelineDefinitionS3Location.VersionId");
      return NULL;
    }

  bytes = eng_objects_read (call->engine->objects, uri, ENG_PIPELINE_MAX_BYTES, &local_error);
  if (bytes == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Cannot read the pipeline definition at '%s': %s", uri,
                  local_error->message);
      return NULL;
    }

  data = g_bytes_get_data (bytes, &size);
  if (data == NULL || memchr (data, '\0', size) != NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Unable to parse pipeline definition. '%s' is not JSON",
                  uri);
      return NULL;
    }

  return g_strndup (data, size);
}

/**
 * eng_pipeline_definition_text:
 * @call: CreatePipeline or UpdatePipeline
 *
 * Returns: (transfer full) (nullable): the definition that the request gives or points to; %NULL
 *   without @error when it has none
 */
char *
eng_pipeline_definition_text (EngCall  *call,
                              GError  **error)
{
  const char *text = sage_json_string (call->input, "PipelineDefinition", NULL);
  JsonObject *location = sage_json_object (call->input, "PipelineDefinitionS3Location");

  if (text != NULL && location != NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Only one of PipelineDefinition and "
                  "PipelineDefinitionS3Location can be given");
      return NULL;
    }
  if (location != NULL)
    return definition_from_s3 (call, location, error);

  return g_strdup (text);
}
