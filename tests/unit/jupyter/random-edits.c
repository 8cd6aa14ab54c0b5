/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "notebooks.h"
#include "random-edits.h"

/* Edits of every kind, at random. */

static guint
some (GRand *rand,
      guint  n)
{
  return n > 0 ? (guint) g_rand_int_range (rand, 0, (int) n) : 0;
}

static void
edit_text (SageNotebook *notebook,
           GRand        *rand)
{
  static const char *const texts[] = { "x", "\n", "é", "", "lang\nger \"Text\"\\", "\t", "y" };
  SageCell *cell = sage_notebook_get_cell (notebook, some (rand, count (notebook)));
  const char *source = sage_cell_get_source (cell);
  glong length = g_utf8_strlen (source, -1);
  const char *from = g_utf8_offset_to_pointer (source, (glong) some (rand, (guint) length + 1));
  const char *to = some (rand, 2) == 0 || *from == '\0' ? from : g_utf8_next_char (from);

  sage_notebook_edit_source (notebook, cell, (gsize) (from - source), (gsize) (to - from),
                             texts[some (rand, G_N_ELEMENTS (texts))]);
}

static void
edit_list (SageNotebook *notebook,
           GRand        *rand)
{
  guint n = count (notebook);
  guint positions[3] = { some (rand, n), some (rand, n), some (rand, n) };
  GListModel *bin = sage_notebook_get_bin (notebook);
  g_autofree char *text = NULL;

  switch (some (rand, 7))
    {
    case 0:
      sage_notebook_insert (notebook, some (rand, n + 1), (SageCellKind) some (rand, 3), "new\ncell");
      break;
    case 1:
      sage_notebook_remove (notebook, positions, 1 + some (rand, 3));
      break;
    case 2:
      sage_notebook_move (notebook, positions, 1 + some (rand, 3), some (rand, n + 1));
      break;
    case 3:
      sage_notebook_split (notebook, positions[0], some (rand, 2) * strlen (source_at (notebook, positions[0])));
      break;
    case 4:
      sage_notebook_merge (notebook, positions[0], MIN (2, n - positions[0]));
      break;
    case 5:
      text = sage_notebook_copy (notebook, positions, 2);
      g_assert_true (sage_notebook_paste (notebook, some (rand, n + 1), text, 0, NULL));
      break;
    default:
      if (count (bin) > 0)
        {
          g_autoptr(SageCell) cell = g_list_model_get_item (bin, some (rand, count (bin)));

          sage_notebook_bring_back (notebook, cell);
        }
    }
}

static void
edit_cell (SageNotebook *notebook,
           GRand        *rand)
{
  guint position = some (rand, count (notebook));

  switch (some (rand, 4))
    {
    case 0:
      sage_notebook_set_kind (notebook, &position, 1, (SageCellKind) some (rand, 3));
      break;
    case 1:
      sage_notebook_clear_outputs (notebook, &position, 1);
      break;
    case 2:
      sage_notebook_set_metadata_tag (notebook, sage_notebook_get_cell (notebook, position), "t",
                                      some (rand, 2) == 0);
      break;
    default:
      sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, position), "set\n");
    }
}

/* Does one edit, or takes one back, or saves. */
void
random_edit (SageNotebook *notebook,
             GRand        *rand)
{
  guint kind = some (rand, 5);

  if (count (notebook) == 0)
    sage_notebook_insert (notebook, 0, SAGE_CELL_CODE, "first");
  else if (kind == 0)
    edit_list (notebook, rand);
  else if (kind == 1)
    edit_cell (notebook, rand);
  else if (kind == 2 && some (rand, 4) == 0)
    sage_notebook_undo (notebook);
  else if (kind == 2 && some (rand, 4) == 0)
    sage_notebook_redo (notebook);
  else
    edit_text (notebook, rand);

  if (some (rand, 10) == 0)
    sage_notebook_mark_saved (notebook);
}
