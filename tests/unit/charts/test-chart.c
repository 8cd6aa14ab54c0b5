/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <float.h>
#include <math.h>

#include "../../criticals.h"
#include "sage-chart.h"
#include "widgets.h"

#define WIDTH 600
#define HEIGHT 300

#define FIRST_COLOUR "rgb(6,116,236)"
#define SECOND_COLOUR "rgb(231,98,3)"

typedef struct
{
  SageChart       *chart;
  SageChartSeries *train;
  SageChartSeries *valid;
  GtkWidget       *window; /* once shown */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  fixture->chart = g_object_ref_sink (SAGE_CHART (sage_chart_new ()));
  listen_to (fixture->chart);
  fixture->train = sage_chart_series_new ("train:error");
  fixture->valid = sage_chart_series_new ("validation:error");
  sage_chart_add_series (fixture->chart, fixture->train);
  sage_chart_add_series (fixture->chart, fixture->valid);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->window != NULL)
    close_window (fixture->window);
  g_assert_finalize_object (fixture->chart);
  g_assert_finalize_object (fixture->train);
  g_assert_finalize_object (fixture->valid);
}

static void
show (Fixture *fixture)
{
  fixture->window = show_in_window (GTK_WIDGET (fixture->chart), WIDTH, HEIGHT);
}

/* Ten rounds; validation has every other one. */
static void
add_rounds (Fixture *fixture)
{
  for (guint i = 0; i < 10; i++)
    {
      sage_chart_series_append (fixture->train, i, 0.5 - 0.04 * i);
      if (i % 2 == 0)
        sage_chart_series_append (fixture->valid, i, 0.6 - 0.03 * i);
    }
  g_object_set (fixture->chart, "x-label", "Round", NULL);
}

static void
test_lines (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *text = NULL;

  add_rounds (fixture);
  show (fixture);
  text = draw_to_text (GTK_WIDGET (fixture->chart));

  g_assert_cmpuint (count_in (text, "stroke {"), ==, 2);
  g_assert_cmpuint (count_in (text, FIRST_COLOUR), ==, 2);  /* the line and its dots */
  g_assert_cmpuint (count_in (text, SECOND_COLOUR), ==, 2);
  g_assert_cmpuint (count_in (text, "texture"), ==, 0);

  /* one is hidden; what is left keeps its colour */
  g_clear_pointer (&text, g_free);
  sage_chart_series_set_visible (fixture->train, FALSE);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 1);
  g_assert_cmpuint (count_in (text, FIRST_COLOUR), ==, 0);
  g_assert_cmpuint (count_in (text, SECOND_COLOUR), ==, 2);
}

static void
test_dark (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *light = NULL;
  g_autofree char *dark = NULL;

  add_rounds (fixture);
  show (fixture);
  light = draw_to_text (GTK_WIDGET (fixture->chart));
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  wait_frames (fixture->window, 2);
  dark = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (light, FIRST_COLOUR), ==, 2);
  g_assert_cmpuint (count_in (dark, FIRST_COLOUR), ==, 0);
  g_assert_cmpuint (count_in (dark, "rgb(92,163,255)"), ==, 2);
}

static void
test_one_point (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *text = NULL;

  sage_chart_series_append (fixture->train, 0, 0.5);
  show (fixture);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 0);
  g_assert_cmpuint (count_in (text, "fill {"), ==, 1);
  g_assert_cmpuint (count_in (text, FIRST_COLOUR), ==, 1);
}

static void
test_gaps (Fixture       *fixture,
           gconstpointer  data)
{
  static const double y[] = { 1, 2, NAN, 3, 4, INFINITY, 5, NAN, 6, 7 };
  g_autofree char *text = NULL;
  g_autofree char *description = NULL;
  const char *path;

  for (guint i = 0; i < G_N_ELEMENTS (y); i++)
    sage_chart_series_append (fixture->train, i, y[i]);
  show (fixture);
  text = draw_to_text (GTK_WIDGET (fixture->chart));

  /* four pieces in one stroke, of which the third is a dot */
  path = strstr (text, "stroke {");
  g_assert_nonnull (path);
  path = strstr (path, "path:");
  g_assert_nonnull (path);
  g_assert_cmpuint (count_in (path, "M "), >=, 4);
  description = sage_chart_describe (fixture->chart);
  g_assert_nonnull (strstr (description, "3 of them are not numbers."));
}

