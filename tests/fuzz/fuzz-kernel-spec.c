/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-kernel-spec"

#include "config.h"

#include "krn-spec.h"

/* The kernel-spec.json of a kernel's directory: no input crashes its reader, and what it takes can be
 * run. */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(KrnSpec) spec = krn_spec_parse ((const char *) data, size, "/tmp", NULL);

  if (spec == NULL)
    return 0;

  g_assert_nonnull (spec->argv[0]);
  g_assert_cmpint (spec->argv[0][0], !=, '\0');
  g_assert_true (g_path_is_absolute (spec->cwd));
  g_assert_cmpuint (spec->journal_bytes, >, 0);

  return 0;
}
