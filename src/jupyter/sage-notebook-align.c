/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook"

#include "config.h"

#include <string.h>

#include "sage-notebook-private.h"
#include "sage-text-diff.h"

/* Cells whose sources have less than this in common are not the same cell. */
#define MIN_SIMILARITY 0.5

/* Beyond this many pairs only sources that are the same to the byte are looked for. */
#define MAX_PAIRS 10000

static void
pair (int   *to_new,
      int   *to_old,
      guint  old_position,
      guint  new_position)
{
  to_new[old_position] = (int) new_position;
  to_old[new_position] = (int) old_position;
}

static void
pair_by_id (SageNotebook *old_notebook,
            SageNotebook *new_notebook,
            int          *to_new,
            int          *to_old)
{
  g_autoptr(GHashTable) positions = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < new_notebook->cells->len; i++)
    g_hash_table_insert (positions, ((SageCell *) g_ptr_array_index (new_notebook->cells, i))->id,
                         GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < old_notebook->cells->len; i++)
    {
      SageCell *cell = g_ptr_array_index (old_notebook->cells, i);
      guint found = GPOINTER_TO_UINT (g_hash_table_lookup (positions, cell->id));

      if (found > 0)
        pair (to_new, to_old, i, found - 1);
    }
}

static GArray *
list_unpaired (const int *pairs,
               guint      n)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < n; i++)
    if (pairs[i] < 0)
      g_array_append_val (list, i);

  return list;
}

static double
similarity (SageCell *a,
            SageCell *b,
            gboolean  is_exact)
{
  const char *left = sage_cell_get_source (a);
  const char *right = sage_cell_get_source (b);

  if (a->kind != b->kind)
    return 0;
  if (is_exact || *left == '\0' || *right == '\0')
    return strcmp (left, right) == 0 ? 1 : 0;

  return sage_text_similarity (left, right);
}

/* The pairs among what has no pair by id, in order, that have the most in common together: a longest
 * common subsequence, weighted by similarity. */
static void
pair_by_content (SageNotebook *old_notebook,
                 SageNotebook *new_notebook,
                 int          *to_new,
                 int          *to_old)
{
  g_autoptr(GArray) olds = list_unpaired (to_new, old_notebook->cells->len);
  g_autoptr(GArray) news = list_unpaired (to_old, new_notebook->cells->len);
  guint n = olds->len;
  guint m = news->len;
  gboolean is_exact = (guint64) n * m > MAX_PAIRS;
  g_autofree float *scores = NULL;
  g_autofree float *best = NULL;

  if (n == 0 || m == 0 || (guint64) n * m > (guint64) MAX_PAIRS * 1000)
    return;

  scores = g_new0 (float, (gsize) n * m);
  best = g_new0 (float, (gsize) (n + 1) * (m + 1));
#define BEST(i, j) best[(gsize) (i) * (m + 1) + (j)]
  for (guint i = n; i-- > 0;)
    for (guint j = m; j-- > 0;)
      {
        SageCell *a = g_ptr_array_index (old_notebook->cells, g_array_index (olds, guint, i));
        SageCell *b = g_ptr_array_index (new_notebook->cells, g_array_index (news, guint, j));
        double score = similarity (a, b, is_exact);

        scores[(gsize) i * m + j] = score >= MIN_SIMILARITY ? (float) score : 0;
        BEST (i, j) = MAX (MAX (BEST (i + 1, j), BEST (i, j + 1)),
                           scores[(gsize) i * m + j] > 0
                           ? BEST (i + 1, j + 1) + scores[(gsize) i * m + j] : 0);
      }

  for (guint i = 0, j = 0; i < n && j < m;)
    if (scores[(gsize) i * m + j] > 0 &&
        BEST (i, j) <= BEST (i + 1, j + 1) + scores[(gsize) i * m + j])
      pair (to_new, to_old, g_array_index (olds, guint, i++), g_array_index (news, guint, j++));
    else if (BEST (i + 1, j) >= BEST (i, j + 1))
      i++;
    else
      j++;
#undef BEST
}

/* Finds which cells of two notebooks are the same cell: by id, and the rest by what they have in common,
 * as notebooks before nbformat 4.5 have no ids and some tools give new ones.
 * @to_new: (out) (transfer full): for each old cell the position of the new one, or -1
 * @to_old: (out) (transfer full): and the other way round */
void
sage_notebook_align (SageNotebook  *old_notebook,
                     SageNotebook  *new_notebook,
                     int          **to_new,
                     int          **to_old)
{
  guint n_old = old_notebook->cells->len;
  guint n_new = new_notebook->cells->len;

  *to_new = g_new (int, n_old + 1);
  *to_old = g_new (int, n_new + 1);
  for (guint i = 0; i <= n_old; i++)
    (*to_new)[i] = -1;
  for (guint i = 0; i <= n_new; i++)
    (*to_old)[i] = -1;

  pair_by_id (old_notebook, new_notebook, *to_new, *to_old);
  pair_by_content (old_notebook, new_notebook, *to_new, *to_old);
}