static void
test_dense (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < 100000; i++)
    sage_chart_series_append (fixture->train, i, g_test_rand_double ());
  show (fixture);
  text = draw_to_text (GTK_WIDGET (fixture->chart));

  /* a picture of columns instead of a path of a hundred thousand corners */
  g_assert_cmpuint (count_in (text, "texture {"), ==, 1);
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 0);

  g_clear_pointer (&text, g_free);
  sage_chart_zoom_to (fixture->chart, 500, 600);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "texture {"), ==, 0);
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 1);
}

static void
test_smoothing (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *text = NULL;

  add_rounds (fixture);
  show (fixture);
  g_object_set (fixture->chart, "smoothing", 0.6, NULL);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 4);
  g_assert_cmpuint (count_in (text, FIRST_COLOUR), ==, 1);

  g_object_set (fixture->chart, "smoothing", 0.0, NULL);
  g_clear_pointer (&text, g_free);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "stroke {"), ==, 2);
}

/* Returns whether the text has the words, however they were cut into glyphs. */
static gboolean
says (SageChart  *chart,
      const char *words)
{
  g_autofree char *description = sage_chart_describe (chart);

  return strstr (description, words) != NULL;
}

static void
test_messages (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *text = NULL;

  show (fixture);
  g_assert_true (says (fixture->chart, "No metrics yet"));
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "text {"), ==, 1);
  g_assert_cmpuint (count_in (text, "color {"), ==, 0);

  g_object_set (fixture->chart, "placeholder", "No requests yet", NULL);
  g_assert_true (says (fixture->chart, "No requests yet"));

  sage_chart_series_append (fixture->train, 0, NAN);
  g_assert_true (says (fixture->chart, "No value here is a number"));
  sage_chart_series_append (fixture->train, 1, -2);
  g_assert_true (says (fixture->chart, "lowest −2"));
  sage_chart_set_logarithmic (fixture->chart, TRUE);
  g_assert_true (says (fixture->chart, "logarithmic axis"));
  sage_chart_series_append (fixture->train, 2, 3);
  g_assert_true (says (fixture->chart, "highest 3"));
  sage_chart_series_set_visible (fixture->train, FALSE);
  g_assert_true (says (fixture->chart, "All series are hidden"));
  sage_chart_series_clear (fixture->train);
  g_assert_true (says (fixture->chart, "No requests yet"));
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  add_rounds (fixture);
  show (fixture);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fixture->chart), GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (fixture->chart)));

  /* it comes a little later than the points */
  wait_until (gtk_test_accessible_has_property (GTK_ACCESSIBLE (fixture->chart),
                                                GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  gtk_test_accessible_assert_property (
    fixture->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "Chart of 2 series. train:error: 10 points, last 0.14, lowest 0.14, highest 0.5. "
    "validation:error: 5 points, last 0.36, lowest 0.36, highest 0.6.");
}

static void
test_keyboard (Fixture       *fixture,
               gconstpointer  data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  double from, to;

  add_rounds (fixture);
  show (fixture);
  gtk_widget_grab_focus (widget);
  g_assert_true (isnan (sage_chart_get_cursor_x (fixture->chart)));
  g_assert_null (sage_chart_get_cursor_text (fixture->chart));

  g_assert_true (press (widget, GDK_KEY_Right, 0));
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==, "train:error 0.5000, Round 0");
  g_assert_cmpstr (announced (fixture->chart), ==, "train:error 0.5000, Round 0");
  g_assert_true (press (widget, GDK_KEY_Right, 0));
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==, "train:error 0.4600, Round 1");
  g_assert_cmpstr (announced (fixture->chart), ==, "train:error 0.4600, Round 1");
  press (widget, GDK_KEY_Left, 0);
  press (widget, GDK_KEY_Left, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 0);
  press (widget, GDK_KEY_End, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 9);
  press (widget, GDK_KEY_Right, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 9);
  press (widget, GDK_KEY_Home, 0);
  press (widget, GDK_KEY_Right, GDK_CONTROL_MASK);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 1);

  /* Tab reads the next series at the same place or the nearest, and then lets go of the focus */
  press (widget, GDK_KEY_Home, 0);
  g_assert_true (gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD));
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==,
                   "validation:error 0.6000, Round 0");
  press (widget, GDK_KEY_Right, 0);
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==,
                   "validation:error 0.5400, Round 2");
  g_assert_true (gtk_widget_child_focus (widget, GTK_DIR_TAB_BACKWARD));
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==, "train:error 0.4200, Round 2");
  g_assert_true (gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD));

  /* zoom keeps what is read in sight, moving on moves the view */
  g_assert_false (sage_chart_get_zoomed (fixture->chart));
  press (widget, GDK_KEY_plus, 0);
  press (widget, GDK_KEY_plus, 0);
  g_assert_true (sage_chart_get_zoomed (fixture->chart));
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (from, <=, sage_chart_get_cursor_x (fixture->chart));
  g_assert_cmpfloat (to, >=, sage_chart_get_cursor_x (fixture->chart));
  press (widget, GDK_KEY_End, 0);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (from, <=, 8);
  g_assert_cmpfloat (to, >=, 8);
  g_assert_cmpfloat (from, >, 0);
  press (widget, GDK_KEY_minus, 0);
  press (widget, GDK_KEY_minus, 0);
  press (widget, GDK_KEY_minus, 0);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));
  press (widget, GDK_KEY_plus, 0);
  press (widget, GDK_KEY_0, 0);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));

  g_assert_true (press (widget, GDK_KEY_Escape, 0));
  g_assert_true (isnan (sage_chart_get_cursor_x (fixture->chart)));
  g_assert_false (press (widget, GDK_KEY_Escape, 0));
}

