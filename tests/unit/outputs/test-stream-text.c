/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-stream-text.h"
#include "sage-traceback.h"
#include "sage-visible.h"

static gint64
feed (SageStreamText *text,
      const char     *data)
{
  return sage_stream_text_feed (text, data, strlen (data));
}

static const char *
line (SageStreamText *text,
      gint64          number)
{
  return sage_stream_text_get_line (text, number)->text;
}

static void
test_lines (void)
{
  g_autoptr(SageStreamText) text = sage_stream_text_new ();

  g_assert_cmpint (sage_stream_text_get_end (text), ==, 0);
  g_assert_cmpint (feed (text, "one\ntw"), ==, 0);
  g_assert_cmpint (sage_stream_text_get_end (text), ==, 2);
  g_assert_cmpstr (line (text, 1), ==, "tw");
  g_assert_cmpint (feed (text, "o\n"), ==, 1);
  g_assert_cmpint (sage_stream_text_get_end (text), ==, 2);
  g_assert_cmpint (feed (text, "three\n\nfive"), ==, 2);
  g_assert_cmpstr (line (text, 0), ==, "one");
  g_assert_cmpstr (line (text, 1), ==, "two");
  g_assert_cmpstr (line (text, 3), ==, "");
  g_assert_cmpstr (line (text, 4), ==, "five");
  g_assert_false (sage_stream_text_is_truncated (text));
}

/* A progress bar is one line, however often it is written, in whatever pieces. */
static void
test_returns (void)
{
  g_autoptr(SageStreamText) text = sage_stream_text_new ();

  for (guint i = 0; i <= 100000; i++)
    {
      g_autofree char *bar = g_strdup_printf ("\r\033[32m%6u\033[0m of 100000", i);

      feed (text, bar);
    }
  g_assert_cmpint (sage_stream_text_get_end (text), ==, 1);
  g_assert_cmpstr (line (text, 0), ==, "100000 of 100000");
  g_assert_cmpuint (sage_stream_text_get_line (text, 0)->n_runs, ==, 2);
  feed (text, "\rdone\033[K\nnext\b\b\bXX\n");
  g_assert_cmpstr (line (text, 0), ==, "done");
  g_assert_cmpstr (line (text, 1), ==, "nXXt");
}

/* What a shorter text leaves of a longer one stays, as on a terminal, across what was thrown away. */
static void
test_rest_stays (void)
{
  g_autoptr(SageStreamText) text = sage_stream_text_new ();

  feed (text, "\033[31m0123456789\033[0m");
  for (guint i = 0; i < 5000; i++)
    feed (text, "\rabc");
  g_assert_cmpstr (line (text, 0), ==, "abc3456789");
  g_assert_cmpuint (sage_stream_text_get_line (text, 0)->n_runs, ==, 2);
  g_assert_cmpuint (sage_stream_text_get_line (text, 0)->runs[1].start, ==, 3);
  g_assert_cmpuint (sage_stream_text_get_line (text, 0)->runs[1].style.foreground, ==,
                    SAGE_ANSI_INDEXED (1));
}

/* A style goes on over the ends of lines, until it is taken back. */
static void
test_style_goes_on (void)
{
  g_autoptr(SageStreamText) text = sage_stream_text_new ();

  feed (text, "\033[1;31mred\nstill\n\033[0mplain\n\033[4m\033[0;32mgreen\nalso\033[m\nnot\n");
  g_assert_cmpuint (sage_stream_text_get_line (text, 1)->runs[0].style.foreground, ==,
                    SAGE_ANSI_INDEXED (1));
  g_assert_cmpuint (sage_stream_text_get_line (text, 1)->runs[0].style.flags, ==, SAGE_ANSI_BOLD);
  g_assert_cmpuint (sage_stream_text_get_line (text, 2)->n_runs, ==, 0);
  g_assert_cmpuint (sage_stream_text_get_line (text, 4)->runs[0].style.foreground, ==,
                    SAGE_ANSI_INDEXED (2));
  g_assert_cmpuint (sage_stream_text_get_line (text, 4)->runs[0].style.flags, ==, 0);
  g_assert_cmpuint (sage_stream_text_get_line (text, 5)->n_runs, ==, 0);
}

