/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-notebook-report.h"

/**
 * sage_notebook_list_runnable:
 * @notebook: a notebook
 *
 * Returns: (transfer full) (element-type SageCell): its code cells that hold something; it owns them
 */
GPtrArray *
sage_notebook_list_runnable (SageNotebook *notebook)
{
  GPtrArray *cells = g_ptr_array_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);
      g_autofree char *source = g_strstrip (g_strdup (sage_cell_get_source (cell)));

      if (sage_cell_get_kind (cell) == SAGE_CELL_CODE && source[0] != '\0')
        g_ptr_array_add (cells, cell);
    }
  return cells;
}

/* The last error that the cell shows; (nullable). */
static SageOutput *
find_error (SageCell *cell)
{
  GListModel *outputs = sage_cell_get_outputs (cell);

  for (guint i = g_list_model_get_n_items (outputs); i > 0; i--)
    {
      g_autoptr(SageOutput) output = g_list_model_get_item (outputs, i - 1);

      if (sage_output_get_kind (output) == SAGE_OUTPUT_ERROR)
        return output; /* the list holds it */
    }
  return NULL;
}

/**
 * sage_notebook_report_cell:
 * @notebook: a notebook that runs
 * @cell: its cell that has ended
 * @done: how many have
 * @total: how many are to
 *
 * Returns: (transfer full): a line that says so
 */
char *
sage_notebook_report_cell (SageNotebook *notebook,
                           SageCell     *cell,
                           guint         done,
                           guint         total)
{
  double seconds =
    (double) (sage_cell_get_ended (cell) - sage_cell_get_started (cell)) / G_USEC_PER_SEC;
  guint position = 0;

  sage_notebook_find_cell (notebook, sage_cell_get_id (cell), &position);
  return g_strdup_printf ("Cell %u %s in %.1f s (%u of %u)", position + 1,
                          sage_cell_get_state (cell) == SAGE_CELL_SUCCEEDED ? "succeeded" : "failed",
                          MAX (seconds, 0), done, total);
}

/**
 * sage_notebook_report_failure:
 * @notebook: a notebook that ran
 *
 * Returns: (transfer full) (nullable): which cell failed, and of what error; %NULL if none did, or none
 *   that says why
 */
char *
sage_notebook_report_failure (SageNotebook *notebook)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (notebook));

  for (guint i = 0; i < n; i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);
      SageOutput *output;

      if (sage_cell_get_state (cell) != SAGE_CELL_FAILED)
        continue;
      output = find_error (cell);
      return output == NULL ? NULL
                            : g_strdup_printf ("Cell %u failed: %s: %s", i + 1,
                                               sage_output_get_error_name (output),
                                               sage_output_get_error_value (output));
    }
  return NULL;
}

/**
 * sage_notebook_report_death:
 * @end: (nullable): how a kernel ended, as its host wrote it
 *
 * Returns: (transfer full): a sentence that says it
 */
char *
sage_notebook_report_death (JsonObject *end)
{
  gint64 peak = sage_json_int (end, "peak_memory_bytes", 0);
  gint64 number = sage_json_int (end, "signal", 0);
  g_autofree char *size = g_format_size_full ((guint64) MAX (peak, 0), G_FORMAT_SIZE_IEC_UNITS);

  if (sage_json_bool (end, "oom", FALSE))
    return g_strdup_printf ("The kernel ran out of memory; at its peak it had %s", size);
  if (number > 0)
    return g_strdup_printf ("The kernel was ended by signal %d (%s)", (int) number,
                            strsignal ((int) number));

  return g_strdup_printf ("The kernel exited with status %d",
                          (int) sage_json_int (end, "exit_code", 0));
}
