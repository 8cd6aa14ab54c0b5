/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-find-arn"

#include "config.h"

#include <string.h>

#include "sage-connection-private.h"
#include "sage-error.h"
#include "sage-json.h"

/* An execution's ARN is its pipeline's with more behind it; a version's is its group's under another
 * type. Returns: (transfer full) (nullable): the ARN */
static char *
make_arn (SageKind    kind,
          const char *name,
          const char *parent_arn)
{
  g_auto(GStrv) parts = NULL;
  const char *id = strrchr (name, '/');

  if (parent_arn == NULL || id == NULL)
    return NULL;
  if (kind == SAGE_KIND_EXECUTION)
    return g_strconcat (parent_arn, "/execution", id, NULL);

  parts = g_strsplit (parent_arn, ":model-package-group/", 2);

  return parts[1] != NULL ? g_strconcat (parts[0], ":model-package/", parts[1], id, NULL) : NULL;
}

static void
described_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  const SageResourceKey *key = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(JsonObject) description = sage_client_call_finish (SAGE_CLIENT (object), result, &error);
  SageKind parent = key->kind == SAGE_KIND_EXECUTION ? SAGE_KIND_PIPELINE : SAGE_KIND_PACKAGE_GROUP;
  char *arn = NULL;

  if (description != NULL)
    arn = make_arn (key->kind, key->name,
                    sage_json_string (description, sage_kind_info (parent)->arn, NULL));
  if (description != NULL && arn == NULL)
    sage_throw (&error, SAGE_ERROR_NOT_FOUND, "'%s' is not known", key->name);

  if (arn != NULL)
    g_task_return_pointer (task, arn, g_free);
  else
    g_task_return_error (task, error);
}

static void
key_free (gpointer data)
{
  SageResourceKey *key = data;

  g_free ((char *) key->name);
  g_free (key);
}

/**
 * sage_connection_find_arn_async:
 * @self: a connection
 * @kind: a kind whose operations take ARNs
 * @name: the name of a resource
 * @cancellable: (nullable): gives it up
 * @callback: called with the ARN
 * @user_data: for @callback
 *
 * Finds the ARN of a resource: what is known of it, or what the resource that it belongs to says.
 */
void
sage_connection_find_arn_async (SageConnection      *self,
                                SageKind             kind,
                                const char          *name,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  SageResource *known = sage_registry_find (sage_connection_get_registry (self), kind, name);
  SageClient *client = sage_connection_get_client (self);
  SageKind parent_kind = kind == SAGE_KIND_EXECUTION ? SAGE_KIND_PIPELINE : SAGE_KIND_PACKAGE_GROUP;
  g_autofree char *parent = sage_name_dup_parent (kind, name);
  g_autofree char *target = NULL;
  g_autoptr(JsonObject) input = json_object_new ();
  SageResourceKey *key;

  g_task_set_source_tag (task, sage_connection_find_arn_async);
  if (known != NULL && sage_resource_get_arn (known) != NULL)
    {
      g_task_return_pointer (task, g_strdup (sage_resource_get_arn (known)), g_free);
      return;
    }
  if (client == NULL || parent == NULL)
    {
      g_task_return_new_error (task, SAGE_ERROR,
                               client == NULL ? SAGE_ERROR_UNREACHABLE : SAGE_ERROR_NOT_FOUND,
                               "'%s' is not known", name);
      return;
    }

  key = g_new0 (SageResourceKey, 1);
  *key = (SageResourceKey) { kind, g_strdup (name) };
  g_task_set_task_data (task, key, key_free);
  json_object_set_string_member (input, sage_kind_info (parent_kind)->describe_key, parent);
  target = g_strconcat ("SageMaker.", sage_kind_info (parent_kind)->describe, NULL);
  sage_client_call_async (client, target, input, cancellable, described_cb,
                          g_steal_pointer (&task));
}

/**
 * sage_connection_find_arn_finish:
 *
 * Returns: (transfer full): the ARN; the thing itself may not be there
 */
char *
sage_connection_find_arn_finish (SageConnection  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
