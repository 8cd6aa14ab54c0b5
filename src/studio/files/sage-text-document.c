/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-document"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-file-moves.h"
#include "sage-file-tree.h"
#include "sage-hidden-marks.h"
#include "sage-source-style.h"
#include "sage-text-document-private.h"

#define LONG_LINE 10000    /* bytes, beyond which nothing is highlighted */
#define COPY_AFTER_MS 3000 /* from the first change to the copy of it */

enum
{
  SIGNAL_UPDATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageTextDocument, sage_text_document, G_TYPE_OBJECT)

/* Those that are open, by their URI; they leave by themselves. */
static GHashTable *open_documents;

void
sage_text_document_emit_updated (SageTextDocument *self)
{
  g_signal_emit (self, signals[SIGNAL_UPDATED], 0);
}

static gboolean
is_modified (SageTextDocument *self)
{
  return gtk_text_buffer_get_modified (GTK_TEXT_BUFFER (self->buffer));
}

/* --- The text --------------------------------------------------------------------------------- */

/* Where two texts begin to differ, and, counted from their ends, where they cease to. */
static void
find_difference (const char *old,
                 const char *text,
                 gsize      *head,
                 gsize      *tail)
{
  gsize old_length = strlen (old);
  gsize length = strlen (text);
  gsize most = MIN (old_length, length);

  for (*head = 0; *head < most && old[*head] == text[*head];)
    (*head)++;
  while (*head > 0 && (text[*head] & 0xc0) == 0x80)
    (*head)--;
  while (*head > 0 && (old[*head] & 0xc0) == 0x80)
    (*head)--;
  for (*tail = 0; *tail < most - *head
                  && old[old_length - *tail - 1] == text[length - *tail - 1];)
    (*tail)++;
  while (*tail > 0 && (text[length - *tail] & 0xc0) == 0x80)
    (*tail)--;
}

static void
set_language (SageTextDocument *self)
{
  g_autofree char *name = g_file_get_basename (sage_text_file_get_file (self->file));
  g_autofree char *shown = g_filename_display_name (name);
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  gboolean uncertain;
  g_autofree char *type = g_content_type_guess (name, NULL, 0, &uncertain);

  gtk_source_buffer_set_language (
    self->buffer, self->has_long_line ? NULL
                  : gtk_source_language_manager_guess_language (manager, shown,
                                                                uncertain ? NULL : type));
}

/* Highlighting takes a line at a time, and a line of any length would stall it: GtkSourceView takes
 * it apart even when it is not to show what it found, unless there is no language. */
static gboolean
has_long_line (const char *text)
{
  for (gsize n = strcspn (text, "\n"); n <= LONG_LINE; n = strcspn (text, "\n"))
    {
      text += n;
      if (*text == '\0')
        return FALSE;
      text++;
    }

  return TRUE;
}

/* To be called before the buffer gets @text. */
static void
note_long_line (SageTextDocument *self,
                const char       *text)
{
  gboolean had = self->has_long_line;

  self->has_long_line = has_long_line (text);
  if (self->has_long_line != had)
    set_language (self);
}

/* Makes the text @text by one change, as small as it can be, so that cursors stay where they are. */
static void
splice_text (SageTextDocument *self,
             const char       *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  g_autofree char *old = sage_text_document_dup_text (self);
  gsize head;
  gsize tail;
  GtkTextIter from;
  GtkTextIter to;

  if (strcmp (old, text) == 0)
    return;

  find_difference (old, text, &head, &tail);
  gtk_text_buffer_get_iter_at_offset (buffer, &from, (int) g_utf8_strlen (old, (gssize) head));
  gtk_text_buffer_get_end_iter (buffer, &to);
  gtk_text_iter_backward_chars (&to, (int) g_utf8_strlen (old + strlen (old) - tail, -1));
  note_long_line (self, text);
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &from, &to);
  gtk_text_buffer_insert (buffer, &from, text + head, (int) (strlen (text) - head - tail));
  gtk_text_buffer_end_user_action (buffer);
}

/* The same by ourselves: nobody has typed. */
static void
change_text (SageTextDocument *self,
             const char       *text)
{
  self->filling = TRUE;
  splice_text (self, text);
  self->filling = FALSE;
}

/* The text of a file that was just opened: there is nothing to undo. */
static void
set_text (SageTextDocument *self,
          const char       *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start;

  self->filling = TRUE;
  note_long_line (self, text);
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  self->filling = FALSE;
}

