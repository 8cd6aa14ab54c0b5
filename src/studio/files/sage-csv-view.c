/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-csv-view"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-csv-view.h"
#include "sage-page.h"
#include "sage-text.h"

#define SAMPLE_ROWS 50 /* that tell how wide a column is */
#define MAX_WIDTH_CHARS 40

struct _SageCsvView
{
  AdwBin          parent_instance;

  SageCsvIndex   *index;    /* (owned) (nullable) */
  gboolean        measured; /* the columns are as wide as what is in them */
  gboolean        making;   /* the columns are being made */
  int             sorted;   /* the column that the rows are sorted by, as in the index; -1 */
  gboolean        descending;
  gboolean        telling;  /* how they are sorted has to be said, once they are */

  GtkSearchEntry *filter;
  GtkWidget      *spinner;
  GtkLabel       *summary;
  AdwBanner      *banner;
  GtkStack       *stack;
  GtkColumnView  *columns;
  GtkDropDown    *sort_column;
  GtkCheckButton *sort_descending;
};

G_DEFINE_FINAL_TYPE (SageCsvView, sage_csv_view, ADW_TYPE_BIN)

static void update (SageCsvView *self);

/* --- Cells ------------------------------------------------------------------------------------ */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *label = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (label),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (label), 1);
  gtk_list_item_set_child (item, label);
}

static void
bind_number_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *item)
{
  g_autofree char *text
    = g_strdup_printf ("%" G_GUINT64_FORMAT, sage_csv_row_get_number (gtk_list_item_get_item (item)));

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (gtk_list_item_get_child (item)), 1);
  gtk_widget_add_css_class (gtk_list_item_get_child (item), "dim-label");
  gtk_widget_add_css_class (gtk_list_item_get_child (item), "numeric");
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  column)
{
  SageCsvRow *row = gtk_list_item_get_item (item);
  const char *text = sage_csv_row_get_field (row, GPOINTER_TO_UINT (column));
  g_autofree char *shown = sage_text_shorten_end (text, SAGE_TEXT_MAX_LINE);
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_inscription_set_text (GTK_INSCRIPTION (label), shown);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (label),
                              sage_csv_row_is_number (row, GPOINTER_TO_UINT (column)) ? 1 : 0);
  gtk_widget_set_tooltip_text (label, g_utf8_strlen (shown, -1) > MAX_WIDTH_CHARS ? shown : NULL);
}

/* How many characters most fields of a column have. */
static guint
measure (SageCsvView *self,
         guint        column,
         const char  *title)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->index)), SAMPLE_ROWS);
  guint widest = (guint) MIN (g_utf8_strlen (title, -1), MAX_WIDTH_CHARS);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageCsvRow) row = g_list_model_get_item (G_LIST_MODEL (self->index), i);

      widest = MAX (widest, (guint) g_utf8_strlen (sage_csv_row_get_field (row, column), -1));
    }

  return CLAMP (widest, 4, MAX_WIDTH_CHARS);
}

static void
add_column (SageCsvView *self,
            const char  *title,
            int          width,
            GCallback    bind,
            guint        column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *shown = sage_text_shorten_end (title, 60);
  g_autoptr(GtkColumnViewColumn) added = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", bind, GUINT_TO_POINTER (column));
  added = gtk_column_view_column_new (shown, factory);
  gtk_column_view_column_set_resizable (added, TRUE);
  gtk_column_view_column_set_fixed_width (added, width);
  if (bind == G_CALLBACK (bind_cb))
    {
      /* Which makes its heading one that can be clicked; it is the index that sorts. */
      g_autoptr(GtkCustomSorter) sorter = gtk_custom_sorter_new (NULL, NULL, NULL);

      gtk_column_view_column_set_sorter (added, GTK_SORTER (sorter));
    }
  gtk_column_view_append_column (self->columns, added);
}

/* --- Sorting ---------------------------------------------------------------------------------- */

/* Has the headings, and what else says how the rows are sorted, say it. */
static void
show_sort (SageCsvView *self)
{
  g_autoptr(GtkColumnViewColumn) column = NULL;
  gboolean making = self->making;

  self->making = TRUE;
  if (self->sorted >= 0) /* the first column is that of the numbers of the rows */
    column = g_list_model_get_item (gtk_column_view_get_columns (self->columns), (guint) self->sorted + 1);
  gtk_column_view_sort_by_column (self->columns, column,
                                  self->descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  gtk_drop_down_set_selected (self->sort_column, (guint) (self->sorted + 1));
  gtk_check_button_set_active (self->sort_descending, self->descending);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sort_descending), self->sorted >= 0);
  self->making = making;
}