static void
test_pointer (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  GtkEventController *motion;
  g_autofree char *without = NULL;
  g_autofree char *with = NULL;

  add_rounds (fixture);
  show (fixture);
  motion = find_controller (widget, GTK_TYPE_EVENT_CONTROLLER_MOTION, 0);
  without = draw_to_text (widget);

  g_signal_emit_by_name (motion, "motion", WIDTH / 2.0, HEIGHT / 2.0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), >=, 4);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), <=, 5);
  g_assert_null (announced (fixture->chart)); /* a pointer that moves would not stop talking */
  wait_frames (fixture->window, 2);
  with = draw_to_text (widget);
  g_assert_cmpuint (count_in (with, "rounded-clip {"), >, count_in (without, "rounded-clip {"));

  /* new points do not move what the pointer is on */
  sage_chart_series_append (fixture->train, 10, 0.1);
  wait_frames (fixture->window, 2);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), >=, 4);

  /* what was pointed at goes away */
  sage_chart_series_clear (fixture->train);
  sage_chart_series_clear (fixture->valid);
  wait_frames (fixture->window, 2);
  g_assert_true (isnan (sage_chart_get_cursor_x (fixture->chart)));

  sage_chart_series_append (fixture->train, 10, 0.1);
  sage_chart_series_append (fixture->train, 11, 0.1);
  g_signal_emit_by_name (motion, "motion", WIDTH / 4.0, HEIGHT / 2.0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 10);

  /* a motion without a motion, as GTK sends them, leaves the keyboard alone */
  press (widget, GDK_KEY_Right, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 11);
  g_signal_emit_by_name (motion, "motion", WIDTH / 4.0, HEIGHT / 2.0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 11);
  g_signal_emit_by_name (motion, "motion", WIDTH / 4.0 + 1, HEIGHT / 2.0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 10);
  g_signal_emit_by_name (motion, "leave");
  g_assert_true (isnan (sage_chart_get_cursor_x (fixture->chart)));
}

