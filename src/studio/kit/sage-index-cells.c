/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <string.h>

#include "sage-index-page-private.h"

/*
 * How the view of SageIndexPage gets its cells. GTK keeps 200 rows of widgets for the 25 that are in
 * sight, and gives all of them other rows when one scrolls by pages. So the cells of rows that are
 * out of sight are filled when there is time, and those that come into sight before that, then.
 */

#define MARGIN 3            /* rows beside those in sight that count as in sight */
#define FIRST_ROWS 40       /* those in sight before the view knows its height */
#define SLICE_TIME_US 2000  /* of the 16 ms of a frame */

/* Which rows are in sight, or almost. */
static void
find_sight (SageIndexPage *self,
            guint         *first,
            guint         *last)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkAdjustment *adjustment = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->model));
  double height;
  double start;

  *first = 0;
  *last = FIRST_ROWS;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  height = n > 0 ? gtk_adjustment_get_upper (adjustment) / n : 0;
  if (height < 1 || gtk_adjustment_get_page_size (adjustment) < 1)
    return;

  start = gtk_adjustment_get_value (adjustment) / height;
  *first = MAX (start - MARGIN, 0);
  *last = start + gtk_adjustment_get_page_size (adjustment) / height + MARGIN;
}

static void
fill (SageIndexCell *cell)
{
  sage_index_cell_show (cell);
  if (sage_index_cell_changes (cell))
    g_ptr_array_add (sage_index_page_private (cell->column->page)->cells, cell);
}

/* Fills the cells that wait and have come into sight. */
void
sage_index_page_fill_sight (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  guint first;
  guint last;

  find_sight (self, &first, &last);
  for (guint i = priv->waiting->len; i-- > 0;)
    {
      SageIndexCell *cell = g_ptr_array_index (priv->waiting, i);
      guint position = gtk_column_view_cell_get_position (cell->item);

      if (position >= first && position <= last)
        {
          g_ptr_array_remove_index_fast (priv->waiting, i);
          fill (cell);
        }
    }
}

static gboolean
fill_cb (gpointer user_data)
{
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);
  gint64 end = g_get_monotonic_time () + SLICE_TIME_US;

  while (priv->waiting->len > 0 && g_get_monotonic_time () < end)
    fill (g_ptr_array_steal_index_fast (priv->waiting, priv->waiting->len - 1));
  if (priv->waiting->len > 0)
    return G_SOURCE_CONTINUE;

  priv->fill = 0;

  return G_SOURCE_REMOVE;
}

static void
setup_cb (GtkListItemFactory *factory,
          GtkColumnViewCell  *item,
          SageIndexColumn    *column)
{
  gtk_column_view_cell_set_child (item, GTK_WIDGET (sage_index_cell_new (column, item)));
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkColumnViewCell  *item,
         SageIndexColumn    *column)
{
  SageIndexPagePrivate *priv = sage_index_page_private (column->page);
  SageIndexCell *cell = SAGE_INDEX_CELL (gtk_column_view_cell_get_child (item));
  guint position = gtk_column_view_cell_get_position (item);
  guint first;
  guint last;

  cell->row = g_object_ref (gtk_column_view_cell_get_item (item));
  find_sight (column->page, &first, &last);
  if (position >= first && position <= last)
    {
      fill (cell);
      return;
    }

  g_ptr_array_add (priv->waiting, cell);
  if (priv->fill == 0)
    {
      priv->fill = g_idle_add (fill_cb, column->page);
      g_source_set_name_by_id (priv->fill, "[sagebrush] cells of an index");
    }
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkColumnViewCell  *item,
           SageIndexColumn    *column)
{
  SageIndexPagePrivate *priv = sage_index_page_private (column->page);
  SageIndexCell *cell = SAGE_INDEX_CELL (gtk_column_view_cell_get_child (item));

  if (!cell->is_shown)
    g_ptr_array_remove_fast (priv->waiting, cell);
  else if (sage_index_cell_changes (cell))
    g_ptr_array_remove_fast (priv->cells, cell);
  if (cell->is_shown)
    sage_index_cell_hide (cell);
  g_clear_object (&cell->row);
}

/* Returns: (transfer full): what makes the cells of a column */
GtkListItemFactory *
sage_index_cell_factory (SageIndexColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), column);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), column);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), column);

  return factory;
}

/* The cell that @widget is or is in; of a row, its first. (nullable) */
SageIndexCell *
sage_index_page_cell_at (SageIndexPage *self,
                         GtkWidget     *widget)
{
  GtkWidget *view = sage_index_page_private (self)->view;
  GtkWidget *child;

  if (widget == NULL || !gtk_widget_is_ancestor (widget, view))
    return NULL;

  for (; widget != view; widget = gtk_widget_get_parent (widget))
    {
      if (SAGE_IS_INDEX_CELL (widget))
        return SAGE_INDEX_CELL (widget);
      if (strcmp (gtk_widget_get_css_name (widget), "row") == 0)
        break;
    }

  /* A row has the view's cells, and these have ours. */
  child = widget != view ? gtk_widget_get_first_child (widget) : NULL;
  child = child != NULL ? gtk_widget_get_first_child (child) : NULL;

  return SAGE_IS_INDEX_CELL (child) ? SAGE_INDEX_CELL (child) : NULL;
}

/* The cell with a check that a point of the view is in, be it beside the check. (nullable) */
SageIndexCell *
sage_index_page_check_at (SageIndexPage *self,
                          double         x,
                          double         y)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *picked = gtk_widget_pick (priv->view, x, y, GTK_PICK_DEFAULT);
  SageIndexCell *cell = NULL;

  if (picked == NULL)
    return NULL;

  if (SAGE_IS_INDEX_CELL (picked))
    cell = SAGE_INDEX_CELL (picked);
  else if (SAGE_IS_INDEX_CELL (gtk_widget_get_first_child (picked)))
    cell = SAGE_INDEX_CELL (gtk_widget_get_first_child (picked));

  return cell != NULL && cell->row != NULL && cell->column == priv->checks ? cell : NULL;
}
