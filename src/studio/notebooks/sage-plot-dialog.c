/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-plot-dialog"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "sage-picture-view.h"
#include "sage-plot-dialog.h"

#define STEP     1.25 /* of the zoom */
#define MIN_ZOOM 0.1
#define MAX_ZOOM 8.0

#define SAGE_TYPE_PLOT_DIALOG (sage_plot_dialog_get_type ())

G_DECLARE_FINAL_TYPE (SagePlotDialog, sage_plot_dialog, SAGE, PLOT_DIALOG, AdwDialog)

/* Pictures of a history, one at a time and large. */
struct _SagePlotDialog
{
  AdwDialog         parent_instance;

  SageNotebookView *view;     /* (weak) (nullable) */
  SageNotebook     *notebook; /* (owned) */
  SagePlotHistory  *history;  /* (owned) */
  SagePlot         *plot;     /* (owned): the one that is shown; the history may have forgotten it */
  double            zoom;     /* 0: as large as there is room for, but not larger than it is */

  SagePictureView  *picture;
  GtkViewport      *viewport;
  AdwWindowTitle   *title;
  GtkWidget        *zoom_label;
};

G_DEFINE_FINAL_TYPE (SagePlotDialog, sage_plot_dialog, ADW_TYPE_DIALOG)

/* --- What is shown ---------------------------------------------------------------------------- */

/* G_MAXUINT: the history has forgotten it */
static guint
find_position (SagePlotDialog *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->history));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SagePlot) plot = g_list_model_get_item (G_LIST_MODEL (self->history), i);

      if (plot == self->plot)
        return i;
    }

  return G_MAXUINT;
}

static SageCell *
find_cell (SagePlotDialog *self)
{
  return sage_notebook_find_cell (self->notebook, sage_plot_get_cell_id (self->plot), NULL);
}

static void
update_actions (SagePlotDialog *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->history));
  guint position = find_position (self);
  /* Translators: the number of a plot, and how many there are */
  g_autofree char *place = g_strdup_printf (_("%u of %u"), position + 1, n);

  adw_window_title_set_subtitle (self->title, position < n ? place : "");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plots.newer", position < n && position > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plots.older", position < n && position + 1 < n);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plots.go-to-cell", find_cell (self) != NULL);
}

static void
apply_zoom (SagePlotDialog *self)
{
  GdkTexture *texture = sage_picture_view_get_texture (self->picture);
  g_autofree char *text = self->zoom > 0 ? g_strdup_printf (_("%d %%"), (int) round (self->zoom * 100))
                                         : g_strdup (_("Fit"));
  gboolean fit = self->zoom <= 0 || texture == NULL;
  double scale = g_str_equal (sage_plot_get_mime_type (self->plot), "image/svg+xml") ? 0.5 : 1;

  sage_picture_view_set_size (self->picture,
                              fit ? -1 : (int) (gdk_texture_get_width (texture) * scale * self->zoom),
                              -1);
  gtk_scrollable_set_hscroll_policy (GTK_SCROLLABLE (self->viewport),
                                     fit ? GTK_SCROLL_MINIMUM : GTK_SCROLL_NATURAL);
  gtk_button_set_label (GTK_BUTTON (self->zoom_label), text);
}

static void
show_plot (SagePlotDialog *self,
           SagePlot       *plot)
{
  g_set_object (&self->plot, plot);
  self->zoom = 0;
  sage_picture_view_set_bytes (self->picture, sage_plot_get_bytes (plot),
                               sage_plot_get_mime_type (plot));
  sage_picture_view_set_alt (self->picture, sage_plot_get_title (plot));
  adw_window_title_set_title (self->title, sage_plot_get_title (plot));
  apply_zoom (self);
  update_actions (self);
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
move_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SagePlotDialog *self = SAGE_PLOT_DIALOG (widget);
  guint position = find_position (self);
  g_autoptr(SagePlot) plot = NULL;

  if (position == G_MAXUINT)
    return;
  position += g_str_equal (action_name, "plots.older") ? 1 : -1u;
  plot = g_list_model_get_item (G_LIST_MODEL (self->history), position);
  if (plot != NULL)
    show_plot (self, plot);
}

