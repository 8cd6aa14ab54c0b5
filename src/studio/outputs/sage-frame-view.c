/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-frame-view"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-frame-columns-private.h"
#include "sage-frame-view.h"
#include "sage-text.h"

/* A table with more rows scrolls. */
#define MAX_HEIGHT 420
#define ROW_HEIGHT 26 /* about: a list knows its height only when it is in sight */
#define HEAD_HEIGHT 36

/* A table with fewer rows needs no filter. */
#define MIN_FILTERED 10

struct _SageFrameView
{
  GtkWidget           parent_instance;

  SageFrame          *frame;  /* (owned) */
  char               *needle; /* (owned) (nullable): what rows are filtered by, casefolded */
  GtkFilter          *filter; /* (owned) */
  GtkFilterListModel *found;  /* (owned) */
  GtkSortListModel   *rows;   /* (owned): those in sight, in their order */

  GtkWidget          *note;
  GtkWidget          *entry;
  GtkWidget          *stack;
  GtkWidget          *view;
};

G_DEFINE_FINAL_TYPE (SageFrameView, sage_frame_view, GTK_TYPE_WIDGET)

static gboolean
matches_cb (gpointer item,
            gpointer user_data)
{
  SageFrameView *self = user_data;

  return self->needle == NULL ||
         sage_frame_matches (self->frame, sage_frame_row_get_number (item), self->needle);
}

/* "10 of 10,000 rows × 3 columns": what there is, and of what it is an excerpt. */
static void
update_note (SageFrameView *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  guint held = sage_frame_get_n_rows (self->frame);
  gint64 total = MAX (sage_frame_get_total_rows (self->frame), (gint64) held);
  guint held_columns = sage_frame_get_n_columns (self->frame) - sage_frame_get_n_index (self->frame);
  gint64 columns = MAX (sage_frame_get_total_columns (self->frame), (gint64) held_columns);
  g_autofree char *row_text = NULL;
  g_autofree char *column_text = NULL;
  g_autofree char *text = NULL;

  if (shown < total)
    row_text = g_strdup_printf (ngettext ("%'u of %'u row", "%'u of %'u rows", (gulong) total), shown,
                                (guint) MIN (total, G_MAXUINT));
  else
    row_text = g_strdup_printf (ngettext ("%'u row", "%'u rows", shown), shown);
  column_text = g_strdup_printf (ngettext ("%'u column", "%'u columns", (gulong) columns),
                                 (guint) MIN (columns, G_MAXUINT));
  text = g_strdup_printf ("%s × %s", row_text, column_text);
  gtk_label_set_text (GTK_LABEL (self->note), text);
  if (held < total)
    gtk_widget_set_tooltip_text (self->note,
                                 _("The program put out a part of the table only; sorting, filter "
                                   "and statistics are of this part"));
}

/**
 * sage_frame_view_set_filter:
 * @self: a table
 * @text: (nullable): only rows with this text in a cell are shown
 */
void
sage_frame_view_set_filter (SageFrameView *self,
                            const char    *text)
{
  g_return_if_fail (SAGE_IS_FRAME_VIEW (self));

  g_clear_pointer (&self->needle, g_free);
  if (text != NULL && text[0] != '\0')
    self->needle = g_utf8_casefold (text, -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_note (self);
}

static void
search_changed_cb (SageFrameView *self)
{
  sage_frame_view_set_filter (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SageFrameView *self = SAGE_FRAME_VIEW (widget);
  g_autofree char *csv = sage_frame_to_csv (self->frame, G_LIST_MODEL (self->rows));

  sage_text_copy (widget, csv);
}

static void
find_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  gtk_widget_grab_focus (SAGE_FRAME_VIEW (widget)->entry);
}

/* The statistics are counted when they are wanted first. */
static void
statistics_cb (GtkToggleButton *button,
               SageFrameView   *self)
{
  if (gtk_stack_get_child_by_name (GTK_STACK (self->stack), "statistics") == NULL)
    {
      GtkWidget *window = gtk_scrolled_window_new ();

      gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
      gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), MAX_HEIGHT);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window),
                                     _sage_frame_make_statistics (self->frame));
      gtk_stack_add_named (GTK_STACK (self->stack), window, "statistics");
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    gtk_toggle_button_get_active (button) ? "statistics" : "rows");
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_frame_view_dispose (GObject *object)
{
  SageFrameView *self = SAGE_FRAME_VIEW (object);
  GtkWidget *child;

  if (self->view != NULL)
    gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), NULL);
  self->view = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->rows);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  g_clear_object (&self->frame);

  G_OBJECT_CLASS (sage_frame_view_parent_class)->dispose (object);
}

