/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-latency"

#include "config.h"

#include <math.h>

#include "sage-latency.h"

/* Buckets to a power of two. */
#define STEP_BITS 4
#define STEPS     (1 << STEP_BITS)

/**
 * sage_latency_bucket:
 * @us: microseconds; less than 0 counts as 0
 *
 * Cheap: a few shifts and no loop.
 *
 * Returns: the bucket in which that is counted, below %SAGE_LATENCY_BUCKETS
 */
guint
sage_latency_bucket (gint64 us)
{
  guint shift;
  gint64 bucket;

  if (us < STEPS)
    return (guint) MAX (us, 0);

  shift = g_bit_storage ((gulong) us) - (STEP_BITS + 1);
  bucket = ((gint64) shift << STEP_BITS) + (us >> shift);

  return (guint) MIN (bucket, SAGE_LATENCY_BUCKETS - 1);
}

/**
 * sage_latency_bound:
 * @bucket: a bucket, below %SAGE_LATENCY_BUCKETS
 *
 * Returns: the microseconds that calls counted in @bucket took less than. One microsecond less is in
 *   @bucket itself.
 */
gint64
sage_latency_bound (guint bucket)
{
  guint shift = bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;

  g_return_val_if_fail (bucket < SAGE_LATENCY_BUCKETS, 0);

  return (gint64) (bucket - shift * STEPS + 1) << shift;
}

/**
 * sage_latency_quantile:
 * @counts: (array fixed-size=384): how many calls there were in each bucket
 * @share: above 0, up to 1; 0.99 for the 99th percentile
 *
 * The nearest-rank definition, read from a histogram: at least @share of the calls took less than the
 * answer, which is at most a sixteenth too long.
 *
 * Returns: microseconds; 0 when there were no calls
 */
gint64
sage_latency_quantile (const guint64 *counts,
                       double         share)
{
  guint64 total = 0;
  guint64 wanted;
  guint64 seen = 0;

  g_return_val_if_fail (counts != NULL, 0);
  g_return_val_if_fail (share > 0 && share <= 1, 0);

  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    total += counts[i];
  if (total == 0)
    return 0;

  wanted = CLAMP ((guint64) ceil (share * (double) total), 1, total);
  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    {
      seen += counts[i];
      if (seen >= wanted)
        return sage_latency_bound (i);
    }

  g_assert_not_reached ();
}
