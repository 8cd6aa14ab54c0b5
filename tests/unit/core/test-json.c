/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

typedef struct
{
  const char *name;
  const char *text;
  gssize      length; /* -1: up to NUL */
} Row;

/* Every row is a document that must be refused: json-glib alone takes many of them. */
static const Row refused[] = {
  { "empty", "", -1 },
  { "space", "  ", -1 },
  { "bom", "\xef\xbb\xbf{}", -1 },
  { "comment", "{/* */}", -1 },
  { "single-quotes", "{'a': 1}", -1 },
  { "bare-key", "{a: 1}", -1 },
  { "trailing-comma", "[1,]", -1 },
  { "trailing-comma-object", "{\"a\":1,}", -1 },
  { "two-documents", "{}{}", -1 },
  { "text-after", "{} x", -1 },
  { "nan", "[NaN]", -1 },
  { "infinity", "[Infinity]", -1 },
  { "huge-exponent", "[1e999]", -1 },
  { "negative-huge-exponent", "[-1e999]", -1 },
  { "twenty-digits", "[12345678901234567890]", -1 },
  { "below-int64", "[-9223372036854775809]", -1 },
  { "leading-zero", "[01]", -1 },
  { "plus", "[+1]", -1 },
  { "lonely-minus", "[-]", -1 },
  { "dot-first", "[.5]", -1 },
  { "dot-last", "[5.]", -1 },
  { "empty-exponent", "[1e]", -1 },
  { "hex", "[0x10]", -1 },
  { "nul-escape", "[\"a\\u0000b\"]", -1 },
  { "nul-byte", "[\"a\0b\"]", 7 },
  { "control", "[\"a\nb\"]", -1 },
  { "high-surrogate", "[\"\\ud800\"]", -1 },
  { "low-surrogate", "[\"\\udc00\"]", -1 },
  { "wrong-pair", "[\"\\ud800\\u0041\"]", -1 },
  { "bad-escape", "[\"\\x41\"]", -1 },
  { "short-escape", "[\"\\u12\"]", -1 },
  { "open-string", "[\"abc", -1 },
  { "open-escape", "[\"abc\\", -1 },
  { "open-array", "[1", -1 },
  { "open-object", "{\"a\"", -1 },
  { "missing-colon", "{\"a\" 1}", -1 },
  { "missing-value", "{\"a\":}", -1 },
  { "missing-comma", "[1 2]", -1 },
  { "wrong-bracket", "[1}", -1 },
  { "word", "[tru]", -1 },
  { "capital-word", "[True]", -1 },
  { "duplicate", "{\"a\":1,\"a\":2}", -1 },
  { "duplicate-escaped", "{\"a\":1,\"\\u0061\":2}", -1 },
  { "duplicate-nested", "{\"x\":{\"a\":1,\"b\":{},\"a\":2}}", -1 },
  { "latin1", "[\"\xe9\"]", -1 },
  { "overlong", "[\"\xc0\xaf\"]", -1 },
  { "utf8-surrogate", "[\"\xed\xa0\x80\"]", -1 },
};

static void
test_refused (gconstpointer data)
{
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (row->text, row->length, NULL, &error);

  g_assert_null (node);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
}

