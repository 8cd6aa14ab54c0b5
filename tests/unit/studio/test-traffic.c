/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "sage-json.h"
#include "sage-traffic.h"
#include "sage-words.h"

static void
add (SageTraffic *traffic,
     const char  *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, NULL, &error);

  g_assert_no_error (error);
  sage_traffic_add (traffic, json_node_get_object (node));
}

/* What the engine says of an endpoint with one variant whose latency is all in one bucket. */
static void
add_counts (SageTraffic *traffic,
            double       uptime,
            int          calls,
            int          errors,
            int          bound)
{
  g_autofree char *text =
    g_strdup_printf ("{\"Uptime\":%d.5,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":%d,"
                     "\"Invocation4XXErrors\":%d,\"Invocation5XXErrors\":%d,"
                     "\"Latency\":{\"Histogram\":[[16,1],[%d,%d]]}}]}",
                     (int) uptime, calls, errors - errors / 2, errors / 2, bound, calls - 1);

  add (traffic, text);
}

static void
assert_near (double value,
             double expected)
{
  g_assert_cmpfloat_with_epsilon (value, expected, expected / 16);
}

static void
test_figures (void)
{
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  SageTrafficFigures figures;

  g_assert_cmpuint (sage_traffic_get_n_variants (traffic), ==, 0);

  /* one look tells of the past only in all */
  add_counts (traffic, 100, 11, 4, 1024);
  g_assert_cmpuint (sage_traffic_get_n_variants (traffic), ==, 1);
  g_assert_cmpfloat (sage_traffic_get_uptime (traffic), ==, 100.5);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpstr (figures.variant, ==, "A");
  g_assert_cmpint (figures.calls, ==, 11);
  g_assert_cmpint (figures.errors, ==, 4);
  assert_near (figures.median, 0.001024);
  assert_near (figures.p99, 0.001024);
  g_assert_true (isnan (figures.rate) && isnan (figures.recent_errors));
  g_assert_true (isnan (figures.recent_median) && isnan (figures.recent_p99));
  for (guint i = 0; i < SAGE_TRAFFIC_POINTS; i++)
    g_assert_true (isnan (figures.rates[i]));

  /* 20 calls in 2 seconds, of which 5 fail, all of them slower than those before */
  add_counts (traffic, 102, 31, 9, 1024);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpfloat (figures.rate, ==, 10);
  g_assert_cmpfloat (figures.recent_errors, ==, 0.25);
  assert_near (figures.recent_median, 0.001024);
  g_assert_cmpfloat (figures.rates[SAGE_TRAFFIC_POINTS - 1], ==, 10);
  g_assert_true (isnan (figures.rates[SAGE_TRAFFIC_POINTS - 2]));

  /* nobody calls: the rate goes down, the share stays */
  for (guint i = 1; i <= 10; i++)
    add_counts (traffic, 102 + 2 * i, 31, 9, 1024);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpfloat (figures.rate, ==, 0);
  g_assert_cmpfloat (figures.recent_errors, ==, 0.25);
  g_assert_cmpfloat (figures.rates[SAGE_TRAFFIC_POINTS - 1], ==, 0);
  g_assert_cmpfloat (figures.rates[SAGE_TRAFFIC_POINTS - 11], ==, 10);

  /* later than what is shown, nothing is known again but all there was */
  for (guint i = 1; i <= SAGE_TRAFFIC_POINTS + 5; i++)
    add_counts (traffic, 122 + 2 * i, 31, 9, 1024);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_true (isnan (figures.recent_errors) && isnan (figures.recent_median));
  g_assert_cmpint (figures.calls, ==, 31);
  g_assert_cmpfloat (figures.rates[0], ==, 0);
}

/* The latency of the last minutes is that of the calls in them, and not of those before. */
static void
test_recent_latency (void)
{
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  SageTrafficFigures figures;

  add (traffic, "{\"Uptime\":1,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":1000,"
                "\"Latency\":{\"Histogram\":[[1024,1000]]}}]}");
  add (traffic, "{\"Uptime\":3,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":1010,"
                "\"Latency\":{\"Histogram\":[[1024,1000],[1048576,10]]}}]}");
  sage_traffic_read (traffic, 0, &figures);
  assert_near (figures.median, 0.001024);
  assert_near (figures.p99, 0.001024);
  assert_near (figures.recent_median, 1.048576);
  assert_near (figures.recent_p99, 1.048576);
}

/* A page that was out of sight: what came meanwhile is not lost, unless it is too long ago. */
static void
test_pauses (void)
{
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  SageTrafficFigures figures;

  add_counts (traffic, 100, 10, 0, 64);
  add_counts (traffic, 200, 110, 0, 64);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpfloat (figures.rate, ==, 1);
  g_assert_cmpfloat (figures.rates[SAGE_TRAFFIC_POINTS - 1], ==, 1);
  g_assert_cmpfloat (figures.rates[SAGE_TRAFFIC_POINTS - 50], ==, 1);
  g_assert_true (isnan (figures.rates[SAGE_TRAFFIC_POINTS - 51]));

  add_counts (traffic, 200 + SAGE_TRAFFIC_SECONDS, 210, 0, 64);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_true (isnan (figures.rate) && isnan (figures.recent_errors));
}

