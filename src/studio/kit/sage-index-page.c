/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-index-page-private.h"
#include "sage-time.h"
#include "sage-words.h"

/*
 * A list of resources: its title and count, a filter, a view with columns, actions for what is
 * selected. A page says what its rows are and what can be done with them; the rest is the same for
 * all lists.
 */
G_DEFINE_TYPE_WITH_PRIVATE (SageIndexPage, sage_index_page, SAGE_TYPE_PAGE)

SageIndexPagePrivate *
sage_index_page_private (SageIndexPage *self)
{
  return sage_index_page_get_instance_private (self);
}

static gboolean
is_loading (SageIndexPagePrivate *priv)
{
  for (guint i = 0; i < priv->sources->len; i++)
    if (sage_resource_list_get_loading (g_ptr_array_index (priv->sources, i)))
      return TRUE;

  return FALSE;
}

static gboolean
is_loaded (SageIndexPagePrivate *priv)
{
  for (guint i = 0; i < priv->sources->len; i++)
    if (!sage_resource_list_get_loaded (g_ptr_array_index (priv->sources, i)))
      return FALSE;

  return TRUE;
}

static SageConnectionState
connection_state (SageIndexPage *self)
{
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));

  return connection != NULL ? sage_connection_get_state (connection) : SAGE_CONNECTION_CONNECTED;
}

/* Why the rows may not be the ones that there are. (nullable) */
const GError *
sage_index_page_get_error (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));

  for (guint i = 0; i < priv->sources->len; i++)
    {
      const GError *error = sage_resource_list_get_error (g_ptr_array_index (priv->sources, i));

      if (error != NULL)
        return error;
    }

  return connection != NULL ? sage_connection_get_error (connection) : NULL;
}

static const char *
choose_view (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  SageConnectionState state = connection_state (self);

  if (g_list_model_get_n_items (G_LIST_MODEL (priv->model)) > 0)
    return "list";
  if (sage_index_model_get_total (priv->model) > 0)
    return sage_index_model_is_busy (priv->model) ? NULL : "no-match";
  if (is_loaded (priv) && !sage_index_model_is_busy (priv->model))
    return "empty";
  if (sage_index_page_get_error (self) != NULL || state == SAGE_CONNECTION_AWAY)
    return "error";

  return "loading";
}

static void
update_banner (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  AdwBanner *banner = ADW_BANNER (priv->banner);
  SageConnectionState state = connection_state (self);
  gboolean has_rows = sage_index_model_get_total (priv->model) > 0 || is_loaded (priv);
  const GError *error = sage_index_page_get_error (self);
  gboolean is_away = state == SAGE_CONNECTION_AWAY || state == SAGE_CONNECTION_RECONNECTING
                     || (state == SAGE_CONNECTION_CONNECTING && error != NULL);

  if (has_rows && is_away)
    {
      adw_banner_set_title (banner, _("The engine is away. This is what was known last."));
      adw_banner_set_button_label (banner, error != NULL ? _("Details") : NULL);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (banner), "index.details");
    }
  else if (has_rows && error != NULL)
    {
      adw_banner_set_title (banner, _("Not everything could be loaded. Rows may be missing or old."));
      adw_banner_set_button_label (banner, _("Try again"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (banner), "index.retry");
    }

  adw_banner_set_revealed (banner, has_rows && (is_away || error != NULL));
}

static void
update_count (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  guint total = sage_index_model_get_total (priv->model);
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (priv->model));
  guint running = sage_index_model_get_count (priv->model, SAGE_STATE_RUNNING);
  g_autofree char *all = NULL;
  g_autofree char *text = NULL;

  if (priv->count_words != NULL)
    all = priv->count_words (total);
  else
    all = g_strdup_printf ("%'u", total);

  if (sage_index_page_is_filtered (self))
    /* Translators: "37 of 1,204 jobs" */
    text = g_strdup_printf (_("%'u of %s"), shown, all);
  else if (running > 0)
    /* Translators: "1,204 jobs, 3 running" */
    text = g_strdup_printf (ngettext ("%s, %'u running", "%s, %'u running", running), all, running);

  gtk_label_set_text (GTK_LABEL (priv->count), text != NULL ? text : all);
  gtk_widget_set_visible (priv->count, total > 0);
}

