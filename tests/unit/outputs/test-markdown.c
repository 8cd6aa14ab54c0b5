/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kit/kit-fixture.h"
#include "sage-error.h"
#include "sage-markdown-view.h"
#include "sage-math-view.h"
#include "sage-picture-view.h"
#include "sage-rich-label.h"

typedef struct
{
  GtkWidget        *widget;
  SageMarkdownView *view;
  GtkWidget        *window;
  char             *followed; /* (owned) (nullable): the link that was followed last */
} Fixture;

static gboolean
follow_cb (SageMarkdownView *view,
           const char       *uri,
           Fixture          *fixture)
{
  g_set_str (&fixture->followed, uri);

  return TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->widget = sage_markdown_view_new ();
  fixture->view = SAGE_MARKDOWN_VIEW (fixture->widget);
  g_signal_connect (fixture->view, "link-activated", G_CALLBACK (follow_cb), fixture);
  {
    GtkWidget *scroller = gtk_scrolled_window_new ();

    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), fixture->widget);
    fixture->window = kit_window_new (scroller, 600, 600);
  }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kit_window_destroy (fixture->window);
  g_free (fixture->followed);
}

static void
show (Fixture    *fixture,
      const char *text)
{
  sage_markdown_view_set_text (fixture->view, text);
  kit_settle ();
}

/* All that labels say, a line each. */
static char *
read_labels (Fixture *fixture)
{
  GString *out = g_string_new (NULL);
  GtkWidget *label;

  for (guint i = 0; (label = kit_find (fixture->widget, GTK_TYPE_LABEL, i)) != NULL; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "\n" : "", gtk_label_get_text (GTK_LABEL (label)));

  return g_string_free_and_steal (out);
}

static void
assert_text (Fixture    *fixture,
             const char *markdown,
             const char *text)
{
  g_autofree char *found = NULL;

  show (fixture, markdown);
  found = read_labels (fixture);
  g_assert_cmpstr (found, ==, text);
}

static void
test_blocks (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *heading;

  assert_text (fixture, "# One *two*\n\nA **b** `c`\nd\n\n> quoted\n", "One two\nA b c d\nquoted");
  heading = kit_find (fixture->widget, GTK_TYPE_LABEL, 0);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (heading)), ==,
                   GTK_ACCESSIBLE_ROLE_HEADING);
  assert_text (fixture, "- a\n- b\n\n1. c\n2. d\n", "•\na\n•\nb\n1.\nc\n2.\nd");
  assert_text (fixture, "- [x] done\n- [ ] open\n", "done\nopen");
  g_assert_cmpuint (kit_count (fixture->widget, GTK_TYPE_IMAGE), ==, 2);
  assert_text (fixture, "| a | b |\n|--|-:|\n| 1 | 2 |\n", "a\nb\n1\n2");
  assert_text (fixture, "```python\nx = '$5$'\n```\n", "x = '$5$'");
  assert_text (fixture, "", "");
  assert_text (fixture, NULL, "");
}

static void
test_formulas (Fixture       *fixture,
               gconstpointer  data)
{
  assert_text (fixture, "a $x_1 * y_2 * z$ b", "a " SAGE_RICH_LABEL_OBJECT " b");
  assert_text (fixture, "costs $5 and $6, \\$x\\$ and `$y$`", "costs $5 and $6, $x$ and $y$");
  assert_text (fixture, "unknown $\\foo{x}$ stays", "unknown $\\foo{x}$ stays");
  assert_text (fixture, "before $$\\frac{a}{b}$$ after", "before \n after");
  g_assert_cmpuint (kit_count (fixture->widget, SAGE_TYPE_MATH_VIEW), ==, 1);
  show (fixture, "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n");
  g_assert_cmpuint (kit_count (fixture->widget, SAGE_TYPE_MATH_VIEW), ==, 1);
  show (fixture, "$$\nx\n\n$$ is none");
  g_assert_cmpuint (kit_count (fixture->widget, SAGE_TYPE_MATH_VIEW), ==, 0);
  assert_text (fixture, "mark \xee\x80\x80" "0\xee\x80\x81 of ours", "mark \xef\xbf\xbd" "0\xef\xbf\xbd of ours");
}

static gboolean
activate (Fixture    *fixture,
          const char *uri)
{
  GtkWidget *label = kit_find (fixture->widget, GTK_TYPE_LABEL, 0);
  gboolean handled = FALSE;

  g_clear_pointer (&fixture->followed, g_free);
  g_signal_emit_by_name (label, "activate-link", uri, &handled);

  return handled;
}

