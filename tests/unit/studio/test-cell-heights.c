/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-cell-heights.h"

#define GAP     12
#define PADDING 18

/* What the heights come to, row by row. */
static void
check (SageCellHeights *self,
       GArray          *expected)
{
  double top = PADDING;
  double found;

  g_assert_cmpuint (sage_cell_heights_get_n (self), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      int height = g_array_index (expected, int, i);

      g_assert_cmpint (sage_cell_heights_get (self, i), ==, height);
      g_assert_cmpfloat (sage_cell_heights_get_top (self, i), ==, top);
      g_assert_cmpuint (sage_cell_heights_find (self, top, &found), ==, i);
      g_assert_cmpfloat (found, ==, top);
      g_assert_cmpuint (sage_cell_heights_find (self, top + height + GAP - 0.5, NULL), ==, i);
      top += height + GAP;
    }
  g_assert_cmpfloat (sage_cell_heights_get_top (self, expected->len), ==, top);
  g_assert_cmpfloat (sage_cell_heights_get_total (self), ==, top - GAP + PADDING);
}

static void
test_splices_and_changes (void)
{
  g_autoptr(SageCellHeights) self = sage_cell_heights_new (GAP, PADDING);
  g_autoptr(GArray) expected = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  check (self, expected);
  for (guint round = 0; round < 300; round++)
    {
      guint n = expected->len;
      guint position = (guint) g_rand_int_range (rand, 0, (int) n + 1);
      guint removed = (guint) g_rand_int_range (rand, 0, (int) MIN (n - position, 5) + 1);
      int heights[8];
      guint added = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (heights) + 1);

      for (guint i = 0; i < added; i++)
        heights[i] = g_rand_int_range (rand, 0, 3) == 0 ? 0 : g_rand_int_range (rand, 1, 900);
      sage_cell_heights_splice (self, position, removed, heights, added);
      g_array_remove_range (expected, position, removed);
      g_array_insert_vals (expected, position, heights, added);
      check (self, expected);

      for (guint i = 0; i < 3 && expected->len > 0; i++)
        {
          guint changed = (guint) g_rand_int_range (rand, 0, (int) expected->len);
          int height = g_rand_int_range (rand, 0, 2000);

          sage_cell_heights_set (self, changed, height);
          g_array_index (expected, int, changed) = height;
        }
      check (self, expected);
    }
}

static void
test_places_outside (void)
{
  g_autoptr(SageCellHeights) self = sage_cell_heights_new (GAP, PADDING);
  const int heights[] = { 100, 40, 60 };
  double top;

  g_assert_cmpuint (sage_cell_heights_find (self, 1000, &top), ==, 0);
  g_assert_cmpfloat (top, ==, PADDING);

  sage_cell_heights_splice (self, 0, 0, heights, G_N_ELEMENTS (heights));
  g_assert_cmpuint (sage_cell_heights_find (self, -50, &top), ==, 0);
  g_assert_cmpfloat (top, ==, PADDING);
  g_assert_cmpuint (sage_cell_heights_find (self, 1e9, &top), ==, 2);
  g_assert_cmpfloat (top, ==, PADDING + 140 + 2 * GAP);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/cell-heights/splices-and-changes", test_splices_and_changes);
  g_test_add_func ("/studio/cell-heights/places-outside", test_places_outside);

  return g_test_run ();
}
