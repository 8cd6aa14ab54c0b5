/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-diff-lines"

#include "config.h"

#include <string.h>

#include "sage-diff-lines.h"
#include "sage-text-coding.h"

#define CONTEXT 3      /* lines around what differs */
#define LEAST_HIDDEN 3 /* fewer are shown rather than a note that they are not */
#define MAX_LINES 500  /* of one run: more would stall the layout */
#define MAX_CHARS (64 * 1024)
#define LEAST_COMMON 0.3 /* of the words, for single ones to be marked */

static void
diff_lines_free (gpointer data)
{
  SageDiffLines *self = data;

  g_free (self->old_text);
  g_free (self->new_text);
  g_free (self);
}

/* Whether a character would make lines read other than they are, or break them. Those that join others
 * are part of how scripts and pictures are written. */
static gboolean
is_hidden (gunichar character)
{
  return (character < 0x20 && character != '\t' && character != '\n') || character == 0x7f
         || character == 0x2028 || character == 0x2029
         || (sage_text_is_hidden_char (character) && character != 0x200c && character != 0x200d);
}

/* Adds text with a mark for each character that is not seen: ␍ for a carriage return. */
static void
append_visible (GString    *out,
                const char *text,
                gsize       length)
{
  const char *end = text + length;

  for (const char *at = text; at < end; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!is_hidden (character))
        g_string_append_len (out, at, g_utf8_next_char (at) - at);
      else
        g_string_append_unichar (out, character < 0x20 ? 0x2400 + character
                                                       : character == 0x7f ? 0x2421 : 0xfffd);
    }
}

/* Returns: (transfer full): the beginning of a text, as much as can be laid out in a moment */
static char *
shorten (const char *text)
{
  GString *out = g_string_new (NULL);
  const char *end = text;
  guint n = 1;

  while (*end != '\0' && n <= MAX_LINES && end - text <= MAX_CHARS)
    {
      n += *end == '\n';
      end = g_utf8_next_char (end);
    }
  if (n > MAX_LINES)
    end--; /* the line break */
  append_visible (out, text, (gsize) (end - text));
  if (*end != '\0')
    g_string_append (out, *end == '\n' ? "\n…" : "…");

  return g_string_free_and_steal (out);
}

/* Returns: (transfer full) (nullable): @n lines from @start on; %NULL where there are none */
static char *
join (char  **lines,
      guint   start,
      guint   n)
{
  g_autoptr(GString) text = NULL;

  if (n == 0)
    return NULL;

  text = g_string_new (NULL);
  for (guint i = start; i < start + MIN (n, MAX_LINES + 1) && text->len <= MAX_CHARS; i++)
    {
      if (i > start)
        g_string_append_c (text, '\n');
      g_string_append (text, lines[i]);
    }

  return shorten (text->str);
}

static void
add_equal (GPtrArray  *runs,
           char      **lines,
           guint       start,
           guint       n)
{
  SageDiffLines *run;

  if (n == 0)
    return;
  run = g_new0 (SageDiffLines, 1);
  run->is_equal = TRUE;
  run->old_text = join (lines, start, n);
  run->new_text = g_strdup (run->old_text);
  g_ptr_array_add (runs, run);
}

/* Adds common lines: those near to what differs, and how many there are between. */
static void
add_context (GPtrArray  *runs,
             char      **lines,
             guint       start,
             guint       end,
             gboolean    is_first,
             gboolean    is_last)
{
  guint head = is_first ? 0 : CONTEXT;
  guint tail = is_last ? 0 : CONTEXT;
  guint n = end - start;
  SageDiffLines *hidden;

  if (n < head + tail + LEAST_HIDDEN)
    {
      add_equal (runs, lines, start, n);
      return;
    }

  add_equal (runs, lines, start, head);
  hidden = g_new0 (SageDiffLines, 1);
  hidden->is_equal = TRUE;
  hidden->n_hidden = n - head - tail;
  g_ptr_array_add (runs, hidden);
  add_equal (runs, lines, end - tail, tail);
}

/**
 * sage_diff_lines_new_list:
 *
 * Returns: (transfer full) (element-type SageDiffLines): runs of lines, none yet
 */
