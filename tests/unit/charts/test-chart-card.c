/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "../../criticals.h"
#include "sage-chart-card.h"
#include "sage-chart-export.h"
#include "sage-chart-legend.h"
#include "sage-chart-table.h"
#include "widgets.h"

#define WIDTH 600
#define HEIGHT 400

typedef struct
{
  SageChartCard   *card;
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
  fixture->card = g_object_ref_sink (SAGE_CHART_CARD (sage_chart_card_new ("Error <by> round")));
  fixture->chart = sage_chart_card_get_chart (fixture->card);
  listen_to (fixture->chart);
  fixture->train = sage_chart_series_new ("train:error");
  fixture->valid = sage_chart_series_new ("validation, \"<b>error</b>\"");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->window != NULL)
    close_window (fixture->window);
  g_assert_finalize_object (fixture->card);
  g_assert_finalize_object (fixture->train);
  g_assert_finalize_object (fixture->valid);
}

static void
add_rounds (Fixture *fixture)
{
  for (guint i = 0; i < 10; i++)
    sage_chart_series_append (fixture->train, i, 1.0 / (i + 3));
  sage_chart_series_append (fixture->valid, 3, 0.25);
  sage_chart_series_append (fixture->valid, 4, NAN);
  sage_chart_card_add_series (fixture->card, fixture->train);
  sage_chart_card_add_series (fixture->card, fixture->valid);
  g_object_set (fixture->card, "x-label", "Round", NULL);
}

static void
show (Fixture *fixture)
{
  fixture->window = show_in_window (GTK_WIDGET (fixture->card), WIDTH, HEIGHT);
}

/* Returns the legend's button of a series. */
static GtkWidget *
legend_button (Fixture *fixture,
               guint    i)
{
  GtkWidget *legend = find_first (GTK_WIDGET (fixture->card), SAGE_TYPE_CHART_LEGEND);
  g_autoptr(GPtrArray) buttons = g_ptr_array_new ();

  find_all (legend, GTK_TYPE_TOGGLE_BUTTON, buttons);
  g_assert_cmpuint (i, <, buttons->len);

  return buttons->pdata[i];
}

static void
test_legend_filters (Fixture       *fixture,
                     gconstpointer  data)
{
  GtkWidget *button;
  g_autofree char *text = NULL;

  add_rounds (fixture);
  show (fixture);
  button = legend_button (fixture, 1);

  /* a name is text, whatever is in it */
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (find_first (button, GTK_TYPE_LABEL))), ==,
                   "validation, \"<b>error</b>\"");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "validation, \"<b>error</b>\"");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_ROLE_TOGGLE_BUTTON);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));

  g_signal_emit_by_name (button, "clicked");
  g_assert_false (sage_chart_series_get_visible (fixture->valid));
  sage_chart_series_set_visible (fixture->valid, TRUE);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));

  gtk_widget_activate_action (button, "legend.only", "u", 1u);
  g_assert_false (sage_chart_series_get_visible (fixture->train));
  g_assert_true (sage_chart_series_get_visible (fixture->valid));
  gtk_widget_activate_action (button, "legend.all", NULL);
  g_assert_true (sage_chart_series_get_visible (fixture->train));

  /* the pointer on a name has its line stand out: others fade */
  g_signal_emit_by_name (find_controller (button, GTK_TYPE_EVENT_CONTROLLER_MOTION, 0), "enter", 1.0,
                         1.0);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "rgba(6,116,236,"), >=, 1);
  g_signal_emit_by_name (find_controller (button, GTK_TYPE_EVENT_CONTROLLER_MOTION, 0), "leave");
  g_clear_pointer (&text, g_free);
  text = draw_to_text (GTK_WIDGET (fixture->chart));
  g_assert_cmpuint (count_in (text, "rgba(6,116,236,"), ==, 0);

  sage_chart_card_remove_all (fixture->card);
  wait_frames (fixture->window, 1);
  g_assert_false (gtk_widget_get_visible (find_first (GTK_WIDGET (fixture->card),
                                                      SAGE_TYPE_CHART_LEGEND)));
}

