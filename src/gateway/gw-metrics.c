/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-metrics"

#include "config.h"

#include <string.h>

#include "sage-json.h"

#include "gw-metrics.h"

static void
add_endpoint (JsonObject *endpoints,
              GwEndpoint *endpoint,
              gboolean    with_latency)
{
  JsonObject *variants = json_object_new ();

  for (guint i = 0; i < endpoint->choices->len; i++)
    {
      GwVariant *variant = g_array_index (endpoint->choices, GwChoice, i).variant;

      json_object_set_object_member (variants, variant->name,
                                     gw_stats_to_json (variant->stats, with_latency));
    }
  json_object_set_object_member (endpoints, endpoint->name, variants);
}

/**
 * gw_metrics_describe:
 * @table: what answers
 * @name: (nullable): the endpoint that is asked about, in any case; %NULL for all of them
 * @since: since when is counted; monotonic, in microseconds
 *
 * Returns: (transfer full): JSON: for how many seconds has been counted, and the counters of every
 *   variant that answers; of one endpoint also how its latency was distributed
 */
char *
gw_metrics_describe (GwTable    *table,
                     const char *name,
                     gint64      since)
{
  g_autoptr(JsonObject) top = json_object_new ();
  JsonObject *endpoints = json_object_new ();
  double seconds = (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;

  if (name != NULL)
    {
      GwEndpoint *endpoint = gw_table_find (table, name, strlen (name));

      if (endpoint != NULL)
        add_endpoint (endpoints, endpoint, TRUE);
    }
  else
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, table->endpoints);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        add_endpoint (endpoints, value, FALSE);
    }

  json_object_set_double_member (top, "uptime", seconds);
  json_object_set_object_member (top, "endpoints", endpoints);

  return sage_json_object_to_string (top);
}
