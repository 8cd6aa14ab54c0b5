/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "alg-libsvm.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Any bytes either become rows with ascending indices and finite values, or an error with a
 * message. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  g_auto(AlgLibsvm) table;

  alg_libsvm_init (&table);

  if (!alg_libsvm_parse (&table, (const char *) data, size, "input", &error))
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (table.offsets->len, ==, table.labels->len + 1);
  g_assert_cmpuint (table.indices->len, ==, table.values->len);

  for (guint row = 0; row < table.labels->len; row++)
    for (guint64 i = g_array_index (table.offsets, guint64, row);
         i < g_array_index (table.offsets, guint64, row + 1); i++)
      {
        g_assert_true (isfinite (g_array_index (table.values, float, i)));
        g_assert_cmpuint (g_array_index (table.indices, guint32, i), <, table.columns);

        if (i > g_array_index (table.offsets, guint64, row))
          g_assert_cmpuint (g_array_index (table.indices, guint32, i - 1), <,
                            g_array_index (table.indices, guint32, i));
      }

  return 0;
}