/* Only what leads to a page or into the project is a link; what is code or a file is its text. */
static void
test_links (Fixture       *fixture,
            gconstpointer  data)
{
  static const char * const links[] = {
    "https://example.org/?a=1&b=<2>", "http://x", "mailto:a@b.org", "#part", "other.ipynb", "data/x.csv",
  };
  static const char * const others[] = {
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "vbscript:x", "//evil.org/x", "/etc/passwd", "\\\\evil\\x", "about:config",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *markdown = g_strdup_printf ("[x](<%s>)", links[i]);

      if (strchr (links[i], '<') != NULL)
        continue;
      show (fixture, markdown);
      g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (kit_find (fixture->widget, GTK_TYPE_LABEL, 0))),
                                "<a href="));
      g_assert_true (activate (fixture, links[i]));
      g_assert_cmpstr (fixture->followed, ==, links[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *markdown = g_strdup_printf ("[x](<%s>) [y][r] <%s>\n\n[r]: <%s>\n", others[i],
                                                   others[i], others[i]);

      show (fixture, markdown);
      for (guint n = 0; kit_find (fixture->widget, GTK_TYPE_LABEL, n) != NULL; n++)
        g_assert_null (strstr (gtk_label_get_label (GTK_LABEL (kit_find (fixture->widget,
                                                                         GTK_TYPE_LABEL, n))),
                               "<a href="));
    }
}

static void
test_html (Fixture       *fixture,
           gconstpointer  data)
{
  assert_text (fixture, "a <b>b</b> <span onclick=x>c</span> <u>d", "a b c d");
  assert_text (fixture, "H<sub>2</sub>O<br>x</sup></b>y", "H2O\nxy");
  assert_text (fixture, "<div align=\"center\">\n<h1>T</h1>text</div>\n\nafter", "T\ntext\nafter");
  assert_text (fixture, "<script>alert(1)</script>\n\nafter", "after");
  assert_text (fixture, "<style>x{}</style>\n<iframe src=http://x></iframe>\n\nafter", "after");
  assert_text (fixture, "*<b>x* y</b> z", "x y z");
}

/* One pixel. */
static const char png[] =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

static gboolean
shows_picture (Fixture    *fixture,
               const char *markdown)
{
  GtkWidget *picture;

  show (fixture, markdown);
  picture = kit_find (fixture->widget, SAGE_TYPE_PICTURE_VIEW, 0);
  g_assert_nonnull (picture);
  kit_settle ();

  return sage_picture_view_get_texture (SAGE_PICTURE_VIEW (picture)) != NULL;
}