static void
update_failed (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  const GError *error = sage_index_page_get_error (self);
  g_autofree char *why = error != NULL ? sage_words_error (error) : NULL;
  g_autofree char *markup = why != NULL ? g_markup_escape_text (why, -1) : NULL;

  adw_status_page_set_title (ADW_STATUS_PAGE (priv->failed), _("The list could not be loaded"));
  adw_status_page_set_description (ADW_STATUS_PAGE (priv->failed), markup);
}

static double
scroll_range (SageIndexPagePrivate *priv)
{
  GtkAdjustment *adjustment = NULL;

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));

  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
}

static gboolean
restore_scroll_cb (gpointer user_data)
{
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);
  GtkAdjustment *adjustment = NULL;

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  priv->restore_scroll = 0;
  gtk_adjustment_set_value (adjustment, priv->scroll);
  priv->scroll = -1;

  return G_SOURCE_REMOVE;
}

/* Scrolls to where the user was once there are that many rows, and not while they are laid out. */
static void
restore_scroll (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  if (priv->scroll >= 0 && priv->scroll <= scroll_range (priv) && priv->restore_scroll == 0)
    priv->restore_scroll = g_idle_add_full (G_PRIORITY_HIGH_IDLE, restore_scroll_cb, self, NULL);
}

/* Shows what there is to show: rows, or why there are none. */
void
sage_index_page_update (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  const char *view = choose_view (self);

  update_banner (self);
  update_count (self);
  sage_index_page_update_states (self);
  if (g_strcmp0 (view, "error") == 0)
    update_failed (self);
  if (view != NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (priv->stack), view);

  gtk_widget_set_visible (priv->spinner, is_loading (priv) && g_strcmp0 (view, "loading") != 0);
  gtk_widget_set_visible (priv->clear, sage_index_page_is_filtered (self));
  gtk_widget_set_visible (priv->filters, sage_index_model_get_total (priv->model) > 0);
  sage_index_page_update_actions (self);
}

/* What can be done follows what is selected. */
void
sage_index_page_update_actions (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *widget = GTK_WIDGET (self);
  SageIndexPageClass *klass = SAGE_INDEX_PAGE_GET_CLASS (self);
  guint n = sage_index_model_n_selected (priv->model);
  gboolean has_target;
  g_autofree char *text = g_strdup_printf (ngettext ("%'u selected", "%'u selected", n), n);

  if (priv->focused != NULL
      && sage_index_model_find (priv->model, priv->focused) == GTK_INVALID_LIST_POSITION)
    {
      sage_index_page_set_focused (self, NULL);
      return;
    }

  has_target = n > 0 || priv->focused != NULL;
  if (n > 0)
    gtk_label_set_text (GTK_LABEL (priv->selected), text);
  gtk_action_bar_set_revealed (GTK_ACTION_BAR (priv->actions), n > 0);
  if (priv->is_selecting != (n > 0))
    {
      priv->is_selecting = n > 0;
      for (guint i = 0; i < priv->cells->len; i++)
        sage_index_cell_update_check (g_ptr_array_index (priv->cells, i));
      sage_index_page_update_columns (self);
    }

  gtk_widget_action_set_enabled (widget, "index.open", priv->focused != NULL);
  gtk_widget_action_set_enabled (widget, "index.open-new-tab", priv->focused != NULL);
  gtk_widget_action_set_enabled (widget, "index.copy", has_target);
  gtk_widget_action_set_enabled (widget, "index.remove", has_target && klass->remove != NULL);
  gtk_widget_action_set_enabled (widget, "index.unselect-all", n > 0);
  if (klass->selection_changed != NULL)
    klass->selection_changed (self);
}

