/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-clipboard"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-notebook-view-private.h"
#include "sage-page.h"

/* What other notebooks of ours take; other programs get the sources as text. */
#define MIME_TYPE "application/x-sagebrush-cells+json"
#define MAX_BYTES (64 * 1024 * 1024)

/* A paste that waits for the clipboard. */
typedef struct
{
  SageNotebookView *view; /* (owned) */
  guint             position;
  gboolean          is_trusted; /* it is from a notebook of ours, where its scripts may run */
} Paste;

static void
paste_free (Paste *paste)
{
  g_object_unref (paste->view);
  g_free (paste);
}

/* Puts the selected cells on the clipboard. */
void
sage_notebook_view_copy (SageNotebookView *self)
{
  guint n;
  gboolean is_trusted = TRUE;
  g_autofree guint *positions = sage_notebook_view_dup_selected (self, &n);
  g_autofree char *cells = sage_notebook_copy (self->notebook, positions, n);
  g_autoptr(GBytes) bytes = g_bytes_new (cells, strlen (cells));
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GdkContentProvider) provider = NULL;
  GdkContentProvider *providers[2];

  for (guint i = 0; i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (self->notebook, positions[i]);

      if (i > 0)
        g_string_append (text, "\n\n");
      g_string_append (text, sage_cell_get_source (cell));
      is_trusted = is_trusted && sage_notebook_document_is_cell_trusted (self->document, cell);
    }
  providers[0] = gdk_content_provider_new_for_bytes (MIME_TYPE, bytes);
  providers[1] = gdk_content_provider_new_typed (G_TYPE_STRING, text->str);
  provider = gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
  if (is_trusted)
    g_object_set_data (G_OBJECT (provider), "sage-trusted", GINT_TO_POINTER (TRUE));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), provider);
}

static void
show_pasted (Paste *paste,
             guint  before)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (paste->view->notebook));

  if (n > before)
    sage_notebook_view_go_to (paste->view, paste->position + (n - before) - 1, FALSE);
}

static void
insert_cells (Paste      *paste,
              const char *cells)
{
  guint before = g_list_model_get_n_items (G_LIST_MODEL (paste->view->notebook));
  guint trust = paste->is_trusted ? sage_notebook_document_admit (paste->view->document) : 0;
  g_autoptr(GError) error = NULL;

  if (sage_notebook_paste (paste->view->notebook, MIN (paste->position, before), cells, trust, &error))
    show_pasted (paste, before);
  else
    sage_toast_error (GTK_WIDGET (paste->view), _("Could not paste"), error);
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Paste *paste = user_data;
  g_autoptr(GError) error = NULL;
  gssize length = g_output_stream_splice_finish (G_OUTPUT_STREAM (object), result, &error);

  if (length < 0)
    sage_toast_error (GTK_WIDGET (paste->view), _("Could not paste"), error);
  else if (length > MAX_BYTES)
    sage_toast (GTK_WIDGET (paste->view), _("There is too much to paste"));
  else
    {
      GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (object);
      g_autofree char *cells = g_strndup (g_memory_output_stream_get_data (memory),
                                          g_memory_output_stream_get_data_size (memory));

      insert_cells (paste, cells);
    }
  paste_free (paste);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Paste *paste = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) input = NULL;
  g_autoptr(GOutputStream) memory = NULL;

  input = gdk_clipboard_read_finish (GDK_CLIPBOARD (object), result, NULL, &error);
  if (input == NULL)
    {
      sage_toast_error (GTK_WIDGET (paste->view), _("Could not paste"), error);
      paste_free (paste);
      return;
    }

  memory = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (memory, input,
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE
                                  | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, NULL, read_cb, paste);
}

/* Text from elsewhere becomes a cell. */
static void
text_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Paste *paste = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, &error);
  guint before = g_list_model_get_n_items (G_LIST_MODEL (paste->view->notebook));

  if (text == NULL)
    sage_toast (GTK_WIDGET (paste->view), _("There is nothing to paste"));
  else
    {
      sage_notebook_insert (paste->view->notebook, MIN (paste->position, before), SAGE_CELL_CODE,
                            text);
      show_pasted (paste, before);
    }
  paste_free (paste);
}

/* Puts what is on the clipboard before the cell at @position. */
void
sage_notebook_view_paste (SageNotebookView *self,
                          guint             position)
{
  static const char *types[] = { MIME_TYPE, NULL };
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentProvider *own = gdk_clipboard_get_content (clipboard); /* NULL if it is another program's */
  Paste *paste = g_new0 (Paste, 1);

  paste->view = g_object_ref (self);
  paste->position = position;
  paste->is_trusted = own != NULL && g_object_get_data (G_OBJECT (own), "sage-trusted") != NULL;
  if (gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard), MIME_TYPE))
    gdk_clipboard_read_async (clipboard, types, G_PRIORITY_DEFAULT, NULL, opened_cb, paste);
  else
    gdk_clipboard_read_text_async (clipboard, NULL, text_cb, paste);
}
