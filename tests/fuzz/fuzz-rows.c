/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "alg-rows.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* The first byte chooses the format, the second how many features there are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GError) error = NULL;
  g_auto(AlgRows) rows = { 0 };
  gboolean ok;

  alg_rows_init (&rows);
  if (size < 2)
    return 0;

  ok = alg_rows_parse (&rows, ALG_ROWS_GUESS + data[0] % 4, 1 + data[1] % 8,
                       (const char *) data + 2, size - 2, &error);
  g_assert_true (ok == (error == NULL));
  if (ok)
    g_assert_cmpuint (rows.n_rows, >, 0);

  return 0;
}
