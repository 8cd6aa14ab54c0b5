/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-comparison"

#include "config.h"

#include <string.h>

#include "sage-diff-lines.h"
#include "sage-error.h"
#include "sage-text-comparison.h"
#include "sage-text-diff.h"

#define CONTEXT 3      /* common lines around a change that are shown */
#define LEAST_FOLDED 3 /* fewer are shown rather than folded */

struct _SageTextComparison
{
  char   *old_text;  /* (owned) */
  char   *new_text;  /* (owned) */
  GArray *old_lines; /* (owned): of gsize: where each begins; one more for the end */
  GArray *new_lines; /* (owned) */
  GArray *hunks;     /* (owned): of SageTextHunk */
};

static void
comparison_clear (gpointer data)
{
  SageTextComparison *self = data;

  g_free (self->old_text);
  g_free (self->new_text);
  g_array_unref (self->old_lines);
  g_array_unref (self->new_lines);
  g_array_unref (self->hunks);
}

void
sage_text_comparison_unref (SageTextComparison *self)
{
  g_atomic_rc_box_release_full (self, comparison_clear);
}

SageTextComparison *
sage_text_comparison_ref (SageTextComparison *self)
{
  return g_atomic_rc_box_acquire (self);
}

/* Returns: (transfer full): where the lines begin, as sage_text_diff() counts them: an empty text has none,
 * and one that ends in a line break has an empty last one. The last is where one behind them would. */
static GArray *
find_lines (const char *text)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (gsize));
  const char *end = text + strlen (text);
  gsize start = 0;

  for (const char *at = text; (at = memchr (at, '\n', (gsize) (end - at))) != NULL; at++)
    {
      g_array_append_val (lines, start);
      start = (gsize) (at - text) + 1;
    }
  if (end > text)
    {
      g_array_append_val (lines, start);
      start = (gsize) (end - text) + 1;
    }
  g_array_append_val (lines, start);

  return lines;
}

static guint
count_lines (GArray *lines)
{
  return lines->len - 1;
}

/**
 * sage_text_comparison_new:
 * @old_text: a text, UTF-8
 * @new_text: what became of it
 *
 * Returns: (transfer full): how they differ; %NULL with %SAGE_ERROR_TOO_LARGE for texts of more than
 *   %SAGE_COMPARISON_MAX_LINES
 */
