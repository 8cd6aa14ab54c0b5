/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-ansi.h"

/* How a line looks, written as text: every run as `{STYLE}` where it starts. */
static char *
describe (const SageAnsiText *text)
{
  static const char flags[] = "bdiuxs"; /* bold, dim, italic, underline, inverse, struck through */
  GString *out = g_string_new (NULL);
  gsize at = 0;

  for (gsize i = 0; i < text->n_runs; i++)
    {
      const SageAnsiStyle *style = &text->runs[i].style;

      g_assert_cmpuint (text->runs[i].start, >=, at);
      g_assert_cmpuint (text->runs[i].start, <, text->length);
      g_string_append_len (out, text->text + at, text->runs[i].start - at);
      at = text->runs[i].start;
      if (at == 0 && style->foreground == 0 && style->background == 0 && style->flags == 0)
        continue; /* the line starts as usual */
      g_string_append_c (out, '{');
      for (gsize bit = 0; flags[bit] != '\0'; bit++)
        if (style->flags & (1u << bit))
          g_string_append_c (out, flags[bit]);
      if (SAGE_ANSI_IS_INDEXED (style->foreground))
        g_string_append_printf (out, "f%u", style->foreground & 0xff);
      if (SAGE_ANSI_IS_RGB (style->foreground))
        g_string_append_printf (out, "f#%06x", style->foreground & 0xffffff);
      if (SAGE_ANSI_IS_INDEXED (style->background))
        g_string_append_printf (out, "B%u", style->background & 0xff);
      if (SAGE_ANSI_IS_RGB (style->background))
        g_string_append_printf (out, "B#%06x", style->background & 0xffffff);
      g_string_append_c (out, '}');
    }
  g_string_append (out, text->text + at);

  return g_string_free_and_steal (out);
}

typedef struct
{
  const char *input;
  const char *expected;
} Case;

static void
check (const Case *cases,
       gsize       n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize length = strlen (cases[i].input);
      g_autofree char *copy = g_memdup2 (cases[i].input, length); /* an end for ASan to see */
      g_autoptr(SageAnsiText) text = sage_ansi_parse (copy, length, 1000);
      g_autofree char *got = describe (text);
      g_autofree char *shown = g_strescape (cases[i].input, NULL);

      g_test_message ("%s", shown);
      g_assert_true (g_utf8_validate (text->text, (gssize) text->length, NULL));
      g_assert_cmpstr (got, ==, cases[i].expected);
      g_assert_false (text->truncated);
    }
}