GPtrArray *
sage_diff_lines_new_list (void)
{
  return g_ptr_array_new_with_free_func (diff_lines_free);
}

/**
 * sage_diff_lines_add:
 * @runs: (element-type SageDiffLines): runs of lines
 * @old_text: (nullable): lines; %NULL: nothing stands there
 * @new_text: (nullable): those in their place
 * @is_equal: whether they are the same
 *
 * Adds a run; of very long ones the beginning.
 */
void
sage_diff_lines_add (GPtrArray  *runs,
                     const char *old_text,
                     const char *new_text,
                     gboolean    is_equal)
{
  SageDiffLines *run = g_new0 (SageDiffLines, 1);

  run->is_equal = is_equal;
  run->old_text = old_text != NULL ? shorten (old_text) : NULL;
  run->new_text = new_text != NULL ? shorten (new_text) : NULL;
  g_ptr_array_add (runs, run);
}

/**
 * sage_diff_lines_cut:
 * @old_text: a text
 * @new_text: another
 *
 * Returns: (transfer full) (element-type SageDiffLines): both, in runs that are the same or differ; of
 *   common lines only those near to a difference
 */
GPtrArray *
sage_diff_lines_cut (const char *old_text,
                     const char *new_text)
{
  GPtrArray *runs = sage_diff_lines_new_list ();
  g_autoptr(GArray) hunks = sage_text_diff (old_text, new_text);
  g_auto(GStrv) old_lines = g_strsplit (old_text, "\n", -1);
  g_auto(GStrv) new_lines = g_strsplit (new_text, "\n", -1);
  guint at = 0;

  for (guint i = 0; i < hunks->len; i++)
    {
      const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, i);
      SageDiffLines *run = g_new0 (SageDiffLines, 1);

      add_context (runs, old_lines, at, hunk->old_start, i == 0, FALSE);
      run->old_text = join (old_lines, hunk->old_start, hunk->n_old);
      run->new_text = join (new_lines, hunk->new_start, hunk->n_new);
      g_ptr_array_add (runs, run);
      at = hunk->old_start + hunk->n_old;
    }
  add_context (runs, old_lines, at, g_strv_length (old_lines), hunks->len == 0, TRUE);

  return runs;
}

/* Whether so much is common that single words are worth marking. */
static gboolean
has_common_words (SageDiffLines *self,
                  GArray        *hunks)
{
  gsize different = 0;
  gsize length = strlen (self->old_text) + strlen (self->new_text);

  for (guint i = 0; i < hunks->len; i++)
    different += g_array_index (hunks, SageTextHunk, i).n_old + g_array_index (hunks, SageTextHunk, i).n_new;

  return length > 0 && (double) (length - different) / (double) length >= LEAST_COMMON;
}

static void
mark (PangoAttrList *list,
      guint          start,
      guint          n,
      gboolean       is_new)
{
  PangoAttribute *attributes[] = {
    is_new ? pango_attr_background_new (0x2e00, 0xc200, 0x7e00)
           : pango_attr_background_new (0xe000, 0x1b00, 0x2400),
    pango_attr_background_alpha_new (0x5800), /* over a light ground and a dark one */
    pango_attr_weight_new (PANGO_WEIGHT_BOLD),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      attributes[i]->start_index = start;
      attributes[i]->end_index = start + n;
      pango_attr_list_insert (list, attributes[i]);
    }
}

/**
 * sage_diff_lines_marks:
 * @self: lines that differ
 * @is_new: for which side
 *
 * Returns: (transfer full) (nullable): what marks the words that differ
 */
PangoAttrList *
sage_diff_lines_marks (SageDiffLines *self,
                       gboolean       is_new)
{
  g_autoptr(GArray) hunks = NULL;
  PangoAttrList *list;

  if (self->is_equal || self->old_text == NULL || self->new_text == NULL)
    return NULL;
  hunks = sage_text_diff_words (self->old_text, self->new_text);
  if (!has_common_words (self, hunks))
    return NULL;

  list = pango_attr_list_new ();
  for (guint i = 0; i < hunks->len; i++)
    {
      const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, i);

      mark (list, is_new ? hunk->new_start : hunk->old_start, is_new ? hunk->n_new : hunk->n_old, is_new);
    }

  return list;
}
