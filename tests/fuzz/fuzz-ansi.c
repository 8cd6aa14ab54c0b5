/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-ansi.h"
#include "sage-log-level.h"
#include "sage-log-line.h"
#include "sage-log-wrap.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Nothing but what can be shown, in runs that follow each other and differ. */
static void
check_text (const SageAnsiText *text,
            gsize               max_bytes)
{
  g_assert_cmpuint (text->length, ==, strlen (text->text));
  g_assert_cmpuint (text->length, <=, max_bytes);
  g_assert_true (g_utf8_validate (text->text, (gssize) text->length, NULL));
  for (const char *at = text->text; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_true (!g_unichar_iscntrl (g_utf8_get_char (at)) || *at == '\t');

  for (gsize i = 0; i < text->n_runs; i++)
    {
      g_assert_cmpuint (text->runs[i].start, <, text->length);
      if (i == 0)
        continue;
      g_assert_cmpuint (text->runs[i].start, >, text->runs[i - 1].start);
      g_assert_true (memcmp (&text->runs[i].style, &text->runs[i - 1].style,
                             sizeof (SageAnsiStyle)) != 0);
    }
}

/* Any bytes become a line that can be shown, laid out and read, in whatever width. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  const char *bytes = (const char *) data;
  g_autoptr(SageAnsiText) whole = sage_ansi_parse (bytes, size, size * 3);
  g_autoptr(SageAnsiText) part = sage_ansi_parse (bytes, size, 7);
  g_autoptr(SageLogLine) line = sage_log_line_new (0, bytes, size);
  g_autoptr(GArray) stretches = sage_log_cut (whole->text, whole->length, 16);

  check_text (whole, size * 3);
  check_text (part, 7);
  g_assert_false (whole->truncated);
  if (size > 0 && sage_ansi_is_plain (bytes, size))
    g_assert_true (whole->length == size && memcmp (whole->text, bytes, size) == 0);
  g_assert_cmpuint (stretches->len, >=, 1);

  for (guint columns = 0; columns < 12; columns += 5)
    {
      g_autoptr(GArray) rows = sage_log_wrap (whole->text, whole->length, columns);

      g_assert_cmpuint (rows->len, ==, sage_log_count_rows (whole->text, whole->length, columns));
      g_assert_cmpuint (g_array_index (rows, SageLogSegment, rows->len - 1).end, ==, whole->length);
    }
  sage_log_level_find (line->text, line->length);
  sage_log_line_expand (line);

  return 0;
}
