/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-buffer"

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "sage-cell-buffer.h"
#include "sage-hidden-marks.h"

struct _SageCellBuffer
{
  GtkSourceBuffer  parent_instance;

  SageNotebook    *notebook; /* (weak) (nullable) */
  SageCell        *cell;     /* (owned) */
  gboolean         applying; /* what changes came from the notebook */
};

G_DEFINE_FINAL_TYPE (SageCellBuffer, sage_cell_buffer, GTK_SOURCE_TYPE_BUFFER)

/* --- Places: the notebook counts bytes, the buffer lines and characters ----------------------- */

/**
 * sage_cell_buffer_get_offset:
 * @self: a buffer
 * @iter: a place in it
 *
 * Returns: the number of bytes of the source before @iter
 */
gsize
sage_cell_buffer_get_offset (SageCellBuffer    *self,
                             const GtkTextIter *iter)
{
  GtkTextIter line;
  gsize offset = (gsize) gtk_text_iter_get_line_index (iter);

  g_return_val_if_fail (SAGE_IS_CELL_BUFFER (self), 0);

  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self), &line);
  for (int i = gtk_text_iter_get_line (iter); i > 0; i--)
    {
      offset += (gsize) gtk_text_iter_get_bytes_in_line (&line);
      gtk_text_iter_forward_line (&line);
    }

  return offset;
}

/**
 * sage_cell_buffer_get_iter:
 * @self: a buffer
 * @offset: in bytes of the source; what is no start of a character is taken to the one before
 * @iter: (out): the place there
 */
void
sage_cell_buffer_get_iter (SageCellBuffer *self,
                           gsize           offset,
                           GtkTextIter    *iter)
{
  g_return_if_fail (SAGE_IS_CELL_BUFFER (self));

  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self), iter);
  while (offset > 0)
    {
      gsize bytes = (gsize) gtk_text_iter_get_bytes_in_line (iter);

      if (offset < bytes)
        {
          gtk_text_iter_set_line_index (iter, (int) offset);
          return;
        }
      offset -= bytes;
      if (!gtk_text_iter_forward_line (iter))
        {
          gtk_text_buffer_get_end_iter (GTK_TEXT_BUFFER (self), iter);
          return;
        }
    }
}

/* --- What is typed ---------------------------------------------------------------------------- */

static void
sage_cell_buffer_insert_text (GtkTextBuffer *buffer,
                              GtkTextIter   *pos,
                              const char    *text,
                              int            length)
{
  SageCellBuffer *self = SAGE_CELL_BUFFER (buffer);
  gsize offset = self->applying ? 0 : sage_cell_buffer_get_offset (self, pos);
  g_autofree char *inserted = self->applying ? NULL : g_strndup (text, (gsize) length);

  GTK_TEXT_BUFFER_CLASS (sage_cell_buffer_parent_class)->insert_text (buffer, pos, text, length);
  if (!self->applying && self->notebook != NULL)
    sage_notebook_edit_source (self->notebook, self->cell, offset, 0, inserted);
}

static void
sage_cell_buffer_delete_range (GtkTextBuffer *buffer,
                               GtkTextIter   *start,
                               GtkTextIter   *end)
{
  SageCellBuffer *self = SAGE_CELL_BUFFER (buffer);
  gsize offset = 0;
  gsize removed = 0;

  if (!self->applying)
    {
      gtk_text_iter_order (start, end);
      offset = sage_cell_buffer_get_offset (self, start);
      removed = sage_cell_buffer_get_offset (self, end) - offset;
    }

  GTK_TEXT_BUFFER_CLASS (sage_cell_buffer_parent_class)->delete_range (buffer, start, end);
  if (!self->applying && self->notebook != NULL && removed > 0)
    sage_notebook_edit_source (self->notebook, self->cell, offset, removed, "");
}

/**
 * sage_cell_buffer_apply:
 * @self: a buffer
 * @offset: where, in bytes
 * @removed: how many bytes go
 * @inserted: what comes in their place
 *
 * Follows a change that the notebook made: the cursor goes to its end.
 */
void
sage_cell_buffer_apply (SageCellBuffer *self,
                        gsize           offset,
                        gsize           removed,
                        const char     *inserted)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self);
  GtkTextIter start;
  GtkTextIter end;

  g_return_if_fail (SAGE_IS_CELL_BUFFER (self));

  self->applying = TRUE;
  sage_cell_buffer_get_iter (self, offset, &start);
  sage_cell_buffer_get_iter (self, offset + removed, &end);
  if (removed > 0)
    gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, inserted, -1);
  gtk_text_buffer_place_cursor (buffer, &start);
  self->applying = FALSE;
}

