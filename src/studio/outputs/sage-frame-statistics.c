/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame-statistics"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-frame-columns-private.h"
#include "sage-text.h"
#include "sage-words.h"

enum
{
  SHOW_NAME,
  SHOW_COUNT,
  SHOW_MISSING,
  SHOW_DISTINCT,
  SHOW_MIN,
  SHOW_MAX,
  SHOW_MEAN,
  N_SHOWN,
};

/* (transfer full) (element-type utf8): what is told of a column */
static GStrv
describe (SageFrame *frame,
          guint      column)
{
  GStrv words = g_new0 (char *, N_SHOWN + 1);
  SageFrameStatistics of;

  sage_frame_get_statistics (frame, column, &of);
  words[SHOW_NAME] = sage_text_shorten_end (sage_frame_get_name (frame, column), 200);
  words[SHOW_COUNT] = g_strdup_printf ("%u", of.count);
  words[SHOW_MISSING] = g_strdup_printf ("%u", of.missing);
  words[SHOW_DISTINCT] = g_strdup_printf ("%u", of.distinct);
  if (of.count > 0 && sage_frame_get_kind (frame, column) == SAGE_FRAME_NUMBER)
    {
      words[SHOW_MIN] = sage_words_number (of.min);
      words[SHOW_MAX] = sage_words_number (of.max);
      words[SHOW_MEAN] = sage_words_number (of.mean);
    }
  else
    {
      words[SHOW_MIN] = sage_text_shorten_end (of.first, 60);
      words[SHOW_MAX] = sage_text_shorten_end (of.last, 60);
      words[SHOW_MEAN] = g_strdup ("");
    }

  return words;
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  user_data)
{
  guint shown = GPOINTER_TO_UINT (user_data);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), shown == SHOW_NAME ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, shown == SHOW_NAME ? "heading" : "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  user_data)
{
  GListModel *descriptions = g_object_get_data (G_OBJECT (factory), "descriptions");
  g_autoptr(GtkStringList) words = g_list_model_get_item (descriptions,
                                                          gtk_list_item_get_position (item));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_list_get_string (words, GPOINTER_TO_UINT (user_data)));
}

/* Returns: (transfer floating): a table of what the columns of the frame hold */
GtkWidget *
_sage_frame_make_statistics (SageFrame *frame)
{
  const char *titles[N_SHOWN] = {
    _("Column"), _("Count"), _("Missing"), _("Distinct"), _("Minimum"), _("Maximum"), _("Mean"),
  };
  g_autoptr(GListStore) descriptions = g_list_store_new (GTK_TYPE_STRING_LIST);
  GtkWidget *view;

  for (guint i = 0; i < sage_frame_get_n_columns (frame); i++)
    {
      g_auto(GStrv) words = describe (frame, i);
      g_autoptr(GtkStringList) list = gtk_string_list_new ((const char * const *) words);

      g_list_store_append (descriptions, list);
    }

  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (
    g_object_ref (G_LIST_MODEL (descriptions)))));
  for (guint i = 0; i < N_SHOWN; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkColumnViewColumn) column = NULL;

      g_object_set_data_full (G_OBJECT (factory), "descriptions", g_object_ref (descriptions),
                              g_object_unref);
      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GUINT_TO_POINTER (i));
      column = gtk_column_view_column_new (titles[i], factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
    }
  gtk_widget_add_css_class (view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Column statistics"), -1);

  return view;
}