/* How large it is now. */
static double
get_shown_zoom (SagePlotDialog *self)
{
  GdkTexture *texture = sage_picture_view_get_texture (self->picture);
  int natural;

  if (self->zoom > 0 || texture == NULL)
    return self->zoom > 0 ? self->zoom : 1;
  gtk_widget_measure (GTK_WIDGET (self->picture), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL,
                      NULL);

  return MIN (1.0, (double) gtk_widget_get_width (GTK_WIDGET (self->picture)) / MAX (natural, 1));
}

static void
zoom_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  SagePlotDialog *self = SAGE_PLOT_DIALOG (widget);
  double zoom = get_shown_zoom (self);

  if (g_str_equal (action_name, "plots.zoom-in"))
    self->zoom = MIN (zoom * STEP, MAX_ZOOM);
  else if (g_str_equal (action_name, "plots.zoom-out"))
    self->zoom = MAX (zoom / STEP, MIN_ZOOM);
  else
    self->zoom = 0;
  apply_zoom (self);
}

static void
picture_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SagePlotDialog *self = SAGE_PLOT_DIALOG (widget);

  gtk_widget_activate_action (GTK_WIDGET (self->picture),
                              g_str_equal (action_name, "plots.copy") ? "picture.copy"
                                                                      : "picture.save",
                              NULL);
}

static void
go_to_cell_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  SagePlotDialog *self = SAGE_PLOT_DIALOG (widget);
  g_autoptr(SagePlotDialog) guard = g_object_ref (self);
  SageCell *cell = find_cell (self);

  adw_dialog_close (ADW_DIALOG (self));
  if (cell == NULL || self->view == NULL)
    return;
  sage_notebook_view_show_cell (self->view, cell);
  sage_notebook_view_grab_focus (self->view);
}

/* --- The dialog ------------------------------------------------------------------------------- */

static GtkWidget *
make_button (const char *icon_name,
             const char *tooltip,
             const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

static GtkWidget *
make_header (SagePlotDialog *self)
{
  AdwHeaderBar *header = ADW_HEADER_BAR (adw_header_bar_new ());
  GtkWidget *go = gtk_button_new_with_mnemonic (_("_Go to the cell"));

  self->title = ADW_WINDOW_TITLE (adw_window_title_new ("", ""));
  adw_header_bar_set_title_widget (header, GTK_WIDGET (self->title));
  adw_header_bar_pack_start (header, make_button ("go-previous-symbolic", _("Newer plot"), "plots.newer"));
  adw_header_bar_pack_start (header, make_button ("go-next-symbolic", _("Older plot"), "plots.older"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (go), "plots.go-to-cell");
  adw_header_bar_pack_start (header, go);
  adw_header_bar_pack_end (header, make_button ("document-save-as-symbolic", _("Save the plot as…"),
                                                "plots.save"));
  adw_header_bar_pack_end (header, make_button ("edit-copy-symbolic", _("Copy the plot"), "plots.copy"));

  return GTK_WIDGET (header);
}

static GtkWidget *
make_zoom (SagePlotDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->zoom_label = gtk_button_new ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->zoom_label), "plots.fit");
  gtk_widget_set_tooltip_text (self->zoom_label, _("Fit into the window"));
  gtk_widget_add_css_class (self->zoom_label, "numeric");
  gtk_box_append (GTK_BOX (box), make_button ("zoom-out-symbolic", _("Zoom out"), "plots.zoom-out"));
  gtk_box_append (GTK_BOX (box), self->zoom_label);
  gtk_box_append (GTK_BOX (box), make_button ("zoom-in-symbolic", _("Zoom in"), "plots.zoom-in"));
  gtk_widget_add_css_class (box, "linked");
  g_object_set (box, "halign", GTK_ALIGN_CENTER, "margin-top", 6, "margin-bottom", 6, NULL);

  return box;
}

