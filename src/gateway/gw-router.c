/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-router"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#include "gw-router.h"

#define MAX_FILE (16 * 1024 * 1024)

struct _GwRouter
{
  char          *routes_path;      /* (owned) */
  char          *credentials_path; /* (owned) (nullable) */
  GwChangedFunc  changed;
  gpointer       user_data;
  GThreadPool   *loader;           /* (owned): one thread */

  /* main thread only */
  GHashTable    *keys;             /* (owned): access key → secret */
  GHashTable    *stats;            /* (owned): "endpoint/variant" → GwStats */

  GMutex         lock;             /* guards the rest; the hot path takes it once a generation */
  GwTable       *wanted;           /* (owned): what the file says */
  GwTable       *serving;          /* (owned): what answers: as wanted, but for what is not ready */
  char          *error;            /* (owned) (nullable): why the file was not taken */
  int            generation;       /* atomic: changes with serving */
};

/* What a thread holds of the table between requests. */
typedef struct
{
  GwRouter *router; /* never followed: tells two routers apart in a test */
  int       generation;
  GwTable  *table;  /* (owned) */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_clear_pointer (&held->table, gw_table_unref);
  g_free (held);
}

static GPrivate held_key = G_PRIVATE_INIT (held_free);

static int next_generation;

/**
 * gw_router_table:
 * @router: the router
 *
 * Gives the routes to a thread that serves. The table is kept for the thread and looked at anew
 * only when it was swapped, so that serving takes no lock and touches no shared count.
 *
 * Returns: (transfer none): the routes, valid until this thread calls again
 */
GwTable *
gw_router_table (GwRouter *router)
{
  Held *held = g_private_get (&held_key);

  if (G_LIKELY (held != NULL && held->router == router &&
                held->generation == g_atomic_int_get (&router->generation)))
    return held->table;

  if (held == NULL)
    {
      held = g_new0 (Held, 1);
      g_private_set (&held_key, held);
    }
  g_clear_pointer (&held->table, gw_table_unref);

  g_mutex_lock (&router->lock);
  held->router = router;
  held->generation = router->generation;
  held->table = gw_table_ref (router->serving);
  g_mutex_unlock (&router->lock);

  return held->table;
}

/* Finds what answers now: each endpoint as wanted once all its variants are ready; until then as
 * before, if there was a before. */
static GwTable *
build_serving (GwRouter *router)
{
  GwTable *table = gw_table_new (router->wanted->version, router->keys);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, router->wanted->endpoints);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      GwEndpoint *wanted = value;
      GwEndpoint *before = router->serving != NULL
                             ? g_hash_table_lookup (router->serving->endpoints, key)
                             : NULL;
      gboolean keep = wanted->enabled && before != NULL && before->enabled &&
                      !gw_endpoint_is (wanted, GW_VARIANT_READY) &&
                      gw_endpoint_is (before, GW_VARIANT_READY);

      g_hash_table_insert (table->endpoints, g_strdup (key), gw_endpoint_ref (keep ? before : wanted));
    }

  return table;
}

/* Swaps the table that serves. */
static void
publish (GwRouter *router)
{
  g_autoptr(GwTable) old = NULL;

  g_mutex_lock (&router->lock);
  old = router->serving;
  router->serving = build_serving (router);
  g_atomic_int_set (&router->generation, g_atomic_int_add (&next_generation, 1) + 1);
  g_mutex_unlock (&router->lock);

  if (router->changed != NULL)
    router->changed (router->user_data);
}

static gboolean
loaded_cb (gpointer user_data)
{
  publish (user_data);

  return G_SOURCE_REMOVE;
}

static void
load_cb (gpointer data,
         gpointer user_data)
{
  g_autoptr(GwVariant) variant = data;
  GwRouter *router = user_data;

  gw_variant_load (variant);
  g_message ("Variant %s from %s: %s", variant->name, variant->location,
             variant->message != NULL ? variant->message : "ready");
  g_main_context_invoke (NULL, loaded_cb, router);
}

