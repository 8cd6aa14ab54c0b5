/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-row"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-cell-row-private.h"
#include "sage-cell-source.h"
#include "sage-kernel-completion.h"
#include "sage-markdown-view.h"
#include "sage-output-list.h"
#include "sage-signature-help.h"
#include "sage-text.h"

/* What a row shows of its cell: the source, what Markdown comes to, the outputs. */

/* --- The source ------------------------------------------------------------------------------- */

static void
ensure_source (SageCellRow *self)
{
  SageCellBuffer *buffer = sage_notebook_document_get_buffer (self->document, self->cell);
  gboolean numbers = (self->flags & SAGE_CELL_ROW_NUMBERS) != 0 && sage_cell_row_is_code (self);

  if (self->source == NULL)
    {
      self->source = sage_cell_source_new ();
      gtk_box_insert_child_after (self->body, self->source, GTK_WIDGET (self->folded));
      sage_kernel_completion_add (GTK_SOURCE_VIEW (self->source),
                                  sage_notebook_kernel_for (self->document));
      sage_signature_help_add (GTK_TEXT_VIEW (self->source),
                               sage_notebook_kernel_for (self->document));
    }
  if (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->source)) != GTK_TEXT_BUFFER (buffer))
    gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->source), GTK_TEXT_BUFFER (buffer));
  g_signal_group_set_target (self->typing, buffer);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->source),
                              !sage_notebook_is_read_only (
                                sage_notebook_document_get_notebook (self->document)));
  gtk_source_view_set_show_line_numbers (GTK_SOURCE_VIEW (self->source), numbers);
}

static void
ensure_markdown (SageCellRow *self)
{
  const char *text = sage_cell_get_source (self->cell);
  gboolean empty = text[strspn (text, " \t\r\n")] == '\0';
  g_autoptr(GFile) folder = NULL;

  if (self->markdown == NULL)
    {
      self->markdown = sage_markdown_view_new ();
      folder = g_file_get_parent (sage_notebook_document_get_file (self->document));
      sage_markdown_view_set_base_folder (SAGE_MARKDOWN_VIEW (self->markdown), folder);
      gtk_box_insert_child_after (self->body, self->markdown, GTK_WIDGET (self->folded));
      gtk_widget_add_css_class (self->markdown, "cell-markdown");
    }
  sage_markdown_view_set_attachments (SAGE_MARKDOWN_VIEW (self->markdown),
                                      sage_cell_get_attachments (self->cell));
  sage_markdown_view_set_text (SAGE_MARKDOWN_VIEW (self->markdown),
                               empty ? _("*Empty text: press Enter to write*") : text);
}

/* The source has changed: what is shown of it as Markdown follows; a buffer does by itself. */
void
sage_cell_row_update_text (SageCellRow *self)
{
  if (self->markdown != NULL && gtk_widget_get_visible (self->markdown))
    ensure_markdown (self);
}

/* Shows the source, what the Markdown comes to, or the first line of what is folded. */
void
sage_cell_row_update_source (SageCellRow *self)
{
  gboolean folded = sage_cell_is_folded (self->cell) && !sage_cell_row_is_in_source (self);
  gboolean rendered = sage_cell_get_kind (self->cell) == SAGE_CELL_MARKDOWN
                      && (self->flags & SAGE_CELL_ROW_EDITING) == 0;

  if (!folded && rendered)
    ensure_markdown (self);
  if (!folded && !rendered)
    ensure_source (self);
  if (self->source != NULL)
    gtk_widget_set_visible (self->source, !folded && !rendered);
  if (self->markdown != NULL)
    gtk_widget_set_visible (self->markdown, !folded && rendered);
  gtk_widget_set_visible (GTK_WIDGET (self->folded), folded);
  if (folded)
    {
      const char *text = sage_cell_get_source (self->cell);
      g_autofree char *line = g_strndup (text, strcspn (text, "\r\n"));
      g_autofree char *shown = sage_text_shorten_end (line, SAGE_TEXT_MAX_LINE);
      g_autofree char *label = g_strconcat (shown, " …", NULL);

      gtk_button_set_label (self->folded, label);
    }
}