static void
selection_changed_cb (GtkSelectionModel *model,
                      guint              position,
                      guint              n_items,
                      SageIndexPage     *self)
{
  sage_index_page_update_actions (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  SageIndexPagePrivate *priv = sage_index_page_private (user_data);
  double now = sage_time_now ();

  for (guint i = 0; i < priv->cells->len; i++)
    sage_index_cell_refresh_time (g_ptr_array_index (priv->cells, i), now);

  return G_SOURCE_CONTINUE;
}

/* Other rows altogether are about to be shown, and the widgets of those before go with them. */
static void
go_to_top_cb (SageIndexModel *model,
              SageIndexPage  *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkWidget *focus = priv->root != NULL ? gtk_root_get_focus (priv->root) : NULL;

  if (focus != NULL && sage_index_page_cell_at (self, focus) != NULL)
    g_set_object (&priv->refocus, priv->focused);
  gtk_column_view_scroll_to (GTK_COLUMN_VIEW (priv->view), 0, NULL, GTK_LIST_SCROLL_NONE, NULL);
}

/* Gives the focus back to the row that had it, or to the first if that one is no longer there. */
static void
restore_focus (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autoptr(SageResource) row = g_steal_pointer (&priv->refocus);

  if (row == NULL)
    return;

  sage_index_page_set_focused (self, row);
  sage_index_page_focus_list (self);
}

static void
updated_cb (SageIndexModel *model,
            SageIndexPage  *self)
{
  restore_focus (self);
  sage_index_page_update (self);
}

static void
activate_cb (SageIndexPage *self,
             guint          position,
             GtkColumnView *view)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  g_autoptr(SageResource) row = g_list_model_get_item (G_LIST_MODEL (priv->model), position);

  if (row != NULL)
    sage_index_page_open (self, row, FALSE);
}

static void
search_changed_cb (SageIndexPage *self)
{
  sage_index_page_filter_changed (self);
}

static void
stop_search_cb (SageIndexPage *self)
{
  if (sage_index_page_is_filtered (self))
    sage_index_page_clear_filter (self);
  else
    sage_index_page_focus_list (self);
}

static void
search_activate_cb (SageIndexPage *self)
{
  sage_index_page_focus_list (self);
}

static void
active_state_cb (SageIndexPage *self)
{
  sage_index_page_take_toggle (self);
}

static void
set_narrow (SageIndexPage *self,
            gboolean       is_narrow)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);

  priv->is_narrow = is_narrow;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (priv->titles),
                                  is_narrow ? GTK_ORIENTATION_VERTICAL
                                            : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (GTK_BOX (priv->titles), is_narrow ? 0 : 12);
  adw_wrap_box_set_justify (ADW_WRAP_BOX (priv->filters),
                            is_narrow ? ADW_JUSTIFY_FILL : ADW_JUSTIFY_NONE);
  adw_wrap_box_set_justify_last_line (ADW_WRAP_BOX (priv->filters), is_narrow);
  if (is_narrow)
    gtk_widget_add_css_class (priv->view, "narrow");
  else
    gtk_widget_remove_css_class (priv->view, "narrow");
  sage_index_page_update_columns (self);
  sage_index_page_update_buttons (self);
  sage_index_page_update (self);
}

