/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include "sage-index-page-private.h"

/* What SageIndexPage remembers: order, widths and visibility of columns, the sort, filter, place. */

#define COLUMNS_TYPE "a(sib)" /* id, width in px or -1, whether it is shown */
#define MAX_WIDTH 4000

static GVariant *
dup_columns (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (priv->view));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (COLUMNS_TYPE));
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) each = g_list_model_get_item (columns, i);
      const char *id = gtk_column_view_column_get_id (each);
      SageIndexColumn *column = id != NULL ? sage_index_page_find_column (self, id) : NULL;

      if (column != NULL)
        g_variant_builder_add (&builder, "(sib)", id,
                               gtk_column_view_column_get_fixed_width (each), column->shown);
    }

  return g_variant_builder_end (&builder);
}

/* Returns: (transfer full) (floating): what sage_index_page_take_state() takes */
GVariant *
sage_index_page_dup_state (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (priv->view));
  GtkColumnViewColumn *sort = NULL;
  GtkAdjustment *adjustment = NULL;
  GVariantDict dict;

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  sort = gtk_column_view_sorter_get_primary_sort_column (GTK_COLUMN_VIEW_SORTER (sorter));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "columns", dup_columns (self));
  g_variant_dict_insert (&dict, "columns-chosen", "b", priv->chosen);
  if (sort != NULL && gtk_column_view_column_get_id (sort) != NULL)
    g_variant_dict_insert (&dict, "sort", "(sb)", gtk_column_view_column_get_id (sort),
                           gtk_column_view_sorter_get_primary_sort_order (
                             GTK_COLUMN_VIEW_SORTER (sorter)) == GTK_SORT_DESCENDING);
  g_variant_dict_insert (&dict, "filter", "s", gtk_editable_get_text (GTK_EDITABLE (priv->search)));
  g_variant_dict_insert (&dict, "state", "i", priv->state);
  g_variant_dict_insert (&dict, "scroll", "d", gtk_adjustment_get_value (adjustment));

  return g_variant_dict_end (&dict);
}

/* Puts a column to where it comes after the checks and the narrow one. */
static void
move_column (SageIndexPage   *self,
             SageIndexColumn *column,
             guint            position)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (sage_index_page_private (self)->view);

  g_object_ref (column->column);
  gtk_column_view_remove_column (view, column->column);
  gtk_column_view_insert_column (view, position + 2, column->column);
  g_object_unref (column->column);
}

static void
take_columns (SageIndexPage *self,
              GVariant      *columns)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  guint position = 0;
  GVariantIter iter;
  const char *id;
  gint32 width;
  gboolean shown;

  g_variant_iter_init (&iter, columns);
  while (g_variant_iter_next (&iter, "(&sib)", &id, &width, &shown))
    {
      SageIndexColumn *column = sage_index_page_find_column (self, id);

      if (column == NULL)
        continue; /* of an older version */

      if (width >= -1 && width <= MAX_WIDTH)
        gtk_column_view_column_set_fixed_width (column->column, width);
      column->shown = shown || column == g_ptr_array_index (priv->columns, 0);
      move_column (self, column, position++);
    }
  sage_index_page_update_columns (self);
}

/* Takes back what sage_index_page_dup_state() gave, perhaps in another version. */
void
sage_index_page_take_state (SageIndexPage *self,
                            GVariant      *state)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autoptr(GVariant) columns = NULL;
  const char *text;
  gboolean descending;
  gint32 shown;
  double scroll;

  g_variant_lookup (state, "columns-chosen", "b", &priv->chosen);
  columns = g_variant_lookup_value (state, "columns", G_VARIANT_TYPE (COLUMNS_TYPE));
  if (columns != NULL)
    take_columns (self, columns);
  if (g_variant_lookup (state, "sort", "(&sb)", &text, &descending))
    {
      SageIndexColumn *column = sage_index_page_find_column (self, text);

      if (column != NULL && gtk_column_view_column_get_sorter (column->column) != NULL)
        gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (priv->view), column->column,
                                        descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
  if (g_variant_lookup (state, "filter", "&s", &text))
    sage_index_page_set_filter (self, text);
  if (g_variant_lookup (state, "state", "i", &shown))
    sage_index_page_set_state (self, shown >= -1 && shown <= SAGE_STATE_BAD ? shown : -1);
  if (g_variant_lookup (state, "scroll", "d", &scroll) && scroll > 0)
    {
      priv->scroll = scroll;
      sage_index_page_update (self);
    }
}

/* Gives the columns the order, widths and visibility that they came with. */
void
sage_index_page_reset_columns (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  priv->chosen = FALSE;
  for (guint i = 0; i < priv->columns->len; i++)
    {
      SageIndexColumn *column = g_ptr_array_index (priv->columns, i);

      column->shown = !column->info->hidden;
      gtk_column_view_column_set_fixed_width (column->column,
                                              sage_index_column_width (column->info));
      move_column (self, column, i);
    }
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (priv->view), NULL, GTK_SORT_ASCENDING);
  sage_index_page_update_columns (self);
}