SageTextComparison *
sage_text_comparison_new (const char  *old_text,
                          const char  *new_text,
                          GError     **error)
{
  g_autoptr(GArray) old_lines = find_lines (old_text);
  g_autoptr(GArray) new_lines = find_lines (new_text);
  SageTextComparison *self;

  if (MAX (count_lines (old_lines), count_lines (new_lines)) > SAGE_COMPARISON_MAX_LINES)
    {
      sage_throw (error, SAGE_ERROR_TOO_LARGE, "More than %d lines are not compared", SAGE_COMPARISON_MAX_LINES);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (SageTextComparison);
  self->old_text = g_strdup (old_text);
  self->new_text = g_strdup (new_text);
  self->old_lines = g_steal_pointer (&old_lines);
  self->new_lines = g_steal_pointer (&new_lines);
  self->hunks = sage_text_diff (old_text, new_text);

  return self;
}

/* What the old text became. */
const char *
sage_text_comparison_get_new_text (SageTextComparison *self)
{
  return self->new_text;
}

/**
 * sage_text_comparison_count:
 * @n_added: (out): how many are lines that the old text does not have
 * @n_removed: (out): how many that the new one does not have
 *
 * Returns: how many changes there are
 */
guint
sage_text_comparison_count (SageTextComparison *self,
                            guint              *n_added,
                            guint              *n_removed)
{
  *n_added = *n_removed = 0;
  for (guint i = 0; i < self->hunks->len; i++)
    {
      const SageTextHunk *hunk = &g_array_index (self->hunks, SageTextHunk, i);

      *n_added += hunk->n_old == 0;
      *n_removed += hunk->n_new == 0;
    }

  return self->hunks->len;
}

/* --- Blocks ----------------------------------------------------------------------------------- */

static SageTextBlock *
last_block (GArray *blocks)
{
  return blocks->len > 0 ? &g_array_index (blocks, SageTextBlock, blocks->len - 1) : NULL;
}

/* Gives @n common lines to the changes around them, as far as they are near. Returns: how many the change
 * behind them gets */
static guint
share_lines (GArray   *blocks,
             guint     old_start,
             guint     new_start,
             guint     n,
             gboolean  is_last)
{
  SageTextBlock *before = last_block (blocks);
  guint head = before != NULL ? CONTEXT : 0;
  guint tail = is_last ? 0 : CONTEXT;
  SageTextBlock folded = { .old_start = old_start + head, .new_start = new_start + head };

  if (n < head + tail + LEAST_FOLDED)
    {
      if (before != NULL)
        before->n_after = is_last ? n : MIN (n, CONTEXT);
      return n - (before != NULL ? before->n_after : 0);
    }

  if (before != NULL)
    before->n_after = head;
  folded.n_old = folded.n_new = n - head - tail;
  g_array_append_val (blocks, folded);

  return tail;
}

/**
 * sage_text_comparison_list_blocks:
 *
 * Returns: (transfer full) (element-type SageTextBlock): the texts from the beginning to the end: changes,
 *   with the lines around them, and the lines between. At most %SAGE_COMPARISON_MAX_BLOCKS changes; none
 *   where the texts are the same
 */
GArray *
sage_text_comparison_list_blocks (SageTextComparison *self)
{
  GArray *blocks = g_array_new (FALSE, TRUE, sizeof (SageTextBlock));
  guint n = MIN (self->hunks->len, SAGE_COMPARISON_MAX_BLOCKS);
  guint old_at = 0;
  guint new_at = 0;

  for (guint i = 0; i < n; i++)
    {
      const SageTextHunk *hunk = &g_array_index (self->hunks, SageTextHunk, i);
      guint n_before = share_lines (blocks, old_at, new_at, hunk->old_start - old_at, FALSE);
      SageTextBlock change = { TRUE, hunk->old_start, hunk->n_old, hunk->new_start, hunk->n_new, n_before, 0 };

      g_array_append_val (blocks, change);
      old_at = hunk->old_start + hunk->n_old;
      new_at = hunk->new_start + hunk->n_new;
    }
  if (n > 0 && n == self->hunks->len)
    share_lines (blocks, old_at, new_at, count_lines (self->old_lines) - old_at, TRUE);

  return blocks;
}

/* Returns: (transfer full): @n lines from @start on, without the last line break */
static char *
copy_lines (const char *text,
            GArray     *lines,
            guint       start,
            guint       n)
{
  gsize from = g_array_index (lines, gsize, start);
  gsize to = g_array_index (lines, gsize, start + n);

  return n > 0 ? g_strndup (text + from, to - from - 1) : g_strdup ("");
}

/**
 * sage_text_comparison_make_runs:
 * @block: one of its blocks
 *
 * Returns: (transfer full) (element-type SageDiffLines): what is to be shown of it
 */
GPtrArray *
sage_text_comparison_make_runs (SageTextComparison  *self,
                                const SageTextBlock *block)
{
  g_autofree char *before = copy_lines (self->old_text, self->old_lines, block->old_start - block->n_before,
                                        block->n_before);
  g_autofree char *after = copy_lines (self->old_text, self->old_lines, block->old_start + block->n_old,
                                       block->n_after);
  g_autofree char *old_text = copy_lines (self->old_text, self->old_lines, block->old_start, block->n_old);
  g_autofree char *new_text = copy_lines (self->new_text, self->new_lines, block->new_start, block->n_new);
  GPtrArray *runs = sage_diff_lines_new_list ();

  if (block->n_before > 0)
    sage_diff_lines_add (runs, before, before, TRUE);
  sage_diff_lines_add (runs, block->n_old > 0 ? old_text : NULL, block->n_new > 0 ? new_text : NULL,
                       !block->is_change);
  if (block->n_after > 0)
    sage_diff_lines_add (runs, after, after, TRUE);

  return runs;
}

/* --- Taking back ------------------------------------------------------------------------------ */

static void
append_lines (GString    *text,
              gboolean   *is_first,
              const char *from,
              GArray     *lines,
              guint       start,
              guint       n)
{
  g_autofree char *copy = n > 0 ? copy_lines (from, lines, start, n) : NULL;

  if (copy == NULL)
    return;
  if (!*is_first)
    g_string_append_c (text, '\n');
  *is_first = FALSE;
  g_string_append (text, copy);
}

/**
 * sage_text_comparison_revert:
 * @block: one of its changes
 *
 * Returns: (transfer full): the new text, with the lines of the old one there
 */
char *
sage_text_comparison_revert (SageTextComparison  *self,
                             const SageTextBlock *block)
{
  GString *text = g_string_sized_new (strlen (self->new_text) + 1);
  guint end = block->new_start + block->n_new;
  gboolean is_first = TRUE;

  append_lines (text, &is_first, self->new_text, self->new_lines, 0, block->new_start);
  append_lines (text, &is_first, self->old_text, self->old_lines, block->old_start, block->n_old);
  append_lines (text, &is_first, self->new_text, self->new_lines, end, count_lines (self->new_lines) - end);

  return g_string_free_and_steal (text);
}