/* Another gateway counts from the start, and so does another endpoint of the name. */
static void
test_counting_begins_anew (void)
{
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  SageTrafficFigures figures;

  add_counts (traffic, 100, 10, 5, 64);
  add_counts (traffic, 102, 12, 6, 64);
  add_counts (traffic, 1, 20, 0, 64);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpint (figures.calls, ==, 20);
  g_assert_true (isnan (figures.rate) && isnan (figures.recent_errors));

  add_counts (traffic, 3, 22, 0, 64);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpfloat (figures.rate, ==, 1);
  add_counts (traffic, 5, 4, 1, 64);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_true (isnan (figures.rate) && isnan (figures.recent_errors));

  add (traffic, "{\"Uptime\":7,\"Variants\":[]}");
  g_assert_cmpuint (sage_traffic_get_n_variants (traffic), ==, 0);
}

static void
test_variants (void)
{
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  SageTrafficFigures figures;

  add (traffic, "{\"Uptime\":1,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":1},"
                "{\"VariantName\":\"B\",\"Invocations\":10}]}");
  add (traffic, "{\"Uptime\":3,\"Variants\":[{\"VariantName\":\"B\",\"Invocations\":30},"
                "{\"VariantName\":\"C\",\"Invocations\":5},{\"VariantName\":\"A\",\"Invocations\":3}]}");
  g_assert_cmpuint (sage_traffic_get_n_variants (traffic), ==, 3);
  sage_traffic_read (traffic, 0, &figures);
  g_assert_cmpstr (figures.variant, ==, "B");
  g_assert_cmpfloat (figures.rate, ==, 10);
  g_assert_true (isnan (figures.median)); /* an older gateway does not tell */
  sage_traffic_read (traffic, 1, &figures);
  g_assert_true (isnan (figures.rate));
  sage_traffic_read (traffic, 2, &figures);
  g_assert_cmpfloat (figures.rate, ==, 1);
}

static void
test_hostile (void)
{
  static const char * const answers[] = {
    "{}",
    "{\"Uptime\":\"x\",\"Variants\":{}}",
    "{\"Uptime\":-1,\"Variants\":[1,null,[],{},{\"VariantName\":1}]}",
    "{\"Uptime\":1e300,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":-5}]}",
    "{\"Uptime\":2,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":9223372036854775807,"
    "\"Invocation4XXErrors\":9223372036854775807,\"Invocation5XXErrors\":9223372036854775807}]}",
    "{\"Uptime\":3,\"Variants\":[{\"VariantName\":\"A\",\"Invocations\":9223372036854775807,"
    "\"Invocation4XXErrors\":-9223372036854775807,\"Latency\":{\"Histogram\":[[1,9223372036854775807],"
    "[-9223372036854775807,9223372036854775807],[9223372036854775807,-1],[1],[],{},null,[1,[]],[\"a\",\"b\"],"
    "[9223372036854775807,9223372036854775807]]}}]}",
    "{\"Uptime\":4,\"Variants\":[{\"VariantName\":\"A\",\"Latency\":[]},{\"VariantName\":\"A\","
    "\"Latency\":{\"Histogram\":{}}}]}",
  };
  g_autoptr(SageTraffic) traffic = sage_traffic_new ();
  g_autoptr(GString) many = g_string_new ("{\"Uptime\":5,\"Variants\":[{\"VariantName\":\"A\"}");

  for (guint i = 0; i < 3 * G_N_ELEMENTS (answers); i++)
    {
      add (traffic, answers[i % G_N_ELEMENTS (answers)]);
      for (guint j = 0; j < sage_traffic_get_n_variants (traffic); j++)
        {
          SageTrafficFigures figures;

          sage_traffic_read (traffic, j, &figures);
          g_assert_cmpint (figures.calls, >=, 0);
          g_assert_cmpint (figures.errors, >=, 0);
          g_assert_true (isnan (figures.rate) || isfinite (figures.rate));
          g_assert_true (isnan (figures.recent_errors) || figures.recent_errors <= 1);
          g_assert_true (isnan (figures.median) || figures.median < 135);
        }
    }

  for (guint i = 0; i < 1000; i++)
    g_string_append (many, ",{\"VariantName\":\"A\"}");
  g_string_append (many, "]}");
  add (traffic, many->str);
  g_assert_cmpuint (sage_traffic_get_n_variants (traffic), ==, 20);
}

static void
test_words (void)
{
  static const struct
  {
    double      seconds;
    const char *words;
  } latencies[] = {
    { 0, "0 µs" }, { 0.000085, "85 µs" }, { 0.0042, "4.2 ms" }, { 0.04, "40 ms" }, { 1.31, "1.3 s" },
    { 75, "1 min 15 s" }, { -1, "" }, { NAN, "" }, { INFINITY, "" },
  };
  static const struct
  {
    double      value;
    const char *words;
  } rates[] = {
    { 0, "0" }, { 0.012, "0.012" }, { 0.44, "0.4" }, { 3, "3.0" }, { 9.94, "9.9" }, { 9.96, "10" },
    { 1240.4, "1240" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (latencies); i++)
    {
      g_autofree char *words = sage_words_latency (latencies[i].seconds);

      g_assert_cmpstr (words, ==, latencies[i].words);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *words = sage_words_rate (rates[i].value);

      g_assert_cmpstr (words, ==, rates[i].words);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/traffic/figures", test_figures);
  g_test_add_func ("/studio/traffic/recent-latency", test_recent_latency);
  g_test_add_func ("/studio/traffic/pauses", test_pauses);
  g_test_add_func ("/studio/traffic/counting-begins-anew", test_counting_begins_anew);
  g_test_add_func ("/studio/traffic/variants", test_variants);
  g_test_add_func ("/studio/traffic/hostile", test_hostile);
  g_test_add_func ("/studio/traffic/words", test_words);

  return g_test_run ();
}
