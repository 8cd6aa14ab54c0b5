/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-server-model"

#include "config.h"

#include "sage-error.h"
#include "sage-json.h"
#include "sage-server-model.h"
#include "sage-time.h"

/* More than this is no list that anyone looks at. */
#define MAX_ENTRIES 10000

void
sage_server_spec_free (SageServerSpec *spec)
{
  g_free (spec->name);
  g_free (spec->display_name);
  g_free (spec->language);
  g_free (spec);
}

void
sage_server_kernel_free (SageServerKernel *kernel)
{
  g_free (kernel->id);
  g_free (kernel->name);
  g_free (kernel->reason);
  g_free (kernel);
}

void
sage_server_session_free (SageServerSession *session)
{
  g_free (session->id);
  g_free (session->path);
  g_free (session->name);
  g_free (session->type);
  g_clear_pointer (&session->kernel, sage_server_kernel_free);
  g_free (session);
}

static JsonObject *
get_object (JsonNode    *node,
            const char  *what,
            GError     **error)
{
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);

  sage_throw (error, SAGE_ERROR_PROTOCOL, "The server's %s is no object", what);

  return NULL;
}

/* An id goes into paths and messages, so it is what servers make: letters, digits, hyphens. */
static const char *
get_id (JsonObject  *object,
        const char  *what,
        GError     **error)
{
  const char *id = sage_json_string (object, "id", "");
  gsize length = 0;

  while (g_ascii_isalnum (id[length]) || id[length] == '-' || id[length] == '_')
    length++;
  if (length > 0 && length <= 128 && id[length] == '\0')
    return id;

  sage_throw (error, SAGE_ERROR_PROTOCOL, "The server's %s has no usable \"id\"", what);

  return NULL;
}

/**
 * sage_server_kernel_read:
 * @node: (nullable): a kernel model
 * @error: return location
 *
 * Returns: (transfer full): the kernel, or %NULL with %SAGE_ERROR_PROTOCOL
 */
SageServerKernel *
sage_server_kernel_read (JsonNode  *node,
                         GError   **error)
{
  JsonObject *object = get_object (node, "kernel model", error);
  const char *id = object != NULL ? get_id (object, "kernel model", error) : NULL;
  SageServerKernel *kernel;

  if (id == NULL)
    return NULL;

  kernel = g_new0 (SageServerKernel, 1);
  kernel->id = g_strdup (id);
  kernel->name = g_strdup (sage_json_string (object, "name", ""));
  kernel->state = sage_kernel_state_parse (sage_json_string (object, "execution_state", NULL));
  sage_time_parse_iso8601 (sage_json_string (object, "last_activity", ""), &kernel->last_activity);
  kernel->connections = sage_json_int (object, "connections", 0);
  kernel->reason = g_strdup (sage_json_string (object, "reason", NULL));

  return kernel;
}

/**
 * sage_server_session_read:
 * @node: (nullable): a session model
 * @error: return location
 *
 * Returns: (transfer full): the session, or %NULL with %SAGE_ERROR_PROTOCOL
 */
SageServerSession *
sage_server_session_read (JsonNode  *node,
                          GError   **error)
{
  JsonObject *object = get_object (node, "session model", error);
  const char *id = object != NULL ? get_id (object, "session model", error) : NULL;
  g_autoptr(SageServerKernel) kernel = NULL;
  SageServerSession *session;
  JsonNode *member;

  if (id == NULL)
    return NULL;

  member = json_object_get_member (object, "kernel");
  if (member != NULL && !JSON_NODE_HOLDS_NULL (member)
      && (kernel = sage_server_kernel_read (member, error)) == NULL)
    return NULL;

  session = g_new0 (SageServerSession, 1);
  session->id = g_strdup (id);
  session->path = g_strdup (sage_json_string (object, "path", ""));
  session->name = g_strdup (sage_json_string (object, "name", ""));
  session->type = g_strdup (sage_json_string (object, "type", ""));
  session->kernel = g_steal_pointer (&kernel);

  return session;
}