/* --- Looks ------------------------------------------------------------------------------------ */

/**
 * sage_cell_buffer_language_id:
 * @language: (nullable): as a notebook names it
 *
 * Returns: (nullable): as GtkSourceView names it
 */
const char *
sage_cell_buffer_language_id (const char *language)
{
  static const struct
  {
    const char *name;
    const char *id;
  } others[] = {
    { "python", "python3" }, { "ipython", "python3" }, { "ipython3", "python3" },
    { "R", "r" }, { "C++", "cpp" }, { "c++", "cpp" }, { "bash", "sh" }, { "javascript", "js" },
  };

  for (gsize i = 0; language != NULL && i < G_N_ELEMENTS (others); i++)
    if (strcmp (others[i].name, language) == 0)
      return others[i].id;

  return language;
}

/* Kernels write "Julia" or "julia", GtkSourceView has small letters. */
static GtkSourceLanguage *
find_language (const char *id)
{
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  GtkSourceLanguage *language = gtk_source_language_manager_get_language (manager, id);
  g_autofree char *small = g_ascii_strdown (id, -1);

  return language != NULL ? language : gtk_source_language_manager_get_language (manager, small);
}

static void
update_language (SageCellBuffer *self)
{
  const char *id = NULL;
  GtkSourceLanguage *language = NULL;

  switch (sage_cell_get_kind (self->cell))
    {
    case SAGE_CELL_CODE:
      id = sage_cell_buffer_language_id (self->notebook != NULL
                                           ? sage_notebook_get_language (self->notebook) : NULL);
      if (id == NULL)
        id = "python3";
      break;
    case SAGE_CELL_MARKDOWN:
      id = "markdown";
      break;
    case SAGE_CELL_RAW:
    default:
      break;
    }

  if (id != NULL)
    language = find_language (id);
  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (self), language);
}

/**
 * sage_cell_buffer_update_style:
 * @self: a buffer
 *
 * Follows the style of the desktop and the language of the notebook.
 */
void
sage_cell_buffer_update_style (SageCellBuffer *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();

  g_return_if_fail (SAGE_IS_CELL_BUFFER (self));

  gtk_source_buffer_set_style_scheme (
    GTK_SOURCE_BUFFER (self),
    gtk_source_style_scheme_manager_get_scheme (manager, dark ? "Adwaita-dark" : "Adwaita"));
  update_language (self);
}

static void
sage_cell_buffer_dispose (GObject *object)
{
  SageCellBuffer *self = SAGE_CELL_BUFFER (object);

  g_clear_weak_pointer (&self->notebook);
  g_clear_object (&self->cell);

  G_OBJECT_CLASS (sage_cell_buffer_parent_class)->dispose (object);
}

static void
sage_cell_buffer_class_init (SageCellBufferClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_cell_buffer_dispose;
  GTK_TEXT_BUFFER_CLASS (klass)->insert_text = sage_cell_buffer_insert_text;
  GTK_TEXT_BUFFER_CLASS (klass)->delete_range = sage_cell_buffer_delete_range;
}

static void
sage_cell_buffer_init (SageCellBuffer *self)
{
  gtk_text_buffer_set_enable_undo (GTK_TEXT_BUFFER (self), FALSE);
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (self), TRUE);
  gtk_source_buffer_set_implicit_trailing_newline (GTK_SOURCE_BUFFER (self), FALSE);
}

/**
 * sage_cell_buffer_new:
 * @notebook: what has the history
 * @cell: one of its cells
 *
 * Returns: (transfer full): a buffer with the cell's source
 */
SageCellBuffer *
sage_cell_buffer_new (SageNotebook *notebook,
                      SageCell     *cell)
{
  SageCellBuffer *self = g_object_new (SAGE_TYPE_CELL_BUFFER, NULL);
  GtkTextIter start;

  g_set_weak_pointer (&self->notebook, notebook);
  self->cell = g_object_ref (cell);
  self->applying = TRUE;
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self), sage_cell_get_source (cell), -1);
  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self), &start);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self), &start);
  self->applying = FALSE;
  sage_cell_buffer_update_style (self);
  sage_hidden_marks_attach (GTK_TEXT_BUFFER (self));
  g_signal_connect_object (cell, "notify::kind", G_CALLBACK (update_language), self,
                           G_CONNECT_SWAPPED);

  return self;
}

SageCell *
sage_cell_buffer_get_cell (SageCellBuffer *self)
{
  g_return_val_if_fail (SAGE_IS_CELL_BUFFER (self), NULL);

  return self->cell;
}
