/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-diff"

#include "config.h"

#include <string.h>

#include "sage-text-diff-private.h"

/*
 * Where two long texts can be parted before they are compared line by line: at lines that stand once in
 * either, as many of them as have the same order in both.
 */

/* A line, and whose it is. */
typedef struct
{
  const SageTextLine *line;
  guint               index;
  gboolean            is_new;
} Place;

static int
compare_lines (const SageTextLine *a,
               const SageTextLine *b)
{
  if (a->hash != b->hash)
    return a->hash < b->hash ? -1 : 1;
  if (a->length != b->length)
    return a->length < b->length ? -1 : 1;

  return memcmp (a->at, b->at, a->length);
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  return compare_lines (((const Place *) a)->line, ((const Place *) b)->line);
}

static void
add_places (GArray   *places,
            GArray   *lines,
            guint     start,
            guint     end,
            gboolean  is_new)
{
  for (guint i = start; i < end; i++)
    {
      Place place = { &g_array_index (lines, SageTextLine, i), i, is_new };

      g_array_append_val (places, place);
    }
}

static int
compare_anchors (gconstpointer a,
                 gconstpointer b)
{
  guint left = ((const SageTextAnchor *) a)->old_line;
  guint right = ((const SageTextAnchor *) b)->old_line;

  return (left > right) - (left < right);
}

/* Returns: (transfer full): pairs of lines that stand once in either, in the order of the old ones.
 * Sorted rather than hashed: nobody can make a text for which it takes long. */
static GArray *
find_pairs (GArray *places)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (SageTextAnchor));

  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len;)
    {
      const Place *first = &g_array_index (places, Place, i);
      guint end = i + 1;

      while (end < places->len && compare_places (first, &g_array_index (places, Place, end)) == 0)
        end++;
      if (end - i == 2 && first[0].is_new != first[1].is_new)
        {
          SageTextAnchor pair = { first[first[0].is_new ? 1 : 0].index, first[first[0].is_new ? 0 : 1].index };

          g_array_append_val (pairs, pair);
        }
      i = end;
    }
  g_array_sort (pairs, compare_anchors);

  return pairs;
}

/* Returns: (transfer full): the longest run of pairs that are in order on the new side as well */
static GArray *
keep_ordered (GArray *pairs)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (SageTextAnchor));
  g_autofree guint *ends = g_new (guint, pairs->len + 1);   /* the pair that a run of that length ends with */
  g_autofree guint *before = g_new (guint, pairs->len + 1); /* the pair before a pair in its run */
  guint longest = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      guint line = g_array_index (pairs, SageTextAnchor, i).new_line;
      guint low = 0;
      guint high = longest;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (g_array_index (pairs, SageTextAnchor, ends[middle]).new_line < line)
            low = middle + 1;
          else
            high = middle;
        }
      before[i] = low > 0 ? ends[low - 1] : G_MAXUINT;
      ends[low] = i;
      longest = MAX (longest, low + 1);
    }

  g_array_set_size (kept, longest);
  for (guint n = longest, i = longest > 0 ? ends[longest - 1] : 0; n > 0; i = before[i])
    g_array_index (kept, SageTextAnchor, --n) = g_array_index (pairs, SageTextAnchor, i);

  return kept;
}

/**
 * sage_text_find_anchors:
 * @old_lines: (element-type SageTextLine): lines
 * @old_start: the first of them to look at
 * @old_end: the one behind the last
 * @new_lines: (element-type SageTextLine): others
 * @new_start: likewise
 * @new_end: likewise
 *
 * Returns: (transfer full) (element-type SageTextAnchor): lines that are the same in both, in order
 */
GArray *
sage_text_find_anchors (GArray *old_lines,
                        guint   old_start,
                        guint   old_end,
                        GArray *new_lines,
                        guint   new_start,
                        guint   new_end)
{
  g_autoptr(GArray) places = g_array_sized_new (FALSE, FALSE, sizeof (Place),
                                                old_end - old_start + new_end - new_start);
  g_autoptr(GArray) pairs = NULL;

  add_places (places, old_lines, old_start, old_end, FALSE);
  add_places (places, new_lines, new_start, new_end, TRUE);
  pairs = find_pairs (places);

  return keep_ordered (pairs);
}
