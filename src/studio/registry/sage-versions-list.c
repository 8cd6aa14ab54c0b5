/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-versions-list"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-undo.h"
#include "sage-versions-list.h"
#include "sage-words.h"

struct _SageVersionsList
{
  AdwBin            parent_instance;

  SageResourceList *versions; /* (owned) (nullable) */
  GListModel       *shown;    /* (owned) (nullable): without those that are being deleted */

  GtkStack         *stack;
  GtkListView      *list;
  AdwStatusPage    *failure;
};

G_DEFINE_FINAL_TYPE (SageVersionsList, sage_versions_list, ADW_TYPE_BIN)

static void
activate_cb (SageVersionsList *self,
             guint             position)
{
  g_autoptr(SageResource) version = g_list_model_get_item (self->shown, position);
  g_autofree char *location = sage_resource_dup_location (version);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *chip = sage_state_chip_new ();
  GtkWidget *time = sage_relative_time_new ();

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), 10);
  gtk_widget_add_css_class (name, "numeric");
  gtk_widget_set_hexpand (chip, TRUE);
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (row, "version-row");
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), chip);
  gtk_box_append (GTK_BOX (row), time);
  gtk_box_append (GTK_BOX (row),
                  g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic", "accessible-role",
                                GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  SageResource *version = gtk_list_item_get_item (item);
  GtkWidget *name = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *chip = gtk_widget_get_next_sibling (name);
  GtkWidget *time = gtk_widget_get_next_sibling (chip);
  g_autofree char *text = g_strdup_printf (_("Version %s"), sage_resource_get_title (version));

  gtk_label_set_text (GTK_LABEL (name), text);
  sage_state_chip_set_resource (SAGE_STATE_CHIP (chip), version);
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (time), sage_resource_get_created (version));
  gtk_list_item_set_accessible_label (item, text);
  gtk_list_item_set_accessible_description (item,
                                            sage_words_status (sage_resource_get_approval (version)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  GtkWidget *name = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  sage_state_chip_set_resource (SAGE_STATE_CHIP (gtk_widget_get_next_sibling (name)), NULL);
}

/* --- The list --------------------------------------------------------------------------------- */

static void
update_state (SageVersionsList *self)
{
  const GError *error = sage_resource_list_get_error (self->versions);

  if (g_list_model_get_n_items (self->shown) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (error != NULL)
    {
      g_autofree char *text = sage_words_error (error);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_status_page_set_description (self->failure, escaped);
      gtk_stack_set_visible_child_name (self->stack, "failure");
    }
  else
    gtk_stack_set_visible_child_name (self->stack,
                                      sage_resource_list_get_loaded (self->versions) ? "empty"
                                                                                     : "loading");
}

static void
sage_versions_list_dispose (GObject *object)
{
  SageVersionsList *self = SAGE_VERSIONS_LIST (object);

  if (self->versions != NULL)
    g_signal_handlers_disconnect_by_data (self->versions, self);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->versions);

  G_OBJECT_CLASS (sage_versions_list_parent_class)->dispose (object);
}

static void
sage_versions_list_class_init (SageVersionsListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_versions_list_dispose;
}

static GtkWidget *
make_list (SageVersionsList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_list_view_set_single_click_activate (self->list, TRUE);
  gtk_list_view_set_show_separators (self->list, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "versions");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Versions"), -1);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_valign (scroller, GTK_ALIGN_START);
  gtk_widget_set_overflow (scroller, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_margin_top (scroller, 18);
  gtk_widget_set_margin_bottom (scroller, 18);
  gtk_widget_set_margin_start (scroller, 18);
  gtk_widget_set_margin_end (scroller, 18);
  gtk_widget_add_css_class (scroller, "card");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));

  return scroller;
}

static AdwStatusPage *
make_status (const char *icon_name,
             const char *title,
             const char *description)
{
  AdwStatusPage *page = ADW_STATUS_PAGE (adw_status_page_new ());

  adw_status_page_set_icon_name (page, icon_name);
  adw_status_page_set_title (page, title);
  adw_status_page_set_description (page, description);
  gtk_widget_add_css_class (GTK_WIDGET (page), "compact");

  return page;
}

static void
sage_versions_list_init (SageVersionsList *self)
{
  GtkWidget *spinner = adw_spinner_new ();

  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  self->failure = make_status ("dialog-error-symbolic", _("The versions could not be listed"), NULL);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, spinner, "loading");
  gtk_stack_add_named (self->stack,
                       GTK_WIDGET (make_status ("sagebrush-model-symbolic", _("No versions yet"),
                                                _("A pipeline with a RegisterModel step adds them."))),
                       "empty");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->failure), "failure");
  gtk_stack_add_named (self->stack, make_list (self), "list");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_versions_list_new (void)
{
  return g_object_new (SAGE_TYPE_VERSIONS_LIST, NULL);
}

/**
 * sage_versions_list_set_model:
 * @self: a list
 * @versions: the live list of a group's versions
 */
void
sage_versions_list_set_model (SageVersionsList *self,
                              SageResourceList *versions)
{
  g_autoptr(GtkNoSelection) selection = NULL;

  g_return_if_fail (SAGE_IS_VERSIONS_LIST (self));
  g_return_if_fail (self->versions == NULL);

  self->versions = g_object_ref (versions);
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (versions)),
                                                         sage_undo_filter_new ()));
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (versions, "notify::loaded", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (versions, "notify::error", G_CALLBACK (update_state), self);
  update_state (self);
}