/* The variant that is wanted already at the same place, if there is one. */
static GwVariant *
find_variant (GwTable    *table,
              const char *endpoint,
              const char *name,
              gboolean    native,
              const char *location)
{
  GwEndpoint *found = table != NULL ? gw_table_find (table, endpoint, strlen (endpoint)) : NULL;

  for (guint i = 0; found != NULL && i < found->choices->len; i++)
    {
      GwVariant *variant = g_array_index (found->choices, GwChoice, i).variant;

      if (variant->native == native && g_str_equal (variant->name, name) &&
          g_str_equal (variant->location, location) &&
          gw_variant_state (variant) != GW_VARIANT_FAILED)
        return gw_variant_ref (variant);
    }

  return NULL;
}

static GwStats *
stats_for (GwRouter   *router,
           const char *endpoint,
           const char *variant)
{
  g_autofree char *key = g_strconcat (endpoint, "/", variant, NULL);
  GwStats *stats = g_hash_table_lookup (router->stats, key);

  if (stats == NULL)
    {
      stats = gw_stats_new ();
      g_hash_table_insert (router->stats, g_steal_pointer (&key), stats);
    }

  return stats;
}

static void
add_counted (GHashTable *used,
             GwTable    *table)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GwEndpoint *endpoint = value;

      for (guint i = 0; i < endpoint->choices->len; i++)
        g_hash_table_add (used, g_array_index (endpoint->choices, GwChoice, i).variant->stats);
    }
}

/* Forgets what was counted for endpoints that are gone: one of the same name is another one. */
static void
prune_stats (GwRouter *router)
{
  g_autoptr(GHashTable) used = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer value;

  add_counted (used, router->wanted);
  add_counted (used, router->serving);

  g_hash_table_iter_init (&iter, router->stats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!g_hash_table_contains (used, value))
      g_hash_table_iter_remove (&iter);
}

static gboolean
add_variant (GwRouter    *router,
             GwEndpoint  *endpoint,
             JsonObject  *object,
             GPtrArray   *fresh,
             GError     **error)
{
  JsonObject *backend = object != NULL ? sage_json_object (object, "backend") : NULL;
  const char *name = object != NULL ? sage_json_string (object, "name", NULL) : NULL;
  const char *kind = backend != NULL ? sage_json_string (backend, "kind", "") : "";
  double weight = object != NULL ? sage_json_double (object, "weight", 1) : 0;
  gboolean native = g_str_equal (kind, "native");
  g_autoptr(GwVariant) variant = NULL;
  const char *location;

  if (name == NULL || (!native && !g_str_equal (kind, "socket")) || !(weight >= 0) || !isfinite (weight))
    return sage_throw (error, SAGE_ERROR_INVALID, "Endpoint '%s' has a wrong variant", endpoint->name);
  location = sage_json_string (backend, native ? "model_dir" : "path", NULL);
  if (location == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Endpoint '%s' has a variant without a place",
                       endpoint->name);

  variant = find_variant (router->wanted, endpoint->name, name, native, location);
  if (variant == NULL)
    variant = find_variant (router->serving, endpoint->name, name, native, location);
  if (variant == NULL)
    {
      variant = gw_variant_new (name, native, location, stats_for (router, endpoint->name, name));
      if (native)
        g_ptr_array_add (fresh, gw_variant_ref (variant));
    }

  gw_endpoint_add (endpoint, variant, weight);

  return TRUE;
}

static gboolean
add_endpoint (GwRouter    *router,
              GwTable     *table,
              const char  *name,
              JsonObject  *object,
              GPtrArray   *fresh,
              GError     **error)
{
  g_autoptr(GwEndpoint) endpoint = NULL;
  JsonArray *variants;

  if (object == NULL || name[0] == '\0' || strlen (name) > GW_MAX_NAME)
    return sage_throw (error, SAGE_ERROR_INVALID, "The routes have a wrong endpoint '%s'", name);

  endpoint = gw_endpoint_new (name, sage_json_bool (object, "enabled", TRUE));
  variants = sage_json_array (object, "variants");

  for (guint i = 0; variants != NULL && i < json_array_get_length (variants); i++)
    if (!add_variant (router, endpoint, sage_json_array_object (variants, i), fresh, error))
      return FALSE;

  if (endpoint->choices->len == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "Endpoint '%s' has no variants", name);

  g_hash_table_insert (table->endpoints, g_ascii_strdown (name, -1), g_steal_pointer (&endpoint));

  return TRUE;
}

