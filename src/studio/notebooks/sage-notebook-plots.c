/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-plots"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-plots.h"
#include "sage-picture-load.h"
#include "sage-plot-dialog.h"
#include "sage-relative-time.h"
#include "sage-side-stack.h"

#define THUMBNAIL 192 /* pixels of what is kept of a picture while its row is there */
#define WIDTH     96
#define HEIGHT    72

struct _SageNotebookPlots
{
  AdwBin                parent_instance;

  SageNotebookView     *view;     /* (weak) (nullable) */
  SageNotebookDocument *document; /* (owned) (nullable) */
  SagePlotHistory      *history;  /* (owned) (nullable) */

  GtkStack             *stack;
  GtkListView          *list;
};

G_DEFINE_FINAL_TYPE (SageNotebookPlots, sage_notebook_plots, ADW_TYPE_BIN)

/* --- A row ------------------------------------------------------------------------------------ */

#define SAGE_TYPE_PLOT_ROW (sage_plot_row_get_type ())

G_DECLARE_FINAL_TYPE (SagePlotRow, sage_plot_row, SAGE, PLOT_ROW, GtkBox)

struct _SagePlotRow
{
  GtkBox            parent_instance;

  GCancellable     *load; /* (owned) (nullable) */
  GtkPicture       *picture;
  GtkLabel         *title;
  GtkLabel         *count;
  GtkWidget        *saved;
  SageRelativeTime *time;
};

G_DEFINE_FINAL_TYPE (SagePlotRow, sage_plot_row, GTK_TYPE_BOX)

static void
thumbnail_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SagePlotRow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = sage_picture_load_finish (result, &error);

  /* What is broken or too large says so where it is shown large. */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
}

/* @plot: (nullable): %NULL to let go of the one that is shown */
static void
sage_plot_row_set_plot (SagePlotRow *self,
                        SagePlot    *plot)
{
  g_autofree char *count = NULL;

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  gtk_picture_set_paintable (self->picture, NULL);
  if (plot == NULL)
    return;

  if (sage_plot_get_count (plot) >= 0)
    count = g_strdup_printf ("[%" G_GINT64_FORMAT "]", sage_plot_get_count (plot));
  gtk_label_set_text (self->title, sage_plot_get_title (plot));
  gtk_label_set_text (self->count, count != NULL ? count : "");
  gtk_widget_set_visible (GTK_WIDGET (self->count), count != NULL);
  gtk_widget_set_visible (self->saved, sage_plot_get_time (plot) <= 0);
  sage_relative_time_set_time (self->time, sage_plot_get_time (plot));
  self->load = g_cancellable_new ();
  sage_picture_load_thumbnail_async (sage_plot_get_bytes (plot),
                                     g_str_equal (sage_plot_get_mime_type (plot), "image/svg+xml"),
                                     THUMBNAIL, self->load, thumbnail_cb, g_object_ref (self));
}

static void
sage_plot_row_dispose (GObject *object)
{
  SagePlotRow *self = SAGE_PLOT_ROW (object);

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);

  G_OBJECT_CLASS (sage_plot_row_parent_class)->dispose (object);
}

static void
sage_plot_row_class_init (SagePlotRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_plot_row_dispose;
}

static void
sage_plot_row_init (SagePlotRow *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *when = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->picture = GTK_PICTURE (gtk_picture_new ());
  g_object_set (self->picture, "content-fit", GTK_CONTENT_FIT_CONTAIN, "width-request", WIDTH,
                "height-request", HEIGHT, "hexpand", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->picture), "plot-thumbnail");
  gtk_widget_set_overflow (GTK_WIDGET (self->picture), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  g_object_set (self->title, "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "lines",
                2, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "monospace");
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "caption");
  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "monospace");
  self->time = SAGE_RELATIVE_TIME (sage_relative_time_new ());
  gtk_box_append (GTK_BOX (when), GTK_WIDGET (self->count));
  /* Translators: where a plot comes from */
  self->saved = gtk_label_new (_("from the file"));
  gtk_box_append (GTK_BOX (when), self->saved);
  gtk_box_append (GTK_BOX (when), GTK_WIDGET (self->time));
  gtk_widget_add_css_class (when, "caption");
  gtk_widget_add_css_class (when, "dim-label");
  g_object_set (texts, "valign", GTK_ALIGN_CENTER, "hexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (texts), when);
  g_object_set (self, "spacing", 12, "margin-top", 3, "margin-bottom", 3, NULL);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->picture));
  gtk_box_append (GTK_BOX (self), texts);
}

