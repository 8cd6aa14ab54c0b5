/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <float.h>
#include <math.h>

#include "../../criticals.h"
#include "sage-beads.h"
#include "sage-sparkline.h"
#include "widgets.h"

static void
test_sparkline (void)
{
  static const double values[] = { 1, 3, NAN, 2, 5 };
  GtkWidget *sparkline = g_object_ref_sink (sage_sparkline_new ());
  GtkWidget *window = show_in_window (sparkline, 100, 24);
  g_autofree char *text = NULL;
  int minimum, natural;

  gtk_widget_measure (sparkline, GTK_ORIENTATION_VERTICAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (natural, ==, 24);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (sparkline), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (sparkline),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "No values yet");
  text = draw_to_text (sparkline);
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 0);

  sage_sparkline_set_values (SAGE_SPARKLINE (sparkline), values, G_N_ELEMENTS (values));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (sparkline),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Last 5, lowest 1, highest 5");
  g_clear_pointer (&text, g_free);
  text = draw_to_text (sparkline);
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 1);
  g_assert_cmpuint (count_in (text, "fill {"), ==, 2);

  /* only so many are kept: the 1 at the start is gone */
  for (guint i = 0; i < 1000; i++)
    sage_sparkline_append (SAGE_SPARKLINE (sparkline), 2 + i % 3);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (sparkline),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Last 2, lowest 2, highest 4");

  close_window (window);
  g_assert_finalize_object (sparkline);
}

static void
test_sparkline_hostile (void)
{
  static const double values[] = { 0, NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, 5e-324 };
  GtkWidget *sparkline = g_object_ref_sink (sage_sparkline_new ());
  GtkWidget *window = show_in_window (sparkline, 100, 24);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (guint j = 0; j < G_N_ELEMENTS (values); j++)
      {
        const double pair[] = { values[i], values[j] };
        g_autofree char *text = NULL;

        g_object_set (sparkline, "from-zero", i < j, NULL);
        sage_sparkline_set_values (SAGE_SPARKLINE (sparkline), pair, 1 + (i + j) % 2);
        text = draw_to_text (sparkline);
        g_assert_null (strstr (text, "nan"));
        g_assert_null (strstr (text, "inf"));
      }
  sage_sparkline_set_values (SAGE_SPARKLINE (sparkline), NULL, 0);

  close_window (window);
  g_assert_finalize_object (sparkline);
}

/* Where the bottom is the lowest value, only the order of two values shows. */
static void
test_sparkline_from_zero (void)
{
  static const double near[] = { 8, 10 };
  static const double far[] = { 1, 10 };
  GtkWidget *sparkline = g_object_ref_sink (sage_sparkline_new ());
  GtkWidget *window = show_in_window (sparkline, 100, 24);

  for (guint from_zero = 0; from_zero < 2; from_zero++)
    {
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;

      g_object_set (sparkline, "from-zero", from_zero == 1, NULL);
      sage_sparkline_set_values (SAGE_SPARKLINE (sparkline), near, G_N_ELEMENTS (near));
      first = draw_to_text (sparkline);
      sage_sparkline_set_values (SAGE_SPARKLINE (sparkline), far, G_N_ELEMENTS (far));
      second = draw_to_text (sparkline);
      g_assert_cmpint (g_strcmp0 (first, second) == 0, ==, from_zero == 0);
    }

  close_window (window);
  g_assert_finalize_object (sparkline);
}

static void
test_beads (void)
{
  static const SageBeadState states[] = {
    SAGE_BEAD_GOOD, SAGE_BEAD_GOOD, SAGE_BEAD_BAD, SAGE_BEAD_WARNING, SAGE_BEAD_NEUTRAL,
    SAGE_BEAD_RUNNING,
  };
  SageBeadState many[100];
  GtkWidget *beads = g_object_ref_sink (sage_beads_new ());
  GtkWidget *window = show_in_window (beads, 300, 24);
  g_autofree char *text = NULL;

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (beads), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (beads), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Never run");

  sage_beads_set_states (SAGE_BEADS (beads), states, G_N_ELEMENTS (states));
  gtk_test_accessible_assert_property (
    GTK_ACCESSIBLE (beads), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "2 succeeded, 1 failed, 1 needs attention, 1 running, 1 stopped");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (beads), ==,
                   "2 succeeded, 1 failed, 1 needs attention, 1 running, 1 stopped");
  text = draw_to_text (beads);
  g_assert_cmpuint (count_in (text, "border {"), ==, 1);       /* the one that runs */
  g_assert_cmpuint (count_in (text, "rounded-clip {"), ==, 6); /* of which two are one mark */

  /* the newest twenty of many */
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = i < 90 ? SAGE_BEAD_BAD : SAGE_BEAD_GOOD;
  sage_beads_set_states (SAGE_BEADS (beads), many, G_N_ELEMENTS (many));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (beads), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "10 succeeded, 10 failed");
  sage_beads_set_states (SAGE_BEADS (beads), NULL, 0);

  close_window (window);
  g_assert_finalize_object (beads);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  adw_init ();

  g_test_add_func ("/charts/sparkline", test_sparkline);
  g_test_add_func ("/charts/sparkline/hostile", test_sparkline_hostile);
  g_test_add_func ("/charts/sparkline/from-zero", test_sparkline_from_zero);
  g_test_add_func ("/charts/beads", test_beads);

  return g_test_run ();
}