static gboolean
copy_cb (gpointer user_data)
{
  SageTextDocument *self = user_data;

  self->copy_id = 0;
  if (is_modified (self))
    {
      g_autofree char *text = sage_text_document_dup_text (self);

      sage_text_file_keep_copy (self->file, text, FALSE);
    }

  return G_SOURCE_REMOVE;
}

/* There is something new to be kept a copy of. */
void
sage_text_document_copy_later (SageTextDocument *self)
{
  if (!self->filling && self->copy_id == 0 && self->state == SAGE_DOCUMENT_READY)
    self->copy_id = g_timeout_add (COPY_AFTER_MS, copy_cb, self);
}

static void
modified_cb (SageTextDocument *self)
{
  if (self->filling || self->state != SAGE_DOCUMENT_READY)
    return;

  if (!is_modified (self)) /* undone as far as to what is saved */
    {
      g_clear_handle_id (&self->copy_id, g_source_remove);
      sage_text_file_forget_copy (self->file);
      self->restored = FALSE;
    }
  sage_text_document_emit_updated (self);
}

/* --- Loading ---------------------------------------------------------------------------------- */

/* Puts what was not saved last time on top of what is on the disk. */
static void
restore_copy (SageTextDocument *self)
{
  gboolean outdated;
  g_autofree char *copy = sage_text_file_dup_copy (self->file, &outdated);
  g_autofree char *text = copy != NULL ? sage_text_document_dup_text (self) : NULL;

  if (copy == NULL)
    return;

  if (strcmp (copy, text) == 0)
    {
      sage_text_file_forget_copy (self->file);
      return;
    }

  change_text (self, copy);
  self->restored = TRUE;
  if (outdated)
    self->disk = SAGE_DISK_CHANGED;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SageTextDocument) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = sage_text_file_load_finish (SAGE_TEXT_FILE (object), result, &error);
  gboolean first = self->state != SAGE_DOCUMENT_READY;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_error (&self->error);
  if (text == NULL && first)
    {
      self->error = g_steal_pointer (&error);
      self->state = SAGE_DOCUMENT_FAILED;
    }
  else if (text != NULL)
    {
      self->disk = SAGE_DISK_SAME;
      self->restored = FALSE;
      if (first)
        set_text (self, text);
      else
        change_text (self, text);
      gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
      if (first && !sage_text_document_is_read_only (self))
        restore_copy (self);
      else
        sage_text_file_forget_copy (self->file);
      self->state = SAGE_DOCUMENT_READY;
    }
  sage_text_document_emit_updated (self);
}

/**
 * sage_text_document_reload:
 * @self: a document
 *
 * Takes what is on the disk. What was there in the meantime comes back by undo.
 */
void
sage_text_document_reload (SageTextDocument *self)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  self->load = g_cancellable_new ();
  if (self->state == SAGE_DOCUMENT_FAILED)
    {
      self->state = SAGE_DOCUMENT_LOADING;
      sage_text_document_emit_updated (self);
    }
  sage_text_file_load_async (self->file, self->load, loaded_cb, g_object_ref (self));
}

static void
disk_cb (SageTextDocument *self,
         SageDisk          disk)
{
  if (self->state != SAGE_DOCUMENT_READY)
    {
      if (disk == SAGE_DISK_CHANGED)
        sage_text_document_reload (self);
      return;
    }
  if (disk == SAGE_DISK_CHANGED && !is_modified (self))
    {
      sage_text_document_reload (self);
      return;
    }

  self->disk = disk;
  if (disk == SAGE_DISK_GONE) /* what is here is all there is */
    gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), TRUE);
  sage_text_document_emit_updated (self);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_text_document_dispose (GObject *object)
{
  SageTextDocument *self = SAGE_TEXT_DOCUMENT (object);

  g_cancellable_cancel (self->load);
  g_clear_object (&self->load);
  g_clear_handle_id (&self->copy_id, g_source_remove);
  if (self->file != NULL && self->state == SAGE_DOCUMENT_READY && is_modified (self))
    {
      g_autofree char *text = sage_text_document_dup_text (self);

      sage_text_file_keep_copy (self->file, text, TRUE);
    }
  if (self->file != NULL)
    g_signal_handlers_disconnect_by_data (self->file, self);
  if (self->uri != NULL && g_hash_table_lookup (open_documents, self->uri) == self)
    g_hash_table_remove (open_documents, self->uri);
  g_clear_object (&self->trace);
  g_clear_object (&self->file);
  g_clear_object (&self->buffer);
  g_clear_error (&self->error);
  g_clear_pointer (&self->uri, g_free);

  G_OBJECT_CLASS (sage_text_document_parent_class)->dispose (object);
}

