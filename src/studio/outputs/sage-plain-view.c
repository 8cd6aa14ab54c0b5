/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-plain-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-ansi-attributes.h"
#include "sage-plain-view.h"
#include "sage-stream-text.h"
#include "sage-text-dialog.h"

struct _SagePlainView
{
  GtkWidget       parent_instance;

  char           *whole; /* (owned) */
  SageStreamText *text;
  GtkWidget      *label;
};

G_DEFINE_FINAL_TYPE (SagePlainView, sage_plain_view, GTK_TYPE_WIDGET)

static void
fill (SagePlainView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  g_autoptr(GString) shown = g_string_new (NULL);
  gint64 first = sage_stream_text_get_first (self->text);
  SageLogPalette palette;

  sage_log_palette_init (&palette, adw_style_manager_get_dark (manager),
                         adw_style_manager_get_high_contrast (manager));
  for (gint64 i = first; i < sage_stream_text_get_end (self->text); i++)
    {
      const SageAnsiText *line = sage_stream_text_get_line (self->text, i);

      if (i > first)
        g_string_append_c (shown, '\n');
      sage_ansi_add_attributes (attributes, line, (guint) shown->len, &palette);
      g_string_append_len (shown, line->text, (gssize) line->length);
      if (line->truncated)
        g_string_append (shown, "\xe2\x80\xa6");
    }
  gtk_label_set_text (GTK_LABEL (self->label), shown->str);
  gtk_label_set_attributes (GTK_LABEL (self->label), attributes);
}

static void
show_all_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SagePlainView *self = SAGE_PLAIN_VIEW (widget);
  g_autoptr(GBytes) bytes = g_bytes_new (self->whole, strlen (self->whole));

  sage_text_dialog_show (widget, _("Output"), bytes);
}

static void
sage_plain_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (sage_plain_view_parent_class)->dispose (object);
}

static void
sage_plain_view_finalize (GObject *object)
{
  g_free (SAGE_PLAIN_VIEW (object)->whole);
  sage_stream_text_free (SAGE_PLAIN_VIEW (object)->text);

  G_OBJECT_CLASS (sage_plain_view_parent_class)->finalize (object);
}

static void
sage_plain_view_class_init (SagePlainViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_plain_view_dispose;
  object_class->finalize = sage_plain_view_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_install_action (widget_class, "plain.show-all", NULL, show_all_action);
}

static void
sage_plain_view_init (SagePlainView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->text = sage_stream_text_new ();
  self->label = gtk_label_new (NULL);
  gtk_label_set_selectable (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (self->label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_add_css_class (self->label, "monospace");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

/**
 * sage_plain_view_new:
 * @text: (nullable): a text
 *
 * Returns: (transfer floating): a widget that shows it
 */
GtkWidget *
sage_plain_view_new (const char *text)
{
  SagePlainView *self = g_object_new (SAGE_TYPE_PLAIN_VIEW, NULL);

  self->whole = g_strdup (text != NULL ? text : "");
  sage_stream_text_feed (self->text, self->whole, strlen (self->whole));
  fill (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (fill), self,
                           G_CONNECT_SWAPPED);
  if (sage_stream_text_is_truncated (self->text))
    {
      GtkWidget *button = gtk_button_new_with_label (_("Show all"));

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "plain.show-all");
      gtk_widget_set_parent (button, GTK_WIDGET (self));
    }

  return GTK_WIDGET (self);
}