/* --- What came of it -------------------------------------------------------------------------- */

static void
trust_requested_cb (SageCellRow *self)
{
  g_signal_emit_by_name (self, "command", "notebook.trust");
}

static void
open_location_cb (SageCellRow *self,
                  const char  *path,
                  int          line)
{
  g_signal_emit_by_name (self, "open-location", path, line);
}

void
sage_cell_row_update_outputs (SageCellRow *self)
{
  GListModel *outputs = sage_cell_row_is_code (self) ? sage_cell_get_outputs (self->cell) : NULL;
  gboolean any = outputs != NULL && g_list_model_get_n_items (outputs) > 0;
  gboolean folded = any && sage_cell_are_outputs_folded (self->cell);

  if (any && !folded && self->list == NULL)
    {
      g_autofree char *path = g_file_get_path (sage_notebook_document_get_file (self->document));

      self->list = sage_output_list_new ();
      g_object_set (self->list, "path", path, NULL);
      sage_output_list_set_comms (SAGE_OUTPUT_LIST (self->list),
                                  sage_notebook_document_get_comms (self->document));
      g_object_bind_property (self->document, "trust", self->list, "trust", G_BINDING_SYNC_CREATE);
      g_signal_connect_swapped (self->list, "trust-requested", G_CALLBACK (trust_requested_cb), self);
      g_signal_connect_swapped (self->list, "open-location", G_CALLBACK (open_location_cb), self);
      sage_capped_bin_set_child (self->outputs, self->list);
    }
  if (self->list != NULL)
    sage_output_list_set_outputs (SAGE_OUTPUT_LIST (self->list), folded ? NULL : outputs);
  gtk_widget_set_visible (GTK_WIDGET (self->outputs), any && !folded);
  gtk_widget_set_visible (self->outputs_folded, folded);
}

/* --- The focus -------------------------------------------------------------------------------- */

GtkTextView *
sage_cell_row_get_source (SageCellRow *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_ROW (self), NULL);

  return self->source != NULL && gtk_widget_get_visible (self->source)
           ? GTK_TEXT_VIEW (self->source) : NULL;
}

/* Whether its source has the focus: what is typed goes there. */
gboolean
sage_cell_row_is_in_source (SageCellRow *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_ROW (self), FALSE);

  return self->source != NULL && gtk_widget_has_focus (self->source);
}

/**
 * sage_cell_row_focus_source:
 * @self: a row that shows a cell
 *
 * Lets the user write. A source that is folded is unfolded.
 */
void
sage_cell_row_focus_source (SageCellRow *self)
{
  g_return_if_fail (SAGE_IS_CELL_ROW (self) && self->cell != NULL);

  sage_cell_set_folded (self->cell, FALSE);
  if (sage_cell_get_kind (self->cell) == SAGE_CELL_MARKDOWN)
    {
      sage_cell_row_set_flags (self, self->flags | SAGE_CELL_ROW_EDITING);
      g_signal_emit_by_name (self, "changed-flags");
    }
  sage_cell_row_update_source (self);
  gtk_widget_grab_focus (self->source);
}

/**
 * sage_cell_row_get_cursor:
 * @self: a row
 * @top: (out): of the line of the cursor, from the top of the row
 * @height: (out): of that line
 *
 * Returns: whether the source is there
 */
gboolean
sage_cell_row_get_cursor (SageCellRow *self,
                          double      *top,
                          double      *height)
{
  GtkTextView *view = sage_cell_row_get_source (self);
  GdkRectangle strong;
  graphene_point_t point;
  int y;

  if (view == NULL)
    return FALSE;

  gtk_text_view_get_cursor_locations (view, NULL, &strong, NULL);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, 0, strong.y, NULL, &y);
  if (!gtk_widget_compute_point (GTK_WIDGET (view), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT (0, (float) y), &point))
    return FALSE;
  *top = point.y;
  *height = strong.height;

  return TRUE;
}

/* What the cell is dragged by. */
GtkWidget *
sage_cell_row_get_handle (SageCellRow *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_ROW (self), NULL);

  return self->gutter;
}
