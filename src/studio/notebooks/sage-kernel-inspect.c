/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernel-inspect"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sage-ansi-attributes.h"
#include "sage-json.h"
#include "sage-kernel-inspect.h"

#define MAX_LINES 2000 /* of what is told of a name */
#define MAX_LINE 4096 /* bytes of each */

/* --- Questions -------------------------------------------------------------------------------- */

/* Whether the kernel answers at once. */
gboolean
sage_kernel_is_free (SageNotebookKernel *kernel)
{
  return kernel != NULL && sage_notebook_kernel_get_state (kernel) == SAGE_NOTEBOOK_KERNEL_IDLE
         && sage_notebook_kernel_get_n_pending (kernel) == 0;
}

/**
 * sage_kernel_make_question:
 * @buffer: a source
 *
 * Returns: (transfer full): the content of a request about what is at the cursor
 */
JsonObject *
sage_kernel_make_question (GtkTextBuffer *buffer)
{
  JsonObject *content = json_object_new ();
  GtkTextIter start;
  GtkTextIter end;
  GtkTextIter cursor;
  g_autofree char *code = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  code = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  json_object_set_string_member (content, "code", code);
  json_object_set_int_member (content, "cursor_pos", gtk_text_iter_get_offset (&cursor));

  return content;
}

static void
inspected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) reply = NULL;
  JsonObject *data;
  const char *text;

  reply = sage_kernel_client_request_finish (SAGE_KERNEL_CLIENT (object), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  data = sage_json_object (sage_jupyter_message_get_content (reply), "data");
  text = data != NULL ? sage_json_string (data, "text/plain", NULL) : NULL;
  if (text == NULL || text[0] == '\0')
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The kernel knows nothing of it");
  else
    g_task_return_pointer (task, g_strdup (text), g_free);
}

/**
 * sage_kernel_inspect_async:
 * @kernel: (nullable): a kernel
 * @question: code, and the cursor in it
 *
 * Asks what the kernel knows of a name.
 */
void
sage_kernel_inspect_async (SageNotebookKernel  *kernel,
                           JsonObject          *question,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (kernel, cancellable, callback, user_data);

  if (!sage_kernel_is_free (kernel))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "The kernel is not free");
      return;
    }

  json_object_set_int_member (question, "detail_level", 0);
  sage_kernel_client_request_async (sage_notebook_kernel_get_client (kernel), SAGE_JUPYTER_SHELL,
                                    "inspect_request", question, cancellable, inspected_cb,
                                    g_steal_pointer (&task));
}

/**
 * sage_kernel_inspect_finish:
 *
 * Returns: (transfer full): what it tells, for a terminal, or %NULL with @error set:
 *   %G_IO_ERROR_BUSY, %G_IO_ERROR_NOT_FOUND, or what became of the request
 */
char *
sage_kernel_inspect_finish (SageNotebookKernel  *kernel,
                            GAsyncResult        *result,
                            GError             **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Popovers --------------------------------------------------------------------------------- */

/**
 * sage_kernel_place_popover:
 * @popover: a popover
 * @view: what it is put on, if it has no parent yet
 * @at: what it points to
 */
void
sage_kernel_place_popover (GtkPopover        *popover,
                           GtkTextView       *view,
                           const GtkTextIter *at)
{
  GdkRectangle place;

  gtk_text_view_get_cursor_locations (view, at, &place, NULL);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &place.x,
                                         &place.y);
  place.width = MAX (place.width, 1);
  if (gtk_widget_get_parent (GTK_WIDGET (popover)) == NULL)
    gtk_widget_set_parent (GTK_WIDGET (popover), GTK_WIDGET (view));
  gtk_popover_set_pointing_to (popover, &place);
}

static void
closed_cb (GtkWidget *popover)
{
  gtk_widget_unparent (popover);
}

/* What IPython writes is for a terminal: its headings are red by escape sequences. */
static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (NULL);
  SageLogPalette palette;
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  g_autoptr(GString) plain = g_string_new (NULL);
  g_auto(GStrv) lines = g_strsplit (text, "\n", MAX_LINES);

  sage_log_palette_init (&palette, adw_style_manager_get_dark (adw_style_manager_get_default ()),
                         FALSE);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr(SageAnsiText) parsed = sage_ansi_parse (*line, strlen (*line), MAX_LINE);

      if (line > lines)
        g_string_append_c (plain, '\n');
      sage_ansi_add_attributes (attributes, parsed, (guint) plain->len, &palette);
      g_string_append_len (plain, parsed->text, (gssize) parsed->length);
    }
  gtk_label_set_text (GTK_LABEL (label), plain->str);
  gtk_label_set_attributes (GTK_LABEL (label), attributes);

  return label;
}

static void
show_text (GtkTextView *view,
           const char  *text)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *label = make_label (text);

  g_object_set (label, "selectable", TRUE, "xalign", 0.0f, "margin-start", 6, "margin-end", 6,
                "margin-top", 6, "margin-bottom", 6, NULL);
  gtk_widget_add_css_class (label, "monospace");
  gtk_popover_set_child (GTK_POPOVER (popover),
                         g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", label,
                                       "propagate-natural-width", TRUE, "propagate-natural-height",
                                       TRUE, "max-content-width", 720, "max-content-height", 320,
                                       NULL));
  sage_kernel_place_popover (GTK_POPOVER (popover), view, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Documentation"), -1);
  g_signal_connect (popover, "closed", G_CALLBACK (closed_cb), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
docs_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkTextView) view = user_data;
  g_autofree char *text = sage_kernel_inspect_finish (SAGE_NOTEBOOK_KERNEL (object), result, NULL);

  if (text != NULL && gtk_widget_get_mapped (GTK_WIDGET (view)))
    show_text (view, text);
}

/* Shows what the kernel tells of what is at the cursor, if it is free to. */
void
sage_kernel_show_docs (GtkTextView        *view,
                       SageNotebookKernel *kernel)
{
  g_autoptr(JsonObject) question = NULL;

  g_return_if_fail (GTK_IS_TEXT_VIEW (view));
  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (kernel));

  question = sage_kernel_make_question (gtk_text_view_get_buffer (view));
  sage_kernel_inspect_async (kernel, question, NULL, docs_cb, g_object_ref (view));
}