static void
test_drag_and_wheel (Fixture       *fixture,
                     gconstpointer  data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  GtkEventController *drag, *scroll, *click;
  gboolean taken;
  double from, to, to_before;

  for (guint i = 0; i <= 1000; i++)
    sage_chart_series_append (fixture->train, i, i);
  show (fixture);
  drag = find_controller (widget, GTK_TYPE_GESTURE_DRAG, GDK_BUTTON_PRIMARY);
  scroll = find_controller (widget, GTK_TYPE_EVENT_CONTROLLER_SCROLL, 0);
  click = find_controller (widget, GTK_TYPE_GESTURE_CLICK, 0);

  /* a click with a shaking hand is no selection */
  g_signal_emit_by_name (drag, "drag-begin", 200.0, 100.0);
  g_signal_emit_by_name (drag, "drag-update", 3.0, 20.0);
  g_signal_emit_by_name (drag, "drag-end", 3.0, 20.0);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));

  /* leftwards is as good as rightwards, and beyond the edge is the edge */
  g_signal_emit_by_name (drag, "drag-begin", 400.0, 100.0);
  g_signal_emit_by_name (drag, "drag-update", -200.0, 0.0);
  wait_frames (fixture->window, 1);
  g_signal_emit_by_name (drag, "drag-end", -200.0, 0.0);
  g_assert_true (sage_chart_get_zoomed (fixture->chart));
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (to - from, >, 300);
  g_assert_cmpfloat (to - from, <, 420);

  g_signal_emit_by_name (click, "pressed", 1, 300.0, 100.0);
  g_assert_true (sage_chart_get_zoomed (fixture->chart));
  g_signal_emit_by_name (click, "pressed", 2, 300.0, 100.0);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));

  g_signal_emit_by_name (scroll, "scroll", 0.0, 1.0, &taken);
  g_assert_false (taken); /* there is nothing farther out: the page scrolls */
  g_signal_emit_by_name (scroll, "scroll", 0.0, -1.0, &taken);
  g_assert_true (taken);
  g_assert_true (sage_chart_get_zoomed (fixture->chart));
  sage_chart_get_range (fixture->chart, &from, &to_before);
  g_signal_emit_by_name (scroll, "scroll", -1.0, 0.0, &taken);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (to, <, to_before);
}

static void
test_zoom (Fixture       *fixture,
           gconstpointer  data)
{
  double from, to;

  for (guint i = 0; i <= 100; i++)
    sage_chart_series_append (fixture->train, i, i);
  show (fixture);

  sage_chart_zoom_to (fixture->chart, 40, 20);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat_with_epsilon (from, 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (to, 40, 1e-9);

  /* more points leave the view alone */
  sage_chart_series_append (fixture->train, 1000, 0);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat_with_epsilon (to, 40, 1e-9);

  sage_chart_pan_by (fixture->chart, 0.5);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat_with_epsilon (from, 30, 1e-6);
  g_assert_cmpfloat_with_epsilon (to, 50, 1e-6);
  sage_chart_pan_by (fixture->chart, -50);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat_with_epsilon (from, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (to, 20, 1e-6);
  sage_chart_zoom_by (fixture->chart, 2, 1);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat_with_epsilon (from, 10, 1e-6);
  g_assert_cmpfloat_with_epsilon (to, 20, 1e-6);

  /* as far in as numbers go, and out again */
  for (guint i = 0; i < 100; i++)
    sage_chart_zoom_by (fixture->chart, 10, 0.5);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (from, <, to);
  for (guint i = 0; i < 100; i++)
    sage_chart_zoom_by (fixture->chart, 0.1, 0.5);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));

  sage_chart_zoom_to (fixture->chart, 5000, 6000); /* nothing there */
  g_assert_false (sage_chart_get_zoomed (fixture->chart));
  sage_chart_zoom_to (fixture->chart, -INFINITY, 10);
  sage_chart_get_range (fixture->chart, &from, &to);
  g_assert_cmpfloat (from, ==, 0);
  g_assert_cmpfloat_with_epsilon (to, 10, 1e-9);
}

