/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-executions-list"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-executions-list.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-words.h"

struct _SageExecutionsList
{
  AdwBin            parent_instance;

  SageResourceList *executions; /* (owned) (nullable) */

  GtkStack         *stack;
  GtkListView      *list;
};

G_DEFINE_FINAL_TYPE (SageExecutionsList, sage_executions_list, ADW_TYPE_BIN)

static void
activate_cb (SageExecutionsList *self,
             guint               position)
{
  g_autoptr(SageResource) execution
    = g_list_model_get_item (G_LIST_MODEL (self->executions), position);
  g_autofree char *location = sage_resource_dup_location (execution);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *time = GTK_WIDGET (sage_relative_time_new ());

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (name, "identifier");
  gtk_widget_add_css_class (time, "caption");
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), time);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), sage_state_chip_new ());
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  SageResource *execution = gtk_list_item_get_item (item);
  GtkWidget *line = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *chip = gtk_widget_get_next_sibling (line);
  GtkWidget *name = gtk_widget_get_first_child (line);
  GtkWidget *time = gtk_widget_get_next_sibling (name);

  gtk_label_set_text (GTK_LABEL (name), sage_resource_get_title (execution));
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (time), sage_resource_get_created (execution));
  sage_state_chip_set_resource (SAGE_STATE_CHIP (chip), execution);
  gtk_list_item_set_accessible_label (item, sage_resource_get_title (execution));
  gtk_list_item_set_accessible_description (item,
                                            sage_words_status (sage_resource_get_status (execution)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  GtkWidget *line = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  sage_state_chip_set_resource (SAGE_STATE_CHIP (gtk_widget_get_next_sibling (line)), NULL);
}

static void
update_state (SageExecutionsList *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->executions)) > 0;
  gboolean loaded = sage_resource_list_get_loaded (self->executions);

  gtk_stack_set_visible_child_name (self->stack, any ? "list" : loaded ? "empty" : "loading");
}

static void
sage_executions_list_dispose (GObject *object)
{
  SageExecutionsList *self = SAGE_EXECUTIONS_LIST (object);

  if (self->executions != NULL)
    g_signal_handlers_disconnect_by_data (self->executions, self);
  g_clear_object (&self->executions);

  G_OBJECT_CLASS (sage_executions_list_parent_class)->dispose (object);
}

static void
sage_executions_list_class_init (SageExecutionsListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_executions_list_dispose;
}

static GtkWidget *
make_list (SageExecutionsList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_list_view_set_single_click_activate (self->list, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Executions"), -1);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));

  return scroller;
}

static void
sage_executions_list_init (SageExecutionsList *self)
{
  GtkWidget *empty = adw_status_page_new ();
  GtkWidget *spinner = adw_spinner_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "sagebrush-state-none-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("Not run yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("Its executions are listed here."));
  gtk_widget_add_css_class (empty, "compact");
  gtk_widget_set_size_request (spinner, 24, 24);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, spinner, "loading");
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, make_list (self), "list");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_executions_list_new (void)
{
  return g_object_new (SAGE_TYPE_EXECUTIONS_LIST, NULL);
}

/**
 * sage_executions_list_set_model:
 * @self: a list
 * @executions: the live list of a pipeline's executions
 */
void
sage_executions_list_set_model (SageExecutionsList *self,
                                SageResourceList   *executions)
{
  g_autoptr(GtkNoSelection) selection = NULL;

  g_return_if_fail (SAGE_IS_EXECUTIONS_LIST (self));
  g_return_if_fail (self->executions == NULL);

  self->executions = g_object_ref (executions);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (executions)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_swapped (executions, "items-changed", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (executions, "notify::loaded", G_CALLBACK (update_state), self);
  update_state (self);
}
