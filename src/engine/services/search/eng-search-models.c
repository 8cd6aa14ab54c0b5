/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-search"

#include "config.h"

#include "eng-resource.h"
#include "eng-search.h"
#include "sage-json.h"
#include "sage-shape.h"

/*
 * Which endpoints host a model. By what everyone can see: an endpoint names its configuration, the
 * configuration names models.
 */

/* Parses the documents of a kind, by name in lower case. One that is damaged is left out. */
static GHashTable *
load_docs (EngConnection  *reader,
           const char     *kind,
           GError        **error)
{
  g_autoptr(GPtrArray) resources = eng_resource_load_kind (reader, kind, error);
  g_autoptr(GHashTable) docs = NULL;

  if (resources == NULL)
    return NULL;

  docs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) json_object_unref);
  for (guint i = 0; i < resources->len; i++)
    {
      EngResource *resource = g_ptr_array_index (resources, i);
      JsonObject *doc = eng_resource_doc (resource, NULL);

      if (doc != NULL)
        g_hash_table_insert (docs, g_ascii_strdown (resource->name, -1), doc);
    }

  return g_steal_pointer (&docs);
}

/* Adds @summary to the models of @config, once to each. */
static void
add_to_models (GHashTable *models,
               JsonObject *config,
               JsonObject *summary)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *variants = sage_json_array (config, "ProductionVariants");

  for (guint i = 0; variants != NULL && i < json_array_get_length (variants); i++)
    {
      JsonObject *variant = sage_json_array_object (variants, i);
      const char *name = sage_json_string (variant, "ModelName", NULL);
      g_autofree char *key = name != NULL ? g_ascii_strdown (name, -1) : NULL;
      JsonArray *list;

      if (key == NULL || !g_hash_table_add (seen, g_strdup (key)))
        continue;
      list = g_hash_table_lookup (models, key);
      if (list == NULL)
        {
          list = json_array_new ();
          g_hash_table_insert (models, g_steal_pointer (&key), list);
        }
      json_array_add_object_element (list, json_object_ref (summary));
    }
}

/**
 * eng_search_model_endpoints:
 * @reader: a reader
 *
 * Returns: (transfer full): a JsonArray of ModelDashboardEndpoint by the name, in lower case, of
 *   each model that an endpoint hosts
 */
GHashTable *
eng_search_model_endpoints (EngConnection  *reader,
                            GError        **error)
{
  const SageShape *shape = sage_model_shape ("sagemaker", "ModelDashboardEndpoint");
  g_autoptr(GPtrArray) endpoints = eng_resource_load_kind (reader, "endpoint", error);
  g_autoptr(GHashTable) configs = NULL;
  g_autoptr(GHashTable) models = NULL;

  if (endpoints == NULL || (configs = load_docs (reader, "endpoint-config", error)) == NULL)
    return NULL;

  models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                  (GDestroyNotify) json_array_unref);
  for (guint i = 0; i < endpoints->len; i++)
    {
      g_autoptr(JsonObject) doc = eng_resource_doc (g_ptr_array_index (endpoints, i), NULL);
      g_autofree char *config =
        g_ascii_strdown (sage_json_string (doc, "EndpointConfigName", ""), -1);
      JsonObject *config_doc = g_hash_table_lookup (configs, config);
      g_autoptr(JsonObject) summary = NULL;

      if (doc == NULL || config_doc == NULL)
        continue;
      summary = sage_shape_project (shape, doc);
      add_to_models (models, config_doc, summary);
    }

  return g_steal_pointer (&models);
}