/* A layer that counts how often it is asked to draw. */
#define TYPE_COUNTER (counter_get_type ())
G_DECLARE_FINAL_TYPE (Counter, counter, , COUNTER, SageChartLayer)

struct _Counter
{
  SageChartLayer parent_instance;

  guint          n_drawn;
};

G_DEFINE_FINAL_TYPE (Counter, counter, SAGE_TYPE_CHART_LAYER)

static void
counter_snapshot (SageChartLayer      *layer,
                  GtkSnapshot         *snapshot,
                  const SageChartPlot *plot)
{
  ((Counter *) layer)->n_drawn++;
}

static void
counter_class_init (CounterClass *klass)
{
  SAGE_CHART_LAYER_CLASS (klass)->snapshot = counter_snapshot;
}

static void
counter_init (Counter *self)
{
}

static void
test_burst (Fixture       *fixture,
            gconstpointer  data)
{
  Counter *counter = g_object_new (TYPE_COUNTER, NULL);
  GtkEventController *motion;
  guint before;

  sage_chart_add_layer (fixture->chart, SAGE_CHART_LAYER (counter));
  add_rounds (fixture);
  show (fixture);
  motion = find_controller (GTK_WIDGET (fixture->chart), GTK_TYPE_EVENT_CONTROLLER_MOTION, 0);
  g_assert_cmpuint (counter->n_drawn, >=, 1);

  /* ten thousand points are one drawing */
  before = counter->n_drawn;
  for (guint i = 0; i < 10000; i++)
    sage_chart_series_append (fixture->train, 10 + i, 1);
  wait_frames (fixture->window, 5);
  g_assert_cmpuint (counter->n_drawn, ==, before + 1);

  /* the pointer is none */
  for (guint i = 0; i < 20; i++)
    {
      g_signal_emit_by_name (motion, "motion", 100.0 + 10 * i, 100.0);
      wait_frames (fixture->window, 1);
    }
  g_assert_cmpuint (counter->n_drawn, ==, before + 1);

  /* nor is a frame in which nothing happens */
  gtk_widget_queue_draw (GTK_WIDGET (fixture->chart));
  wait_frames (fixture->window, 3);
  g_assert_cmpuint (counter->n_drawn, ==, before + 1);

  g_object_unref (counter);
}

static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  static const double values[] = {
    0, -0.0, 1, -1, NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, 1e-300, 1e300,
  };
  GtkWidget *widget = GTK_WIDGET (fixture->chart);

  show (fixture);
  sage_chart_series_set_name (fixture->train, "<b>&\"' \xe2\x80\xae \n\t\xff %s");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (guint j = 0; j < G_N_ELEMENTS (values); j++)
      {
        g_autofree char *text = NULL;
        g_autofree char *description = NULL;

        sage_chart_series_clear (fixture->train);
        sage_chart_series_append (fixture->train, 0, values[i]);
        sage_chart_series_append (fixture->train, 0, values[j]);
        sage_chart_series_append (fixture->train, values[j], values[i]);
        sage_chart_series_append (fixture->train, values[i], values[j]);
        g_object_set (widget, "logarithmic", (i + j) % 2 == 0, "smoothing", i % 3 * 0.3,
                      "x-format", i % 4, "y-format", j % 4, NULL);
        text = draw_to_text (widget);
        g_assert_null (strstr (text, "nan"));
        g_assert_null (strstr (text, "inf"));
        press (widget, GDK_KEY_Right, 0);
        press (widget, GDK_KEY_Right, 0);
        press (widget, GDK_KEY_plus, 0);
        press (widget, GDK_KEY_End, 0);
        description = sage_chart_describe (fixture->chart);
        g_assert_true (g_utf8_validate (description, -1, NULL));
        sage_chart_reset_zoom (fixture->chart);
      }
}