/* --- The list --------------------------------------------------------------------------------- */

static void
setup_cb (GtkListItemFactory *factory,
          GtkListItem        *item)
{
  gtk_list_item_set_child (item, g_object_new (SAGE_TYPE_PLOT_ROW, NULL));
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *item)
{
  SagePlot *plot = gtk_list_item_get_item (item);
  /* Translators: a picture that a cell has shown: the first line of the cell */
  g_autofree char *name = g_strdup_printf (_("Plot of %s"), sage_plot_get_title (plot));

  sage_plot_row_set_plot (SAGE_PLOT_ROW (gtk_list_item_get_child (item)), plot);
  gtk_list_item_set_accessible_label (item, name);
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *item)
{
  sage_plot_row_set_plot (SAGE_PLOT_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
activate_cb (SageNotebookPlots *self,
             guint              position)
{
  g_autoptr(SagePlot) plot = g_list_model_get_item (G_LIST_MODEL (self->history), position);

  if (plot != NULL && self->view != NULL)
    sage_plot_dialog_show (self->view, sage_notebook_document_get_notebook (self->document),
                           self->history, plot);
}

static void
changed_cb (SageNotebookPlots *self)
{
  gboolean any = self->history != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->history)) > 0;

  sage_side_stack_show (self->stack, any);
}

/* What the file has is looked through only when somebody looks. */
static void
sage_notebook_plots_map (GtkWidget *widget)
{
  SageNotebookPlots *self = SAGE_NOTEBOOK_PLOTS (widget);

  GTK_WIDGET_CLASS (sage_notebook_plots_parent_class)->map (widget);
  if (self->history != NULL)
    sage_plot_history_add_saved (self->history, sage_notebook_document_get_notebook (self->document));
}

static void
sage_notebook_plots_dispose (GObject *object)
{
  SageNotebookPlots *self = SAGE_NOTEBOOK_PLOTS (object);

  if (self->history != NULL)
    g_signal_handlers_disconnect_by_data (self->history, self);
  g_clear_object (&self->history);
  g_clear_object (&self->document);
  g_clear_weak_pointer (&self->view);

  G_OBJECT_CLASS (sage_notebook_plots_parent_class)->dispose (object);
}

static void
sage_notebook_plots_class_init (SageNotebookPlotsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_notebook_plots_dispose;
  GTK_WIDGET_CLASS (klass)->map = sage_notebook_plots_map;
}

static void
sage_notebook_plots_init (SageNotebookPlots *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_list_view_set_single_click_activate (self->list, TRUE);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (activate_cb), self);
  self->stack = sage_side_stack_new (_("No plots"),
                                     _("Pictures that cells show are kept here, also when they have "
                                       "been cleared or drawn anew"),
                                     GTK_WIDGET (self->list), _("Plots"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_notebook_plots_new (void)
{
  return g_object_new (SAGE_TYPE_NOTEBOOK_PLOTS, NULL);
}

/**
 * sage_notebook_plots_set_view:
 * @self: a list of plots
 * @view: what goes to a cell
 * @document: what the cells are of; always the same one
 */
void
sage_notebook_plots_set_view (SageNotebookPlots    *self,
                              SageNotebookView     *view,
                              SageNotebookDocument *document)
{
  g_return_if_fail (SAGE_IS_NOTEBOOK_PLOTS (self));

  g_set_weak_pointer (&self->view, view);
  if (!g_set_object (&self->document, document))
    return;

  self->history = g_object_ref (sage_notebook_kernel_get_plots (sage_notebook_kernel_for (document)));
  g_signal_connect_swapped (self->history, "items-changed", G_CALLBACK (changed_cb), self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (
                             gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->history)))));
  changed_cb (self);
}