static void
test_many_duplicates (void)
{
  g_autoptr(GString) text = g_string_new ("{");
  g_autoptr(GError) error = NULL;

  /* Past the size where keys are compared pair by pair. */
  for (int i = 0; i < 100; i++)
    g_string_append_printf (text, "\"k%d\":0,", i);
  g_string_append (text, "\"k7\":1}");

  g_assert_null (sage_json_parse (text->str, -1, NULL, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
}

static void
test_accepted (void)
{
  static const char * const texts[] = {
    "{}", "[]", "42", "\"x\"", "null", "true", " [ 1 , 2 ] ", "[-0]", "[0.5e-3]",
    "[9223372036854775807]", "[-9223372036854775808]", "[1e308]", "[\"\\ud83d\\ude00\"]",
    "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "{\"\":0}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = sage_json_parse (texts[i], -1, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (node);
    }
}

/* json-glib's parser is another reading of what both take. */
static void
test_tree (void)
{
  static const char * const texts[] = {
    "{}", "[]", "42", "-7", "0.5", "\"\"", "null", "true", "false", "[9223372036854775807]",
    "[-9223372036854775808]", "[1e308, -2.5E-3, 0.1, 5e-324, 1e0]", "[[[]], {}, [{}], \"\"]",
    "\t{ \"a\" : [ 1 ,\n2 , { \"b\" : null } ] , \"c\" : true }\r\n ",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u00e9\\u20ac\\ud83d\\ude00\", \"a\\\\\", \"\\\\\\\"x\"]",
    "{\"\\u0061\\n\":\"a\\u0001b\", \"\":0, \"\303\244\":\"\303\244\\u00e4\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = sage_json_parse (texts[i], -1, NULL, &error);

      g_assert_no_error (error);
      json_parser_load_from_data (parser, texts[i], -1, &error);
      g_assert_no_error (error);
      g_test_message ("%s", texts[i]);
      g_assert_true (json_node_equal (node, json_parser_get_root (parser)));
    }
}

static void
test_no_nul (void)
{
  g_autofree char *text = g_memdup2 ("12", 2);
  g_autoptr(JsonNode) node = sage_json_parse (text, 1, NULL, NULL);
  g_autoptr(JsonNode) whole = sage_json_parse (text, 2, NULL, NULL);

  g_assert_cmpint (json_node_get_int (node), ==, 1);
  g_assert_cmpint (json_node_get_int (whole), ==, 12);
}

static char *
nest (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  g_string_append (text, "1");
  for (guint i = depth; i > 0; i--)
    g_string_append_c (text, (i - 1) % 2 == 0 ? ']' : '}');

  return g_string_free_and_steal (text);
}

static void
test_depth (void)
{
  static const guint too_deep[] = { 65, 1000, 100000 };
  g_autofree char *fits = nest (64);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (fits, -1, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);

  for (gsize i = 0; i < G_N_ELEMENTS (too_deep); i++)
    {
      g_autofree char *text = nest (too_deep[i]);

      g_assert_false (sage_json_scan (text, strlen (text), NULL, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
      g_clear_error (&error);
    }
}

static void
test_limits (void)
{
  const SageJsonLimits small = { .max_bytes = 10, .max_keys = 2 };
  g_autoptr(GError) error = NULL;

  g_assert_false (sage_json_scan ("[1,2,3,4,5]", 11, &small, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_assert_false (sage_json_scan ("{\"a\":1,\"b\":2,\"c\":3}", 19,
                                  &(SageJsonLimits) { .max_keys = 2 }, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
  g_clear_error (&error);

  g_assert_false (sage_json_scan ("[[1,2],[3,4]]", 13, &(SageJsonLimits) { .max_items = 5 }, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_true (sage_json_scan ("[[1,2],[3,4]]", 13, &(SageJsonLimits) { .max_items = 6 }, &error));
  g_assert_no_error (error);

  g_assert_true (sage_json_scan ("{\"a\":1}", 7, &small, &error));
  g_assert_no_error (error);
}

static void
test_round_trip (void)
{
  static const char text[] = "{\"s\":\"\\\"\\\\\\n\\t\\r\\u0001é\",\"i\":-7,\"d\":0.1,\"big\":1e+300,"
                             "\"t\":true,\"n\":null,\"a\":[1,{\"x\":[]}]}";
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse (text, -1, NULL, &error);
  g_autofree char *out = NULL;

  g_assert_no_error (error);
  out = sage_json_to_string (node);
  g_assert_cmpstr (out, ==, text);
}

static void
test_numbers (void)
{
  static const struct { double value; const char *text; } rows[] = {
    { 0.1, "0.1" }, { 1.0 / 3.0, "0.3333333333333333" }, { 1700000000.123, "1700000000.123" },
    { 5.0, "5" }, { -0.0, "-0" }, { 1e21, "1e+21" }, { 5e-324, "4.94065645841247e-324" },
  };
  g_autoptr(GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_string_truncate (out, 0);
      sage_json_append_number (out, rows[i].value);
      g_assert_cmpstr (out->str, ==, rows[i].text);
      g_assert_true (g_ascii_strtod (out->str, NULL) == rows[i].value);
    }

  g_string_truncate (out, 0);
  sage_json_append_number (out, INFINITY);
  g_assert_cmpstr (out->str, ==, "null");
}

static void
test_quiet_readers (void)
{
  g_autoptr(JsonNode) node =
    sage_json_parse ("{\"s\":\"x\",\"i\":3,\"d\":1.5,\"b\":true,\"o\":{},\"a\":[\"y\",{}],\"n\":null}", -1,
                     NULL, NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (sage_json_string (object, "s", NULL), ==, "x");
  g_assert_cmpstr (sage_json_string (object, "i", "f"), ==, "f");
  g_assert_cmpstr (sage_json_string (object, "n", "f"), ==, "f");
  g_assert_cmpstr (sage_json_string (object, "o", "f"), ==, "f");
  g_assert_cmpstr (sage_json_string (NULL, "s", "f"), ==, "f");
  g_assert_cmpint (sage_json_int (object, "i", 0), ==, 3);
  g_assert_cmpint (sage_json_int (object, "d", 0), ==, 1);
  g_assert_cmpint (sage_json_int (object, "s", 9), ==, 9);
  g_assert_cmpfloat (sage_json_double (object, "i", 0), ==, 3.0);
  g_assert_cmpfloat (sage_json_double (object, "a", 2), ==, 2.0);
  g_assert_true (sage_json_bool (object, "b", FALSE));
  g_assert_true (sage_json_bool (object, "i", TRUE));
  g_assert_nonnull (sage_json_object (object, "o"));
  g_assert_null (sage_json_object (object, "a"));
  g_assert_nonnull (sage_json_array (object, "a"));
  g_assert_null (sage_json_array (object, "o"));
  g_assert_cmpstr (sage_json_array_string (sage_json_array (object, "a"), 0), ==, "y");
  g_assert_null (sage_json_array_string (sage_json_array (object, "a"), 1));
  g_assert_null (sage_json_array_string (sage_json_array (object, "a"), 2));
  g_assert_nonnull (sage_json_array_object (sage_json_array (object, "a"), 1));
}

static void
test_sorted_members (void)
{
  static const char *const names[] = { "B", "a", "b", "\303\244" };
  g_autoptr(JsonNode) node = sage_json_parse ("{\"\303\244\":1,\"b\":2,\"B\":3,\"a\":4}", -1, NULL, NULL);
  g_autoptr(GList) members = sage_json_sorted_members (json_node_get_object (node));
  guint n = 0;

  for (GList *link = members; link != NULL; link = link->next)
    g_assert_cmpstr (link->data, ==, names[n++]);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (names));
}

static void
test_unquote (void)
{
  static const struct { const char *sent; const char *meant; } rows[] = {
    { NULL, NULL }, { "", "" }, { "\"", "\"" }, { "\"\"", "" }, { "bare", "bare" }, { "7", "7" },
    { "\"train.py\"", "train.py" }, { "\"s3://b/c\\u00f6de \\\"x\\\"\"", "s3://b/c\303\266de \"x\"" },
    { "\"a\", \"b\"", "\"a\", \"b\"" }, { "\"\\u0000\"", "\"\\u0000\"" }, { "[\"a\"]", "[\"a\"]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = sage_json_unquote (rows[i].sent);

      g_assert_cmpstr (text, ==, rows[i].meant);
    }
}

/* Numbers of all sizes read back as they were, and no longer than the C library would write them. */
static void
test_random_numbers (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 300000; i++)
    {
      g_autoptr(GString) out = g_string_new (NULL);
      double value = ldexp (g_rand_double (random) - 0.5, g_rand_int_range (random, -20, 49));
      char sixteen[G_ASCII_DTOSTR_BUF_SIZE];

      if (i % 3 == 0)
        value = round (value * 1000) / 1000;
      if (i % 3 == 1)
        value = ldexp (1, g_rand_int_range (random, -20, 49)) * (1 + (i % 5 - 2.0) * DBL_EPSILON / 2);
      sage_json_append_number (out, value);
      g_assert_cmpfloat (g_ascii_strtod (out->str, NULL), ==, value);
      g_ascii_formatd (sixteen, sizeof sixteen, "%.16g", value);
      if (g_ascii_strtod (sixteen, NULL) == value)
        g_assert_cmpuint (out->len, <=, strlen (sixteen));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path = g_strconcat ("/core/json/refused/", refused[i].name, NULL);

      g_test_add_data_func (path, &refused[i], test_refused);
    }
  g_test_add_func ("/core/json/many-duplicates", test_many_duplicates);
  g_test_add_func ("/core/json/accepted", test_accepted);
  g_test_add_func ("/core/json/tree", test_tree);
  g_test_add_func ("/core/json/no-nul", test_no_nul);
  g_test_add_func ("/core/json/depth", test_depth);
  g_test_add_func ("/core/json/limits", test_limits);
  g_test_add_func ("/core/json/round-trip", test_round_trip);
  g_test_add_func ("/core/json/numbers", test_numbers);
  g_test_add_func ("/core/json/random-numbers", test_random_numbers);
  g_test_add_func ("/core/json/quiet-readers", test_quiet_readers);
  g_test_add_func ("/core/json/sorted-members", test_sorted_members);
  g_test_add_func ("/core/json/unquote", test_unquote);

  return g_test_run ();
}