static void
test_series_come_and_go (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr(SageChartSeries) third = sage_chart_series_new ("third");

  add_rounds (fixture);
  show (fixture);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Right, 0);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Down, 0);
  sage_chart_set_highlight (fixture->chart, fixture->valid);

  /* the cursor is on it, it stands out: and it goes */
  sage_chart_remove_series (fixture->chart, fixture->valid);
  wait_frames (fixture->window, 2);
  g_assert_cmpuint (g_list_model_get_n_items (sage_chart_get_series (fixture->chart)), ==, 1);
  g_assert_cmpstr (sage_chart_get_cursor_text (fixture->chart), ==, "train:error 0.5000, Round 0");

  /* its colour is free again */
  sage_chart_add_series (fixture->chart, third);
  g_assert_cmpuint (sage_chart_series_get_colour (third), ==, 1);
  sage_chart_remove_all (fixture->chart);
  g_assert_true (isnan (sage_chart_get_cursor_x (fixture->chart)));
  wait_frames (fixture->window, 2);
}

static void
test_cursors_together (Fixture       *fixture,
                       gconstpointer  data)
{
  SageChart *other = g_object_ref_sink (SAGE_CHART (sage_chart_new ()));
  g_autoptr(SageChartSeries) series = sage_chart_series_new ("other");

  for (guint i = 0; i < 5; i++)
    sage_chart_series_append (series, i * 2.25, i);
  sage_chart_add_series (other, series);
  add_rounds (fixture);
  show (fixture);
  g_object_bind_property (fixture->chart, "cursor-x", other, "cursor-x",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  press (GTK_WIDGET (fixture->chart), GDK_KEY_End, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (other), ==, 9);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Left, 0);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Left, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 7);
  g_assert_cmpfloat (sage_chart_get_cursor_x (other), ==, 6.75);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Escape, 0);
  g_assert_true (isnan (sage_chart_get_cursor_x (other)));

  g_assert_finalize_object (other);
}

static void
test_mirrored (Fixture       *fixture,
               gconstpointer  data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  g_autofree char *text = NULL;

  add_rounds (fixture);
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_RTL);
  show (fixture);
  text = draw_to_text (widget);
  g_assert_nonnull (strstr (text, "scale(-1, 1)"));

  /* left on the keyboard is left on the screen, which is later */
  press (widget, GDK_KEY_Left, 0);
  press (widget, GDK_KEY_Left, 0);
  g_assert_cmpfloat (sage_chart_get_cursor_x (fixture->chart), ==, 1);
}

/* At twice the text size, and in the smallest room there is, everything is still inside. */
static void
test_large_text (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  add_rounds (fixture);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  fixture->window = show_in_window (GTK_WIDGET (fixture->chart), 120, 120);
  press (GTK_WIDGET (fixture->chart), GDK_KEY_Right, 0);
  wait_frames (fixture->window, 2);
  g_free (draw_to_text (GTK_WIDGET (fixture->chart)));
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  adw_init ();

#define ADD(name, function) \
  g_test_add ("/charts/chart/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("lines", test_lines);
  ADD ("dark", test_dark);
  ADD ("one-point", test_one_point);
  ADD ("gaps", test_gaps);
  ADD ("dense", test_dense);
  ADD ("smoothing", test_smoothing);
  ADD ("messages", test_messages);
  ADD ("accessible", test_accessible);
  ADD ("keyboard", test_keyboard);
  ADD ("pointer", test_pointer);
  ADD ("drag-and-wheel", test_drag_and_wheel);
  ADD ("zoom", test_zoom);
  ADD ("burst", test_burst);
  ADD ("hostile", test_hostile);
  ADD ("series-come-and-go", test_series_come_and_go);
  ADD ("cursors-together", test_cursors_together);
  ADD ("mirrored", test_mirrored);
  ADD ("large-text", test_large_text);

  return g_test_run ();
}