static void
narrow_cb (AdwBreakpoint *breakpoint,
           SageIndexPage *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (AdwBreakpoint *breakpoint,
         SageIndexPage *self)
{
  set_narrow (self, FALSE);
}

static void
event_cb (SageConnection *connection,
          SageResource   *row,
          SageIndexPage  *self)
{
  sage_index_model_row_changed (sage_index_page_private (self)->model, row);
}

/* A live list stays at its top, as a new row comes in above the one that was the first. */
static void
items_changed_cb (GListModel    *model,
                  guint          position,
                  guint          removed,
                  guint          added,
                  SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkAdjustment *adjustment = NULL;

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  if (position == 0 && added > removed && gtk_adjustment_get_value (adjustment) == 0)
    gtk_column_view_scroll_to (GTK_COLUMN_VIEW (priv->view), 0, NULL, GTK_LIST_SCROLL_NONE, NULL);
}

/* The list is called what the page is. */
static void
title_cb (SageIndexPage *self,
          GParamSpec    *pspec,
          gpointer       user_data)
{
  const char *title = sage_page_get_title (SAGE_PAGE (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (sage_index_page_private (self)->view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
}

static void
sage_index_page_constructed (GObject *object)
{
  SageIndexPage *self = SAGE_INDEX_PAGE (object);
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));

  G_OBJECT_CLASS (sage_index_page_parent_class)->constructed (object);

  if (connection != NULL)
    {
      g_signal_connect_object (connection, "event", G_CALLBACK (event_cb), self, G_CONNECT_DEFAULT);
      g_signal_connect_object (connection, "notify", G_CALLBACK (sage_index_page_update), self,
                               G_CONNECT_SWAPPED);
    }
  sage_index_page_update (self);
}

static void
sage_index_page_map (GtkWidget *widget)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (widget));

  GTK_WIDGET_CLASS (sage_index_page_parent_class)->map (widget);
  tick_cb (widget);
  priv->tick = g_timeout_add_seconds (1, tick_cb, widget);
}

/* Nobody sees the time go by in a tab that is not in front. */
static void
sage_index_page_unmap (GtkWidget *widget)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (widget));

  g_clear_handle_id (&priv->tick, g_source_remove);
  GTK_WIDGET_CLASS (sage_index_page_parent_class)->unmap (widget);
}

static void
sage_index_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sage_index_page_parent_class)->root (widget);
  sage_index_page_follow_focus (SAGE_INDEX_PAGE (widget), gtk_widget_get_root (widget));
}

static void
sage_index_page_unroot (GtkWidget *widget)
{
  sage_index_page_follow_focus (SAGE_INDEX_PAGE (widget), NULL);
  GTK_WIDGET_CLASS (sage_index_page_parent_class)->unroot (widget);
}

static GVariant *
sage_index_page_save_state (SagePage *page)
{
  return sage_index_page_dup_state (SAGE_INDEX_PAGE (page));
}

static void
sage_index_page_restore_state (SagePage *page,
                               GVariant *state)
{
  sage_index_page_take_state (SAGE_INDEX_PAGE (page), state);
}

static void
sage_index_page_find (SagePage *page)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (page));

  gtk_widget_grab_focus (priv->search);
  gtk_editable_select_region (GTK_EDITABLE (priv->search), 0, -1);
}

static GtkWidget *
sage_index_page_get_default_focus (SagePage *page)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (page));

  return gtk_widget_get_visible (priv->filters) ? priv->view : NULL;
}

static void
sage_index_page_real_open (SageIndexPage *self,
                           SageResource  *row,
                           gboolean       new_tab)
{
  g_autofree char *location = sage_resource_dup_location (row);

  gtk_widget_activate_action (GTK_WIDGET (self), new_tab ? "win.open-new-tab" : "win.open", "s",
                              location);
}

static void
sage_index_page_dispose (GObject *object)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (object));

  g_clear_handle_id (&priv->tick, g_source_remove);
  g_clear_handle_id (&priv->fit, g_source_remove);
  g_clear_handle_id (&priv->restore_scroll, g_source_remove);
  g_clear_handle_id (&priv->fill, g_source_remove);
  g_clear_handle_id (&priv->refilter, g_source_remove);
  g_clear_handle_id (&priv->announce, g_source_remove);
  for (guint i = 0; i < priv->sources->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (priv->sources, i), object);
  g_ptr_array_set_size (priv->sources, 0);
  if (priv->model != NULL)
    g_signal_handlers_disconnect_by_data (priv->model, object);

  g_clear_weak_pointer (&priv->hot);
  g_clear_pointer (&priv->row_menu, gtk_widget_unparent);
  if (priv->view != NULL)
    gtk_column_view_set_model (GTK_COLUMN_VIEW (priv->view), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_INDEX_PAGE);
  g_clear_object (&priv->focused);
  g_clear_object (&priv->refocus);
  g_clear_object (&priv->undo);
  g_clear_object (&priv->row_menu_model);
  g_clear_object (&priv->model);

  G_OBJECT_CLASS (sage_index_page_parent_class)->dispose (object);
}

