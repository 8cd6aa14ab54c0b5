/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-problems"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-problems.h"
#include "sage-state-chip.h"
#include "sage-words.h"

#define MAX_PROBLEMS 500

struct _SageProblems
{
  AdwBin          parent_instance;

  SageConnection *connection; /* (owned) (nullable) */
  GListStore     *problems;   /* (owned): of SageResource, the newest first */
  GtkStack       *stack;
};

G_DEFINE_FINAL_TYPE (SageProblems, sage_problems, ADW_TYPE_BIN)

/* A step says the same as its job and its execution: one line for each cause is enough. */
static gboolean
is_problem (SageResource *resource)
{
  return sage_resource_get_state (resource) == SAGE_STATE_BAD
         && sage_resource_get_kind (resource) != SAGE_KIND_STEP
         && sage_resource_get_kind (resource) != SAGE_KIND_PACKAGE;
}

static void
event_cb (SageProblems *self,
          SageResource *resource)
{
  guint position;
  gboolean known = g_list_store_find (self->problems, resource, &position);
  guint n;

  if (is_problem (resource) == known)
    return;

  if (known)
    g_list_store_remove (self->problems, position);
  else
    g_list_store_insert (self->problems, 0, resource); /* the connection asks for its reason */

  n = g_list_model_get_n_items (G_LIST_MODEL (self->problems));
  if (n > MAX_PROBLEMS)
    g_list_store_remove (self->problems, --n);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "none");
}

static void
activate_cb (SageProblems *self,
             guint         position)
{
  g_autoptr(SageResource) resource = g_list_model_get_item (G_LIST_MODEL (self->problems), position);
  g_autofree char *location = sage_resource_dup_location (resource);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", location);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *reason = gtk_label_new (NULL);
  GtkWidget *time = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (name), 24);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 32);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (reason), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (reason), TRUE);
  gtk_widget_set_hexpand (reason, TRUE);
  gtk_widget_add_css_class (reason, "dim-label");
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "numeric");
  gtk_box_append (GTK_BOX (box), sage_state_chip_new ());
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), reason);
  gtk_box_append (GTK_BOX (box), time);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  SageResource *resource = gtk_list_item_get_item (item);
  GtkWidget *chip = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_next_sibling (chip);
  GtkWidget *reason = gtk_widget_get_next_sibling (name);
  GtkWidget *time = gtk_widget_get_next_sibling (reason);
  g_autofree char *when = sage_words_exact_time (sage_resource_get_modified (resource));
  GBinding *binding;

  sage_state_chip_set_resource (SAGE_STATE_CHIP (chip), resource);
  gtk_label_set_text (GTK_LABEL (name), sage_resource_get_name (resource));
  gtk_label_set_text (GTK_LABEL (time), when);
  binding = g_object_bind_property (resource, "reason", reason, "label", G_BINDING_SYNC_CREATE);
  g_object_set_data (G_OBJECT (item), "reason", binding);
  gtk_list_item_set_accessible_label (item, sage_resource_get_name (resource));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  GtkWidget *chip = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  g_binding_unbind (g_object_steal_data (G_OBJECT (item), "reason"));
  sage_state_chip_set_resource (SAGE_STATE_CHIP (chip), NULL);
}

static void
sage_problems_dispose (GObject *object)
{
  SageProblems *self = SAGE_PROBLEMS (object);

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->problems);

  G_OBJECT_CLASS (sage_problems_parent_class)->dispose (object);
}

static void
sage_problems_class_init (SageProblemsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_problems_dispose;
}

static GtkWidget *
make_list (SageProblems *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkNoSelection *selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->problems)));
  GtkWidget *list;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (selection), factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Problems"), -1);
  g_signal_connect_swapped (list, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);

  return scroller;
}

static void
sage_problems_init (SageProblems *self)
{
  GtkWidget *none = adw_status_page_new ();

  self->problems = g_list_store_new (SAGE_TYPE_RESOURCE);
  self->stack = GTK_STACK (gtk_stack_new ());
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "sagebrush-state-good-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _("No problems"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none),
                                   _("What fails while this window is open is listed here."));
  gtk_widget_add_css_class (none, "compact");
  gtk_stack_add_named (self->stack, none, "none");
  gtk_stack_add_named (self->stack, make_list (self), "list");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sage_problems_new (void)
{
  return g_object_new (SAGE_TYPE_PROBLEMS, NULL);
}

/**
 * sage_problems_set_connection:
 * @self: the list of problems
 * @connection: (nullable): the engine to follow
 */
void
sage_problems_set_connection (SageProblems   *self,
                              SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_PROBLEMS (self));

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_list_store_remove_all (self->problems);
  gtk_stack_set_visible_child_name (self->stack, "none");
  g_set_object (&self->connection, connection);
  if (connection != NULL)
    g_signal_connect_swapped (connection, "event", G_CALLBACK (event_cb), self);
}
