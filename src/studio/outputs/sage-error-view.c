/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-error-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-ansi-attributes.h"
#include "sage-error-view.h"
#include "sage-stream-text.h"
#include "sage-text-dialog.h"
#include "sage-text.h"
#include "sage-traceback.h"

/* A longer traceback is folded until somebody wants it. */
#define MAX_UNFOLDED 40

struct _SageErrorView
{
  GtkWidget       parent_instance;

  SageOutput     *output;    /* (owned) */
  SageStreamText *text;      /* of the traceback */
  GArray         *locations; /* of SageTraceLocation: the targets of the links */

  GtkWidget      *fold;      /* the button */
  GtkWidget      *title;
  GtkWidget      *body;
  GtkWidget      *trace;     /* the label */
};

G_DEFINE_FINAL_TYPE (SageErrorView, sage_error_view, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_OPEN_LOCATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- The traceback --------------------------------------------------------------------------- */

static void
append_escaped (GString    *markup,
                const char *text,
                gsize       length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

  g_string_append (markup, escaped);
}

/* A line, with a link where it names a place. */
static void
append_line (SageErrorView      *self,
             GString            *markup,
             const SageAnsiText *line)
{
  SageTraceLocation location;

  if (!sage_traceback_find (line->text, &location))
    {
      append_escaped (markup, line->text, line->length);
      return;
    }

  append_escaped (markup, line->text, location.start);
  g_string_append_printf (markup, "<a href=\"%u\">", self->locations->len);
  append_escaped (markup, line->text + location.start, location.end - location.start);
  g_string_append (markup, "</a>");
  append_escaped (markup, line->text + location.end, line->length - location.end);
  g_array_append_val (self->locations, location);
}

static void
fill_trace (SageErrorView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  g_autoptr(GString) markup = g_string_new (NULL);
  gint64 first = sage_stream_text_get_first (self->text);
  gint64 end = sage_stream_text_get_end (self->text);
  SageLogPalette palette;
  guint offset = 0;

  sage_log_palette_init (&palette, adw_style_manager_get_dark (manager),
                         adw_style_manager_get_high_contrast (manager));
  g_array_set_size (self->locations, 0);
  for (gint64 i = first; i < end; i++)
    {
      const SageAnsiText *line = sage_stream_text_get_line (self->text, i);

      sage_ansi_add_attributes (attributes, line, offset, &palette);
      append_line (self, markup, line);
      offset += (guint) line->length + 1;
      if (i + 1 < end)
        g_string_append_c (markup, '\n');
    }

  gtk_label_set_markup (GTK_LABEL (self->trace), markup->str);
  gtk_label_set_attributes (GTK_LABEL (self->trace), attributes);
}

static gboolean
activate_link_cb (SageErrorView *self,
                  const char    *uri)
{
  guint64 number = g_ascii_strtoull (uri, NULL, 10);

  if (number < self->locations->len)
    {
      const SageTraceLocation *location = &g_array_index (self->locations, SageTraceLocation, number);

      g_signal_emit (self, signals[SIGNAL_OPEN_LOCATION], 0, location->path, location->line);
    }

  return TRUE;
}

static void
set_folded (SageErrorView *self,
            gboolean       folded)
{
  gtk_button_set_icon_name (GTK_BUTTON (self->fold),
                            folded ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_widget_set_tooltip_text (self->fold, folded ? _("Show the traceback")
                                                  : _("Hide the traceback"));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->fold), GTK_ACCESSIBLE_STATE_EXPANDED, !folded, -1);
  gtk_widget_set_visible (self->body, !folded);
}

static void
fold_cb (SageErrorView *self)
{
  set_folded (self, gtk_widget_get_visible (self->body));
}

/* --- The object ------------------------------------------------------------------------------ */

static void
show_all_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageErrorView *self = SAGE_ERROR_VIEW (widget);
  const char *trace = sage_output_get_traceback (self->output);
  g_autoptr(GBytes) bytes = g_bytes_new (trace, strlen (trace));

  sage_text_dialog_show (widget, _("Traceback"), bytes);
}

static void
sage_error_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&SAGE_ERROR_VIEW (object)->output);

  G_OBJECT_CLASS (sage_error_view_parent_class)->dispose (object);
}