/* Before the buttons, among which the arrows would move the focus. */
static void
add_keys (SagePlotDialog *self)
{
  static const struct
  {
    guint            key;
    GdkModifierType  modifiers;
    const char      *action;
  } keys[] = {
    { GDK_KEY_Left, 0, "plots.newer" },
    { GDK_KEY_Right, 0, "plots.older" },
    { GDK_KEY_plus, 0, "plots.zoom-in" },
    { GDK_KEY_plus, GDK_CONTROL_MASK, "plots.zoom-in" },
    { GDK_KEY_KP_Add, 0, "plots.zoom-in" },
    { GDK_KEY_minus, 0, "plots.zoom-out" },
    { GDK_KEY_minus, GDK_CONTROL_MASK, "plots.zoom-out" },
    { GDK_KEY_KP_Subtract, 0, "plots.zoom-out" },
    { GDK_KEY_0, 0, "plots.fit" },
    { GDK_KEY_0, GDK_CONTROL_MASK, "plots.fit" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "plots.copy" },
    { GDK_KEY_s, GDK_CONTROL_MASK, "plots.save" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, keys[i].modifiers),
                        gtk_named_action_new (keys[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
sage_plot_dialog_dispose (GObject *object)
{
  SagePlotDialog *self = SAGE_PLOT_DIALOG (object);

  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->notebook);
  g_clear_object (&self->history);
  g_clear_object (&self->plot);

  G_OBJECT_CLASS (sage_plot_dialog_parent_class)->dispose (object);
}

static void
sage_plot_dialog_class_init (SagePlotDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_plot_dialog_dispose;
  gtk_widget_class_install_action (widget_class, "plots.newer", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "plots.older", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "plots.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "plots.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "plots.fit", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "plots.copy", NULL, picture_action);
  gtk_widget_class_install_action (widget_class, "plots.save", NULL, picture_action);
  gtk_widget_class_install_action (widget_class, "plots.go-to-cell", NULL, go_to_cell_action);
}

static void
sage_plot_dialog_init (SagePlotDialog *self)
{
  GtkWidget *toolbar = adw_toolbar_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->picture = SAGE_PICTURE_VIEW (sage_picture_view_new ());
  g_object_set (self->picture, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, NULL);
  self->viewport = GTK_VIEWPORT (gtk_viewport_new (NULL, NULL));
  gtk_viewport_set_child (self->viewport, GTK_WIDGET (self->picture));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->viewport));
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (toolbar), make_header (self));
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (toolbar), scroller);
  adw_toolbar_view_add_bottom_bar (ADW_TOOLBAR_VIEW (toolbar), make_zoom (self));
  adw_dialog_set_child (ADW_DIALOG (self), toolbar);
  adw_dialog_set_title (ADW_DIALOG (self), _("Plot"));
  adw_dialog_set_content_width (ADW_DIALOG (self), 900);
  adw_dialog_set_content_height (ADW_DIALOG (self), 700);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->picture));
  add_keys (self);
}

/**
 * sage_plot_dialog_show:
 * @view: where the cells are
 * @notebook: what they are of
 * @history: the plots
 * @plot: the one to begin with
 *
 * Shows plots large, in a dialog.
 */
void
sage_plot_dialog_show (SageNotebookView *view,
                       SageNotebook     *notebook,
                       SagePlotHistory  *history,
                       SagePlot         *plot)
{
  SagePlotDialog *self = g_object_new (SAGE_TYPE_PLOT_DIALOG, NULL);

  g_set_weak_pointer (&self->view, view);
  self->notebook = g_object_ref (notebook);
  self->history = g_object_ref (history);
  g_signal_connect_object (history, "items-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  show_plot (self, plot);
  adw_dialog_present (ADW_DIALOG (self), GTK_WIDGET (view));
}
