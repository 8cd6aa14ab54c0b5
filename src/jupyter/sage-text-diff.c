/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-diff"

#include "config.h"

#include <string.h>

#include "sage-text-diff-private.h"
#include "sage-text-diff.h"

/* More pairs of lines are not compared one by one: what is longer is parted, or counts as different. */
#define MAX_PAIRS (4 * 1000 * 1000)

/* How often the parts of a text are parted once more. */
#define MAX_DEPTH 8

static guint
hash (const char *text,
      gsize       length)
{
  guint value = 5381;

  for (gsize i = 0; i < length; i++)
    value = value * 33 + (guchar) text[i];

  return value;
}

static gboolean
is_word (gunichar character)
{
  return g_unichar_isalnum (character) || character == '_';
}

/* Lines as a person sees them: what a line break ends or parts. A text that ends in one has an empty last
 * line; so a line that is appended to a cell leaves the line before it as it was. */
static GArray *
cut_lines (const char *text)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (SageTextLine));
  gsize left = strlen (text);

  while (text != NULL && (left > 0 || lines->len > 0))
    {
      const char *end = memchr (text, '\n', left);
      SageTextLine line = { .at = text, .length = end != NULL ? (gsize) (end - text) : left };

      line.hash = hash (text, line.length);
      g_array_append_val (lines, line);
      left -= line.length + (end != NULL);
      text = end != NULL ? end + 1 : NULL;
    }

  return lines;
}

/* Words, runs of space, and everything else by the character: what a person sees as having changed. */
static GArray *
cut_words (const char *text)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (SageTextLine));

  while (*text != '\0')
    {
      const char *end = g_utf8_next_char (text);
      gunichar first = g_utf8_get_char (text);
      SageTextLine word = { .at = text };

      while (*end != '\0' &&
             ((is_word (first) && is_word (g_utf8_get_char (end))) ||
              (g_unichar_isspace (first) && g_unichar_isspace (g_utf8_get_char (end)))))
        end = g_utf8_next_char (end);
      word.length = (gsize) (end - text);
      word.hash = hash (text, word.length);
      g_array_append_val (words, word);
      text = end;
    }

  return words;
}

static gboolean
is_same_line (GArray *a,
              guint   i,
              GArray *b,
              guint   j)
{
  const SageTextLine *left = &g_array_index (a, SageTextLine, i);
  const SageTextLine *right = &g_array_index (b, SageTextLine, j);

  return left->hash == right->hash && left->length == right->length &&
         memcmp (left->at, right->at, left->length) == 0;
}

static void
add_hunk (GArray *hunks,
          guint   old_start,
          guint   old_end,
          guint   new_start,
          guint   new_end)
{
  SageTextHunk hunk = { old_start, old_end - old_start, new_start, new_end - new_start };

  if (hunk.n_old > 0 || hunk.n_new > 0)
    g_array_append_val (hunks, hunk);
}

/* The lines that are left to compare of two texts, and where the hunks go to. */
typedef struct
{
  GArray *a;
  GArray *b;
  GArray *hunks; /* of SageTextHunk */
} Diff;

/* Lines of both, from the first to the one behind the last. */
typedef struct
{
  guint a_start;
  guint a_end;
  guint b_start;
  guint b_end;
} Range;

/* The hunks between two runs of lines, by a longest common subsequence. */
static void
diff_exactly (Diff        *diff,
              const Range *range)
{
  guint n = range->a_end - range->a_start;
  guint m = range->b_end - range->b_start;
  guint old_start = range->a_start;
  guint new_start = range->b_start;
  g_autofree guint *lengths = g_new0 (guint, (gsize) (n + 1) * (m + 1)); /* of the common one from (i, j) on */
  guint i = 0;
  guint j = 0;

#define LENGTH(i, j) lengths[(gsize) (i) * (m + 1) + (j)]
#define IS_SAME(i, j) is_same_line (diff->a, range->a_start + (i), diff->b, range->b_start + (j))
  for (i = n; i-- > 0;)
    for (j = m; j-- > 0;)
      LENGTH (i, j) = IS_SAME (i, j) ? LENGTH (i + 1, j + 1) + 1 : MAX (LENGTH (i + 1, j), LENGTH (i, j + 1));

  i = j = 0;
  while (i < n && j < m)
    if (IS_SAME (i, j))
      {
        add_hunk (diff->hunks, old_start, range->a_start + i, new_start, range->b_start + j);
        i++;
        j++;
        old_start = range->a_start + i;
        new_start = range->b_start + j;
      }
    else if (LENGTH (i + 1, j) >= LENGTH (i, j + 1))
      {
        i++;
      }
    else
      {
        j++;
      }
#undef IS_SAME
#undef LENGTH
  add_hunk (diff->hunks, old_start, range->a_end, new_start, range->b_end);
}

