/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-resource-view"

#include "config.h"

#include "sage-resource-view.h"
#include "sage-undo.h"
#include "sage-words.h"

struct _SageResourceView
{
  AdwBin            parent_instance;

  SageResourceList *list;  /* (owned) (nullable) */
  GListModel       *shown; /* (owned) (nullable): without those that are being deleted */

  GtkStack         *stack;
  GtkListView      *view;
  AdwStatusPage    *empty;
  AdwStatusPage    *failure;
};

G_DEFINE_FINAL_TYPE (SageResourceView, sage_resource_view, ADW_TYPE_BIN)

static void
activate_cb (SageResourceView *self,
             guint             position)
{
  g_autoptr(SageResource) resource = g_list_model_get_item (self->shown, position);
  g_autofree char *location = sage_resource_dup_location (resource);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static void
update_state (SageResourceView *self)
{
  const GError *error = sage_resource_list_get_error (self->list);
  const char *name = "loading";

  if (g_list_model_get_n_items (self->shown) > 0)
    name = "list";
  else if (error != NULL)
    {
      g_autofree char *text = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_status_page_set_description (self->failure, escaped);
      name = "failure";
    }
  else if (sage_resource_list_get_loaded (self->list))
    name = "empty";

  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
sage_resource_view_dispose (GObject *object)
{
  SageResourceView *self = SAGE_RESOURCE_VIEW (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (sage_resource_view_parent_class)->dispose (object);
}

static void
sage_resource_view_class_init (SageResourceViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_resource_view_dispose;
}

static AdwStatusPage *
make_status (const char *icon_name)
{
  AdwStatusPage *page = ADW_STATUS_PAGE (adw_status_page_new ());

  adw_status_page_set_icon_name (page, icon_name);
  gtk_widget_add_css_class (GTK_WIDGET (page), "compact");

  return page;
}

static void
sage_resource_view_init (SageResourceView *self)
{
  GtkWidget *spinner = adw_spinner_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  self->empty = make_status (NULL);
  self->failure = make_status ("dialog-error-symbolic");
  self->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, NULL));
  gtk_list_view_set_single_click_activate (self->view, TRUE);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, spinner, "loading");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->empty), "empty");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->failure), "failure");
  gtk_stack_add_named (self->stack, scroller, "list");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

/**
 * sage_resource_view_new:
 * @label: what a screen reader calls the list, translated
 * @factory: (transfer full): makes its rows
 *
 * Returns: (transfer floating): a view that has nothing to show yet
 */
GtkWidget *
sage_resource_view_new (const char         *label,
                        GtkListItemFactory *factory)
{
  SageResourceView *self = g_object_new (SAGE_TYPE_RESOURCE_VIEW, NULL);

  gtk_list_view_set_factory (self->view, factory);
  g_object_unref (factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);

  return GTK_WIDGET (self);
}

/**
 * sage_resource_view_set_empty:
 * @self: a view
 * @icon_name: an icon
 * @title: that there is nothing, translated
 * @description: how that changes, translated
 *
 * What it shows for a list that is loaded and has nothing in it.
 */
void
sage_resource_view_set_empty (SageResourceView *self,
                              const char       *icon_name,
                              const char       *title,
                              const char       *description)
{
  g_return_if_fail (SAGE_IS_RESOURCE_VIEW (self));

  adw_status_page_set_icon_name (self->empty, icon_name);
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, description);
}

/**
 * sage_resource_view_set_failure:
 * @self: a view
 * @title: that the list could not be read, translated; the error is put below it
 */
void
sage_resource_view_set_failure (SageResourceView *self,
                                const char       *title)
{
  g_return_if_fail (SAGE_IS_RESOURCE_VIEW (self));

  adw_status_page_set_title (self->failure, title);
}

/**
 * sage_resource_view_set_list:
 * @self: a view
 * @list: the live list to show; it is set once
 */
void
sage_resource_view_set_list (SageResourceView *self,
                             SageResourceList *list)
{
  g_autoptr(GtkNoSelection) selection = NULL;

  g_return_if_fail (SAGE_IS_RESOURCE_VIEW (self));
  g_return_if_fail (SAGE_IS_RESOURCE_LIST (list));
  g_return_if_fail (self->list == NULL);

  self->list = g_object_ref (list);
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (list)),
                                                         sage_undo_filter_new ()));
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (list, "notify::loaded", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (list, "notify::error", G_CALLBACK (update_state), self);
  update_state (self);
}

/**
 * sage_resource_view_get_list_view:
 * @self: a view
 *
 * Returns: (transfer none): the list in it, for its looks
 */
GtkListView *
sage_resource_view_get_list_view (SageResourceView *self)
{
  g_return_val_if_fail (SAGE_IS_RESOURCE_VIEW (self), NULL);

  return self->view;
}