static void
sage_error_view_finalize (GObject *object)
{
  SageErrorView *self = SAGE_ERROR_VIEW (object);

  sage_stream_text_free (self->text);
  g_array_unref (self->locations);

  G_OBJECT_CLASS (sage_error_view_parent_class)->finalize (object);
}

static void
sage_error_view_class_init (SageErrorViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_error_view_dispose;
  object_class->finalize = sage_error_view_finalize;

  signals[SIGNAL_OPEN_LOCATION] =
    g_signal_new ("open-location", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "error.show-all", NULL, show_all_action);
}

static GtkWidget *
make_header (SageErrorView *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error-symbolic");

  self->fold = gtk_button_new ();
  gtk_widget_add_css_class (self->fold, "flat");
  gtk_widget_add_css_class (self->fold, "circular");
  gtk_widget_set_valign (self->fold, GTK_ALIGN_START);
  g_signal_connect_swapped (self->fold, "clicked", G_CALLBACK (fold_cb), self);
  gtk_widget_add_css_class (icon, "error");
  self->title = gtk_label_new (NULL);
  gtk_label_set_selectable (GTK_LABEL (self->title), TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_lines (GTK_LABEL (self->title), 4);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_box_append (GTK_BOX (header), icon);
  gtk_box_append (GTK_BOX (header), self->title);
  gtk_box_append (GTK_BOX (header), self->fold);

  return header;
}

static GtkWidget *
make_body (SageErrorView *self)
{
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *more = gtk_button_new_with_label (_("Show all"));

  self->trace = gtk_label_new (NULL);
  gtk_label_set_selectable (GTK_LABEL (self->trace), TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->trace), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->trace), PANGO_WRAP_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->trace), 0);
  gtk_widget_add_css_class (self->trace, "monospace");
  g_signal_connect_swapped (self->trace, "activate-link", G_CALLBACK (activate_link_cb), self);
  gtk_widget_add_css_class (more, "flat");
  gtk_widget_set_halign (more, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (more), "error.show-all");
  gtk_widget_set_visible (more, sage_stream_text_is_truncated (self->text));
  gtk_box_append (GTK_BOX (body), self->trace);
  gtk_box_append (GTK_BOX (body), more);

  return body;
}

static void
sage_error_view_init (SageErrorView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->text = sage_stream_text_new ();
  self->locations = g_array_new (FALSE, FALSE, sizeof (SageTraceLocation));
  g_array_set_clear_func (self->locations, (GDestroyNotify) sage_traceback_clear);
  gtk_widget_add_css_class (GTK_WIDGET (self), "output-error");
}

static void
fill_title (SageErrorView *self)
{
  g_autofree char *name = sage_text_shorten_end (sage_output_get_error_name (self->output),
                                                 SAGE_TEXT_MAX_LINE);
  g_autofree char *value = sage_text_shorten_end (sage_output_get_error_value (self->output),
                                                  SAGE_TEXT_MAX_PARAGRAPH);
  g_autofree char *markup = NULL;

  g_strdelimit (value, "\n\r\t", ' ');
  if (value[0] != '\0')
    markup = g_markup_printf_escaped ("<b>%s</b>: %s", name, value);
  else
    markup = g_markup_printf_escaped ("<b>%s</b>", name);
  gtk_label_set_markup (GTK_LABEL (self->title), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Error"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  gtk_label_get_text (GTK_LABEL (self->title)), -1);
}

/**
 * sage_error_view_new:
 * @output: an error
 *
 * Returns: (transfer floating): a widget that shows it
 */
GtkWidget *
sage_error_view_new (SageOutput *output)
{
  SageErrorView *self = g_object_new (SAGE_TYPE_ERROR_VIEW, NULL);
  const char *trace;
  gint64 lines;

  g_return_val_if_fail (SAGE_IS_OUTPUT (output), NULL);

  self->output = g_object_ref (output);
  trace = sage_output_get_traceback (output);
  if (trace == NULL)
    trace = "";
  sage_stream_text_feed (self->text, trace, strlen (trace));
  lines = sage_stream_text_get_end (self->text);

  gtk_widget_set_parent (make_header (self), GTK_WIDGET (self));
  self->body = make_body (self);
  gtk_widget_set_parent (self->body, GTK_WIDGET (self));
  fill_title (self);
  fill_trace (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (fill_trace),
                           self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->fold, lines > 0);
  set_folded (self, lines == 0 || lines > MAX_UNFOLDED);

  return GTK_WIDGET (self);
}
