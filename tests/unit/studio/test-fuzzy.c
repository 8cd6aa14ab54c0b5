/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "sage-fuzzy.h"

static void
test_what_matches (void)
{
  g_assert_cmpint (sage_fuzzy_score ("", "anything"), ==, 0);
  g_assert_cmpint (sage_fuzzy_score ("   ", "anything"), ==, 0);
  g_assert_cmpint (sage_fuzzy_score ("churn", "ChurnPipeline"), >, 0);
  g_assert_cmpint (sage_fuzzy_score ("cp", "ChurnPipeline"), >, 0);
  g_assert_cmpint (sage_fuzzy_score ("c p", "ChurnPipeline"), >, 0);
  g_assert_cmpint (sage_fuzzy_score ("pc", "ChurnPipeline"), ==, -1);
  g_assert_cmpint (sage_fuzzy_score ("churnx", "ChurnPipeline"), ==, -1);
  g_assert_cmpint (sage_fuzzy_score ("a", ""), ==, -1);
  g_assert_cmpint (sage_fuzzy_score ("GRÜN", "grüne Modelle"), >, 0);
}

/* What one means comes before what merely contains the letters. */
static void
test_order (void)
{
  static const struct
  {
    const char *needle;
    const char *better;
    const char *worse;
  } rows[] = {
    { "jobs", "Jobs", "Join observers" },
    { "pipe", "Pipelines", "Open the pipeline" },
    { "np", "Next pane", "Open anything possible" },
    { "tc", "TrainChurn", "matches" },
    { "churn", "churn-models", "c-h-u-r-n" },
    { "end", "Endpoints", "Weekend" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s: %s before %s", rows[i].needle, rows[i].better, rows[i].worse);
      g_assert_cmpint (sage_fuzzy_score (rows[i].needle, rows[i].better), >,
                       sage_fuzzy_score (rows[i].needle, rows[i].worse));
    }
}

/* Names may be as long and as odd as anybody likes. */
static void
test_hostile (void)
{
  g_autofree char *needle = g_strnfill (100000, 'a');
  g_autofree char *text = g_strnfill (100000, 'a');

  g_assert_cmpint (sage_fuzzy_score (needle, text), >, 0);
  g_assert_cmpint (sage_fuzzy_score ("b", text), ==, -1);
  g_assert_cmpint (sage_fuzzy_score ("\xe2\x80\xae", "a\xe2\x80\xae" "b"), >, 0);
  g_assert_cmpint (sage_fuzzy_score ("é", "e\xcc\x81"), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/fuzzy/what-matches", test_what_matches);
  g_test_add_func ("/studio/fuzzy/order", test_order);
  g_test_add_func ("/studio/fuzzy/hostile", test_hostile);

  return g_test_run ();
}