static void
sage_text_document_class_init (SageTextDocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sage_text_document_dispose;

  signals[SIGNAL_UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_text_document_init (SageTextDocument *self)
{
  self->buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_implicit_trailing_newline (self->buffer, FALSE);
  gtk_text_buffer_set_max_undo_levels (GTK_TEXT_BUFFER (self->buffer), 0); /* no limit */
  sage_source_follow_style (self->buffer);
  sage_hidden_marks_attach (GTK_TEXT_BUFFER (self->buffer));
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (sage_text_document_copy_later), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->buffer, "modified-changed", G_CALLBACK (modified_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Makes @file the one by which the document is found. */
static void
set_uri (SageTextDocument *self,
         GFile            *file)
{
  if (open_documents == NULL)
    open_documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (self->uri != NULL && g_hash_table_lookup (open_documents, self->uri) == self)
    g_hash_table_remove (open_documents, self->uri);
  g_free (self->uri);
  self->uri = g_file_get_uri (file);
  g_hash_table_insert (open_documents, g_strdup (self->uri), self);
}

/* The document is that of @file from now on. */
void
sage_text_document_set_place (SageTextDocument *self,
                              GFile            *file)
{
  sage_text_file_forget_copy (self->file);
  sage_text_file_set_file (self->file, file);
  sage_file_trace_set_file (self->trace, file);
  set_uri (self, file);
  set_language (self);
}

static void
moved_cb (SageTextDocument *self,
          GFile            *from,
          GFile            *to)
{
  g_autoptr(GFile) file = sage_file_moves_follow (sage_text_file_get_file (self->file), from, to);

  if (file == NULL)
    return;

  sage_text_document_set_place (self, file);
  if (self->disk == SAGE_DISK_GONE) /* it had been missed */
    {
      g_autofree char *text = sage_text_document_dup_text (self);

      self->disk = SAGE_DISK_SAME;
      gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), !sage_text_file_holds (self->file, text));
    }
  if (self->state != SAGE_DOCUMENT_READY)
    sage_text_document_reload (self);
  else if (is_modified (self))
    {
      g_autofree char *text = sage_text_document_dup_text (self);

      sage_text_file_keep_copy (self->file, text, FALSE);
    }
  sage_text_document_emit_updated (self);
}

/* Another program has moved the file. */
static void
found_cb (SageTextDocument *self,
          GFile            *from,
          GFile            *to)
{
  g_autoptr(SageTextDocument) kept = g_object_ref (self);

  sage_file_tree_follow (from, to);
}

/* The monitor of the file does not tell when its folder goes. */
static void
lost_cb (SageTextDocument *self)
{
  if (self->state == SAGE_DOCUMENT_READY && self->disk != SAGE_DISK_GONE)
    disk_cb (self, SAGE_DISK_GONE);
}

/**
 * sage_text_document_find:
 * @file: a file of this machine
 *
 * Returns: (transfer none) (nullable): its document, if it is open
 */
SageTextDocument *
sage_text_document_find (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  return open_documents != NULL ? g_hash_table_lookup (open_documents, uri) : NULL;
}

/**
 * sage_text_document_foreach:
 * @func: is told of every document that is open
 */
void
sage_text_document_foreach (GFunc    func,
                            gpointer user_data)
{
  GHashTableIter iter;
  gpointer document;

  if (open_documents == NULL)
    return;
  g_hash_table_iter_init (&iter, open_documents);
  while (g_hash_table_iter_next (&iter, NULL, &document))
    func (document, user_data);
}

/**
 * sage_text_document_open:
 * @file: a file of this machine
 *
 * Returns: (transfer full): the document that is open for it, or a new one that is being loaded
 */
SageTextDocument *
sage_text_document_open (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  SageTextDocument *self
    = open_documents != NULL ? g_hash_table_lookup (open_documents, uri) : NULL;

  if (self != NULL)
    return g_object_ref (self);

  self = g_object_new (SAGE_TYPE_TEXT_DOCUMENT, NULL);
  self->file = sage_text_file_new (file);
  g_signal_connect_object (self->file, "disk-changed", G_CALLBACK (disk_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sage_file_moves_get (), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
  self->trace = sage_file_trace_new (file);
  g_signal_connect_object (self->trace, "found", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trace, "lost", G_CALLBACK (lost_cb), self, G_CONNECT_SWAPPED);
  set_uri (self, file);
  set_language (self);
  sage_text_document_reload (self);

  return self;
}

GtkSourceBuffer *
sage_text_document_get_buffer (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), NULL);

  return self->buffer;
}

SageTextFile *
sage_text_document_get_file (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), NULL);

  return self->file;
}

