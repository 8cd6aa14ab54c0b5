/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-markdown-view.h"
#include "sage-math.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Any text is a formula or none, and has headings or none. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_utf8_make_valid (size > 0 ? (const char *) data : "", (gssize) size);
  g_autoptr(SageMath) math = sage_math_parse (text, NULL);
  g_autoptr(GListModel) headings = sage_markdown_list_headings (text);

  g_assert_nonnull (headings);

  return 0;
}
