/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-html-reader.h"
#include "sage-html-sanitise.h"
#include "untrusted.h"

static const struct
{
  const char *html;
  const char *clean;
  gboolean    dropped;
} cases[] = {
  { "plain & <b>bold</b>", "plain &amp; <b>bold</b>", FALSE },
  { "<p class=x id=y>a<br>b</p>", "<p>a<br>b</p>", FALSE },
  { "<div style=\"color: red; text-align:right\">x</div>",
    "<div style=\"color: red; text-align: right\">x</div>", FALSE },
  { "<b>never closed", "<b>never closed</b>", FALSE },
  { "</b></div>lonely", "lonely", FALSE },
  { "<b><i>crossed</b></i>", "<b><i>crossed</i></b>", FALSE },
  { "<script>alert(1)</script>after", "after", TRUE },
  { "<style>@import 'x'</style>after", "after", TRUE },
  { "<svg><script>1</script><svg></svg></svg>after", "after", TRUE },
  { "<table><tr><td colspan=2 onclick=x>1</td></tr></table>",
    "<table><tr><td colspan=\"2\">1</td></tr></table>", TRUE },
  { "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>",
    "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>", FALSE },
  { "<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>", TRUE },
  { "<a href=\"java&#9;script:alert(1)\">x</a>", "<a>x</a>", TRUE },
  { "<img src=http://evil/>", "<img>", TRUE },
  { "<form action=/x><button formaction=/y>go</button></form>", "go", TRUE },
  { "&lt;script&gt;", "&lt;script&gt;", FALSE },
  { "&#60;script&#62;", "&lt;script&gt;", FALSE },
  { "<html><body>x</body></html>", "x", FALSE },
  { "<div style=\"background:url(http://evil/)\">x</div>", "<div>x</div>", TRUE },
  { "<div style=\"position:fixed;top:0\">x</div>", "<div>x</div>", TRUE },
  { "<div style=\"margin-left:-9999px\">x</div>", "<div>x</div>", TRUE },
  { "<div style=\"width:99999999px\">x</div>", "<div>x</div>", TRUE },
  { "<div style=\"color:rgb(1,2,3);width:50%\">x</div>",
    "<div style=\"color: rgb(1,2,3); width: 50%\">x</div>", FALSE },
  { "<div style=\"color:\\72 ed\">x</div>", "<div>x</div>", TRUE },
  { "<!-- comment --><!doctype html><?xml?>x", "x", FALSE },
  { "a<b", "a<b></b>", FALSE },
  { "1 < 2 > 0", "1 &lt; 2 &gt; 0", FALSE },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean dropped;
      g_autofree char *clean = sage_html_sanitise (cases[i].html, strlen (cases[i].html), &dropped);

      g_test_message ("%s", cases[i].html);
      g_assert_cmpstr (clean, ==, cases[i].clean);
      g_assert_cmpint (dropped, ==, cases[i].dropped);
    }
}

/* What comes out has nothing in it but elements and attributes of the lists: it is read again by other
 * eyes than those that wrote it. */
static void
assert_harmless (const char *clean)
{
  static const char * const attributes[] = {
    "align", "dir", "lang", "scope", "start", "title", "type", "valign", "open", "reversed", "alt",
    "summary", "border", "cellpadding", "cellspacing", "colspan", "height", "high", "low", "max",
    "min", "optimum", "rowspan", "size", "span", "value", "width", "color", "bgcolor", "href", "src",
    "style", NULL,
  };
  static const char * const forbidden[] = {
    "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "link",
    "meta", "base", "textarea", "select", "template", "noscript", "video", "audio", "frame", NULL,
  };
  g_auto(SageHtmlReader) reader = { 0 };

  sage_html_reader_init (&reader, clean, strlen (clean));
  while (sage_html_reader_next (&reader))
    {
      const char *href;
      const char *src;
      const char *style;

      if (reader.kind == SAGE_HTML_TEXT)
        continue;
      g_assert_false (g_strv_contains (forbidden, reader.name));
      for (guint i = 0; i < reader.n_attributes; i++)
        g_assert_true (g_strv_contains (attributes, reader.attributes[i].name));
      href = sage_html_reader_get (&reader, "href");
      src = sage_html_reader_get (&reader, "src");
      style = sage_html_reader_get (&reader, "style");
      if (href != NULL)
        g_assert_true (g_ascii_strncasecmp (href, "http", 4) == 0 ||
                       g_ascii_strncasecmp (href, "mailto:", 7) == 0);
      if (src != NULL)
        g_assert_true (g_ascii_strncasecmp (src, "data:image/", 11) == 0);
      if (style != NULL)
        {
          g_assert_null (strpbrk (style, "\\@<>\"'{}"));
          g_assert_null (strstr (style, "url"));
        }
    }
}

static void
test_untrusted (void)
{
  g_autoptr(GPtrArray) outputs = untrusted_list ("http://127.0.0.1:9/");

  g_assert_cmpuint (outputs->len, >=, 150);
  for (guint i = 0; i < outputs->len; i++)
    {
      const char *html = g_ptr_array_index (outputs, i);
      g_autofree char *clean = sage_html_sanitise (html, strlen (html), NULL);
      g_autofree char *again = sage_html_sanitise (clean, strlen (clean), NULL);

      g_test_message ("%u: %s", i, html);
      assert_harmless (clean);
      g_assert_cmpstr (again, ==, clean);
    }
}

static void
test_large (void)
{
  static const char * const pieces[] = {
    "<b>", "<", "<!--", "<a href=", "&", "<div style='", "</", "<!", "<svg>", "<script>", "<p x=\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      GString *html = g_string_new (NULL);
      g_autofree char *clean = NULL;

      while (html->len < 1024 * 1024)
        g_string_append (html, pieces[i]);
      clean = sage_html_sanitise (html->str, html->len, NULL);
      assert_harmless (clean);
      g_string_free (html, TRUE);
    }
}

static void
test_to_text (void)
{
  static const char html[] = "<p>a &amp; b</p><p>c<br>d</p><script>no</script>";
  g_autofree char *text = sage_html_to_text (html, strlen (html));

  g_assert_cmpstr (text, ==, "a & b\nc\nd");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sanitise/cases", test_cases);
  g_test_add_func ("/sanitise/untrusted", test_untrusted);
  g_test_add_func ("/sanitise/large", test_large);
  g_test_add_func ("/sanitise/to-text", test_to_text);

  return g_test_run ();
}