static void
sage_index_page_finalize (GObject *object)
{
  SageIndexPagePrivate *priv = sage_index_page_private (SAGE_INDEX_PAGE (object));

  g_clear_pointer (&priv->expression, sage_filter_expression_free);
  g_array_unref (priv->keys);
  g_ptr_array_unref (priv->sources);
  g_ptr_array_unref (priv->cells);
  g_ptr_array_unref (priv->waiting);
  g_ptr_array_unref (priv->columns);
  sage_index_column_free (priv->checks);
  sage_index_column_free (priv->narrow);
  g_object_unref (priv->column_actions);

  G_OBJECT_CLASS (sage_index_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
#define BIND(child) gtk_widget_class_bind_template_child_private (klass, SageIndexPage, child)
  BIND (banner);
  BIND (header);
  BIND (titles);
  BIND (title);
  BIND (count);
  BIND (spinner);
  BIND (primary);
  BIND (primary_content);
  BIND (overflow);
  BIND (filters);
  BIND (search);
  BIND (states_scroller);
  BIND (states);
  BIND (clear);
  BIND (hint_revealer);
  BIND (hint);
  BIND (stack);
  BIND (scroller);
  BIND (view);
  BIND (empty);
  BIND (empty_action);
  BIND (failed);
  BIND (actions);
  BIND (selected);
  BIND (bulk);
#undef BIND
}

static void
sage_index_page_class_init (SageIndexPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SagePageClass *page_class = SAGE_PAGE_CLASS (klass);

  object_class->constructed = sage_index_page_constructed;
  object_class->dispose = sage_index_page_dispose;
  object_class->finalize = sage_index_page_finalize;
  widget_class->map = sage_index_page_map;
  widget_class->unmap = sage_index_page_unmap;
  widget_class->root = sage_index_page_root;
  widget_class->unroot = sage_index_page_unroot;
  page_class->save_state = sage_index_page_save_state;
  page_class->restore_state = sage_index_page_restore_state;
  page_class->find = sage_index_page_find;
  page_class->get_default_focus = sage_index_page_get_default_focus;
  klass->open = sage_index_page_real_open;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sagebrush/Studio/ui/kit/sage-index-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, active_state_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  sage_index_page_install_actions (widget_class);
}

static void
sage_index_page_init (SageIndexPage *self)
{
  SageIndexPagePrivate *priv = sage_index_page_private (self);
  GtkColumnView *view;
  GtkAdjustment *adjustment;

  priv->scroll = -1;
  priv->columns = g_ptr_array_new_with_free_func (sage_index_column_free);
  priv->sources = g_ptr_array_new_with_free_func (g_object_unref);
  priv->cells = g_ptr_array_new ();
  priv->waiting = g_ptr_array_new ();
  priv->column_actions = g_simple_action_group_new ();
  priv->model = sage_index_model_new (sage_index_page_row_belongs, sage_index_page_row_matches, self);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  G_ACTION_GROUP (priv->column_actions));
  sage_index_page_init_filter (self);
  sage_index_page_init_columns (self);
  sage_index_page_init_input (self);

  view = GTK_COLUMN_VIEW (priv->view);
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (priv->model));
  sage_index_model_set_order (priv->model, gtk_column_view_get_sorter (view));
  g_signal_connect (self, "notify::title", G_CALLBACK (title_cb), NULL);

  /* After the view, which has to know of the rows first. */
  g_signal_connect (priv->model, "items-changed", G_CALLBACK (items_changed_cb), self);
  g_signal_connect (priv->model, "selection-changed", G_CALLBACK (selection_changed_cb), self);
  g_signal_connect (priv->model, "go-to-top", G_CALLBACK (go_to_top_cb), self);
  g_signal_connect (priv->model, "updated", G_CALLBACK (updated_cb), self);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (restore_scroll), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (sage_index_page_fill_sight), self,
                           G_CONNECT_SWAPPED);
}
