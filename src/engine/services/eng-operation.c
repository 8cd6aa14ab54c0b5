/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-operation"

#include "config.h"

#include <string.h>

#include "eng-audit.h"
#include "eng-operation.h"
#include "eng-pass-role.h"
#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"
#include "sage-uuid.h"

#define MAX_ECHO 64 /* characters of an ARN in a message */

struct _EngOperations
{
  GHashTable *rows; /* (owned): "service.Name" → EngOperation */
};

/**
 * eng_operations_new:
 *
 * Returns: (transfer full): an empty operation table
 */
EngOperations *
eng_operations_new (void)
{
  EngOperations *self = g_new0 (EngOperations, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

/**
 * eng_operations_free:
 * @operations: (nullable): the table
 */
void
eng_operations_free (EngOperations *operations)
{
  if (operations == NULL)
    return;

  g_hash_table_unref (operations->rows);
  g_free (operations);
}

/**
 * eng_operations_add:
 * @operations: the table
 * @rows: (array length=n_rows): operations, in static storage
 * @n_rows: how many
 *
 * Adds a service's operations; done before the first request is served.
 */
void
eng_operations_add (EngOperations       *operations,
                    const EngOperation  *rows,
                    gsize                n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      char *key = g_strconcat (rows[i].service, ".", rows[i].name, NULL);

      g_assert (!g_hash_table_contains (operations->rows, key));
      /* What is not in the model would be taken unchecked. */
      g_assert (strcmp (rows[i].service, ENG_OWN_SERVICE) == 0 ||
                strcmp (rows[i].service, ENG_MLFLOW_SERVICE) == 0 ||
                sage_model_input (rows[i].service, rows[i].name) != NULL);
      g_hash_table_insert (operations->rows, key, (gpointer) &rows[i]);
    }
}

/**
 * eng_operations_find:
 * @operations: the table
 * @service: "sagemaker", "logs"
 * @name: the operation's exact name
 *
 * Returns: (transfer none) (nullable): the operation
 */
const EngOperation *
eng_operations_find (EngOperations *operations,
                     const char    *service,
                     const char    *name)
{
  g_autofree char *key = g_strconcat (service, ".", name, NULL);

  return g_hash_table_lookup (operations->rows, key);
}

/**
 * eng_operations_foreach:
 * @operations: the table
 * @func: (scope call): called with each `const EngOperation *`, in no order
 * @user_data: for @func
 */
void
eng_operations_foreach (EngOperations *operations,
                        GFunc          func,
                        gpointer       user_data)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, operations->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    func (row, user_data);
}

/* What goes into the audit log beside a call's own write. */
typedef struct
{
  EngCall      *call;
  const char   *target;
  const char   *outcome;
  EngWriteFunc  func;      /* (nullable) */
  gpointer      user_data;
} AuditedWrite;

static gboolean
audited_write (EngTx     *tx,
               gpointer   user_data,
               GError   **error)
{
  AuditedWrite *write = user_data;
  EngCall *call = write->call;

  if (write->func != NULL && !write->func (tx, write->user_data, error))
    return FALSE;

  return eng_tx_audit (tx, call->caller->principal, call->source, call->operation->name, write->target,
                       call->request_id, write->outcome, error);
}

/**
 * eng_call_init:
 * @call: (out): the call; without input and output
 * @engine: the engine
 * @operation: what is called; may be no row of the table
 * @caller: who calls; must outlive the call
 * @source: the caller's user agent; must outlive the call
 * @request_id: (nullable): the request's id; %NULL for one of the engine's own calls, which gets a new one
 */
void
eng_call_init (EngCall            *call,
               EngEngine          *engine,
               const EngOperation *operation,
               const EngCaller    *caller,
               const char         *source,
               const char         *request_id)
{
  *call = (EngCall) {
    .engine = engine,
    .operation = operation,
    .caller = caller,
    .source = source,
  };

  if (request_id != NULL)
    g_strlcpy (call->request_id, request_id, sizeof call->request_id);
  else
    sage_uuid_write (call->request_id);
}

/**
 * eng_call_write:
 * @call: the call
 * @target: ARN or `s3://` URI of what is changed, for the audit log
 * @func: what to write
 * @user_data: for @func
 *
 * Runs @func and the call's audit record in one durable transaction.
 */
gboolean
eng_call_write (EngCall       *call,
                const char    *target,
                EngWriteFunc   func,
                gpointer       user_data,
                GError       **error)
{
  AuditedWrite write = { call, target, "ok", func, user_data };

  return eng_store_write (call->engine->store, audited_write, &write, error);
}

/**
 * eng_call_audit_refusal:
 * @call: a call that ends in an error; its input may be %NULL
 * @why: the error
 *
 * A refused change leaves a trace too; the refusal stands whether or not the trace can be kept.
 * Does nothing for calls that change nothing.
 */
