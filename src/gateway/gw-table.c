/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-table"

#include "config.h"

#include "gw-table.h"

static void
clear_choice (gpointer data)
{
  GwChoice *choice = data;

  gw_variant_unref (choice->variant);
}

GwEndpoint *
gw_endpoint_new (const char *name,
                 gboolean    enabled)
{
  GwEndpoint *endpoint = g_new0 (GwEndpoint, 1);

  g_atomic_ref_count_init (&endpoint->refs);
  endpoint->name = g_strdup (name);
  endpoint->enabled = enabled;
  endpoint->choices = g_array_new (FALSE, FALSE, sizeof (GwChoice));
  g_array_set_clear_func (endpoint->choices, clear_choice);

  return endpoint;
}

GwEndpoint *
gw_endpoint_ref (GwEndpoint *endpoint)
{
  g_atomic_ref_count_inc (&endpoint->refs);

  return endpoint;
}

void
gw_endpoint_unref (GwEndpoint *endpoint)
{
  if (!g_atomic_ref_count_dec (&endpoint->refs))
    return;

  g_free (endpoint->name);
  g_array_unref (endpoint->choices);
  g_free (endpoint);
}

/**
 * gw_endpoint_add:
 * @endpoint: an endpoint that is in no table yet
 * @variant: (transfer none): one that answers for it
 * @weight: its share of the requests, against the sum of all weights
 */
void
gw_endpoint_add (GwEndpoint *endpoint,
                 GwVariant  *variant,
                 double      weight)
{
  GwChoice choice = { gw_variant_ref (variant), weight };

  g_array_append_val (endpoint->choices, choice);
  endpoint->total += weight;
}

/**
 * gw_endpoint_is:
 * @endpoint: the endpoint
 * @state: what to look for
 *
 * Returns: for %GW_VARIANT_READY whether all variants are, else whether any is in @state
 */
gboolean
gw_endpoint_is (GwEndpoint     *endpoint,
                GwVariantState  state)
{
  gboolean all = state == GW_VARIANT_READY;

  for (guint i = 0; i < endpoint->choices->len; i++)
    if ((gw_variant_state (g_array_index (endpoint->choices, GwChoice, i).variant) == state) != all)
      return !all;

  return all;
}

/* A number from [0, 1): one generator a thread, by D. Lehmer's splitmix64 in Vigna's form. */
static double
next_random (void)
{
  static _Thread_local guint64 state;
  guint64 z;

  if (state == 0)
    state = (guint64) g_get_real_time () ^ (guintptr) &state;

  z = state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;

  return (double) (z >> 11) / 9007199254740992.0;
}

/**
 * gw_endpoint_choose:
 * @endpoint: the endpoint
 * @target: (nullable): the variant that the caller insists on
 *
 * Returns: (transfer none) (nullable): who shall answer, by weight; %NULL if @target is no variant
 */
GwVariant *
gw_endpoint_choose (GwEndpoint *endpoint,
                    const char *target)
{
  GwChoice *choices = (GwChoice *) (gpointer) endpoint->choices->data;
  guint n = endpoint->choices->len;
  double at;

  if (target != NULL)
    {
      for (guint i = 0; i < n; i++)
        if (g_str_equal (choices[i].variant->name, target))
          return choices[i].variant;
      return NULL;
    }
  if (n == 1)
    return choices[0].variant;

  at = next_random () * endpoint->total;
  for (guint i = 0; i + 1 < n; i++)
    {
      if (at < choices[i].weight)
        return choices[i].variant;
      at -= choices[i].weight;
    }

  return choices[n - 1].variant;
}

/**
 * gw_table_new:
 * @version: of the routes
 * @keys: (transfer none): access keys and their secrets
 *
 * Returns: (transfer full): a table without endpoints
 */
GwTable *
gw_table_new (gint64      version,
              GHashTable *keys)
{
  GwTable *table = g_new0 (GwTable, 1);

  g_atomic_ref_count_init (&table->refs);
  table->version = version;
  table->endpoints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) gw_endpoint_unref);
  table->keys = g_hash_table_ref (keys);

  return table;
}

GwTable *
gw_table_ref (GwTable *table)
{
  g_atomic_ref_count_inc (&table->refs);

  return table;
}

void
gw_table_unref (GwTable *table)
{
  if (!g_atomic_ref_count_dec (&table->refs))
    return;

  g_hash_table_unref (table->endpoints);
  g_hash_table_unref (table->keys);
  g_free (table);
}

/**
 * gw_table_find:
 * @table: the routes
 * @name: a name in any case; need not end in NUL
 * @length: its length
 *
 * Returns: (transfer none) (nullable): the endpoint
 */
GwEndpoint *
gw_table_find (GwTable    *table,
               const char *name,
               gsize       length)
{
  char folded[GW_MAX_NAME + 1];

  if (length > GW_MAX_NAME)
    return NULL;

  for (gsize i = 0; i < length; i++)
    folded[i] = g_ascii_tolower (name[i]);
  folded[length] = '\0';

  return g_hash_table_lookup (table->endpoints, folded);
}