static void
test_pictures (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *folder = g_dir_make_tmp ("sage-markdown-XXXXXX", NULL);
  g_autofree char *inside = g_build_filename (folder, "in", NULL);
  g_autofree char *good = g_build_filename (inside, "a b.png", NULL);
  g_autofree char *outside = g_build_filename (folder, "out.png", NULL);
  g_autofree char *link = g_build_filename (inside, "link.png", NULL);
  g_autofree char *fifo = g_build_filename (inside, "fifo.png", NULL);
  g_autofree char *data_uri = g_strdup_printf ("![x](data:image/png;base64,%s)", png);
  g_autofree char *bundle = g_strdup_printf ("{\"p.png\":{\"image/png\":\"%s\"}}", png);
  g_autoptr(JsonObject) attachments = kit_json (bundle);
  g_autoptr(GFile) base = g_file_new_for_path (inside);
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (png, &length);
  static const char * const others[] = {
    "![x](http://127.0.0.1:9/x.png)", "![x](//127.0.0.1/x.png)", "![x](file:///etc/hostname)",
    "![x](/etc/hostname)", "![x](../out.png)", "![x](link.png)", "![x](fifo.png)", "![x](attachment:../out.png)",
    "![x](attachment:none)", "![x](data:text/html;base64,eA==)", "![x](data:image/png,eA==)", "![x]()",
    "<img src=\"http://127.0.0.1:9/\">", "<img src=\"../out.png\">",
  };

  g_assert_cmpint (g_mkdir (inside, 0700), ==, 0);
  g_assert_true (g_file_set_contents (good, (char *) bytes, (gssize) length, NULL));
  g_assert_true (g_file_set_contents (outside, (char *) bytes, (gssize) length, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  g_assert_true (shows_picture (fixture, data_uri));
  g_assert_false (shows_picture (fixture, "![x](a%20b.png)"));
  sage_markdown_view_set_base_folder (fixture->view, base);
  sage_markdown_view_set_attachments (fixture->view, attachments);
  g_assert_true (shows_picture (fixture, "![x](<a b.png>)"));
  g_assert_true (shows_picture (fixture, "<img src='a%20b.png' width=40>"));
  g_assert_true (shows_picture (fixture, "![x](attachment:p.png)"));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_test_message ("%s", others[i]);
      g_assert_false (shows_picture (fixture, others[i]));
    }

  g_unlink (fifo);
  g_unlink (link);
  g_unlink (outside);
  g_unlink (good);
  g_rmdir (inside);
  g_rmdir (folder);
}

static void
test_headings (Fixture       *fixture,
               gconstpointer  data)
{
  GListModel *headings = sage_markdown_view_get_headings (fixture->view);
  g_autoptr(SageHeading) second = NULL;

  show (fixture, "# A\n\ntext\n\n## B `c` $x$\n\n```\n# no\n```\n");
  g_assert_cmpuint (g_list_model_get_n_items (headings), ==, 2);
  second = g_list_model_get_item (headings, 1);
  g_assert_cmpuint (sage_heading_get_level (second), ==, 2);
  g_assert_cmpuint (sage_heading_get_line (second), ==, 5);
  g_assert_cmpstr (sage_heading_get_text (second), ==, "B c $x$");
  show (fixture, "none");
  g_assert_cmpuint (g_list_model_get_n_items (headings), ==, 0);
}

/* Formulas of textbooks are read, and take room as they should. */
static void
test_math (Fixture       *fixture,
           gconstpointer  data)
{
  static const char * const good[] = {
    "", "x", "e^{i\\pi}+1=0", "\\frac{a}{b}", "\\dfrac12", "\\sqrt[3]{x}", "\\sum_{i=1}^n x_i",
    "\\int\\limits_0^1 f\\,dx", "\\left(\\frac a b\\right)", "\\left.\\frac{d}{dx}\\right|_{x=0}",
    "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{cases}1&x>0\\\\0&\\text{else}\\end{cases}",
    "\\begin{array}{c|c}a&b\\end{array}", "a\\\\b", "a&=b\\\\[2pt]c&=d", "\\hat x\\vec{AB}\\overline z",
    "\\underbrace{a+b}_{c}", "\\mathbb R\\mathcal{L}\\mathbf x\\boldsymbol\\beta", "x''_i", "{}^3He",
    "\\operatorname*{arg\\,max}_x f", "\\binom n k", "\\alpha*x", "\\not=\\neq\\notin", "a%comment\n+b",
    "\\displaystyle\\lim_{x\\to0}", "\\xrightarrow{f}", "\\big(\\Bigg]", "\\text{a_b $}", "f(x)\\tag{1}",
  };
  static const char * const bad[] = {
    "{", "}", "\\frac{a}", "\\frac", "\\left(x", "x\\right)", "\\begin{pmatrix}1", "\\end{x}", "x^",
    "\\foo", "\\begin{foo}\\end{foo}", "\\sqrt[3", "\\def\\x{\\x}\\x", "\\newcommand{\\x}{y}", "\\input{/etc/passwd}",
    "\\begin{matrix}1\\end{pmatrix}", "\\", "\\left", "_", "\\href{javascript:x}{y}",
  };
  PangoContext *context = gtk_widget_get_pango_context (fixture->widget);
  GString *deep = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SageMath) math = sage_math_parse (good[i], &error);
      g_autoptr(SageMathBox) box = NULL;
      double width;
      double ascent;
      double descent;

      g_test_message ("%s", good[i]);
      g_assert_no_error (error);
      box = sage_math_layout (math, context, 16, TRUE);
      sage_math_box_get_size (box, &width, &ascent, &descent);
      g_assert_cmpfloat (width, <, 600);
      g_assert_cmpfloat (ascent + descent, <, 120);
      if (i > 0)
        g_assert_cmpfloat (width, >, 5);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (sage_math_parse (bad[i], &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
    }

  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "\\frac{");
  g_assert_null (sage_math_parse (deep->str, NULL));
  g_string_free (deep, TRUE);
}

static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const pieces[] = {
    "> ", "- ", "[", "![", "*a_", "`", "$", "\\(", "<b>", "<", "| a ", "[^1]", "\xff", "&", "1. ", "{",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      GString *text = g_string_new (NULL);

      for (guint n = 0; n < 300; n++)
        g_string_append (text, pieces[i]);
      show (fixture, text->str);
      g_string_free (text, TRUE);
    }
}

int
main (int    argc,
      char **argv)
{
  kit_init (&argc, &argv);

#define ADD(name, func) g_test_add ("/markdown/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("blocks", test_blocks);
  ADD ("formulas", test_formulas);
  ADD ("links", test_links);
  ADD ("html", test_html);
  ADD ("pictures", test_pictures);
  ADD ("headings", test_headings);
  ADD ("math", test_math);
  ADD ("hostile", test_hostile);

  return g_test_run ();
}