static void
test_bounds (void)
{
  g_autoptr(SageStreamText) text = sage_stream_text_new ();
  g_autoptr(GString) many = g_string_new ("start ");
  g_autofree char *wide = g_strnfill (10 * 1024 * 1024, 'x');

  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf (many, "line %u\n", i);
  feed (text, many->str);
  g_assert_cmpint (sage_stream_text_get_end (text), ==, 1000000);
  g_assert_cmpint (sage_stream_text_get_end (text) - sage_stream_text_get_first (text), <=,
                   SAGE_STREAM_MAX_LINES);
  g_assert_cmpint (sage_stream_text_get_end (text) - sage_stream_text_get_first (text), >, 1900);
  g_assert_cmpstr (line (text, 999999), ==, "line 999999");
  g_assert_true (sage_stream_text_is_truncated (text));

  feed (text, wide);
  feed (text, wide);
  g_assert_cmpuint (strlen (line (text, 1000000)), ==, SAGE_STREAM_MAX_LINE);
  feed (text, "\n");
  for (guint i = 0; i < 200; i++)
    {
      feed (text, wide + 10 * 1024 * 1024 - 3000);
      feed (text, "\n");
    }
  {
    gsize bytes = 0;

    for (gint64 i = sage_stream_text_get_first (text); i < sage_stream_text_get_end (text); i++)
      bytes += sage_stream_text_get_line (text, i)->length + 1;
    g_assert_cmpuint (bytes, <=, SAGE_STREAM_MAX_BYTES);
  }
}

/* Titles, links, cursor movements, bells and broken bytes: nothing of them gets through. */
static void
test_hostile (void)
{
  static const char * const wild[] = {
    "\033]0;title\007shown", "\033]8;;http://evil/\033\\shown\033]8;;\033\\", "\033P1$r\033\\shown",
    "\033[2J\033[1;1Hshown", "\033[>4;1mshown", "sh\033[6now", "\007\001\002shown",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wild); i++)
    {
      g_autoptr(SageStreamText) text = sage_stream_text_new ();

      feed (text, wild[i]);
      feed (text, "\n");
      if (i == 5)
        g_assert_cmpstr (line (text, 0), ==, "show");
      else
        g_assert_cmpstr (line (text, 0), ==, "shown");
    }
}

static void
assert_location (const char *text,
                 const char *path,
                 int         number,
                 const char *words)
{
  g_auto(SageTraceLocation) location = { 0 };
  g_autofree char *found = NULL;

  if (path == NULL)
    {
      g_assert_false (sage_traceback_find (text, &location));
      return;
    }
  g_assert_true (sage_traceback_find (text, &location));
  found = g_strndup (text + location.start, location.end - location.start);
  g_assert_cmpstr (location.path, ==, path);
  g_assert_cmpint (location.line, ==, number);
  g_assert_cmpstr (found, ==, words);
}

static void
test_locations (void)
{
  g_autofree char *home = g_build_filename (g_get_home_dir (), "a/b.py", NULL);
  g_autofree char *wide = g_strnfill (100000, ':');

  assert_location ("Cell In[3], line 2", "In[3]", 2, "Cell In[3], line 2");
  assert_location ("Cell In [12], line 4, in f(x)", "In[12]", 4, "Cell In [12], line 4");
  assert_location ("Input In [1], in <cell line: 7>()", "In[1]", 7, "Input In [1], in <cell line: 7>");
  assert_location ("File /usr/lib/x.py:3761, in DataFrame.__getitem__(self, key)", "/usr/lib/x.py", 3761,
                   "/usr/lib/x.py:3761");
  assert_location ("File ~/a/b.py:1", home, 1, "~/a/b.py:1");
  assert_location ("  File \"/tmp/my file.py\", line 12, in f", "/tmp/my file.py", 12,
                   "\"/tmp/my file.py\", line 12");
  assert_location ("  File \"<stdin>\", line 1, in <module>", NULL, 0, NULL);
  assert_location ("File <frozen importlib._bootstrap>:1", NULL, 0, NULL);
  assert_location ("     11 def f(x):", NULL, 0, NULL);
  assert_location ("ValueError: File x", NULL, 0, NULL);
  assert_location (wide, NULL, 0, NULL);
  assert_location ("", NULL, 0, NULL);
}

static void
test_visible (void)
{
  g_autofree char *shown = sage_visible_dup ("if user != \"a\xe2\x80\xae\xe2\x81\xa6x\":\xe2\x80\x8b é");

  g_assert_true (sage_visible_has_hidden ("\xef\xbb\xbf"));
  g_assert_false (sage_visible_has_hidden ("naïve — ‘quotes’ 日本語 🎉 a\tb\n"));
  g_assert_cmpstr (shown, ==, "if user != \"a⟨U+202E⟩⟨U+2066⟩x\":⟨U+200B⟩ é");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stream-text/lines", test_lines);
  g_test_add_func ("/stream-text/returns", test_returns);
  g_test_add_func ("/stream-text/rest-stays", test_rest_stays);
  g_test_add_func ("/stream-text/style-goes-on", test_style_goes_on);
  g_test_add_func ("/stream-text/bounds", test_bounds);
  g_test_add_func ("/stream-text/hostile", test_hostile);
  g_test_add_func ("/traceback/locations", test_locations);
  g_test_add_func ("/visible/names", test_visible);

  return g_test_run ();
}