static JsonNode *
read_json (const char  *path,
           GError     **error)
{
  SageJsonLimits limits = { .max_bytes = MAX_FILE, .max_keys = 1000000 };
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_FILE, error);

  if (bytes == NULL)
    return NULL;

  return sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                 &limits, error);
}

/* Reads the routes. What is new among the variants is put into @fresh, to be loaded. */
static GwTable *
read_routes (GwRouter   *router,
             GPtrArray  *fresh,
             GError    **error)
{
  g_autoptr(JsonNode) node = read_json (router->routes_path, error);
  g_autoptr(GwTable) table = NULL;
  g_autoptr(GList) names = NULL;
  JsonObject *endpoints;
  JsonObject *top;

  if (node == NULL)
    return NULL;

  top = json_node_get_object (node);
  endpoints = sage_json_object (top, "endpoints");
  if (endpoints == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The routes have no endpoints");
      return NULL;
    }

  table = gw_table_new (sage_json_int (top, "version", 0), router->keys);
  names = json_object_get_members (endpoints);

  for (GList *l = names; l != NULL; l = l->next)
    if (!add_endpoint (router, table, l->data, sage_json_object (endpoints, l->data), fresh, error))
      return NULL;

  return g_steal_pointer (&table);
}

/* Reads the access keys; what is wrong with them leaves those of before. */
static void
read_keys (GwRouter *router)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GList) names = NULL;
  JsonObject *object;

  if (router->credentials_path == NULL)
    return;

  node = read_json (router->credentials_path, &error);
  if (node == NULL)
    {
      g_warning ("Reading '%s' failed: %s", router->credentials_path, error->message);
      return;
    }

  object = json_node_get_object (node);
  names = json_object_get_members (object);

  g_hash_table_unref (router->keys);
  router->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *secret = sage_json_string (object, l->data, NULL);

      if (secret != NULL && secret[0] != '\0')
        g_hash_table_insert (router->keys, g_strdup (l->data), g_strdup (secret));
    }
}

/**
 * gw_router_reload:
 * @router: the router
 *
 * Reads routes and keys again; on the main thread. Routes that are not well formed change nothing
 * but the status. What answers goes on answering until its successor is loaded.
 */
void
gw_router_reload (GwRouter *router)
{
  g_autoptr(GPtrArray) fresh = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GwTable) old = NULL;
  GwTable *table;

  read_keys (router);
  table = read_routes (router, fresh, &error);

  g_mutex_lock (&router->lock);
  g_clear_pointer (&router->error, g_free);
  if (table != NULL)
    {
      old = router->wanted;
      router->wanted = table;
    }
  else if (!g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      router->error = g_strdup (error->message);
    }
  g_mutex_unlock (&router->lock);

  for (guint i = 0; i < fresh->len; i++)
    {
      GwVariant *variant = g_ptr_array_index (fresh, i);

      if (table != NULL)
        g_thread_pool_push (router->loader, variant, NULL);
      else
        gw_variant_unref (variant);
    }

  publish (router);
  prune_stats (router);
}

/**
 * gw_router_new:
 * @routes_path: the file with the routes; may come later
 * @credentials_path: (nullable): the file with the access keys
 * @changed: (nullable): called on the main thread when the status has changed
 * @user_data: for @changed
 *
 * Returns: (transfer full): a router without routes; call gw_router_reload()
 */
GwRouter *
gw_router_new (const char    *routes_path,
               const char    *credentials_path,
               GwChangedFunc  changed,
               gpointer       user_data)
{
  GwRouter *router = g_new0 (GwRouter, 1);

  router->routes_path = g_strdup (routes_path);
  router->credentials_path = g_strdup (credentials_path);
  router->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  router->stats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) gw_stats_unref);
  router->wanted = gw_table_new (0, router->keys);
  router->loader = g_thread_pool_new (load_cb, router, 1, TRUE, NULL);
  g_mutex_init (&router->lock);

  publish (router);
  router->changed = changed;
  router->user_data = user_data;

  return router;
}