static void
sage_frame_view_finalize (GObject *object)
{
  g_free (SAGE_FRAME_VIEW (object)->needle);

  G_OBJECT_CLASS (sage_frame_view_parent_class)->finalize (object);
}

static void
sage_frame_view_class_init (SageFrameViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_frame_view_dispose;
  object_class->finalize = sage_frame_view_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "frame.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "frame.find", NULL, find_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "frame.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "frame.find", NULL);
}

static GtkWidget *
make_bar (SageFrameView *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *statistics = gtk_toggle_button_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  self->note = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->note), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_widget_add_css_class (self->note, "caption");
  gtk_widget_add_css_class (self->note, "numeric");
  self->entry = gtk_search_entry_new ();
  gtk_search_entry_set_placeholder_text (GTK_SEARCH_ENTRY (self->entry), _("Filter rows"));
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 14);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Filter rows"), -1);
  g_signal_connect_swapped (self->entry, "search-changed", G_CALLBACK (search_changed_cb), self);
  gtk_button_set_label (GTK_BUTTON (statistics), _("Statistics"));
  gtk_widget_add_css_class (statistics, "flat");
  g_signal_connect (statistics, "toggled", G_CALLBACK (statistics_cb), self);
  gtk_widget_set_tooltip_text (copy, _("Copy as CSV"));
  gtk_widget_add_css_class (copy, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "frame.copy");
  gtk_box_append (GTK_BOX (bar), self->note);
  gtk_box_append (GTK_BOX (bar), self->entry);
  gtk_box_append (GTK_BOX (bar), statistics);
  gtk_box_append (GTK_BOX (bar), copy);

  return bar;
}

static void
sage_frame_view_init (SageFrameView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches_cb, self, NULL));
}

static GtkWidget *
make_rows (SageFrameView *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_column_view_new (NULL);
  g_autoptr(GtkNoSelection) selection = NULL;

  self->view = view;
  self->found = gtk_filter_list_model_new (sage_frame_list_rows (self->frame),
                                           g_object_ref (self->filter));
  _sage_frame_add_columns (GTK_COLUMN_VIEW (view), self->frame);
  self->rows = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->found)),
                                        g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (view))));
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view), GTK_SELECTION_MODEL (selection));
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  gtk_widget_add_css_class (view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Table"),
                                  -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), view);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), MAX_HEIGHT);
  gtk_scrolled_window_set_min_content_height (
    GTK_SCROLLED_WINDOW (window),
    MIN (MAX_HEIGHT, HEAD_HEIGHT + ROW_HEIGHT * (int) sage_frame_get_n_rows (self->frame)));
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_widget_set_halign (window, GTK_ALIGN_START);
  gtk_widget_add_css_class (window, "frame");

  return window;
}

/**
 * sage_frame_view_new:
 * @frame: a table
 *
 * Returns: (transfer floating): a widget that shows it
 */
GtkWidget *
sage_frame_view_new (SageFrame *frame)
{
  SageFrameView *self = g_object_new (SAGE_TYPE_FRAME_VIEW, NULL);

  g_return_val_if_fail (SAGE_IS_FRAME (frame), NULL);

  self->frame = g_object_ref (frame);
  gtk_widget_set_parent (make_bar (self), GTK_WIDGET (self));
  gtk_widget_set_visible (self->entry, sage_frame_get_n_rows (frame) >= MIN_FILTERED);
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_rows (self), "rows");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  update_note (self);

  return GTK_WIDGET (self);
}

/**
 * sage_frame_view_get_rows:
 * @self: a table
 *
 * Returns: (transfer none): the rows in sight, in their order
 */
GListModel *
sage_frame_view_get_rows (SageFrameView *self)
{
  g_return_val_if_fail (SAGE_IS_FRAME_VIEW (self), NULL);

  return G_LIST_MODEL (self->rows);
}

/**
 * sage_frame_view_sort:
 * @self: a table
 * @column: the column to sort by
 * @order: which way
 */
void
sage_frame_view_sort (SageFrameView *self,
                      guint          column,
                      GtkSortType    order)
{
  g_autoptr(GtkColumnViewColumn) found = NULL;

  g_return_if_fail (SAGE_IS_FRAME_VIEW (self));

  found = g_list_model_get_item (gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view)), column);
  if (found != NULL)
    gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view), found, order);
}
