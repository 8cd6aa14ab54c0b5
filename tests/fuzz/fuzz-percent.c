/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-percent"

#include "config.h"

#include <string.h>

#include "sage-notebook-percent.h"

/* Scripts in the percent format: whatever is read is a whole notebook, and can be written and read again.
 * Where its cells are said to be, there they are. */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static void
check (SageNotebook *notebook)
{
  if (sage_notebook_get_fault (notebook) != NULL || sage_notebook_get_note (notebook) != NULL)
    g_error ("A script became a broken notebook: %s", sage_notebook_get_fault (notebook));
}

static void
check_ranges (const char   *text,
              SageNotebook *notebook)
{
  g_autoptr(GArray) ranges = sage_notebook_percent_ranges (text);
  GListModel *cells = G_LIST_MODEL (notebook);

  if (ranges->len != g_list_model_get_n_items (cells))
    g_error ("%u ranges of %u cells", ranges->len, g_list_model_get_n_items (cells));
  for (guint i = 0; i < ranges->len; i++)
    {
      const SagePercentRange *range = &g_array_index (ranges, SagePercentRange, i);
      g_autoptr(SageCell) cell = g_list_model_get_item (cells, i);

      if (range->kind != sage_cell_get_kind (cell))
        g_error ("Cell %u is of another kind than its range", i);
      if (range->start > range->source || range->source > range->end || range->end > strlen (text)
          || (i > 0 && range[-1].end != range->start))
        g_error ("Range %u is out of order", i);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autofree char *written = NULL;
  g_autoptr(SageNotebook) notebook = sage_notebook_from_percent (text, NULL);
  g_autoptr(SageNotebook) again = NULL;

  if (notebook == NULL)
    return 0;

  check (notebook);
  check_ranges (text, notebook);
  written = sage_notebook_to_percent (notebook, NULL);
  if (written == NULL)
    return 0; /* of another language */

  again = sage_notebook_from_percent (written, NULL);
  if (again == NULL)
    g_error ("Written and then refused: %s", written);
  check (again);

  return 0;
}
