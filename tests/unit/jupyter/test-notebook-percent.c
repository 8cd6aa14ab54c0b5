/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-notebook-percent"

#include "config.h"

#include <string.h>

#include "sage-notebook-percent.h"

/* The cells of a script as the ranges have them: "code|source;" */
static char *
describe (const char *text)
{
  g_autoptr(GArray) ranges = sage_notebook_percent_ranges (text);
  const char * const kinds[] = { "code", "markdown", "raw" };
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < ranges->len; i++)
    {
      const SagePercentRange *range = &g_array_index (ranges, SagePercentRange, i);
      const SagePercentRange *next = range + 1;

      g_assert_cmpuint (range->start, <=, range->source);
      g_assert_cmpuint (range->source, <=, range->end);
      g_assert_cmpuint (range->end, ==, i + 1 < ranges->len ? next->start : strlen (text));
      g_assert_true (range->is_marked == (range->source > range->start));
      g_string_append (all, kinds[range->kind]);
      g_string_append_c (all, '|');
      g_string_append_len (all, text + range->source, (gssize) (range->end - range->source));
      g_string_append_c (all, ';');
    }

  return g_string_free_and_steal (all);
}

static void
test_ranges (void)
{
  static const struct { const char *text; const char *ranges; } scripts[] = {
    { "", "" },
    { "\n\n", "" },
    { "x = 1", "code|x = 1;" },
    { "\nx = 1\n", "code|x = 1\n;" },
    { "x\n# %%\ny\n", "code|x\n;code|y\n;" },
    { "# %%\nx\r\n#%% [md]\r\n# T\r\n", "code|x\r\n;markdown|# T\r\n;" },
    { "# %% Load [raw] data\nx\n# %% Data [raw]\ny\n", "code|x\n;raw|y\n;" },
    { "# %% [markdown] tags=[\"a\"]\n# T\n", "markdown|# T\n;" },
    { "# %%timeit\nx\n", "code|# %%timeit\nx\n;" },
    { "s = \"\"\"\n# %% [raw]\n\"\"\"\n# %%\ny", "code|s = \"\"\"\n# %% [raw]\n\"\"\"\n;code|y;" },
    { "# ---\n# a: b\n# ---\n\n# %%\nx\n# %%", "code|x\n;code|;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *ranges = describe (scripts[i].text);
      g_autoptr(GError) error = NULL;
      g_autoptr(SageNotebook) notebook = sage_notebook_from_percent (scripts[i].text, &error);
      guint n = 0;

      g_assert_no_error (error);
      g_assert_cmpstr (ranges, ==, scripts[i].ranges);
      for (const char *at = ranges; (at = strchr (at, '|')) != NULL; at++)
        n++;
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, n);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-percent/ranges", test_ranges);

  return g_test_run ();
}
