/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-form-code"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "sage-form-code-private.h"
#include "sage-json-walk-private.h"
#include "sage-json.h"
#include "sage-source-style.h"
#include "sage-text.h"

/* --- The command ----------------------------------------------------------------------------- */

/*
 * Returns: (transfer full): what the AWS CLI calls an operation: CreateAutoMLJob →
 *   create-auto-ml-job. A word starts at a capital before a small letter, and at one after a small
 *   letter or a digit.
 */
char *
sage_form_cli_name (const char *operation)
{
  GString *name = g_string_new (NULL);

  for (const char *at = operation; *at != '\0'; at++)
    {
      gboolean starts = at > operation && g_ascii_isupper (at[0])
                        && (g_ascii_islower (at[1]) || g_ascii_islower (at[-1])
                            || g_ascii_isdigit (at[-1]));

      if (starts)
        g_string_append_c (name, '-');
      g_string_append_c (name, g_ascii_tolower (*at));
    }

  return g_string_free_and_steal (name);
}

/* Returns: (transfer full): the command of the AWS CLI that does the same, quoted for a shell */
char *
sage_form_cli_command (const char *service,
                       const char *operation,
                       JsonObject *input)
{
  g_autofree char *name = sage_form_cli_name (operation);
  g_autoptr(JsonNode) node = sage_json_take_object (json_object_ref (input));
  g_autofree char *json = sage_json_pretty (node, 0);
  g_autofree char *quoted = g_shell_quote (json);

  return g_strdup_printf ("aws %s %s --cli-input-json %s", service, name, quoted);
}

/* --- The dialog ------------------------------------------------------------------------------ */

static void
copy_cb (GtkButton *button,
         gpointer   user_data)
{
  sage_text_copy (GTK_WIDGET (button), g_object_get_data (G_OBJECT (button), "sage-text"));
}

/* @text: (transfer full): what the page shows and copies */
static GtkWidget *
make_page (char       *text,
           const char *language,
           const char *label)
{
  g_autoptr(GtkSourceBuffer) buffer = gtk_source_buffer_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GtkWidget *view;
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *copy = gtk_button_new_with_mnemonic (_("_Copy"));

  gtk_source_buffer_set_language (buffer, gtk_source_language_manager_get_language (
                                            gtk_source_language_manager_get_default (), language));
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (buffer), valid, -1);
  sage_source_follow_style (buffer);

  view = g_object_new (GTK_SOURCE_TYPE_VIEW, "buffer", buffer, "editable", FALSE, "monospace", TRUE,
                       "left-margin", 12, "right-margin", 12, "top-margin", 12, "bottom-margin", 48,
                       "wrap-mode", GTK_WRAP_WORD_CHAR, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", view,
                                                              "vexpand", TRUE, NULL));

  g_object_set (copy, "halign", GTK_ALIGN_END, "valign", GTK_ALIGN_END, "margin-end", 12,
                "margin-bottom", 12, NULL);
  gtk_widget_add_css_class (copy, "osd");
  gtk_widget_add_css_class (copy, "pill");
  g_object_set_data_full (G_OBJECT (copy), "sage-text", text, g_free);
  g_signal_connect (copy, "clicked", G_CALLBACK (copy_cb), NULL);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), copy);

  return overlay;
}

/*
 * Shows what a form comes to: the request as JSON, and the command of the AWS CLI that makes it.
 */
void
sage_form_show_code (GtkWidget  *widget,
                     const char *service,
                     const char *operation,
                     JsonObject *input)
{
  g_autoptr(JsonNode) node = sage_json_take_object (json_object_ref (input));
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *stack = adw_view_stack_new ();
  GtkWidget *switcher = adw_inline_view_switcher_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();

  adw_view_stack_add_titled (ADW_VIEW_STACK (stack),
                             make_page (sage_json_pretty (node, 0), "json", _("JSON")), "json",
                             _("JSON"));
  adw_view_stack_add_titled (ADW_VIEW_STACK (stack),
                             make_page (sage_form_cli_command (service, operation, input), "sh",
                                        _("AWS CLI")),
                             "cli", _("AWS CLI"));
  adw_inline_view_switcher_set_stack (ADW_INLINE_VIEW_SWITCHER (switcher), ADW_VIEW_STACK (stack));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), switcher);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), stack);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), header);
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), overlay);
  adw_dialog_set_title (dialog, operation);
  adw_dialog_set_content_width (dialog, 720);
  adw_dialog_set_content_height (dialog, 600);
  adw_dialog_set_child (dialog, view);
  adw_dialog_present (dialog, widget);
}
