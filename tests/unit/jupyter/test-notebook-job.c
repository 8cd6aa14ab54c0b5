/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-notebook-job.h"
#include "sage-notebook-report.h"

static void
test_output_names_have_one_dot (void)
{
  static const char *const names[][2] = {
    { "a.ipynb", "a.ipynb" }, { "a", "a.ipynb" }, { "at.10:30.ipynb", "at-10-30.ipynb" },
    { ".ipynb", ".ipynb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = sage_notebook_job_output_name (names[i][0]);

      g_assert_cmpstr (name, ==, names[i][1]);
    }
}

static void
test_progress_is_read_as_it_is_written (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_insert (notebook, 0, SAGE_CELL_CODE, "1");
  g_autofree char *line = sage_notebook_report_cell (notebook, cell, 3, 7);
  guint done, total;

  g_assert_true (sage_notebook_job_progress (line, &done, &total));
  g_assert_cmpuint (done, ==, 3);
  g_assert_cmpuint (total, ==, 7);
}

static void
test_what_a_notebook_prints_is_no_progress (void)
{
  static const char *const lines[] = {
    "", "Cell ", "Cell (", "Cell 1 (2 of 1)", "Cell 1 (0 of 1)", "Cell 1 (1 of 1) more",
    "Cell 1 (1 of 99999999999)", "Cell 1 (-1 of 2)", "Cell 1 (1 in 2)", "(1 of 2)", "Cell 1 (1 of 2",
  };
  guint done, total;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_false (sage_notebook_job_progress (lines[i], &done, &total));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-job/output-names-have-one-dot", test_output_names_have_one_dot);
  g_test_add_func ("/jupyter/notebook-job/progress-is-read-as-it-is-written",
                   test_progress_is_read_as_it_is_written);
  g_test_add_func ("/jupyter/notebook-job/what-a-notebook-prints-is-no-progress",
                   test_what_a_notebook_prints_is_no_progress);

  return g_test_run ();
}
