/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-frame.h"

#define HEAD "<div>\n<style scoped>\n .dataframe tbody tr th { vertical-align: top; }\n</style>\n"

static SageFrame *
parse (const char *html)
{
  return sage_frame_new_from_html (html, strlen (html));
}

/* What pandas writes of a frame of 10,000 rows, of which it shows four. */
static const char simple[] =
  HEAD "<table border=\"1\" class=\"dataframe\">\n  <thead>\n    <tr style=\"text-align: right;\">\n"
  "      <th></th>\n      <th>name</th>\n      <th>value</th>\n    </tr>\n  </thead>\n  <tbody>\n"
  "    <tr>\n      <th>0</th>\n      <td>b &amp; &lt;i&gt;</td>\n      <td>1.50</td>\n    </tr>\n"
  "    <tr>\n      <th>1</th>\n      <td>a, \"quoted\"</td>\n      <td>NaN</td>\n    </tr>\n"
  "    <tr>\n      <th>...</th>\n      <td>...</td>\n      <td>...</td>\n    </tr>\n"
  "    <tr>\n      <th>9998</th>\n      <td>c</td>\n      <td>-2.00</td>\n    </tr>\n"
  "    <tr>\n      <th>9999</th>\n      <td>c</td>\n      <td>10.00</td>\n    </tr>\n"
  "  </tbody>\n</table>\n<p>10000 rows × 2 columns</p>\n</div>";

static void
test_simple (void)
{
  g_autoptr(SageFrame) frame = parse (simple);
  SageFrameStatistics numbers;
  SageFrameStatistics texts;
  g_autofree char *csv = NULL;

  g_assert_nonnull (frame);
  g_assert_cmpuint (sage_frame_get_n_rows (frame), ==, 4);
  g_assert_cmpuint (sage_frame_get_n_columns (frame), ==, 3);
  g_assert_cmpuint (sage_frame_get_n_index (frame), ==, 1);
  g_assert_cmpint (sage_frame_get_total_rows (frame), ==, 10000);
  g_assert_cmpstr (sage_frame_get_name (frame, 2), ==, "value");
  g_assert_cmpstr (sage_frame_get_cell (frame, 0, 1), ==, "b & <i>");
  g_assert_cmpint (sage_frame_get_kind (frame, 2), ==, SAGE_FRAME_NUMBER);
  g_assert_cmpint (sage_frame_get_kind (frame, 1), ==, SAGE_FRAME_TEXT);

  sage_frame_get_statistics (frame, 2, &numbers);
  g_assert_cmpuint (numbers.count, ==, 3);
  g_assert_cmpuint (numbers.missing, ==, 1);
  g_assert_cmpuint (numbers.distinct, ==, 3);
  g_assert_cmpfloat (numbers.min, ==, -2);
  g_assert_cmpfloat (numbers.max, ==, 10);
  g_assert_cmpfloat_with_epsilon (numbers.mean, 9.5 / 3, 1e-12);
  sage_frame_get_statistics (frame, 1, &texts);
  g_assert_cmpuint (texts.distinct, ==, 3);
  g_assert_cmpstr (texts.last, ==, "c");

  /* missing values come last, whatever they are */
  g_assert_cmpint (sage_frame_compare (frame, 2, 0, 3), <, 0);
  g_assert_cmpint (sage_frame_compare (frame, 2, 1, 2), >, 0);
  g_assert_true (sage_frame_matches (frame, 1, "quoted"));
  g_assert_false (sage_frame_matches (frame, 0, "quoted"));

  csv = sage_frame_to_csv (frame, NULL);
  g_assert_cmpstr (csv, ==, ",name,value\n0,b & <i>,1.50\n1,\"a, \"\"quoted\"\"\",\n9998,c,-2.00\n"
                            "9999,c,10.00\n");
}