/* Frees the router; on the main thread, when nobody serves any more. */
void
gw_router_free (GwRouter *router)
{
  if (router == NULL)
    return;

  g_thread_pool_free (router->loader, FALSE, TRUE);
  while (g_source_remove_by_user_data (router))
    ;

  gw_table_unref (router->wanted);
  gw_table_unref (router->serving);
  g_hash_table_unref (router->keys);
  g_hash_table_unref (router->stats);
  g_free (router->error);
  g_free (router->routes_path);
  g_free (router->credentials_path);
  g_mutex_clear (&router->lock);
  g_free (router);
}

/* Whether the endpoint answers as wanted. One whose models have all been loaded a moment ago does not
 * until the tables are swapped. Called with the lock held. */
static gboolean
is_serving (GwRouter   *router,
            GwEndpoint *wanted)
{
  return gw_table_find (router->serving, wanted->name, strlen (wanted->name)) == wanted;
}

/* Whether the endpoint will not change any more: it answers as wanted, or cannot. Called with the lock
 * held. */
static gboolean
is_settled (GwRouter   *router,
            GwEndpoint *wanted)
{
  if (gw_endpoint_is (wanted, GW_VARIANT_LOADING))
    return FALSE;

  return is_serving (router, wanted) || !gw_endpoint_is (wanted, GW_VARIANT_READY);
}

/* The same of one endpoint, which need not be there, or of all. Called with the lock held. */
static gboolean
are_settled (GwRouter   *router,
             const char *name)
{
  GHashTableIter iter;
  gpointer value;

  if (name != NULL)
    {
      value = gw_table_find (router->wanted, name, strlen (name));
      return value == NULL || is_settled (router, value);
    }

  g_hash_table_iter_init (&iter, router->wanted->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!is_settled (router, value))
      return FALSE;

  return TRUE;
}

/**
 * gw_router_settled:
 * @router: the router
 * @version: what the caller has written
 * @name: (nullable): the endpoint it asks about, %NULL for all of them
 *
 * Returns: whether these routes or later ones answer, as far as their models could be loaded, or the
 *   file could not be taken
 */
gboolean
gw_router_settled (GwRouter   *router,
                   gint64      version,
                   const char *name)
{
  gboolean settled;

  g_mutex_lock (&router->lock);
  settled = router->error != NULL ||
            (router->wanted->version >= version &&
             router->serving->version == router->wanted->version && are_settled (router, name));
  g_mutex_unlock (&router->lock);

  return settled;
}

/* Called with the lock held. */
static JsonObject *
describe_variants (GwRouter   *router,
                   GwEndpoint *endpoint)
{
  JsonObject *variants = json_object_new ();
  gboolean settled = is_settled (router, endpoint);

  for (guint i = 0; i < endpoint->choices->len; i++)
    {
      GwChoice *choice = &g_array_index (endpoint->choices, GwChoice, i);
      GwVariantState state = gw_variant_state (choice->variant);
      JsonObject *object = json_object_new ();

      if (!settled && state == GW_VARIANT_READY)
        state = GW_VARIANT_LOADING; /* as far as anybody can see */
      json_object_set_string_member (object, "location", choice->variant->location);
      json_object_set_string_member (object, "state", gw_variant_state_name (state));
      if (state == GW_VARIANT_FAILED)
        json_object_set_string_member (object, "message", choice->variant->message);
      json_object_set_object_member (variants, choice->variant->name, object);
    }

  return variants;
}

/**
 * gw_router_describe:
 *
 * Returns: (transfer full): JSON: which routes were read, and how far their models are
 */
char *
gw_router_describe (GwRouter *router)
{
  g_autoptr(JsonObject) top = json_object_new ();
  JsonObject *endpoints = json_object_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&router->lock);
  json_object_set_int_member (top, "version", router->wanted->version);
  if (router->error != NULL)
    json_object_set_string_member (top, "error", router->error);

  g_hash_table_iter_init (&iter, router->wanted->endpoints);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      JsonObject *object = json_object_new ();

      json_object_set_object_member (object, "variants", describe_variants (router, value));
      json_object_set_object_member (endpoints, ((GwEndpoint *) value)->name, object);
    }
  g_mutex_unlock (&router->lock);

  json_object_set_object_member (top, "endpoints", endpoints);

  return sage_json_object_to_string (top);
}
