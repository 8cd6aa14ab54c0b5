/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-file-location.h"
#include "sage-text-coding.h"

#define BYTES(text) { text, sizeof text - 1 }

/* What is UTF-8 comes out of a file and goes back into it without a byte changed. */
static void
test_round_trip (void)
{
  static const struct { const char *data; gsize length; } files[] = {
    BYTES (""), BYTES ("\n"), BYTES ("a"), BYTES ("a\nb\n"), BYTES ("a\r\nb\r\n"), BYTES ("a\r\nb"),
    BYTES ("a\rb\r"), BYTES ("a\r\nb\nc\rd"), BYTES ("\xef\xbb\xbf" "a\r\n"), BYTES ("\xef\xbb\xbf"),
    BYTES ("gr\xc3\xb6\xc3\x9f" "e\n\n\n"), BYTES ("\r\n"), BYTES ("\r"), BYTES ("\r\r\n"),
    BYTES ("\xe2\x80\xae\xe2\x81\xa6 hidden"), BYTES ("a\x0c\x1b[0m\n"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      SageTextCoding coding;
      g_autoptr(GError) error = NULL;
      g_autofree char *text = sage_text_decode (files[i].data, files[i].length, &coding, &error);
      g_autofree char *data = NULL;
      gsize length;

      g_assert_no_error (error);
      g_assert_cmpstr (coding.charset, ==, "UTF-8");
      data = sage_text_encode (text, strlen (text), &coding, &length);
      g_assert_cmpmem (data, length, files[i].data, files[i].length);
    }
}

static void
test_lines_end_in_one_way (void)
{
  SageTextCoding coding;
  g_autofree char *crlf = sage_text_decode ("a\r\nb\r\n", 6, &coding, NULL);
  g_autofree char *mixed = NULL;
  g_autofree char *cr = NULL;

  g_assert_cmpstr (crlf, ==, "a\nb\n");
  g_assert_cmpint (coding.newline, ==, SAGE_NEWLINE_CRLF);
  cr = sage_text_decode ("a\rb", 3, &coding, NULL);
  g_assert_cmpstr (cr, ==, "a\nb");
  g_assert_cmpint (coding.newline, ==, SAGE_NEWLINE_CR);
  mixed = sage_text_decode ("a\r\nb\n", 5, &coding, NULL);
  g_assert_cmpstr (mixed, ==, "a\r\nb\n");
  g_assert_cmpint (coding.newline, ==, SAGE_NEWLINE_MIXED);
}

static void
test_other_encodings (void)
{
  SageTextCoding coding;
  g_autofree char *latin = sage_text_decode ("gr\xf6\xdf" "e\n", 6, &coding, NULL);
  g_autofree char *wide = NULL;
  g_autofree char *odd = NULL;

  g_assert_cmpstr (latin, ==, "größe\n");
  g_assert_cmpstr (coding.charset, !=, "UTF-8");
  wide = sage_text_decode ("\xff\xfe" "a\0\xf6\0", 6, &coding, NULL);
  g_assert_cmpstr (wide, ==, "aö");
  g_assert_cmpstr (coding.charset, ==, "UTF-16LE");
  odd = sage_text_decode ("\x81\x8d", 2, &coding, NULL); /* no characters of Windows-1252 */
  g_assert_nonnull (odd);
  g_assert_true (g_utf8_validate (odd, -1, NULL));
}

static void
test_what_is_no_text (void)
{
  static const struct { const char *data; gsize length; } files[] = {
    BYTES ("\0"), BYTES ("a\0b"), BYTES ("\x7f" "ELF\x02\x01\x01\0\0\0"), BYTES ("\x89PNG\r\n\x1a\n\0"),
    BYTES ("\xff\xfe\0"), BYTES ("\xff\xfe\0\xd8\0\xd8"), BYTES ("\xff\xfe" "a\0\0\0"),
    BYTES ("\xef\xbb\xbf\0"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      SageTextCoding coding;
      g_autoptr(GError) error = NULL;
      g_autofree char *text = sage_text_decode (files[i].data, files[i].length, &coding, &error);

      if (text != NULL) /* shown as something, read-only */
        g_assert_cmpstr (coding.charset, !=, "UTF-8");
      else
        g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
    }
}

static void
test_indent (void)
{
  static const struct { const char *text; guint spaces; gboolean tabs; } files[] = {
    { "", 0, FALSE }, { "a\nb\n", 0, FALSE }, { "def f():\n    x\n    y\n", 4, FALSE },
    { "a:\n  b:\n    c\n  d\n", 2, FALSE }, { "a\n\tb\n\t\tc\n", 0, TRUE },
    { "a\n    \n\tb\n\tc", 0, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      gboolean tabs;

      g_assert_cmpuint (sage_text_guess_indent (files[i].text, &tabs), ==, files[i].spaces);
      g_assert_cmpint (tabs, ==, files[i].tabs);
    }
}

/* A name cannot pretend to be another. */
static void
test_names (void)
{
  static const char * const names[] = { "a\nb", "\xe2\x80\xae" "txt.py", "\xff\xfe", "a\tb\x7f", "\xc2\x85" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown = sage_file_name_to_show (names[i]);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (const char *at = shown; *at != '\0'; at = g_utf8_next_char (at))
        {
          g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
          g_assert_false (sage_text_is_hidden_char (g_utf8_get_char (at)));
        }
    }
}

static void
test_locations (void)
{
  static const char * const paths[] = { "/tmp/train.py", "/tmp/a b%20c#d?e", "/tmp/a\nb",
                                        "/tmp/\xff\xfe.txt", "/file:/x" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(GFile) file = g_file_new_for_path (paths[i]);
      g_autofree char *location = sage_file_location_new ("file", file);
      g_autoptr(GFile) back = sage_file_location_parse (location);

      g_assert_true (g_utf8_validate (location, -1, NULL));
      g_assert_true (g_file_equal (file, back));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/files/text-coding/round-trip", test_round_trip);
  g_test_add_func ("/files/text-coding/lines-end-in-one-way", test_lines_end_in_one_way);
  g_test_add_func ("/files/text-coding/other-encodings", test_other_encodings);
  g_test_add_func ("/files/text-coding/what-is-no-text", test_what_is_no_text);
  g_test_add_func ("/files/text-coding/indent", test_indent);
  g_test_add_func ("/files/text-coding/names", test_names);
  g_test_add_func ("/files/text-coding/locations", test_locations);

  return g_test_run ();
}
