/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "sage-merge-sort.h"
#include "sage-natural.h"

/* An item is a number: what it is sorted by above, where it was below. */
#define ITEM(value, place) GUINT_TO_POINTER ((guint) (value) << 16 | (place))
#define VALUE(item) (GPOINTER_TO_UINT (item) >> 16)

static guint comparisons;

static int
compare_values (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  g_assert_true (user_data == &comparisons);
  comparisons++;

  return (int) VALUE (a) - (int) VALUE (b);
}

/* Sorts with as many stops as there can be, and checks that the result is stable and whole. */
static void
check_sorts (gpointer *items,
             guint     n,
             guint     budget)
{
  SageMergeSort *sort = sage_merge_sort_new ((gconstpointer *) items, n, compare_values, &comparisons);
  g_autofree gpointer *sorted = NULL;
  guint left = budget;

  while (!sage_merge_sort_step (sort, &left))
    {
      g_assert_cmpuint (left, ==, 0);
      left = budget;
    }

  sorted = sage_merge_sort_steal (sort);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (sorted[i - 1]), <, GPOINTER_TO_UINT (sorted[i]));
}

static void
test_random (void)
{
  static const guint budgets[] = { 1, 7, 100, 1000000 };

  for (guint round = 0; round < 400; round++)
    {
      guint n = round < 80 ? round : (guint) g_test_rand_int_range (0, 3000);
      g_autofree gpointer *items = g_new (gpointer, n);
      guint values = g_test_rand_int_range (1, 2000);

      for (guint i = 0; i < n; i++)
        items[i] = ITEM (g_test_rand_int_range (0, values), i);
      check_sorts (items, n, budgets[round % G_N_ELEMENTS (budgets)]);
    }
}

/* Rows come sorted almost always, and a list that is turned around costs no more. */
static void
test_runs (void)
{
  enum { N = 5000 };
  g_autofree gpointer *items = g_new (gpointer, N);

  for (guint i = 0; i < N; i++)
    items[i] = ITEM (i, i);
  comparisons = 0;
  check_sorts (items, N, 100);
  g_assert_cmpuint (comparisons, ==, N - 1);

  for (guint i = 0; i < N; i++)
    items[i] = ITEM (N - i, i);
  comparisons = 0;
  check_sorts (items, N, 100);
  g_assert_cmpuint (comparisons, ==, N - 1);

  for (guint i = 0; i < N; i++)
    items[i] = ITEM (i % 2 == 0 ? i : i + N, i); /* no runs at all */
  comparisons = 0;
  check_sorts (items, N, 100);
  g_assert_cmpuint (comparisons, <, N * 14);
}

static void
test_natural (void)
{
  static const char * const sorted[] = {
    "", "0", "00", "1", "01x", "9", "10", "a", "A1", "a1b", "a2", "a010", "a10", "a10a", "a10b", "a11",
    "a99999999999999999999999998", "a99999999999999999999999999", "a100000000000000000000000000",
    "b", "churn", "churn-9", "churn-10", "Churn-11", "churn-100", "über",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (sorted); j++)
      {
        int result = sage_natural_compare (sorted[i], sorted[j]);

        g_test_message ("'%s' and '%s': %d", sorted[i], sorted[j], result);
        if (i == j)
          g_assert_cmpint (result, ==, 0);
        else
          g_assert_true ((i < j) == (result < 0));
      }

  g_assert_cmpint (sage_natural_compare (NULL, "a"), >, 0);
  g_assert_cmpint (sage_natural_compare ("a", NULL), <, 0);
  g_assert_cmpint (sage_natural_compare (NULL, NULL), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kit/merge-sort/random", test_random);
  g_test_add_func ("/kit/merge-sort/runs", test_runs);
  g_test_add_func ("/kit/natural", test_natural);

  return g_test_run ();
}