/* Columns of two levels, an index of two, whose names have a row of their own. */
static void
test_levels (void)
{
  g_autoptr(SageFrame) frame = parse (
    "<table class=\"dataframe extra\"><thead>"
    "<tr><th></th><th></th><th colspan=\"2\" halign=\"left\">value</th></tr>"
    "<tr><th></th><th></th><th>mean</th><th>max</th></tr>"
    "<tr><th>ok</th><th>name</th><th></th><th></th></tr></thead><tbody>"
    "<tr><th rowspan=\"2\" valign=\"top\">False</th><th>beta</th><td>1</td><td>2</td></tr>"
    "<tr><th>eps</th><td>3</td><td>4</td></tr>"
    "<tr><th>True</th><th>alpha</th><td>5</td><td>6</td></tr></tbody></table>");

  g_assert_nonnull (frame);
  g_assert_cmpuint (sage_frame_get_n_index (frame), ==, 2);
  g_assert_cmpstr (sage_frame_get_name (frame, 0), ==, "ok");
  g_assert_cmpstr (sage_frame_get_name (frame, 1), ==, "name");
  g_assert_cmpstr (sage_frame_get_name (frame, 2), ==, "value / mean");
  g_assert_cmpstr (sage_frame_get_name (frame, 3), ==, "value / max");
  g_assert_cmpstr (sage_frame_get_cell (frame, 1, 0), ==, "False");
  g_assert_cmpstr (sage_frame_get_cell (frame, 1, 1), ==, "eps");
  g_assert_cmpstr (sage_frame_get_cell (frame, 2, 3), ==, "6");
  g_assert_cmpint (sage_frame_get_kind (frame, 0), ==, SAGE_FRAME_BOOLEAN);
}

/* Polars writes the size above, the types under the names, and no index. */
static void
test_polars (void)
{
  g_autoptr(SageFrame) frame = parse (
    "<div><style>\n.dataframe > thead { text-align: right; }\n</style>\n<small>shape: (10_000, 2)</small>"
    "<table border=\"1\" class=\"dataframe\"><thead><tr><th>a</th><th>b</th></tr><tr><td>i64</td>"
    "<td>str</td></tr></thead><tbody><tr><td>1</td><td>&quot;x&quot;</td></tr><tr><td>&hellip;</td>"
    "<td>&hellip;</td></tr><tr><td>2</td><td>&quot;y&quot;</td></tr></tbody></table></div>");

  g_assert_nonnull (frame);
  g_assert_cmpuint (sage_frame_get_n_rows (frame), ==, 2);
  g_assert_cmpuint (sage_frame_get_n_index (frame), ==, 0);
  g_assert_cmpint (sage_frame_get_total_rows (frame), ==, 10000);
  g_assert_cmpstr (sage_frame_get_name (frame, 0), ==, "a / i64");
  g_assert_cmpint (sage_frame_get_kind (frame, 0), ==, SAGE_FRAME_NUMBER);
}

/* Whatever is more than a table of texts is no frame: it is for a browser. */
static void
test_others (void)
{
  static const char * const others[] = {
    "",
    "<",
    "<table>",
    "<p>text</p>",
    "<table class=\"dataframe\">",
    "<table class=\"dataframe\"></table>",
    "<table class=\"dataframe\"><tr><td>1</td></tr>",
    "<table class=\"dataframes\"><tr><td>1</td></tr></table>",
    "<table class=\"dataframe\"><tr><td><img src=x onerror=alert(1)></td></tr></table>",
    "<table class=\"dataframe\"><tr><td><a href=\"x\">1</a></td></tr></table>",
    "<table class=\"dataframe\"><tr><td>1</td></tr></table><table class=\"dataframe\"><tr><td>1</td></tr></table>",
    "<table class=\"dataframe\"><tr><td>1</td></tr></table><script>alert(1)</script>",
    "<table class=\"dataframe\"><tr><td>1</td></tr></table>more",
    "<table class=\"dataframe\"><tr><td colspan=1000 rowspan=1000>1</td><td colspan=1000>2</td></tr></table>",
    "<table class=\"dataframe\"><caption>c</caption><tr><td>1</td></tr></table>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(SageFrame) frame = parse (others[i]);

      if (frame != NULL)
        g_test_message ("%s", others[i]);
      g_assert_null (frame);
    }
}

