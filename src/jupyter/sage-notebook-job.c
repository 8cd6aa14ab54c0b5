/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-jupyter"

#include "config.h"

#include <string.h>

#include "sage-notebook-job.h"

/**
 * sage_notebook_job_output_name:
 * @name: what `SM_OUTPUT_NOTEBOOK_NAME` says
 *
 * Returns: (transfer full): the executed notebook's name: as with SageMaker, where it may hold a time,
 *   it has one dot
 */
char *
sage_notebook_job_output_name (const char *name)
{
  g_autofree char *stem = g_str_has_suffix (name, ".ipynb")
                            ? g_strndup (name, strlen (name) - strlen (".ipynb")) : g_strdup (name);

  return g_strconcat (g_strdelimit (stem, ".:", '-'), ".ipynb", NULL);
}

/**
 * sage_notebook_job_progress:
 * @line: a line of the log, which may be anything that the notebook prints
 * @done: (out): how many cells have run
 * @total: (out): of how many
 *
 * Reads what sage_notebook_report_cell() wrote.
 *
 * Returns: whether it is that
 */
gboolean
sage_notebook_job_progress (const char *line,
                            guint      *done,
                            guint      *total)
{
  const char *open = g_str_has_prefix (line, "Cell ") ? strrchr (line, '(') : NULL;
  g_auto(GStrv) words = open != NULL ? g_strsplit_set (open + 1, " )", -1) : NULL;
  guint64 numbers[2];

  if (words == NULL || g_strv_length (words) != 4 || !g_str_equal (words[1], "of")
      || *words[3] != '\0'
      || !g_ascii_string_to_unsigned (words[0], 10, 1, G_MAXUINT, &numbers[0], NULL)
      || !g_ascii_string_to_unsigned (words[2], 10, numbers[0], G_MAXUINT, &numbers[1], NULL))
    return FALSE;
  *done = (guint) numbers[0];
  *total = (guint) numbers[1];

  return TRUE;
}
