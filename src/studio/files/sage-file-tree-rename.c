/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-file-tree-private.h"
#include "sage-page.h"

/* A new name is written where the old one stands. */

/* Whether a file can be called so. */
gboolean
sage_file_tree_is_name (const char *text)
{
  return *text != '\0' && strcmp (text, ".") != 0 && strcmp (text, "..") != 0
         && strchr (text, '/') == NULL && strlen (text) <= 255;
}

/* The row is shown as it was, and has the focus again if the name had it. */
void
sage_file_tree_end_rename (SageFileTree *self)
{
  GtkWidget *entry = GTK_WIDGET (g_steal_pointer (&self->name));
  GtkWidget *label;
  GtkWidget *row;
  gboolean focused;

  g_clear_object (&self->renamed);
  if (entry == NULL)
    return;

  focused = gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (entry))));
  label = gtk_widget_get_prev_sibling (entry);
  row = gtk_widget_get_ancestor (entry, GTK_TYPE_TREE_EXPANDER);
  gtk_widget_set_visible (label, TRUE);
  if (focused)
    gtk_widget_grab_focus (gtk_widget_get_parent (row));
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (entry)), entry);
  /* Its focus left just now, which is not to end the next one. */
  g_clear_handle_id (&self->left_id, g_source_remove);
}

static void
activate_cb (SageFileTree *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name)));
  g_autoptr(GFile) file = g_object_ref (self->renamed);
  g_autoptr(GFile) folder = g_file_get_parent (file);
  g_autoptr(GFile) target = NULL;
  g_autoptr(GError) error = NULL;

  if (!sage_file_tree_is_name (name))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->name), "error");
      return;
    }

  target = g_file_get_child (folder, name);
  sage_file_tree_end_rename (self);
  if (!sage_file_tree_rename_to (self, file, target, &error))
    sage_toast_error (GTK_WIDGET (self), _("Could not rename it"), error);
}

static void
changed_cb (SageFileTree *self)
{
  if (sage_file_tree_is_name (gtk_editable_get_text (GTK_EDITABLE (self->name))))
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "error");
}

static gboolean
key_cb (SageFileTree    *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  sage_file_tree_end_rename (self);

  return GDK_EVENT_STOP;
}

/* Not while the focus is on its way: GTK is not done with the entry then. */
static gboolean
left_cb (gpointer user_data)
{
  SageFileTree *self = user_data;

  self->left_id = 0;
  sage_file_tree_end_rename (self);

  return G_SOURCE_REMOVE;
}

static void
leave_cb (SageFileTree *self)
{
  if (self->left_id == 0)
    self->left_id = g_idle_add (left_cb, self);
}

/* Selects the name up to its ending, which mostly stays. */
static void
select_stem (GtkEditable *entry,
             const char  *name)
{
  const char *dot = strrchr (name, '.');

  gtk_editable_select_region (entry, 0, dot != NULL && dot != name
                                          ? (int) g_utf8_strlen (name, dot - name) : -1);
}

/**
 * sage_file_tree_begin_rename:
 * @self: a file tree
 *
 * Lets one write another name for the file that is chosen, in its place. What has been written of one
 * stays.
 */
void
sage_file_tree_begin_rename (SageFileTree *self)
{
  g_autoptr(GFile) file = sage_file_tree_get_selected (self);
  GtkTreeExpander *expander = sage_file_tree_find_selected_expander (self);
  g_autofree char *base = file != NULL ? g_file_get_basename (file) : NULL;
  GtkEventController *keys;
  GtkEventController *focus;
  GtkWidget *box;
  GtkWidget *label;

  if (file != NULL && self->renamed != NULL && g_file_equal (file, self->renamed))
    return;
  sage_file_tree_end_rename (self);
  if (file == NULL || expander == NULL)
    return;

  keys = gtk_event_controller_key_new ();
  focus = gtk_event_controller_focus_new ();
  self->renamed = g_steal_pointer (&file);
  box = gtk_tree_expander_get_child (expander);
  label = gtk_widget_get_next_sibling (gtk_widget_get_first_child (box));
  self->name = GTK_ENTRY (gtk_entry_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->name), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  /* What is no UTF-8 cannot be typed: a new name begins from nothing. */
  gtk_editable_set_text (GTK_EDITABLE (self->name), g_utf8_validate (base, -1, NULL) ? base : "");
  gtk_widget_set_visible (label, FALSE);
  gtk_box_insert_child_after (GTK_BOX (box), GTK_WIDGET (self->name), label);
  g_signal_connect_swapped (self->name, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (changed_cb), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->name), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->name), focus);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  select_stem (GTK_EDITABLE (self->name), gtk_editable_get_text (GTK_EDITABLE (self->name)));
}
