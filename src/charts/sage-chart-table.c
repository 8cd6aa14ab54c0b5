/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-table"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-chart-rows.h"
#include "sage-chart-table.h"

/* The points of a chart as a table: what the lines show, digit by digit. While it is not active it
 * holds nothing and follows nothing. */
struct _SageChartTable
{
  AdwBin         parent_instance;

  GtkWidget     *view;
  SageChart     *chart;      /* (owned) (nullable) */
  SageChartRows *rows;       /* (owned) (nullable): while active */
  GPtrArray     *followed;   /* (owned): of SageChartSeries, while active */
  guint          refresh_id; /* a tick callback that brings the rows up to date */
  gboolean       columns_changed;
};

G_DEFINE_FINAL_TYPE (SageChartTable, sage_chart_table, ADW_TYPE_BIN)

static SageChartFormat
get_x_format (SageChartTable *self)
{
  SageChartFormat format;

  g_object_get (self->chart, "x-format", &format, NULL);

  return format;
}

static void
sage_chart_table_setup_cb (GtkSignalListItemFactory *factory,
                           GtkListItem              *item,
                           SageChartTable           *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
sage_chart_table_bind_x_cb (GtkSignalListItemFactory *factory,
                            GtkListItem              *item,
                            SageChartTable           *self)
{
  double x = sage_chart_row_get_x (gtk_list_item_get_item (item));
  SageChartFormat format = get_x_format (self);
  g_autofree char *text = format == SAGE_CHART_FORMAT_NUMBER ? sage_chart_format_all_digits (x)
                                                             : sage_chart_format_value (format, x);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
sage_chart_table_bind_value_cb (GtkSignalListItemFactory *factory,
                                GtkListItem              *item,
                                SageChartSeries          *series)
{
  g_autofree char *text = NULL;
  double value;

  if (!sage_chart_row_get_value (gtk_list_item_get_item (item), series, &value))
    text = g_strdup ("");
  else if (isfinite (value))
    text = sage_chart_format_all_digits (value);
  else
    text = sage_chart_format_value (SAGE_CHART_FORMAT_NUMBER, value);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
sage_chart_table_add_column (SageChartTable  *self,
                             const char      *title,
                             SageChartSeries *series)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (sage_chart_table_setup_cb), self);
  if (series != NULL)
    g_signal_connect_data (factory, "bind", G_CALLBACK (sage_chart_table_bind_value_cb),
                           g_object_ref (series), (GClosureNotify) (void (*) (void)) g_object_unref,
                           0);
  else
    g_signal_connect (factory, "bind", G_CALLBACK (sage_chart_table_bind_x_cb), self);

  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
}

static void
sage_chart_table_remove_columns (SageChartTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->view), column);
    }
}

/* Makes a column for each visible series. */
static void
sage_chart_table_add_columns (SageChartTable *self)
{
  GListModel *series = sage_chart_get_series (self->chart);
  g_autofree char *x_label = NULL;

  sage_chart_table_remove_columns (self);
  g_object_get (self->chart, "x-label", &x_label, NULL);
  /* Translators: the column of a chart's table that says where on the x axis a point is */
  sage_chart_table_add_column (self, x_label != NULL && *x_label != '\0' ? x_label : _("X"), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (series); i++)
    {
      g_autoptr(SageChartSeries) one = g_list_model_get_item (series, i);

      if (sage_chart_series_get_visible (one))
        sage_chart_table_add_column (self, sage_chart_series_get_name (one), one);
    }
}

static gboolean
sage_chart_table_refresh_cb (GtkWidget     *widget,
                             GdkFrameClock *clock,
                             gpointer       user_data)
{
  SageChartTable *self = SAGE_CHART_TABLE (widget);

  self->refresh_id = 0;
  if (self->columns_changed)
    sage_chart_table_add_columns (self);
  self->columns_changed = FALSE;
  sage_chart_rows_update (self->rows);

  return G_SOURCE_REMOVE;
}

/* Has the rows brought up to date before the next frame, however many points come until then. */
static void
sage_chart_table_points_changed_cb (SageChartTable *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), sage_chart_table_refresh_cb,
                                                     NULL, NULL);
}

static void
sage_chart_table_columns_changed_cb (SageChartTable *self)
{
  self->columns_changed = TRUE;
  sage_chart_table_points_changed_cb (self);
}

static void
sage_chart_table_unfollow (SageChartTable *self)
{
  for (guint i = 0; i < self->followed->len; i++)
    g_signal_handlers_disconnect_by_data (self->followed->pdata[i], self);
  g_ptr_array_set_size (self->followed, 0);
}