static void diff_range (Diff  *diff,
                        Range  range,
                        guint  depth);

/* Parts what is too long at lines that stand once in either text, if there are any. */
static void
diff_parts (Diff        *diff,
            const Range *range,
            guint        depth)
{
  g_autoptr(GArray) anchors = NULL;
  Range part = *range;

  anchors = sage_text_find_anchors (diff->a, range->a_start, range->a_end, diff->b, range->b_start, range->b_end);
  if (anchors->len == 0 || depth == MAX_DEPTH)
    {
      add_hunk (diff->hunks, range->a_start, range->a_end, range->b_start, range->b_end);
      return;
    }

  for (guint i = 0; i < anchors->len; i++)
    {
      const SageTextAnchor *anchor = &g_array_index (anchors, SageTextAnchor, i);

      part.a_end = anchor->old_line;
      part.b_end = anchor->new_line;
      diff_range (diff, part, depth + 1);
      part.a_start = anchor->old_line + 1;
      part.b_start = anchor->new_line + 1;
    }
  part.a_end = range->a_end;
  part.b_end = range->b_end;
  diff_range (diff, part, depth + 1);
}

static void
diff_range (Diff  *diff,
            Range  range,
            guint  depth)
{
  while (range.a_start < range.a_end && range.b_start < range.b_end &&
         is_same_line (diff->a, range.a_start, diff->b, range.b_start))
    {
      range.a_start++;
      range.b_start++;
    }
  while (range.a_end > range.a_start && range.b_end > range.b_start &&
         is_same_line (diff->a, range.a_end - 1, diff->b, range.b_end - 1))
    {
      range.a_end--;
      range.b_end--;
    }

  if (range.a_start == range.a_end || range.b_start == range.b_end)
    add_hunk (diff->hunks, range.a_start, range.a_end, range.b_start, range.b_end);
  else if ((guint64) (range.a_end - range.a_start) * (range.b_end - range.b_start) <= MAX_PAIRS)
    diff_exactly (diff, &range);
  else
    diff_parts (diff, &range, depth);
}

static GArray *
diff_lines (GArray *a,
            GArray *b)
{
  GArray *hunks = g_array_new (FALSE, FALSE, sizeof (SageTextHunk));
  Diff diff = { a, b, hunks };

  diff_range (&diff, (Range) { 0, a->len, 0, b->len }, 0);

  return hunks;
}

/**
 * sage_text_diff:
 * @old_text: a text
 * @new_text: another
 *
 * Returns: (transfer full) (element-type SageTextHunk): the lines that differ, in order; none where the
 *   texts are the same
 */
GArray *
sage_text_diff (const char *old_text,
                const char *new_text)
{
  g_autoptr(GArray) a = cut_lines (old_text);
  g_autoptr(GArray) b = cut_lines (new_text);

  return diff_lines (a, b);
}

/* Where the word at @index begins, in bytes; @index may be one behind the last. */
static guint
get_offset (GArray     *words,
            const char *text,
            guint       index)
{
  return (guint) (index < words->len ? (gsize) (g_array_index (words, SageTextLine, index).at - text)
                                     : strlen (text));
}

/**
 * sage_text_diff_words:
 * @old_text: a text, UTF-8
 * @new_text: another
 *
 * Returns: (transfer full) (element-type SageTextHunk): the words that differ, in order; their starts and
 *   numbers are in bytes
 */
GArray *
sage_text_diff_words (const char *old_text,
                      const char *new_text)
{
  g_autoptr(GArray) a = cut_words (old_text);
  g_autoptr(GArray) b = cut_words (new_text);
  GArray *hunks = diff_lines (a, b);

  for (guint i = 0; i < hunks->len; i++)
    {
      SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, i);
      guint old_end = get_offset (a, old_text, hunk->old_start + hunk->n_old);
      guint new_end = get_offset (b, new_text, hunk->new_start + hunk->n_new);

      hunk->old_start = get_offset (a, old_text, hunk->old_start);
      hunk->n_old = old_end - hunk->old_start;
      hunk->new_start = get_offset (b, new_text, hunk->new_start);
      hunk->n_new = new_end - hunk->new_start;
    }

  return hunks;
}