static void
test_legend_menu (Fixture       *fixture,
                  gconstpointer  data)
{
  GtkWidget *legend, *button;
  GtkWidget *menu = NULL;

  add_rounds (fixture);
  show (fixture);
  legend = find_first (GTK_WIDGET (fixture->card), SAGE_TYPE_CHART_LEGEND);
  button = legend_button (fixture, 0);
  gtk_widget_grab_focus (button);
  g_assert_true (press (legend, GDK_KEY_F10, GDK_SHIFT_MASK));

  menu = find_first (button, GTK_TYPE_POPOVER_MENU);
  wait_until (gtk_widget_get_mapped (menu));
  g_object_add_weak_pointer (G_OBJECT (menu), (gpointer *) &menu);
  gtk_popover_popdown (GTK_POPOVER (menu));
  wait_until (menu == NULL);
}

/* Forty long names do not push the chart away. */
static void
test_legend_of_many (Fixture       *fixture,
                     gconstpointer  data)
{
  add_rounds (fixture);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("a-training-job-with-a-long-name-%u", i);
      g_autoptr(SageChartSeries) series = sage_chart_series_new (name);

      sage_chart_series_append (series, i, i);
      sage_chart_card_add_series (fixture->card, series);
    }
  show (fixture);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (fixture->chart)), >=, HEIGHT / 2);
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  show (fixture);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fixture->card), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fixture->chart), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->chart),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Error <by> round");
  g_object_set (fixture->card, "title", NULL, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->chart),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Chart");
}

/* Returns the table's cells that are in sight, row by row with | between cells. */
static char *
read_table (Fixture *fixture)
{
  GtkWidget *view = find_first (GTK_WIDGET (fixture->card), GTK_TYPE_COLUMN_VIEW);
  g_autoptr(GPtrArray) labels = g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  find_all (gtk_widget_get_last_child (view), GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    g_string_append_printf (text, "%s|", gtk_label_get_text (labels->pdata[i]));

  return g_string_free (text, FALSE);
}

static void
test_table (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *view;
  GListModel *columns, *rows;
  g_autoptr(GtkColumnViewColumn) last = NULL;
  g_autofree char *text = NULL;

  add_rounds (fixture);
  show (fixture);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->chart));
  g_assert_true (press (GTK_WIDGET (fixture->chart), GDK_KEY_t, 0));
  g_assert_true (sage_chart_card_get_show_table (fixture->card));
  wait_frames (fixture->window, 4);

  view = find_first (GTK_WIDGET (fixture->card), GTK_TYPE_COLUMN_VIEW);
  g_assert_true (gtk_widget_get_mapped (view));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (fixture->chart)));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), view));
  columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));
  rows = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 3);
  last = g_list_model_get_item (columns, 2);
  g_assert_cmpstr (gtk_column_view_column_get_title (last), ==, "validation, \"<b>error</b>\"");
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 10);
  text = read_table (fixture);
  g_assert_nonnull (strstr (text, "0|0.3333333333333333||1|0.25||"));
  g_assert_nonnull (strstr (text, "3|0.16666666666666666|0.25|4|0.14285714285714285|NaN|"));

  /* it is live, as the chart is */
  sage_chart_series_append (fixture->valid, 5, 0.125);
  sage_chart_series_append (fixture->train, 10, 0.5);
  wait_frames (fixture->window, 4);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 11);
  g_clear_pointer (&text, g_free);
  text = read_table (fixture);
  g_assert_nonnull (strstr (text, "5|0.125|0.125|"));
  sage_chart_series_set_visible (fixture->train, FALSE);
  wait_frames (fixture->window, 4);
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 3);

  /* back, with the focus */
  g_assert_true (press (GTK_WIDGET (fixture->card), GDK_KEY_t, 0));
  g_assert_false (sage_chart_card_get_show_table (fixture->card));
  wait_frames (fixture->window, 2);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (fixture->chart)));
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (fixture->chart)));
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  GdkClipboard *clipboard;
  GtkSelectionModel *selection;
  GtkWidget *table;
  g_auto(GValue) value = G_VALUE_INIT;

  add_rounds (fixture);
  show (fixture);
  sage_chart_card_set_show_table (fixture->card, TRUE);
  table = find_first (GTK_WIDGET (fixture->card), SAGE_TYPE_CHART_TABLE);
  selection = gtk_column_view_get_model (
    GTK_COLUMN_VIEW (find_first (table, GTK_TYPE_COLUMN_VIEW)));
  g_assert_false (press (table, GDK_KEY_c, GDK_CONTROL_MASK));
  gtk_selection_model_select_range (selection, 3, 2, TRUE);
  g_assert_true (press (table, GDK_KEY_c, GDK_CONTROL_MASK));

  clipboard = gtk_widget_get_clipboard (table);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (gdk_clipboard_get_content (clipboard), &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==,
                   "3\t0.16666666666666666\t0.25\n4\t0.14285714285714285\tnan\n");
}