static void
set_sort (SageCsvView *self,
          int          column,
          gboolean     descending)
{
  self->sorted = column;
  self->descending = column >= 0 && descending;
  self->telling = TRUE;
  show_sort (self);
  sage_csv_index_set_sort (self->index, column, descending);
  update (self);
}

/* A heading was clicked: upwards, downwards, and then as in the file again. GTK goes on with upwards. */
static void
sorter_changed_cb (SageCsvView *self)
{
  GtkColumnViewSorter *sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (self->columns));
  GtkColumnViewColumn *column = gtk_column_view_sorter_get_primary_sort_column (sorter);
  GListModel *columns = gtk_column_view_get_columns (self->columns);
  gboolean descending = gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_DESCENDING;
  int found = -1;

  if (self->making || self->index == NULL)
    return;

  for (guint i = 1; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) other = g_list_model_get_item (columns, i);

      if (other == column)
        found = (int) i - 1;
    }
  if (found == self->sorted && self->descending && !descending)
    found = -1;
  set_sort (self, found, descending);
}

static void
sort_chosen_cb (SageCsvView *self)
{
  if (!self->making && self->index != NULL)
    set_sort (self, (int) gtk_drop_down_get_selected (self->sort_column) - 1,
              gtk_check_button_get_active (self->sort_descending));
}

/* Says how the rows are sorted, as soon as they are. */
static void
tell_sort (SageCsvView *self)
{
  const char * const *titles = sage_csv_index_get_titles (self->index);
  g_autofree char *text = NULL;

  if (sage_csv_index_get_busy (self->index))
    return;

  if (sage_csv_index_is_too_large (self->index))
    {
      self->telling = FALSE;
      self->sorted = -1;
      show_sort (self);
      sage_csv_index_set_sort (self->index, -1, FALSE);
      sage_toast (GTK_WIDGET (self), _("The table is too large to be sorted"));
      return;
    }
  if (!self->telling)
    return;

  self->telling = FALSE;
  if (self->sorted < 0)
    text = g_strdup (_("The rows are as they are in the file"));
  else
    /* Translators: %s is the name of a column */
    text = g_strdup_printf (self->descending ? _("Sorted by %s, the largest first")
                                             : _("Sorted by %s, the smallest first"), titles[self->sorted]);
  sage_announce (GTK_WIDGET (self), text);
}

/* The columns that can be chosen. */
static void
list_columns (SageCsvView *self)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  const char * const *titles = sage_csv_index_get_titles (self->index);

  self->making = TRUE;
  gtk_string_list_append (list, _("As in the file"));
  for (guint i = 0; titles[i] != NULL; i++)
    {
      g_autofree char *shown = sage_text_shorten_end (titles[i], 60);

      gtk_string_list_append (list, shown);
    }
  gtk_drop_down_set_model (self->sort_column, G_LIST_MODEL (list));
  self->making = FALSE;
}

static void
make_columns (SageCsvView *self)
{
  const char * const *titles = sage_csv_index_get_titles (self->index);
  GListModel *old = gtk_column_view_get_columns (self->columns);
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int unit = MAX (PANGO_PIXELS (pango_font_metrics_get_approximate_char_width (metrics)), 6);

  pango_font_metrics_unref (metrics);
  self->making = TRUE;
  while (g_list_model_get_n_items (old) > 0)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (old, 0);

      gtk_column_view_remove_column (self->columns, column);
    }
  add_column (self, _("Row"), unit * 9 + 18, G_CALLBACK (bind_number_cb), 0);
  for (guint i = 0; titles[i] != NULL; i++)
    add_column (self, titles[i], (int) (measure (self, i, titles[i]) + 1) * unit + 24,
                G_CALLBACK (bind_cb), i);
  show_sort (self);
  self->making = FALSE;
}

/* --- What is said of it ----------------------------------------------------------------------- */

