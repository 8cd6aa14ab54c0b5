/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-latency.h"

static void
test_buckets (void)
{
  gint64 before = 0;

  g_assert_cmpuint (sage_latency_bucket (G_MININT64), ==, 0);
  g_assert_cmpuint (sage_latency_bucket (-1), ==, 0);
  g_assert_cmpuint (sage_latency_bucket (0), ==, 0);
  g_assert_cmpuint (sage_latency_bucket (G_MAXINT64), ==, SAGE_LATENCY_BUCKETS - 1);

  /* no gap between two, and none wider than a sixteenth */
  for (guint i = 0; i < SAGE_LATENCY_BUCKETS; i++)
    {
      gint64 bound = sage_latency_bound (i);

      g_assert_cmpuint (sage_latency_bucket (before), ==, i);
      g_assert_cmpuint (sage_latency_bucket (bound - 1), ==, i);
      g_assert_cmpint (bound - before, <=, MAX (before / 16, 1));
      before = bound;
    }
  g_assert_cmpint (before, ==, 1 << 27);
}

static void
test_quantiles (void)
{
  guint64 counts[SAGE_LATENCY_BUCKETS] = { 0 };

  g_assert_cmpint (sage_latency_quantile (counts, 0.5), ==, 0);

  counts[sage_latency_bucket (1000)] = 1;
  g_assert_cmpint (sage_latency_quantile (counts, 0.01), >, 1000);
  g_assert_cmpint (sage_latency_quantile (counts, 0.01), <=, 1000 + 1000 / 16);
  g_assert_cmpint (sage_latency_quantile (counts, 1), ==, sage_latency_quantile (counts, 0.01));

  /* 99 of 100 are short: the long one is beyond the 99th percentile, and no more once it is 2 of 100 */
  counts[sage_latency_bucket (10)] = 99;
  g_assert_cmpint (sage_latency_quantile (counts, 0.5), ==, 11);
  g_assert_cmpint (sage_latency_quantile (counts, 0.99), ==, 11);
  g_assert_cmpint (sage_latency_quantile (counts, 1), >, 1000);
  counts[sage_latency_bucket (10)] = 98;
  counts[sage_latency_bucket (1000)] = 2;
  g_assert_cmpint (sage_latency_quantile (counts, 0.99), >, 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/core/latency/buckets", test_buckets);
  g_test_add_func ("/core/latency/quantiles", test_quantiles);

  return g_test_run ();
}
