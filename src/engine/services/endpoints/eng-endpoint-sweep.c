/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-endpoint-sweep"

#include "config.h"

#include "eng-endpoint-run.h"
#include "sage-json.h"

static char *
leaf_of (gint64 id,
         gint64 generation)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, id, generation);
}

/* Adds the deployments that the row speaks of. Returns FALSE if the row cannot be read. */
static gboolean
add_wanted (GHashTable  *wanted,
            EngResource *resource)
{
  g_autoptr(JsonObject) state = eng_resource_state (resource, NULL);

  if (state == NULL)
    return FALSE;

  if (sage_json_object (state, "pending") != NULL)
    g_hash_table_add (wanted, leaf_of (resource->id, sage_json_int (state, "generation", 1)));
  if (sage_json_object (state, "deployed") != NULL)
    g_hash_table_add (wanted, leaf_of (resource->id,
                                       sage_json_int (state, "deployed_generation", 1)));

  return TRUE;
}

/* The directories that rows speak of; NULL if that cannot be told of every row. */
static GHashTable *
list_wanted (EngEngine  *engine,
             GError    **error)
{
  g_autoptr(GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(EngReader) reader = eng_store_reader (engine->store, error);
  g_autoptr(GPtrArray) rows = NULL;

  if (reader != NULL)
    rows = eng_resource_load_kind (reader, ENG_ENDPOINT_KIND, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (!add_wanted (wanted, g_ptr_array_index (rows, i)))
      return NULL;

  return rows != NULL ? g_steal_pointer (&wanted) : NULL;
}

/**
 * eng_endpoint_sweep:
 * @engine: the engine, before any endpoint is attended to
 * @quit: (atomic): set when the engine stops
 *
 * Ends and removes deployments that no row speaks of any more: an engine killed between the commit
 * of an update and the removal of what it replaced leaves one behind, model server included.
 */
void
eng_endpoint_sweep (EngEngine *engine,
                    int       *quit)
{
  g_autofree char *root = g_build_filename (engine->data_dir, "endpoints", NULL);
  g_autoptr(GDir) dir = g_dir_open (root, 0, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) wanted = dir != NULL ? list_wanted (engine, &error) : NULL;
  const char *name;

  if (error != NULL)
    g_warning ("Cannot tell which deployments are left over: %s", error->message);

  while (wanted != NULL && !g_atomic_int_get (quit) && (name = g_dir_read_name (dir)) != NULL)
    {
      g_auto(EngDeployment) left_over = { .directory = g_build_filename (root, name, NULL) };

      if (!g_hash_table_contains (wanted, name))
        eng_deployment_remove (&left_over, 0, quit);
    }
}
