/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-executions-list"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-executions-list.h"
#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-words.h"

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

  g_object_set_data (G_OBJECT (item), "title",
                     g_object_bind_property (execution, "title", name, "label",
                                             G_BINDING_SYNC_CREATE));
  sage_relative_time_set_time (SAGE_RELATIVE_TIME (time), sage_resource_get_created (execution));
  sage_state_chip_set_resource (SAGE_STATE_CHIP (chip), execution);
  gtk_list_item_set_accessible_label (item, sage_resource_get_title (execution));
  gtk_list_item_set_accessible_description (item, sage_words_resource (execution));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  GtkWidget *line = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  g_binding_unbind (g_object_steal_data (G_OBJECT (item), "title"));
  sage_state_chip_set_resource (SAGE_STATE_CHIP (gtk_widget_get_next_sibling (line)), NULL);
}

/**
 * sage_executions_list_new:
 *
 * Returns: (transfer floating): a #SageResourceView for the executions of a pipeline
 */
GtkWidget *
sage_executions_list_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *widget;
  SageResourceView *view;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  widget = sage_resource_view_new (_("Executions"), factory);
  view = SAGE_RESOURCE_VIEW (widget);
  sage_resource_view_set_empty (view, "sagebrush-state-none-symbolic", _("Not run yet"),
                                _("Its executions are listed here."));
  sage_resource_view_set_failure (view, _("The executions could not be listed"));
  gtk_widget_add_css_class (GTK_WIDGET (sage_resource_view_get_list_view (view)),
                            "navigation-sidebar");

  return widget;
}