SageDocumentState
sage_text_document_get_state (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), SAGE_DOCUMENT_FAILED);

  return self->state;
}

const GError *
sage_text_document_get_error (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), NULL);

  return self->error;
}

/**
 * sage_text_document_is_read_only:
 *
 * Returns: whether it cannot be edited: it is too large, or not in UTF-8
 */
gboolean
sage_text_document_is_read_only (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), TRUE);

  return sage_text_file_is_cut (self->file)
         || strcmp (sage_text_file_get_coding (self->file)->charset, "UTF-8") != 0;
}

/**
 * sage_text_document_is_restored:
 *
 * Returns: whether it holds what was not saved last time
 */
gboolean
sage_text_document_is_restored (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), FALSE);

  return self->restored;
}

/**
 * sage_text_document_get_disk:
 *
 * Returns: what has become of the file that the user has to decide about
 */
SageDisk
sage_text_document_get_disk (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), SAGE_DISK_SAME);

  return self->disk;
}

/* Returns: (transfer full): the text as it is now */
char *
sage_text_document_dup_text (SageTextDocument *self)
{
  GtkTextIter start;
  GtkTextIter end;

  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), NULL);

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);

  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, TRUE);
}

/**
 * sage_text_document_edit:
 * @self: a document that is ready and not read-only
 * @text: what it is to be
 *
 * Changes the text as if it was typed: it is modified then, and can be undone in one step.
 */
void
sage_text_document_edit (SageTextDocument *self,
                         const char       *text)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));
  g_return_if_fail (self->state == SAGE_DOCUMENT_READY && !sage_text_document_is_read_only (self));

  splice_text (self, text);
}

/**
 * sage_text_document_add_editor:
 * @self: a document
 *
 * A page in which it can be typed in has come; sage_text_document_remove_editor() when it goes.
 */
void
sage_text_document_add_editor (SageTextDocument *self)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  if (self->n_editors++ == 0)
    sage_text_document_emit_updated (self);
}

void
sage_text_document_remove_editor (SageTextDocument *self)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self) && self->n_editors > 0);

  if (--self->n_editors == 0)
    sage_text_document_emit_updated (self);
}

/* Returns: whether there is a page that asks what is to become of the text before it closes */
gboolean
sage_text_document_is_in_editor (SageTextDocument *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_DOCUMENT (self), FALSE);

  return self->n_editors > 0;
}

/**
 * sage_text_document_make_utf8:
 * @self: a document in another encoding
 *
 * Makes it editable; it is written as UTF-8 when it is saved.
 */
void
sage_text_document_make_utf8 (SageTextDocument *self)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  sage_text_file_make_utf8 (self->file);
  gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), TRUE);
  sage_text_document_emit_updated (self);
}

/**
 * sage_text_document_settle:
 * @self: a document
 *
 * It is not modified any more if its text is what its file holds: something was taken back by another
 * way than by the undo of the text.
 */
void
sage_text_document_settle (SageTextDocument *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  if (!is_modified (self) || self->disk != SAGE_DISK_SAME || sage_text_document_is_saving (self))
    return;
  text = sage_text_document_dup_text (self);
  if (sage_text_file_holds (self->file, text))
    gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
}

/**
 * sage_text_document_discard:
 * @self: a document
 *
 * Gives up what is not saved, for good: where it is still shown, it is what is on the disk.
 */
void
sage_text_document_discard (SageTextDocument *self)
{
  g_return_if_fail (SAGE_IS_TEXT_DOCUMENT (self));

  gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
  sage_text_file_forget_copy (self->file);
  sage_text_document_reload (self);
}
