/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame-columns"

#include "config.h"

#include "sage-frame-columns-private.h"
#include "sage-text.h"

/* A column of a frame, for the factory and the sorter of its cells. */
typedef struct
{
  SageFrame *frame; /* (owned) */
  guint      index;
} Source;

static Source *
source_new (SageFrame *frame,
            guint      index)
{
  Source *source = g_new (Source, 1);

  source->frame = g_object_ref (frame);
  source->index = index;

  return source;
}

static void
source_free (gpointer data)
{
  g_object_unref (((Source *) data)->frame);
  g_free (data);
}

static void
source_closure_free (gpointer  data,
                     GClosure *closure)
{
  source_free (data);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          const Source             *source)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean number = sage_frame_get_kind (source->frame, source->index) == SAGE_FRAME_NUMBER;

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), number ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (number)
    gtk_widget_add_css_class (label, "numeric");
  if (source->index < sage_frame_get_n_index (source->frame))
    gtk_widget_add_css_class (label, "frame-index");
  sage_text_tip_when_cut (GTK_LABEL (label));
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         const Source             *source)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  guint row = sage_frame_row_get_number (gtk_list_item_get_item (item));
  const char *text = sage_frame_get_cell (source->frame, row, source->index);
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);
  gboolean missing = source->index >= sage_frame_get_n_index (source->frame) &&
                     sage_frame_is_missing (source->frame, row, source->index);

  g_strdelimit (shown, "\n\r\t", ' ');
  gtk_label_set_text (GTK_LABEL (label), text == NULL ? "NaN" : shown);
  if (missing)
    gtk_widget_add_css_class (label, "dim-label");
  else
    gtk_widget_remove_css_class (label, "dim-label");
}

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  const Source *source = user_data;

  return sage_frame_compare (source->frame, source->index,
                             sage_frame_row_get_number ((SageFrameRow *) a),
                             sage_frame_row_get_number ((SageFrameRow *) b));
}

/* Adds a column for each of the frame's. */
void
_sage_frame_add_columns (GtkColumnView *view,
                         SageFrame     *frame)
{
  guint n = MIN (sage_frame_get_n_columns (frame), SAGE_FRAME_SHOWN_COLUMNS);

  for (guint i = 0; i < n; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkSorter) sorter =
        GTK_SORTER (gtk_custom_sorter_new (compare_cb, source_new (frame, i), source_free));
      g_autofree char *title = sage_text_shorten_end (sage_frame_get_name (frame, i), 200);
      g_autoptr(GtkColumnViewColumn) column = NULL;

      g_signal_connect_data (factory, "setup", G_CALLBACK (setup_cb), source_new (frame, i),
                             source_closure_free, G_CONNECT_DEFAULT);
      g_signal_connect_data (factory, "bind", G_CALLBACK (bind_cb), source_new (frame, i),
                             source_closure_free, G_CONNECT_DEFAULT);
      g_strdelimit (title, "\n\r\t", ' ');
      column = gtk_column_view_column_new (title, factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_sorter (column, sorter);
      gtk_column_view_append_column (view, column);
    }
}