static int
compare_hashes (gconstpointer a,
                gconstpointer b)
{
  const SageTextLine *left = a;
  const SageTextLine *right = b;

  return (left->hash > right->hash) - (left->hash < right->hash);
}

/**
 * sage_text_similarity:
 *
 * Returns: how many of their lines two texts have in common, in whatever order: from 0 to 1. Quick, as
 *   it is asked of many pairs
 */
double
sage_text_similarity (const char *a,
                      const char *b)
{
  g_autoptr(GArray) left = cut_lines (a);
  g_autoptr(GArray) right = cut_lines (b);
  guint common = 0;

  if (left->len + right->len == 0)
    return 1;

  g_array_sort (left, compare_hashes);
  g_array_sort (right, compare_hashes);
  for (guint i = 0, j = 0; i < left->len && j < right->len;)
    {
      int order = compare_hashes (&g_array_index (left, SageTextLine, i), &g_array_index (right, SageTextLine, j));

      common += order == 0;
      i += order <= 0;
      j += order >= 0;
    }

  return 2.0 * common / (left->len + right->len);
}

/* Whether two changes of the same base touch or overlap. */
static gboolean
is_near (const SageTextHunk *a,
         const SageTextHunk *b)
{
  return a->old_start <= b->old_start + b->n_old && b->old_start <= a->old_start + a->n_old;
}

static void
append_lines (GString  *out,
              gboolean *is_first,
              GArray   *lines,
              guint     start,
              guint     end)
{
  for (guint i = start; i < end; i++)
    {
      if (!*is_first)
        g_string_append_c (out, '\n');
      *is_first = FALSE;
      g_string_append_len (out, g_array_index (lines, SageTextLine, i).at,
                           (gssize) g_array_index (lines, SageTextLine, i).length);
    }
}

/**
 * sage_text_merge:
 * @base: what both were
 * @ours: what one made of it
 * @theirs: what another made of it
 *
 * Returns: (transfer full) (nullable): a text with the changes of both, or %NULL where they changed
 *   the same lines, or lines side by side
 */
char *
sage_text_merge (const char *base,
                 const char *ours,
                 const char *theirs)
{
  g_autoptr(GArray) base_lines = cut_lines (base);
  g_autoptr(GArray) our_lines = cut_lines (ours);
  g_autoptr(GArray) their_lines = cut_lines (theirs);
  g_autoptr(GArray) our_hunks = diff_lines (base_lines, our_lines);
  g_autoptr(GArray) their_hunks = diff_lines (base_lines, their_lines);
  GArray *texts[2] = { our_lines, their_lines };
  GArray *hunks[2] = { our_hunks, their_hunks };
  g_autoptr(GString) out = g_string_new (NULL);
  guint next[2] = { 0, 0 };
  guint at = 0;
  gboolean is_first = TRUE;

  if (strcmp (ours, theirs) == 0)
    return g_strdup (ours);

  while (next[0] < hunks[0]->len || next[1] < hunks[1]->len)
    {
      const SageTextHunk *mine =
        next[0] < hunks[0]->len ? &g_array_index (hunks[0], SageTextHunk, next[0]) : NULL;
      const SageTextHunk *other =
        next[1] < hunks[1]->len ? &g_array_index (hunks[1], SageTextHunk, next[1]) : NULL;
      guint side = mine != NULL && (other == NULL || mine->old_start < other->old_start) ? 0 : 1;
      const SageTextHunk *hunk = side == 0 ? mine : other;

      if (mine != NULL && other != NULL && is_near (mine, other))
        return NULL;
      append_lines (out, &is_first, base_lines, at, hunk->old_start);
      append_lines (out, &is_first, texts[side], hunk->new_start, hunk->new_start + hunk->n_new);
      at = hunk->old_start + hunk->n_old;
      next[side]++;
    }
  append_lines (out, &is_first, base_lines, at, base_lines->len);

  return g_string_free_and_steal (g_steal_pointer (&out));
}
