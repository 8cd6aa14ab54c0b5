/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-toolbar"

#include "config.h"

#include "sage-cell-toolbar.h"
#include "sage-shortcut-table.h"

struct _SageCellToolbar
{
  GtkBox parent_instance;
};

enum
{
  SIGNAL_COMMAND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageCellToolbar, sage_cell_toolbar, GTK_TYPE_BOX)

static void
clicked_cb (SageCellToolbar *self,
            GtkButton       *button)
{
  g_signal_emit (self, signals[SIGNAL_COMMAND], 0, gtk_widget_get_name (GTK_WIDGET (button)));
}

static void
sage_cell_toolbar_class_init (SageCellToolbarClass *klass)
{
  signals[SIGNAL_COMMAND] = g_signal_new ("command", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
sage_cell_toolbar_init (SageCellToolbar *self)
{
  static const char * const actions[] = {
    "notebook.move-up", "notebook.move-down", "notebook.insert-below", "notebook.delete",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      const SageShortcut *shortcut = sage_shortcut_find (actions[i]);
      GtkWidget *button = gtk_button_new_from_icon_name (shortcut->icon);

      gtk_widget_set_name (button, actions[i]);
      gtk_widget_set_focusable (button, FALSE); /* each has a key, and the cells keep the focus */
      sage_shortcut_set_tooltip (button, actions[i]);
      gtk_widget_add_css_class (button, "flat");
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked_cb), self);
      gtk_box_append (GTK_BOX (self), button);
    }
  gtk_widget_add_css_class (GTK_WIDGET (self), "cell-toolbar");
}

GtkWidget *
sage_cell_toolbar_new (void)
{
  return g_object_new (SAGE_TYPE_CELL_TOOLBAR, NULL);
}