static void
test_styles (void)
{
  static const Case cases[] = {
    { "", "" },
    { "plain", "plain" },
    { "\033[m", "" },
    { "\033[31mred", "{f1}red" },
    { "a\033[31mred\033[0mb", "a{f1}red{}b" },
    { "\033[1;2;3;4;7;9mall\033[m.", "{bdiuxs}all{}." },
    { "\033[1mb\033[22mn", "{b}b{}n" },
    { "\033[2;1mx\033[22m\033[3my\033[23m\033[4mz\033[24m\033[7mi\033[27m\033[9ms\033[29m.",
      "{bd}x{i}y{u}z{x}i{s}s{}." },
    { "\033[97;104mx\033[39my\033[49mz", "{f15B12}x{B12}y{}z" },
    { "\033[38;5;196mx", "{f196}x" },
    { "\033[38;5;256mx", "x" },
    { "\033[38;2;1;2;3;1mx", "{bf#010203}x" },
    { "\033[48;2;255;0;128mx", "{B#ff0080}x" },
    { "\033[38:2:1:2:3mx", "{f#010203}x" },
    { "\033[38:2::1:2:3mx", "{f#010203}x" },
    { "\033[38:5:7;1mx", "{bf7}x" },
    { "\033[58;5;1;31mx", "{f1}x" },
    { "\033[58:2::1:2:3;3mx", "{i}x" },
    { "\033[4:3mx\033[4:0my", "{u}x{}y" },
    { "\033[21mx", "{u}x" },
    { "\033[;31mx", "{f1}x" },
    { "\033[31;mx", "x" },
    { "\033[31m\033[32m\033[33mx", "{f3}x" },
    { "\033[31mx\033[31my", "{f1}xy" },
    { "\033[5;8mseen", "seen" },
    { "\302\23331mx", "{f1}x" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_overwriting (void)
{
  static const Case cases[] = {
    { "10%\r20%", "20%" },
    { "a long one\rshort", "shortg one" },
    { "a long one\r\033[Kshort", "short" },
    { "a long one\033[2K\rshort", "short" },
    { "abc\r\033[1Kx", "xbc" },
    { "abcdef\b\b\b\033[1KX", "   Xef" },
    { "abcdef\b\b\033[K", "abcd" },
    { "ends in CR LF\r", "ends in CR LF" },
    { "\r\r\r", "" },
    { "\b\b\bx", "x" },
    { "12/100\b\b\b\b\b\b13/100", "13/100" },
    { "\033[31mred\r\033[32mgr", "{f2}gr{f1}d" },
    { "e\314\201x\ry", "yx" },
    { "\345\245\275x\r\345\220\227", "\345\220\227x" },
    { "a\tb\rX", "X\tb" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

/* Nothing acts on anything, and nothing that is written is hidden by an end that does not come. */
static void
test_hostile (void)
{
  static const Case cases[] = {
    { "\033", "" },
    { "\033[", "" },
    { "\033[31", "31" },
    { "\033[31\303\244", "31\303\244" },
    { "\033[3\0331mx", "3mx" },
    { "\033[?25lx\033[?25h", "x" },
    { "\033[2J\033[H\033[10;10Hx", "x" },
    { "\033[1000000Cx\033[1000000Dy", "xy" },
    { "\033[>4;1mx", "x" },
    { "\033[31 mx", "x" },
    { "\033[999999999999999999999mx", "x" },
    { "\033[38;5;99999999999mx", "x" },
    { "\033[38;2;1;2mx", "x" },
    { "\033[38mx", "x" },
    { "\033[38:2mx\033[38:5mx\033[48:mx", "xxx" },
    { "\033[1:2:3:4:5:6:7:8:9:10:11mx", "{b}x" },
    { "\033]0;a title\ax", "x" },
    { "\033]0;a title\033\\x", "x" },
    { "\033]0;a title\302\234x", "x" },
    { "\033]0;a title", "0;a title" },
    { "\033]0;a \033[31mtitle", "0;a {f1}title" },
    { "\033]8;;https://example.org\033\\link\033]8;;\033\\.", "link." },
    { "\033]52;c;cm0gLXJm\ax", "x" },
    { "\033P1$r\033\\x\033_G\033\\y\033^p\033\\z\033Xs\033\\.", "xyz." },
    { "\302\235 0;title\302\234x", "x" },
    { "\302\220hidden?", "hidden?" },
    { "\033(Bx\033)0y\033#8z\033c.", "xyz." },
    { "\033 ", " " },
    { "\a\001\002\016\017\177\022x", "x" },
    { "\v\f\205x", "\357\277\275x" },
    { "\302\205x", "x" },
    { "a\342\200\250b\342\200\251c", "a b c" },
    { "\342\200\256gnp.exe\342\201\246x", "gnp.exex" },
    { "\377\376x", "\357\277\275\357\277\275x" },
    { "\303", "\357\277\275" },
    { "\355\240\200x", "\357\277\275\357\277\275\357\277\275x" },
    { "\360\237\230\200", "\360\237\230\200" },
    { "\314\201x", "\314\201x" },
    { "a\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201",
      "a\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201" },
    { "<b>&amp;</b>%s%n", "<b>&amp;</b>%s%n" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_nul (void)
{
  g_autoptr(SageAnsiText) text = sage_ansi_parse ("a\0b", 3, 100);

  g_assert_cmpstr (text->text, ==, "ab");
}

static void
test_limits (void)
{
  g_autoptr(GString) line = g_string_new (NULL);
  g_autoptr(SageAnsiText) cut = sage_ansi_parse ("0123456789", 10, 4);
  g_autoptr(SageAnsiText) fits = sage_ansi_parse ("0123", 4, 4);
  g_autoptr(SageAnsiText) wide = sage_ansi_parse ("\303\244\303\244\303\244", 6, 5);
  g_autoptr(SageAnsiText) overwritten = NULL;
  g_autoptr(SageAnsiText) erased = NULL;

  g_assert_cmpstr (cut->text, ==, "0123");
  g_assert_true (cut->truncated);
  g_assert_cmpstr (fits->text, ==, "0123");
  g_assert_false (fits->truncated);
  g_assert_cmpstr (wide->text, ==, "\303\244\303\244");
  g_assert_true (wide->truncated);

  /* What comes after the limit still counts when it returns to the start. */
  for (guint i = 0; i < 10000; i++)
    g_string_append (line, "0123456789");
  g_string_append (line, "\rend");
  overwritten = sage_ansi_parse (line->str, line->len, 8);
  g_assert_cmpstr (overwritten->text, ==, "end34567");
  g_assert_true (overwritten->truncated);

  g_string_append (line, "\r\033[Kend");
  erased = sage_ansi_parse (line->str, line->len, 8);
  g_assert_cmpstr (erased->text, ==, "end");
  g_assert_false (erased->truncated);
}

/* 8 MiB of what might be slow takes about as long as 8 MiB of anything. */
static void
test_time (void)
{
  static const char * const parts[] = {
    "\033]", "\302\235", "\033[", "\033[1;2;3", "\033P\033", "\r", "\b", "x\r", "\033[31m", "\033[K",
    "\314\201", "\033[2K", "x\033[1K",
  };
  const gsize size = 8 * 1024 * 1024;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr(GString) line = g_string_sized_new (size + 16);
      g_autoptr(SageAnsiText) text = NULL;
      g_autofree char *shown = g_strescape (parts[i], NULL);
      gint64 start;

      while (line->len < size)
        g_string_append (line, parts[i]);
      start = g_get_monotonic_time ();
      text = sage_ansi_parse (line->str, line->len, 4096);
      g_test_message ("%s: %" G_GINT64_FORMAT " ms", shown,
                      (g_get_monotonic_time () - start) / 1000);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
    }
}

static void
test_plain (void)
{
  g_assert_true (sage_ansi_is_plain ("", 0));
  g_assert_true (sage_ansi_is_plain (" ~azAZ09", 8));
  for (int byte = 0; byte < 256; byte++)
    {
      char data[3] = { 'a', (char) byte, 'b' };

      g_assert_cmpint (sage_ansi_is_plain (data, 3), ==, byte >= 0x20 && byte <= 0x7e);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ansi/styles", test_styles);
  g_test_add_func ("/ansi/overwriting", test_overwriting);
  g_test_add_func ("/ansi/hostile", test_hostile);
  g_test_add_func ("/ansi/nul", test_nul);
  g_test_add_func ("/ansi/limits", test_limits);
  g_test_add_func ("/ansi/time", test_time);
  g_test_add_func ("/ansi/plain", test_plain);

  return g_test_run ();
}
