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

static void
count_outcome (GwStats   *stats,
               GwOutcome  outcome)
{
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
 * gw_stats_count:
 * @stats: the counters of a variant
 * @outcome: how the request ended
 * @model_us: what the model took, in microseconds
 * @total_us: what the request took from its last byte to its reply
 *
 * Counts one request; from any thread. A good one that the gateway answers by itself takes two atomic
 * additions.
 */
void
gw_stats_count (GwStats   *stats,
                GwOutcome  outcome,
                gint64     model_us,
                gint64     total_us)
{
  add (&stats->buckets[sage_latency_bucket (total_us)], 1);
  add (&stats->model_us, MAX (model_us, 0));
  if (total_us > model_us)
    add (&stats->overhead_us, total_us - model_us);
  count_outcome (stats, outcome);
}

/**
 * gw_stats_refuse:
 * @stats: the counters of a variant
 * @outcome: why
 *
 * Counts a request for which the model was not even asked; from any thread. It took no time that would
 * say anything about the model, and counts for no latency.
 */
void
gw_stats_refuse (GwStats   *stats,
                 GwOutcome  outcome)
{
  add (&stats->refused, 1);
  count_outcome (stats, outcome);
}

/* The buckets that have counted anything, as pairs of bound and count, and what follows from them. */
static void
add_latency (JsonObject    *object,
             const guint64 *counts)
{
  static const struct
  {
    const char *name;
    double      share;
  } quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 } };
  JsonObject *latency = json_object_new ();
  JsonArray *histogram = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (quantiles); i++)
    json_object_set_int_member (latency, quantiles[i].name,
                                sage_latency_quantile (counts, quantiles[i].share));
  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    if (counts[i] > 0)
      {
        JsonArray *pair = json_array_sized_new (2);

        json_array_add_int_element (pair, sage_latency_bound (i));
        json_array_add_int_element (pair, (gint64) counts[i]);
        json_array_add_array_element (histogram, pair);
      }

  json_object_set_array_member (latency, "Histogram", histogram);
  json_object_set_object_member (object, "Latency", latency);
}

/**
 * gw_stats_to_json:
 * @stats: the counters of a variant
 * @with_latency: whether to tell how the latency was distributed
 *
 * Returns: (transfer full): the counters under CloudWatch's names; latencies are sums in
 *   microseconds. `Latency` is what callers waited for, in microseconds too: `p50`, `p90` and `p99`, 0
 *   while there were no calls, and `Histogram`, pairs of a bound and how many calls took less than
 *   that and no less than the bound below (sage_latency_bound())
 */
JsonObject *
gw_stats_to_json (GwStats  *stats,
                  gboolean  with_latency)
{
  JsonObject *object = json_object_new ();
  guint64 counts[SAGE_LATENCY_BUCKETS];
  gint64 client_errors = get (&stats->client_errors);
  gint64 server_errors = get (&stats->server_errors);
  gint64 model_errors = get (&stats->model_errors);
  gint64 n = get (&stats->refused);

  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    {
      counts[i] = (guint64) get (&stats->buckets[i]);
      n += (gint64) counts[i];
    }

  json_object_set_int_member (object, "Invocations", n);
  json_object_set_int_member (object, "Invocation4XXErrors", client_errors);
  json_object_set_int_member (object, "Invocation5XXErrors", server_errors);
  json_object_set_int_member (object, "InvocationModelErrors", model_errors);
  json_object_set_int_member (object, "ModelLatency", get (&stats->model_us));
  json_object_set_int_member (object, "OverheadLatency", get (&stats->overhead_us));
  if (with_latency)
    add_latency (object, counts);

  return object;
}
