/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-versions-list"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-relative-time.h"
#include "sage-state-chip.h"
#include "sage-versions-list.h"
#include "sage-words.h"

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
  gtk_list_item_set_accessible_description (item, sage_words_resource (version));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  GtkWidget *name = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  sage_state_chip_set_resource (SAGE_STATE_CHIP (gtk_widget_get_next_sibling (name)), NULL);
}

/* A card that is as high as its rows. */
static void
make_card (GtkListView *list)
{
  GtkWidget *scroller = gtk_widget_get_parent (GTK_WIDGET (list));

  gtk_list_view_set_show_separators (list, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (list), "versions");
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_valign (scroller, GTK_ALIGN_START);
  gtk_widget_set_overflow (scroller, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_margin_top (scroller, 18);
  gtk_widget_set_margin_bottom (scroller, 18);
  gtk_widget_set_margin_start (scroller, 18);
  gtk_widget_set_margin_end (scroller, 18);
  gtk_widget_add_css_class (scroller, "card");
}

/**
 * sage_versions_list_new:
 *
 * Returns: (transfer floating): a #SageResourceView for the versions in a model group
 */
GtkWidget *
sage_versions_list_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *widget;
  SageResourceView *view;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  widget = sage_resource_view_new (_("Versions"), factory);
  view = SAGE_RESOURCE_VIEW (widget);
  sage_resource_view_set_empty (view, "sagebrush-model-symbolic", _("No versions yet"),
                                _("A pipeline with a RegisterModel step adds them."));
  sage_resource_view_set_failure (view, _("The versions could not be listed"));
  make_card (sage_resource_view_get_list_view (view));

  return widget;
}