typedef gpointer (*ReadFunc) (JsonNode  *node,
                              GError   **error);

static GPtrArray *
read_list (JsonNode        *node,
           ReadFunc         read,
           GDestroyNotify   free_func,
           const char      *what,
           GError         **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (free_func);
  JsonArray *array;
  guint n;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)
      || json_array_get_length (json_node_get_array (node)) > MAX_ENTRIES)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "The server's list of %s is none", what);
      return NULL;
    }

  array = json_node_get_array (node);
  n = json_array_get_length (array);
  for (guint i = 0; i < n; i++)
    {
      gpointer entry = read (json_array_get_element (array, i), error);

      if (entry == NULL)
        return NULL;
      g_ptr_array_add (list, entry);
    }

  return g_steal_pointer (&list);
}

/**
 * sage_server_kernels_read:
 *
 * Returns: (transfer full) (element-type SageServerKernel): the kernels, or %NULL with
 *   %SAGE_ERROR_PROTOCOL
 */
GPtrArray *
sage_server_kernels_read (JsonNode  *node,
                          GError   **error)
{
  return read_list (node, (ReadFunc) sage_server_kernel_read,
                    (GDestroyNotify) sage_server_kernel_free, "kernels", error);
}

/**
 * sage_server_sessions_read:
 *
 * Returns: (transfer full) (element-type SageServerSession): the sessions, or %NULL with
 *   %SAGE_ERROR_PROTOCOL
 */
GPtrArray *
sage_server_sessions_read (JsonNode  *node,
                           GError   **error)
{
  return read_list (node, (ReadFunc) sage_server_session_read,
                    (GDestroyNotify) sage_server_session_free, "sessions", error);
}

static SageServerSpec *
read_spec (const char *name,
           JsonNode   *node,
           const char *default_name)
{
  JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *spec = sage_json_object (entry, "spec");
  SageServerSpec *self;

  if (spec == NULL || name[0] == '\0')
    return NULL;

  self = g_new0 (SageServerSpec, 1);
  self->name = g_strdup (name);
  self->display_name = g_strdup (sage_json_string (spec, "display_name", name));
  self->language = g_strdup (sage_json_string (spec, "language", ""));
  self->is_default = g_strcmp0 (name, default_name) == 0;

  return self;
}

static int
compare_specs (gconstpointer a,
               gconstpointer b)
{
  const SageServerSpec *first = *(SageServerSpec *const *) a;
  const SageServerSpec *second = *(SageServerSpec *const *) b;

  if (first->is_default != second->is_default)
    return first->is_default ? -1 : 1;

  return g_utf8_collate (first->display_name, second->display_name);
}

/**
 * sage_server_specs_read:
 * @node: (nullable): the answer of `/api/kernelspecs`
 * @error: return location
 *
 * Returns: (transfer full) (element-type SageServerSpec): the kernels there are, the default first
 *   and the others by what they are called; one whose spec is broken is left out. %NULL with
 *   %SAGE_ERROR_PROTOCOL
 */
GPtrArray *
sage_server_specs_read (JsonNode  *node,
                        GError   **error)
{
  JsonObject *object = get_object (node, "list of kernel specs", error);
  JsonObject *specs = sage_json_object (object, "kernelspecs");
  const char *default_name = sage_json_string (object, "default", NULL);
  GPtrArray *list;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (object == NULL)
    return NULL;
  if (specs == NULL || json_object_get_size (specs) > MAX_ENTRIES)
    {
      sage_throw (error, SAGE_ERROR_PROTOCOL, "The server's list of kernel specs has no \"kernelspecs\"");
      return NULL;
    }

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_server_spec_free);
  json_object_iter_init (&iter, specs);
  while (json_object_iter_next (&iter, &name, &member))
    {
      SageServerSpec *spec = read_spec (name, member, default_name);

      if (spec != NULL)
        g_ptr_array_add (list, spec);
      else
        g_debug ("The kernel spec '%s' is broken", name);
    }
  g_ptr_array_sort (list, compare_specs);

  return list;
}
