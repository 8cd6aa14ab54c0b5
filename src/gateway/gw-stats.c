/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gw-stats"

#include "config.h"

#include "sage-json.h"

#include "gw-stats.h"

static void
add (guint64 *counter,
     guint64  amount)
{
  __atomic_fetch_add (counter, amount, __ATOMIC_RELAXED);
}

static gint64
get (guint64 *counter)
{
  return (gint64) __atomic_load_n (counter, __ATOMIC_RELAXED);
}

GwStats *
gw_stats_new (void)
{
  GwStats *stats = g_new0 (GwStats, 1);

  g_atomic_ref_count_init (&stats->refs);

  return stats;
}

GwStats *
gw_stats_ref (GwStats *stats)
{
  g_atomic_ref_count_inc (&stats->refs);

  return stats;
}

void
gw_stats_unref (GwStats *stats)
{
  if (g_atomic_ref_count_dec (&stats->refs))
    g_free (stats);
}

/**
 * gw_stats_count:
 * @stats: the counters of a variant
 * @outcome: how the request ended
 * @model_us: what the model took, in microseconds
 * @total_us: what the request took from its last byte to its reply
 *
 * Counts one request; from any thread.
 */
void
gw_stats_count (GwStats   *stats,
                GwOutcome  outcome,
                gint64     model_us,
                gint64     total_us)
{
  guint bucket = MIN (g_bit_storage ((gulong) MAX (model_us, 0)), GW_STATS_BUCKETS - 1);

  add (&stats->requests, 1);
  add (&stats->model_us, MAX (model_us, 0));
  add (&stats->overhead_us, MAX (total_us - model_us, 0));
  add (&stats->buckets[bucket], 1);

  switch (outcome)
    {
    case GW_OUTCOME_CLIENT_ERROR:
      add (&stats->client_errors, 1);
      break;
    case GW_OUTCOME_SERVER_ERROR:
      add (&stats->server_errors, 1);
      break;
    case GW_OUTCOME_MODEL_ERROR:
      add (&stats->model_errors, 1);
      break;
    case GW_OUTCOME_OK:
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * gw_stats_to_json:
 *
 * Returns: (transfer full): the counters under CloudWatch's names; latencies are sums in
 *   microseconds, `ModelLatencyHistogram[i]` counts those below 2^i
 */
JsonObject *
gw_stats_to_json (GwStats *stats)
{
  JsonObject *object = json_object_new ();
  JsonArray *buckets = json_array_new ();

  json_object_set_int_member (object, "Invocations", get (&stats->requests));
  json_object_set_int_member (object, "Invocation4XXErrors", get (&stats->client_errors));
  json_object_set_int_member (object, "Invocation5XXErrors", get (&stats->server_errors));
  json_object_set_int_member (object, "InvocationModelErrors", get (&stats->model_errors));
  json_object_set_int_member (object, "ModelLatency", get (&stats->model_us));
  json_object_set_int_member (object, "OverheadLatency", get (&stats->overhead_us));

  for (guint i = 0; i < GW_STATS_BUCKETS; i++)
    json_array_add_int_element (buckets, get (&stats->buckets[i]));
  json_object_set_array_member (object, "ModelLatencyHistogram", buckets);

  return object;
}