static void
sage_chart_table_follow (SageChartTable *self)
{
  GListModel *series = sage_chart_get_series (self->chart);

  sage_chart_table_unfollow (self);
  for (guint i = 0; i < g_list_model_get_n_items (series); i++)
    {
      SageChartSeries *one = g_list_model_get_item (series, i);

      g_signal_connect_swapped (one, "changed", G_CALLBACK (sage_chart_table_points_changed_cb), self);
      g_signal_connect_swapped (one, "notify::visible",
                                G_CALLBACK (sage_chart_table_columns_changed_cb), self);
      g_signal_connect_swapped (one, "notify::name",
                                G_CALLBACK (sage_chart_table_columns_changed_cb), self);
      g_ptr_array_add (self->followed, one);
    }
}

static void
sage_chart_table_series_changed_cb (SageChartTable *self)
{
  sage_chart_table_follow (self);
  sage_chart_table_columns_changed_cb (self);
}

/* Copies the selected rows with every digit, as spreadsheets take them. */
static gboolean
sage_chart_table_copy_cb (GtkWidget *widget,
                          GVariant  *arguments,
                          gpointer   user_data)
{
  SageChartTable *self = SAGE_CHART_TABLE (widget);
  GtkSelectionModel *selection = gtk_column_view_get_model (GTK_COLUMN_VIEW (self->view));
  g_autoptr(GtkBitset) chosen = NULL;
  g_autoptr(GString) text = NULL;
  GtkBitsetIter iter;
  guint position;

  if (selection == NULL)
    return FALSE;
  chosen = gtk_selection_model_get_selection (selection);
  if (!gtk_bitset_iter_init_first (&iter, chosen, &position))
    return FALSE;

  text = g_string_new (NULL);
  do
    {
      g_autoptr(SageChartRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

      sage_chart_row_append_text (row, sage_chart_get_series (self->chart), '\t', text);
      g_string_append_c (text, '\n');
    }
  while (gtk_bitset_iter_next (&iter, &position));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);

  return TRUE;
}

/* Focuses the first row: the list is the last child of the view, after the titles. */
static gboolean
sage_chart_table_grab_focus (GtkWidget *widget)
{
  SageChartTable *self = SAGE_CHART_TABLE (widget);

  return gtk_widget_child_focus (gtk_widget_get_last_child (self->view), GTK_DIR_TAB_FORWARD) ||
         gtk_widget_grab_focus (self->view);
}

static void
sage_chart_table_dispose (GObject *object)
{
  SageChartTable *self = SAGE_CHART_TABLE (object);

  if (self->chart != NULL)
    sage_chart_table_set_active (self, FALSE);
  g_clear_object (&self->chart);

  G_OBJECT_CLASS (sage_chart_table_parent_class)->dispose (object);
}

static void
sage_chart_table_finalize (GObject *object)
{
  g_ptr_array_unref (SAGE_CHART_TABLE (object)->followed);

  G_OBJECT_CLASS (sage_chart_table_parent_class)->finalize (object);
}

static void
sage_chart_table_class_init (SageChartTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_chart_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_chart_table_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = sage_chart_table_grab_focus;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sage-chart-table");
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_c, GDK_CONTROL_MASK,
                                sage_chart_table_copy_cb, NULL);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "chart.table",
                                       NULL);
}

static void
sage_chart_table_init (SageChartTable *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->followed = g_ptr_array_new_with_free_func (g_object_unref);
  self->view = gtk_column_view_new (NULL);
  gtk_column_view_set_show_column_separators (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Points of the chart"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/**
 * sage_chart_table_set_chart:
 * @chart: whose points to list; set once
 */
void
sage_chart_table_set_chart (SageChartTable *self,
                            SageChart      *chart)
{
  g_return_if_fail (SAGE_IS_CHART_TABLE (self));
  g_return_if_fail (SAGE_IS_CHART (chart));
  g_return_if_fail (self->chart == NULL);

  self->chart = g_object_ref (chart);
}

/**
 * sage_chart_table_set_active:
 * @active: whether to show the points, and those that come; nothing otherwise
 */
void
sage_chart_table_set_active (SageChartTable *self,
                             gboolean        active)
{
  g_return_if_fail (SAGE_IS_CHART_TABLE (self));
  g_return_if_fail (self->chart != NULL);

  if (active == (self->rows != NULL))
    return;

  if (active)
    {
      GtkSelectionModel *selection;

      self->rows = sage_chart_rows_new (sage_chart_get_series (self->chart));
      selection = GTK_SELECTION_MODEL (
        gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->rows))));
      gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), selection);
      g_object_unref (selection);
      sage_chart_table_add_columns (self);
      sage_chart_table_follow (self);
      g_signal_connect_swapped (sage_chart_get_series (self->chart), "items-changed",
                                G_CALLBACK (sage_chart_table_series_changed_cb), self);
      return;
    }

  if (self->refresh_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->refresh_id);
  self->refresh_id = 0;
  g_signal_handlers_disconnect_by_data (sage_chart_get_series (self->chart), self);
  sage_chart_table_unfollow (self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), NULL);
  sage_chart_table_remove_columns (self);
  g_clear_object (&self->rows);
}
