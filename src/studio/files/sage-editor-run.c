/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-editor-page-private.h"
#include "sage-notebook-console.h"
#include "sage-notebook-percent.h"

/*
 * A script, or a piece of it, on a kernel: what is selected, a line, or a cell of the percent format.
 * What is run is what is on the screen.
 */

#define CONSOLE_HEIGHT 280

static GtkTextBuffer *
get_buffer (SageEditorPage *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

/* Whether it is a script of Python, and the whole of it is here. */
gboolean
sage_editor_can_run (SageEditorPage *self)
{
  g_autofree char *name = g_file_get_basename (sage_editor_page_get_file (self));

  return g_str_has_suffix (name, ".py")
         && sage_text_document_get_state (self->document) == SAGE_DOCUMENT_READY
         && !sage_text_file_is_cut (sage_text_document_get_file (self->document));
}

/* --- The console ------------------------------------------------------------------------------ */

/* Returns: whether there is one now */
gboolean
sage_editor_show_console (SageEditorPage *self)
{
  g_autoptr(GError) error = NULL;
  SageConnection *connection = sage_page_get_connection (SAGE_PAGE (self));
  SageNotebookPage *console;

  if (adw_bin_get_child (self->console) == NULL)
    {
      console = sage_notebook_console_new (connection, sage_editor_page_get_file (self), &error);
      if (console == NULL)
        {
          sage_toast_error (GTK_WIDGET (self), _("The console could not be opened"), error);
          return FALSE;
        }
      adw_bin_set_child (self->console, GTK_WIDGET (console));
    }
  if (!gtk_widget_get_visible (GTK_WIDGET (self->console)))
    {
      int height = gtk_widget_get_height (GTK_WIDGET (self->paned));

      gtk_widget_set_visible (GTK_WIDGET (self->console), TRUE);
      if (height > 0)
        gtk_paned_set_position (self->paned, MAX (height - CONSOLE_HEIGHT, height / 2));
    }

  return TRUE;
}

/* Shows it or puts it away; what runs there goes on. */
static void
console_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->console)))
    {
      sage_editor_show_console (self);
      return;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->console), FALSE);
  adw_bin_set_child (self->console, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* --- Pieces ----------------------------------------------------------------------------------- */

static char *
get_text (GtkTextBuffer     *buffer,
          const GtkTextIter *start,
          const GtkTextIter *end)
{
  return gtk_text_buffer_get_text (buffer, start, end, TRUE);
}

/* Returns: (transfer full): the line that @at is in */
static char *
get_line (const GtkTextIter *at)
{
  GtkTextIter start = *at;
  GtkTextIter end;

  gtk_text_iter_set_line_offset (&start, 0);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);

  return get_text (gtk_text_iter_get_buffer (at), &start, &end);
}

/* Runs a piece, unless there is nothing in it but white space. */
static void
run_code (SageEditorPage *self,
          const char     *text,
          gsize           length)
{
  g_autofree char *code = g_strchomp (g_strndup (text, length));

  if (code[strspn (code, " \t\n")] != '\0' && sage_editor_show_console (self))
    sage_notebook_console_run (SAGE_NOTEBOOK_PAGE (adw_bin_get_child (self->console)), code);
}

/* Runs the cells of code in @text, one after the other. */
static void
run_cells (SageEditorPage *self,
           const char     *text)
{
  g_autoptr(GArray) ranges = sage_notebook_percent_ranges (text);

  for (guint i = 0; i < ranges->len; i++)
    {
      const SagePercentRange *range = &g_array_index (ranges, SagePercentRange, i);

      if (range->kind == SAGE_CELL_CODE)
        run_code (self, text + range->source, range->end - range->source);
    }
}

/* Runs the cell around the cursor; of a script without cells, the line. */
static void
run_around (SageEditorPage *self)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter start;
  GtkTextIter end;
  GtkTextIter cursor;
  g_autofree char *text = NULL;
  g_autofree char *before = NULL;
  g_autoptr(GArray) ranges = NULL;
  gsize at;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  text = get_text (buffer, &start, &end);
  before = get_text (buffer, &start, &cursor);
  at = strlen (before);
  ranges = sage_notebook_percent_ranges (text);
  if (ranges->len == 0 || (ranges->len == 1 && !g_array_index (ranges, SagePercentRange, 0).is_marked))
    {
      g_autofree char *line = g_strstrip (get_line (&cursor));

      run_code (self, line, strlen (line));
      return;
    }

  for (guint i = ranges->len; i > 0; i--)
    {
      const SagePercentRange *range = &g_array_index (ranges, SagePercentRange, i - 1);

      if (range->start > at)
        continue;
      if (range->kind == SAGE_CELL_CODE)
        run_code (self, text + range->source, range->end - range->source);
      break;
    }
}

/* --- Actions ---------------------------------------------------------------------------------- */

static void
run_file_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  g_autofree char *text = sage_text_document_dup_text (self->document);

  run_cells (self, text);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
run_cell_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  GtkTextIter start;
  GtkTextIter end;

  if (gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end))
    {
      g_autofree char *text = get_text (get_buffer (self), &start, &end);

      run_cells (self, text);
    }
  else
    run_around (self);
}

/* The cursor goes to the next line that has something in it. */
static void
go_on (SageEditorPage *self,
       GtkTextIter    *at)
{
  while (gtk_text_iter_forward_line (at))
    {
      g_autofree char *line = get_line (at);

      if (line[strspn (line, " \t")] != '\0')
        break;
    }
  gtk_text_buffer_place_cursor (get_buffer (self), at);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->view),
                                      gtk_text_buffer_get_insert (get_buffer (self)));
}

static void
run_lines_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (widget);
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  if (gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end))
    text = get_text (get_buffer (self), &start, &end);
  else
    {
      text = g_strstrip (get_line (&start));
      go_on (self, &start);
    }
  run_cells (self, text);
}

/* Returns: whether the key runs something */
gboolean
sage_editor_run_key (SageEditorPage  *self,
                     guint            key,
                     GdkModifierType  state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) || !sage_editor_can_run (self))
    return FALSE;
  if (modifiers == GDK_CONTROL_MASK)
    return gtk_widget_activate_action (GTK_WIDGET (self), "document.run-cell", NULL);
  if (modifiers == GDK_SHIFT_MASK)
    return gtk_widget_activate_action (GTK_WIDGET (self), "document.run-lines", NULL);

  return FALSE;
}

void
sage_editor_run_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "document.run-file", NULL, run_file_action);
  gtk_widget_class_install_action (klass, "document.run-cell", NULL, run_cell_action);
  gtk_widget_class_install_action (klass, "document.run-lines", NULL, run_lines_action);
  gtk_widget_class_install_action (klass, "document.console", NULL, console_action);
}
