/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-input-bar"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-input-bar.h"
#include "sage-text.h"

struct _SageInputBar
{
  GtkBox     parent_instance;

  GtkWidget *entry;
};

enum
{
  SIGNAL_ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageInputBar, sage_input_bar, GTK_TYPE_BOX)

static void
answer_cb (SageInputBar *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, text);
}

static gboolean
sage_input_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (SAGE_INPUT_BAR (widget)->entry);
}

static void
sage_input_bar_class_init (SageInputBarClass *klass)
{
  GTK_WIDGET_CLASS (klass)->grab_focus = sage_input_bar_grab_focus;
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sage_input_bar_init (SageInputBar *self)
{
}

/**
 * sage_input_bar_new:
 * @prompt: what is asked for
 * @is_secret: whether it is not to be seen, such as a password
 *
 * Returns: (transfer floating): an entry for the answer
 */
GtkWidget *
sage_input_bar_new (const char *prompt,
                    gboolean    is_secret)
{
  SageInputBar *self = g_object_new (SAGE_TYPE_INPUT_BAR, "spacing", 6, "margin-top", 6, NULL);
  g_autofree char *shown = sage_text_shorten_end (prompt, SAGE_TEXT_MAX_PARAGRAPH);
  GtkWidget *label = gtk_label_new (shown);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Answer"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_visible (label, shown[0] != '\0');
  self->entry = is_secret ? gtk_password_entry_new () : gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  shown[0] != '\0' ? shown : _("Answer to the cell"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (answer_cb), self);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (answer_cb), self);
  gtk_box_append (GTK_BOX (self), label);
  gtk_box_append (GTK_BOX (self), self->entry);
  gtk_box_append (GTK_BOX (self), button);

  return GTK_WIDGET (self);
}