static void
test_table_of_a_million (Fixture       *fixture,
                         gconstpointer  data)
{
  GtkWidget *view;

  add_rounds (fixture);
  for (guint i = 0; i < 1000000; i++)
    sage_chart_series_append (fixture->train, 100 + i, i);
  show (fixture);
  sage_chart_card_set_show_table (fixture->card, TRUE);
  wait_frames (fixture->window, 3);
  view = find_first (GTK_WIDGET (fixture->card), GTK_TYPE_COLUMN_VIEW);
  g_assert_cmpuint (g_list_model_get_n_items (
    G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)))), ==, 1000010);
  gtk_column_view_scroll_to (GTK_COLUMN_VIEW (view), 1000009, NULL, GTK_LIST_SCROLL_NONE, NULL);
  wait_frames (fixture->window, 3);
}

static void
test_actions (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *card = GTK_WIDGET (fixture->card);
  gboolean logarithmic;

  add_rounds (fixture);
  show (fixture);
  gtk_widget_activate_action (card, "chart.zoom-in", NULL);
  g_assert_true (sage_chart_get_zoomed (fixture->chart));
  gtk_widget_activate_action (card, "chart.zoom-out", NULL);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));
  gtk_widget_activate_action (card, "chart.zoom-in", NULL);
  gtk_widget_activate_action (card, "chart.zoom-reset", NULL);
  g_assert_false (sage_chart_get_zoomed (fixture->chart));

  gtk_widget_grab_focus (GTK_WIDGET (fixture->chart));
  press (GTK_WIDGET (fixture->chart), GDK_KEY_l, 0);
  g_object_get (card, "logarithmic", &logarithmic, NULL);
  g_assert_true (logarithmic);
  g_assert_true (sage_chart_get_logarithmic (fixture->chart));
  wait_frames (fixture->window, 2);
}

/* The tools come with the focus and go with it, and are not there without points. */
static void
test_tools (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *tools = NULL;
  g_autoptr(GPtrArray) boxes = g_ptr_array_new ();

  show (fixture);
  find_all (GTK_WIDGET (fixture->card), GTK_TYPE_BOX, boxes);
  for (guint i = 0; tools == NULL && i < boxes->len; i++)
    if (gtk_widget_has_css_class (boxes->pdata[i], "tools"))
      tools = boxes->pdata[i];
  g_assert_nonnull (tools);
  g_assert_false (gtk_widget_get_visible (tools));

  add_rounds (fixture);
  wait_until (gtk_widget_get_visible (tools));
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  g_assert_false (gtk_widget_has_css_class (tools, "shown"));
  gtk_widget_grab_focus (GTK_WIDGET (fixture->chart));
  g_assert_true (gtk_widget_has_css_class (tools, "shown"));
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  g_assert_false (gtk_widget_has_css_class (tools, "shown"));
}

static void
test_full_page (Fixture       *fixture,
                gconstpointer  data)
{
  AdwDialog *dialog;
  SageChartCard *twin;
  SageChart *twin_chart;

  add_rounds (fixture);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->card));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->card)));

  sage_chart_zoom_to (fixture->chart, 2, 5);
  gtk_widget_activate_action (GTK_WIDGET (fixture->card), "chart.full-page", NULL);
  dialog = adw_window_get_visible_dialog (ADW_WINDOW (fixture->window));
  g_assert_nonnull (dialog);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  twin = SAGE_CHART_CARD (find_first (GTK_WIDGET (dialog), SAGE_TYPE_CHART_CARD));
  twin_chart = sage_chart_card_get_chart (twin);
  g_assert_true (twin != fixture->card);
  g_assert_cmpuint (g_list_model_get_n_items (sage_chart_get_series (twin_chart)), ==, 2);
  g_assert_true (sage_chart_get_zoomed (twin_chart));

  /* what is set there is set here too, and a series less here is one less there */
  g_object_set (twin, "logarithmic", TRUE, NULL);
  g_assert_true (sage_chart_get_logarithmic (fixture->chart));
  sage_chart_remove_series (fixture->chart, fixture->valid);
  g_assert_cmpuint (g_list_model_get_n_items (sage_chart_get_series (twin_chart)), ==, 1);
  adw_dialog_force_close (dialog);
  wait_until (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)) == NULL);
}

