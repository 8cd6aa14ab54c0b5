/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-replacement"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-error.h"
#include "sage-notebook-document.h"
#include "sage-replacement-private.h"
#include "sage-text-document.h"

/* Documents that are open are changed as if it had been typed. */

static SageTextDocument *
find_text (SageReplacedFile *file)
{
  SageTextDocument *document = sage_text_document_find (file->file);

  return document != NULL && sage_text_document_get_state (document) == SAGE_DOCUMENT_READY ? document
                                                                                            : NULL;
}

static SageNotebook *
find_notebook (SageReplacedFile *file)
{
  SageNotebookDocument *document = sage_notebook_document_find (file->file);

  return document != NULL ? sage_notebook_document_get_notebook (document) : NULL;
}

gboolean
sage_replacement_is_open (SageReplacedFile *file)
{
  return find_text (file) != NULL || find_notebook (file) != NULL;
}

/* --- Texts ------------------------------------------------------------------------------------ */

/* Does the edits to @text, which the buffer holds, in one step of its history: from the last one on,
 * so that the places of those before stay true. */
static void
edit_buffer (GtkTextBuffer *buffer,
             const char    *text,
             GArray        *edits)
{
  g_autofree int *offsets = g_new (int, edits->len);
  gsize from = 0;
  int offset = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const SageSearchEdit *edit = &g_array_index (edits, SageSearchEdit, i);

      offset += (int) g_utf8_strlen (text + from, (gssize) (edit->start - from));
      offsets[i] = offset;
      from = edit->start;
    }

  gtk_text_buffer_begin_user_action (buffer);
  for (guint i = edits->len; i > 0; i--)
    {
      const SageSearchEdit *edit = &g_array_index (edits, SageSearchEdit, i - 1);
      GtkTextIter start;
      GtkTextIter end;

      gtk_text_buffer_get_iter_at_offset (buffer, &start, offsets[i - 1]);
      end = start;
      gtk_text_iter_forward_chars (&end, (int) g_utf8_strlen (edit->before, -1));
      gtk_text_buffer_delete (buffer, &start, &end);
      gtk_text_buffer_insert (buffer, &start, edit->by, -1);
    }
  gtk_text_buffer_end_user_action (buffer);
}

/* Returns: (transfer full): what takes the edits back */
static GArray *
reverse_edits (GArray *edits)
{
  GArray *reverse = g_array_new (FALSE, FALSE, sizeof (SageSearchEdit));
  gsize removed = 0;
  gsize inserted = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const SageSearchEdit *edit = &g_array_index (edits, SageSearchEdit, i);
      gsize length = strlen (edit->by);
      gsize start = edit->start - removed + inserted;
      SageSearchEdit back = { edit->cell, start, start + length, edit->by, edit->before };

      if (i > 0 && edit->cell != g_array_index (edits, SageSearchEdit, i - 1).cell)
        {
          removed = inserted = 0;
          back.start = edit->start;
          back.end = edit->start + length;
        }
      g_array_append_val (reverse, back);
      removed += edit->end - edit->start;
      inserted += length;
    }

  return reverse;
}

static void
edit_text (SageReplacedFile        *file,
           SageTextDocument        *document,
           const SageSearchPattern *pattern,
           const char              *replacement)
{
  g_autofree char *text = sage_text_document_dup_text (document);
  SageSearchContent content = { .text = text };

  if (sage_text_document_is_read_only (document))
    {
      sage_throw (&file->error, SAGE_ERROR_DENIED, "The document cannot be changed");
      return;
    }
  file->edits = sage_search_edits_make (&content, pattern, replacement, file->places, &file->error);
  if (file->edits != NULL)
    edit_buffer (GTK_TEXT_BUFFER (sage_text_document_get_buffer (document)), text, file->edits);
}

/* Whether what was put into @text is still where it was put. */
static gboolean
is_there (const char *text,
          GArray     *reverse,
          guint       cell)
{
  gsize length = strlen (text);

  for (guint i = 0; i < reverse->len; i++)
    {
      const SageSearchEdit *edit = &g_array_index (reverse, SageSearchEdit, i);

      if (edit->cell == cell
          && (edit->end > length || strncmp (text + edit->start, edit->before, edit->end - edit->start) != 0))
        return FALSE;
    }

  return TRUE;
}

/* --- Notebooks -------------------------------------------------------------------------------- */

static void
edit_notebook (SageReplacedFile        *file,
               SageNotebook            *notebook,
               const SageSearchPattern *pattern,
               const char              *replacement)
{
  SageSearchContent content = { .notebook = notebook };

  if (sage_notebook_is_read_only (notebook))
    {
      sage_throw (&file->error, SAGE_ERROR_DENIED, "The notebook cannot be changed");
      return;
    }
  file->edits = sage_search_edits_make (&content, pattern, replacement, file->places, &file->error);
  if (file->edits == NULL)
    return;

  sage_notebook_begin_step (notebook, _("Replace in the project"));
  sage_search_edits_apply_to_notebook (file->edits, notebook);
  sage_notebook_end_step (notebook);
}

static gboolean
undo_notebook (SageNotebook *notebook,
               GArray       *reverse)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; i < reverse->len; i++)
    {
      guint cell = g_array_index (reverse, SageSearchEdit, i).cell;

      if (cell >= n || !is_there (sage_cell_get_source (sage_notebook_get_cell (notebook, cell)), reverse, cell))
        return FALSE;
    }

  sage_notebook_begin_step (notebook, _("Take back the replacement"));
  sage_search_edits_apply_to_notebook (reverse, notebook);
  sage_notebook_end_step (notebook);

  return TRUE;
}

/* --- Both ------------------------------------------------------------------------------------- */

/* Replaces in the document that is open; what goes wrong is put into the file's error. */
void
sage_replacement_edit_open (SageReplacedFile        *file,
                            const SageSearchPattern *pattern,
                            const char              *replacement)
{
  SageTextDocument *document = find_text (file);

  if (document != NULL)
    edit_text (file, document, pattern, replacement);
  else
    edit_notebook (file, find_notebook (file), pattern, replacement);
  file->is_done = file->edits != NULL;
}

/* Returns: whether it was taken back: the document has not been closed or changed there since */
gboolean
sage_replacement_undo_open (SageReplacedFile *file)
{
  SageTextDocument *document = find_text (file);
  SageNotebook *notebook = find_notebook (file);
  g_autoptr(GArray) reverse = reverse_edits (file->edits);
  g_autofree char *text = document != NULL ? sage_text_document_dup_text (document) : NULL;

  if (notebook != NULL)
    {
      if (!undo_notebook (notebook, reverse))
        return FALSE;
      sage_notebook_document_settle (sage_notebook_document_find (file->file));
      return TRUE;
    }
  if (text == NULL || !is_there (text, reverse, SAGE_SEARCH_NO_CELL))
    return FALSE;
  edit_buffer (GTK_TEXT_BUFFER (sage_text_document_get_buffer (document)), text, reverse);
  sage_text_document_settle (document);

  return TRUE;
}
