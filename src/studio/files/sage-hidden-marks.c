/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-hidden-marks"

#include "config.h"

#include "sage-hidden-marks.h"
#include "sage-text-coding.h"

#define TAG "sage-hidden-character"

/* Marks what is hidden in @text, which begins at the character @offset. */
static void
mark (GtkTextBuffer *buffer,
      const char    *text,
      gsize          length,
      int            offset)
{
  const char *end = text + length;

  for (const char *at = text; at < end; at = g_utf8_next_char (at), offset++)
    if ((guchar) *at >= 0x80 && sage_text_is_hidden_char (g_utf8_get_char (at)))
      {
        GtkTextIter from;
        GtkTextIter to;

        gtk_text_buffer_get_iter_at_offset (buffer, &from, offset);
        gtk_text_buffer_get_iter_at_offset (buffer, &to, offset + 1);
        gtk_text_buffer_apply_tag_by_name (buffer, TAG, &from, &to);
      }
}

static void
inserted_cb (GtkTextBuffer *buffer,
             GtkTextIter   *at,
             const char    *text,
             int            length)
{
  int end = gtk_text_iter_get_offset (at);

  mark (buffer, text, (gsize) length, end - (int) g_utf8_strlen (text, length));
}

/**
 * sage_hidden_marks_attach:
 * @buffer: a text
 *
 * Marks what is hidden in it, now and as it changes.
 */
void
sage_hidden_marks_attach (GtkTextBuffer *buffer)
{
  g_autofree char *text = NULL;
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_create_tag (buffer, TAG, "show-spaces", PANGO_SHOW_IGNORABLES, "background",
                              "#e01b24", "foreground", "#ffffff", NULL);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  mark (buffer, text, strlen (text), 0);
  g_signal_connect_after (buffer, "insert-text", G_CALLBACK (inserted_cb), NULL);
}

/**
 * sage_hidden_marks_any:
 * @buffer: a text that sage_hidden_marks_attach() was called for
 *
 * Returns: whether something in it is hidden
 */
gboolean
sage_hidden_marks_any (GtkTextBuffer *buffer)
{
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), TAG);
  GtkTextIter start;

  g_return_val_if_fail (tag != NULL, FALSE);

  gtk_text_buffer_get_start_iter (buffer, &start);

  return gtk_text_iter_has_tag (&start, tag) || gtk_text_iter_forward_to_tag_toggle (&start, tag);
}