static void
test_export_csv (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  add_rounds (fixture);
  bytes = sage_chart_export_to_bytes (fixture->chart, "t", SAGE_CHART_EXPORT_CSV, &error);
  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (g_str_has_prefix (
    text,
    "Round,train:error,\"validation, \"\"<b>error</b>\"\"\"\r\n"
    "0,0.3333333333333333,\r\n"));
  g_assert_nonnull (strstr (text, "\r\n3,0.16666666666666666,0.25\r\n4,0.14285714285714285,nan\r\n"));
  g_assert_cmpuint (count_in (text, "\r\n"), ==, 11);
}

static void
test_export_png (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree guint32 *pixels = NULL;
  gsize n_pixels, blue = 0;

  add_rounds (fixture);
  show (fixture);
  bytes = sage_chart_export_to_bytes (fixture->chart, "Title", SAGE_CHART_EXPORT_PNG, &error);
  g_assert_no_error (error);
  texture = gdk_texture_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), >=, 1280);

  /* opaque, and the line is on it */
  n_pixels = (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture);
  pixels = g_new (guint32, n_pixels);
  gdk_texture_download (texture, (guchar *) pixels, gdk_texture_get_width (texture) * 4);
  for (gsize i = 0; i < n_pixels; i++)
    {
      g_assert_cmphex (pixels[i] >> 24, ==, 0xff);
      blue += (pixels[i] & 0xffffff) == 0x0674ec;
    }
  g_assert_cmpuint (blue, >, 500);
}

static void
test_export_svg (Fixture       *fixture,
                 gconstpointer  data)
{
  const GMarkupParser nothing = { NULL };
  g_autoptr(GMarkupParseContext) parser = g_markup_parse_context_new (&nothing, 0, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  add_rounds (fixture);
  show (fixture);
  bytes = sage_chart_export_to_bytes (fixture->chart, "A & B", SAGE_CHART_EXPORT_SVG, &error);
  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (g_markup_parse_context_parse (parser, text, -1, &error));
  g_assert_true (g_markup_parse_context_end_parse (parser, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "<svg"));
  g_assert_cmpuint (count_in (text, "<path"), >, 4);
  g_assert_null (strstr (text, "data:image"));
}

/* An empty chart and one without a window export too. */
static void
test_export_empty (Fixture       *fixture,
                   gconstpointer  data)
{
  for (guint kind = SAGE_CHART_EXPORT_PNG; kind <= SAGE_CHART_EXPORT_CSV; kind++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = sage_chart_export_to_bytes (fixture->chart, NULL, kind, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
    }
}

/* As a page's Blueprint uses it. */
static void
test_builder (void)
{
  static const char ui[] =
    "<interface>"
    "  <object class='SageChartCard' id='card'>"
    "    <property name='title'>Loss</property>"
    "    <property name='x-label'>Step</property>"
    "    <property name='y-format'>bytes</property>"
    "  </object>"
    "</interface>";
  g_autoptr(GtkBuilder) builder = NULL;
  g_autofree char *x_label = NULL;
  GObject *card;

  g_type_ensure (SAGE_TYPE_CHART_CARD);
  builder = gtk_builder_new_from_string (ui, -1);
  card = gtk_builder_get_object (builder, "card");
  g_assert_cmpstr (sage_chart_card_get_title (SAGE_CHART_CARD (card)), ==, "Loss");
  g_object_get (card, "x-label", &x_label, NULL);
  g_assert_cmpstr (x_label, ==, "Step");
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  int minimum;

  add_rounds (fixture);
  g_object_set (fixture->card, "title", "A title that has more to say than fits on a telephone", NULL);
  gtk_widget_measure (GTK_WIDGET (fixture->card), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360 - 2 * 18);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  criticals_end_the_program (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  adw_init ();

#define ADD(name, function) \
  g_test_add ("/charts/card/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("legend-filters", test_legend_filters);
  ADD ("legend-menu", test_legend_menu);
  ADD ("legend-of-many", test_legend_of_many);
  ADD ("accessible", test_accessible);
  ADD ("table", test_table);
  ADD ("copy", test_copy);
  ADD ("table-of-a-million", test_table_of_a_million);
  ADD ("actions", test_actions);
  ADD ("tools", test_tools);
  ADD ("full-page", test_full_page);
  ADD ("export-csv", test_export_csv);
  ADD ("export-png", test_export_png);
  ADD ("export-svg", test_export_svg);
  ADD ("export-empty", test_export_empty);
  ADD ("narrow", test_narrow);
  g_test_add_func ("/charts/card/builder", test_builder);

  return g_test_run ();
}
