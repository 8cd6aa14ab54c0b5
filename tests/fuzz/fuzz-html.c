/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-frame.h"
#include "sage-html-reader.h"
#include "sage-html-sanitise.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Any bytes become HTML without anything that acts, which does not change when it is read again. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  const char *html = (const char *) data;
  g_autofree char *clean = sage_html_sanitise (html, size, NULL);
  g_autofree char *again = sage_html_sanitise (clean, strlen (clean), NULL);
  g_autofree char *text = sage_html_to_text (html, size);
  g_autoptr(SageFrame) frame = sage_frame_new_from_html (html, size);
  g_auto(SageHtmlReader) reader = { 0 };

  g_assert_cmpstr (clean, ==, again);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  sage_html_reader_init (&reader, clean, strlen (clean));
  while (sage_html_reader_next (&reader))
    for (guint i = 0; i < reader.n_attributes; i++)
      g_assert_false (g_str_has_prefix (reader.attributes[i].name, "on"));

  if (frame != NULL)
    {
      g_autofree char *csv = sage_frame_to_csv (frame, NULL);
      SageFrameStatistics statistics;

      for (guint i = 0; i < sage_frame_get_n_columns (frame); i++)
        sage_frame_get_statistics (frame, i, &statistics);
    }

  return 0;
}
