/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell"

#include "config.h"

#include "sage-cell-private.h"

/* Whether two cells say the same, however their files write it. */

static gboolean
is_object_equal (JsonObject *a,
                 JsonObject *b)
{
  return a == NULL || b == NULL ? a == b : json_object_equal (a, b);
}

/* Whether the outputs and the execution count are the same. */
gboolean
sage_cell_has_equal_outputs (SageCell *a,
                             SageCell *b)
{
  GListModel *left = sage_cell_get_outputs (a);
  GListModel *right = sage_cell_get_outputs (b);
  guint n = g_list_model_get_n_items (left);

  if (a->count != b->count || n != g_list_model_get_n_items (right))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageOutput) one = g_list_model_get_item (left, i);
      g_autoptr(SageOutput) other = g_list_model_get_item (right, i);

      if (!sage_output_is_equal (one, other))
        return FALSE;
    }

  return TRUE;
}

/* Whether metadata and attachments are the same. */
gboolean
sage_cell_has_equal_metadata (SageCell *a,
                              SageCell *b)
{
  return is_object_equal (sage_cell_get_metadata (a), sage_cell_get_metadata (b)) &&
         is_object_equal (sage_cell_get_attachments (a), sage_cell_get_attachments (b));
}