static void
update_banner (SageCsvView *self)
{
  guint64 broken = sage_csv_index_get_broken_row (self->index);
  guint columns = sage_csv_index_get_n_columns (self->index);
  g_autofree char *row = g_strdup_printf ("%" G_GUINT64_FORMAT, broken);
  g_autofree char *text = NULL;

  if (broken > 0)
    text = g_strdup_printf (_("Row %s has a quotation mark that is never closed: from there on they are text."),
                            row);
  else if (columns > SAGE_CSV_MAX_COLUMNS)
    text = g_strdup_printf (_("The table has %u columns, the first %u of which are shown."), columns,
                            (guint) SAGE_CSV_MAX_COLUMNS);
  if (text != NULL)
    adw_banner_set_title (self->banner, text);
  adw_banner_set_revealed (self->banner, text != NULL);
}

static void
update (SageCsvView *self)
{
  guint64 rows = sage_csv_index_get_rows (self->index);
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->index));
  gboolean busy = sage_csv_index_get_busy (self->index);
  g_autofree char *all = g_strdup_printf ("%'" G_GUINT64_FORMAT, rows);
  g_autofree char *text = NULL;

  if (gtk_editable_get_text (GTK_EDITABLE (self->filter))[0] != '\0')
    /* Translators: so many rows of the table pass its filter */
    text = g_strdup_printf (_("%'u of %s rows"), shown, all);
  else
    text = g_strdup_printf (g_dngettext (NULL, "%s row", "%s rows", (gulong) rows), all);
  gtk_label_set_text (self->summary, text);
  gtk_widget_set_visible (self->spinner, busy);
  gtk_stack_set_visible_child_name (self->stack, shown > 0 || busy ? "table" : "none");
  if (!self->measured && shown > 0)
    {
      self->measured = TRUE;
      make_columns (self);
    }
  update_banner (self);
  tell_sort (self);
}

static void
filter_changed_cb (SageCsvView *self)
{
  if (self->index != NULL)
    sage_csv_index_set_filter (self->index, gtk_editable_get_text (GTK_EDITABLE (self->filter)));
}

static void
filter_stopped_cb (SageCsvView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->columns));
}

/* --- The view --------------------------------------------------------------------------------- */

static void
forget_index (SageCsvView *self)
{
  if (self->index != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->index, self);
      sage_csv_index_close (self->index);
    }
  g_clear_object (&self->index);
}

static void
sage_csv_view_dispose (GObject *object)
{
  SageCsvView *self = SAGE_CSV_VIEW (object);

  forget_index (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_CSV_VIEW);

  G_OBJECT_CLASS (sage_csv_view_parent_class)->dispose (object);
}

static void
sage_csv_view_class_init (SageCsvViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_csv_view_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/files/sage-csv-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, filter);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, spinner);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, summary);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, banner);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, stack);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, columns);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, sort_column);
  gtk_widget_class_bind_template_child (widget_class, SageCsvView, sort_descending);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, sort_chosen_cb);
}

static void
sage_csv_view_init (SageCsvView *self)
{
  self->sorted = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_column_view_get_sorter (self->columns), "changed",
                           G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sage_csv_view_new (void)
{
  return g_object_new (SAGE_TYPE_CSV_VIEW, NULL);
}

/**
 * sage_csv_view_set_index:
 * @self: a view
 * @index: (transfer none): what it shows from now on, sorted as what it showed before
 */
void
sage_csv_view_set_index (SageCsvView  *self,
                         SageCsvIndex *index)
{
  GtkSingleSelection *selection;

  g_return_if_fail (SAGE_IS_CSV_VIEW (self));

  forget_index (self);
  self->index = g_object_ref (index);
  g_signal_connect_object (index, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (index)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_column_view_set_model (self->columns, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  self->measured = FALSE;
  if (self->sorted >= (int) g_strv_length ((char **) sage_csv_index_get_titles (index)))
    self->sorted = -1; /* that column is gone */
  list_columns (self);
  make_columns (self);
  sage_csv_index_set_sort (index, self->sorted, self->descending);
  filter_changed_cb (self);
  update (self);
}

/**
 * sage_csv_view_find:
 *
 * Puts the focus into the filter.
 */
void
sage_csv_view_find (SageCsvView *self)
{
  g_return_if_fail (SAGE_IS_CSV_VIEW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
}
