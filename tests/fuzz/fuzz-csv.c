/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "alg-csv.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Any bytes either become a table whose labels are numbers and that holds no infinity, or an error
 * with a message. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  g_auto(AlgCsv) csv;

  alg_csv_init (&csv, 1);

  if (!alg_csv_parse (&csv, (const char *) data, size, "input", &error))
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }

  g_assert_no_error (error);

  for (gsize i = 0; i < csv.rows * csv.columns; i++)
    g_assert_true (isfinite (csv.values[i]) || (isnan (csv.values[i]) && i % csv.columns != 0));

  return 0;
}