void
eng_call_audit_refusal (EngCall      *call,
                        const GError *why)
{
  AuditedWrite write = { call, "", sage_aws_error_code (why), NULL, NULL };
  g_autoptr(GError) error = NULL;

  if (call->operation->access == ENG_ACCESS_READ)
    return;

  if (!eng_store_write (call->engine->store, audited_write, &write, &error))
    g_warning ("Cannot audit the refusal of %s: %s", call->operation->name, error->message);
}

/* Whether something of that name exists elsewhere nobody here knows, and the answer must not depend on
 * whether it exists here. */
static gboolean
refuse_foreign (EngCall          *call,
                const SageShape  *shape,
                JsonNode         *input,
                GError          **error)
{
  const EngEngine *engine = call->engine;
  const char *arn = sage_shape_find_foreign (shape, input, engine->region, engine->account);
  g_autofree char *shown = arn != NULL ? sage_aws_sanitise (arn, -1, MAX_ECHO) : NULL;
  g_autofree char *user = NULL;

  if (arn == NULL)
    return TRUE;

  user = eng_caller_arn (engine, call->caller);

  return sage_throw (error, SAGE_ERROR_DENIED,
                     "User: %s is not authorized to perform: %s:%s on resource: %s because it is of "
                     "another account, region or partition; those of this engine begin with "
                     "arn:aws:sagemaker:%s:%s:", user, call->operation->service,
                     call->operation->name, shown, engine->region, engine->account);
}

static gboolean
check_input (EngCall     *call,
             JsonNode    *input,
             GError     **error)
{
  const EngOperation *operation = call->operation;
  const SageShape *shape = sage_model_input (operation->service, operation->name);

  if (shape == NULL)
    return TRUE;

  return sage_shape_validate (shape, input, error) && refuse_foreign (call, shape, input, error) &&
         eng_pass_roles (call->engine, call->caller, shape, input, error);
}

/**
 * eng_operation_run:
 * @engine: the engine
 * @operation: a row of the table
 * @caller: who calls
 * @source: the caller's user agent
 * @request_id: (nullable): the request's id; %NULL for one of the engine's own calls
 * @input: the request document
 * @output: where the reply's JSON text goes
 *
 * Refuses who may not, validates @input against AWS's model, refuses the names of what is not ours
 * and roles that are not the caller's to pass on, and runs the operation. Blocks.
 */
gboolean
eng_operation_run (EngEngine           *engine,
                   const EngOperation  *operation,
                   const EngCaller     *caller,
                   const char          *source,
                   const char          *request_id,
                   JsonObject          *input,
                   GString             *output,
                   GError             **error)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(GError) local_error = NULL;
  EngCall call;

  eng_call_init (&call, engine, operation, caller, source, request_id);
  call.input = input;
  call.output = output;

  json_node_set_object (node, input);
  if (eng_caller_check (engine, caller, operation->service, operation->name, operation->access,
                        &local_error) &&
      check_input (&call, node, &local_error) && operation->func (&call, &local_error))
    return TRUE;

  if (request_id != NULL)
    eng_call_audit_refusal (&call, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * eng_operation_invoke:
 * @engine: the engine
 * @caller: on whose behalf
 * @name: a SageMaker operation's name
 * @input: the request document
 *
 * How one service uses another: the same call, through the same table and checks, as a client's.
 *
 * Returns: (transfer full): the reply, an empty object where there is none; %NULL with @error
 */
JsonObject *
eng_operation_invoke (EngEngine        *engine,
                      const EngCaller  *caller,
                      const char       *name,
                      JsonObject       *input,
                      GError          **error)
{
  const EngOperation *operation = eng_operations_find (engine->operations, "sagemaker", name);
  g_autoptr(GString) output = g_string_new (NULL);
  g_autoptr(JsonNode) node = NULL;

  if (operation == NULL)
    {
      sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The operation %s is not supported", name);
      return NULL;
    }

  if (!eng_operation_run (engine, operation, caller, "engine", NULL, input, output, error))
    return NULL;

  if (output->len == 0)
    return json_object_new ();

  node = sage_json_parse_object (output->str, (gssize) output->len,
                                 &(SageJsonLimits) { .max_bytes = 64 * 1024 * 1024,
                                                     .max_keys = 1000000 }, error);

  return node != NULL ? json_node_dup_object (node) : NULL;
}

/**
 * eng_call_reply:
 * @call: the call
 * @reply: (transfer none): the reply document
 */
void
eng_call_reply (EngCall    *call,
                JsonObject *reply)
{
  g_autofree char *text = sage_json_object_to_string (reply);

  g_string_append (call->output, text);
}

/**
 * eng_call_reply_arn:
 * @call: the call
 * @member: the reply's only member, e.g. "TrainingJobArn"
 * @arn: its value
 */
void
eng_call_reply_arn (EngCall    *call,
                    const char *member,
                    const char *arn)
{
  g_string_append_printf (call->output, "{\"%s\":", member);
  sage_json_append_string (call->output, arn);
  g_string_append_c (call->output, '}');
}
