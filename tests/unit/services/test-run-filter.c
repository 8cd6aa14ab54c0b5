/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "eng-run-filter.h"
#include "sage-error.h"

static EngComparison *
only (GPtrArray *comparisons)
{
  g_assert_nonnull (comparisons);
  g_assert_cmpuint (comparisons->len, ==, 1);

  return g_ptr_array_index (comparisons, 0);
}

static void
test_comparisons (void)
{
  static const struct
  {
    const char   *filter;
    EngFieldType  type;
    const char   *key;
    EngCompare    compare;
    double        number;
    const char   *text;
  } cases[] = {
    { "metrics.a>=-.5", ENG_FIELD_METRIC, "a", ENG_COMPARE_GREATER_OR_EQUAL, -0.5, NULL },
    { " metric . a < 1", 0, NULL, 0, 0, NULL },
    { "metrics.a.b/c < 1", 0, NULL, 0, 0, NULL },
    { "metrics.a.b_c != +1e3 ", ENG_FIELD_METRIC, "a.b_c", ENG_COMPARE_NOT_EQUAL, 1000, NULL },
    { "params.`a ``b` = ''", ENG_FIELD_PARAM, "a `b", ENG_COMPARE_EQUAL, 0, "" },
    { "tags.\"x\" like \"it's \"\"q\"\"\"", ENG_FIELD_TAG, "x", ENG_COMPARE_LIKE, 0, "it's \"q\"" },
    { "`tag`.`x` ilike '%'", ENG_FIELD_TAG, "x", ENG_COMPARE_ILIKE, 0, "%" },
    { "status = 'é'", ENG_FIELD_ATTRIBUTE, "status", ENG_COMPARE_EQUAL, 0, "é" },
    { "run_id not\n in ('a')", ENG_FIELD_ATTRIBUTE, "run_id", ENG_COMPARE_NOT_IN, 0, "a" },
    { "datasets.context = 'x'", ENG_FIELD_DATASET, "context", ENG_COMPARE_EQUAL, 0, "x" },
    { "status likes 'a'", 0, NULL, 0, 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) comparisons = eng_filter_parse (ENG_FILTER_RUNS, cases[i].filter, &error);
      const EngComparison *comparison;

      if (cases[i].key == NULL)
        {
          g_assert_null (comparisons);
          g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
          continue;
        }
      g_assert_no_error (error);
      comparison = only (comparisons);
      g_assert_cmpint (comparison->field.type, ==, cases[i].type);
      g_assert_cmpstr (comparison->field.key, ==, cases[i].key);
      g_assert_cmpint (comparison->compare, ==, cases[i].compare);
      if (cases[i].text != NULL)
        g_assert_cmpstr (g_ptr_array_index (comparison->texts, 0), ==, cases[i].text);
      else
        g_assert_cmpfloat (comparison->number, ==, cases[i].number);
    }
}

static void
test_several (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) comparisons =
    eng_filter_parse (ENG_FILTER_RUNS, "metrics.a > 1 AND params.b = 'x AND y' and status IN ('a','b')",
                      &error);
  const EngComparison *last;

  g_assert_no_error (error);
  g_assert_cmpuint (comparisons->len, ==, 3);
  last = g_ptr_array_index (comparisons, 2);
  g_assert_cmpuint (last->texts->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (last->texts, 1), ==, "b");
}

/* What runs have, experiments have not, and the other way round. */
static void
test_kinds (void)
{
  static const char * const for_experiments[] = { "name = 'a'", "creation_time > 5", "tags.a = 'b'" };
  static const char * const for_runs[] = { "metrics.a > 1", "params.a = 'b'", "status = 'a'",
                                           "dataset.name = 'a'", "run.status = 'a'" };

  for (gsize i = 0; i < G_N_ELEMENTS (for_experiments); i++)
    {
      g_autoptr(GPtrArray) here = eng_filter_parse (ENG_FILTER_EXPERIMENTS, for_experiments[i], NULL);

      g_assert_nonnull (here);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (for_runs); i++)
    {
      g_autoptr(GPtrArray) here = eng_filter_parse (ENG_FILTER_RUNS, for_runs[i], NULL);
      g_autoptr(GPtrArray) there = eng_filter_parse (ENG_FILTER_EXPERIMENTS, for_runs[i], NULL);

      g_assert_nonnull (here);
      g_assert_null (there);
    }
}

static void
test_orders (void)
{
  g_autoptr(EngOrder) plain = eng_order_parse (ENG_FILTER_RUNS, "metrics.`a b`", NULL);
  g_autoptr(EngOrder) down = eng_order_parse (ENG_FILTER_RUNS, " start_time  desc ", NULL);
  g_autoptr(EngOrder) up = eng_order_parse (ENG_FILTER_RUNS, "params.ascending ASC", NULL);

  g_assert_nonnull (plain);
  g_assert_cmpstr (plain->field.key, ==, "a b");
  g_assert_false (plain->descending);
  g_assert_nonnull (down);
  g_assert_true (down->descending && down->field.is_number);
  g_assert_nonnull (up);
  g_assert_cmpstr (up->field.key, ==, "ascending");
  g_assert_null (eng_order_parse (ENG_FILTER_RUNS, "start_time desc asc", NULL));
  g_assert_null (eng_order_parse (ENG_FILTER_RUNS, "start_time descending", NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/services/run-filter/comparisons", test_comparisons);
  g_test_add_func ("/services/run-filter/several", test_several);
  g_test_add_func ("/services/run-filter/kinds", test_kinds);
  g_test_add_func ("/services/run-filter/orders", test_orders);

  return g_test_run ();
}