/* Rows of other lengths than the first have holes or are cut. */
static void
test_ragged (void)
{
  g_autoptr(SageFrame) frame = parse (
    "<table class=dataframe><tr><th>a</th><td>1</td><td>2</td></tr><tr><th>b</th></tr>"
    "<tr><th>c</th><td>1</td><td>2</td><td>3</td><td colspan=99>4</td></tr></table>");

  g_assert_nonnull (frame);
  g_assert_cmpuint (sage_frame_get_n_columns (frame), ==, 3);
  g_assert_cmpuint (sage_frame_get_n_rows (frame), ==, 3);
  g_assert_null (sage_frame_get_cell (frame, 1, 2));
  g_assert_true (sage_frame_is_missing (frame, 1, 1));
}

static void
test_large (void)
{
  GString *html = g_string_new ("<table class=\"dataframe\"><tbody>");
  g_autoptr(SageFrame) fits = NULL;
  g_autoptr(SageFrame) too_many = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (html, "<tr><th>%u</th><td>%u</td></tr>", i, i);
  {
    g_autofree char *whole = g_strconcat (html->str, "</tbody></table>", NULL);

    fits = parse (whole);
    g_assert_cmpuint (sage_frame_get_n_rows (fits), ==, 20000);
  }
  for (guint i = 0; i < 490000; i++)
    g_string_append (html, "<tr><th></th><td></td></tr>");
  g_string_append (html, "</tbody></table>");
  too_many = parse (html->str);
  g_assert_null (too_many);
  g_string_free (html, TRUE);
}

static SageFrame *
from_json (const char *text)
{
  g_autoptr(JsonNode) node = json_from_string (text, NULL);

  return sage_frame_new_from_schema (node);
}

static void
test_schema (void)
{
  g_autoptr(SageFrame) frame = from_json (
    "{\"schema\":{\"fields\":[{\"name\":\"v\",\"type\":\"number\"},{\"name\":\"index\",\"type\":\"integer\"},"
    "{\"name\":\"ok\",\"type\":\"boolean\"}],\"primaryKey\":[\"index\"],\"pandas_version\":\"1.4.0\"},"
    "\"data\":[{\"index\":0,\"v\":1.5,\"ok\":true},{\"index\":1,\"v\":null},{\"index\":2,\"v\":3,\"ok\":false},"
    "\"junk\"]}");
  static const char * const others[] = {
    "[]", "{}", "null", "{\"schema\":{},\"data\":[]}", "{\"schema\":{\"fields\":[]},\"data\":[]}",
    "{\"schema\":{\"fields\":{}},\"data\":[]}", "{\"schema\":{\"fields\":[1,null,{}]},\"data\":[{}]}",
    "{\"schema\":[],\"data\":{}}",
  };

  g_assert_nonnull (frame);
  g_assert_cmpuint (sage_frame_get_n_rows (frame), ==, 3);
  g_assert_cmpuint (sage_frame_get_n_index (frame), ==, 1);
  g_assert_cmpstr (sage_frame_get_name (frame, 0), ==, "index");
  g_assert_cmpstr (sage_frame_get_cell (frame, 0, 1), ==, "1.5");
  g_assert_true (sage_frame_is_missing (frame, 1, 1));
  g_assert_cmpint (sage_frame_get_kind (frame, 1), ==, SAGE_FRAME_NUMBER);
  g_assert_cmpint (sage_frame_get_kind (frame, 2), ==, SAGE_FRAME_BOOLEAN);

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr(SageFrame) other = from_json (others[i]);

      g_assert_null (other);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/frame/simple", test_simple);
  g_test_add_func ("/frame/levels", test_levels);
  g_test_add_func ("/frame/polars", test_polars);
  g_test_add_func ("/frame/others", test_others);
  g_test_add_func ("/frame/ragged", test_ragged);
  g_test_add_func ("/frame/large", test_large);
  g_test_add_func ("/frame/schema", test_schema);

  return g_test_run ();
}
