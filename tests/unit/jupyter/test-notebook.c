/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

#include "notebooks.h"

/* Two cells as nbformat writes them, with members that nobody knows. */
#define PLAIN                                                    \
  "{\n"                                                          \
  " \"cells\": [\n"                                              \
  "  {\n"                                                        \
  "   \"cell_type\": \"markdown\",\n"                            \
  "   \"id\": \"one\",\n"                                        \
  "   \"metadata\": {},\n"                                       \
  "   \"odd\": [1.0, 1e5],\n"                                    \
  "   \"source\": [\n"                                           \
  "    \"# Größe\\n\",\n"                                        \
  "    \"text\"\n"                                               \
  "   ]\n"                                                       \
  "  },\n"                                                       \
  "  {\n"                                                        \
  "   \"cell_type\": \"code\",\n"                                \
  "   \"execution_count\": 3,\n"                                 \
  "   \"id\": \"two\",\n"                                        \
  "   \"metadata\": {\n"                                         \
  "    \"tags\": [\n"                                            \
  "     \"parameters\"\n"                                        \
  "    ],\n"                                                     \
  "    \"x\": 1E2\n"                                             \
  "   },\n"                                                      \
  "   \"outputs\": [\n"                                          \
  "    {\n"                                                      \
  "     \"name\": \"stdout\",\n"                                 \
  "     \"output_type\": \"stream\",\n"                          \
  "     \"text\": [\n"                                           \
  "      \"a\\n\",\n"                                            \
  "      \"b\\n\"\n"                                             \
  "     ]\n"                                                     \
  "    }\n"                                                      \
  "   ],\n"                                                      \
  "   \"source\": [\n"                                           \
  "    \"print('a')\"\n"                                         \
  "   ]\n"                                                       \
  "  }\n"                                                        \
  " ],\n"                                                        \
  " \"metadata\": {\n"                                           \
  "  \"kernelspec\": {\n"                                        \
  "   \"display_name\": \"Python 3\",\n"                         \
  "   \"language\": \"python\",\n"                               \
  "   \"name\": \"python3\"\n"                                   \
  "  },\n"                                                       \
  "  \"language_info\": {\n"                                     \
  "   \"name\": \"python\"\n"                                    \
  "  }\n"                                                        \
  " },\n"                                                        \
  " \"nbformat\": 4,\n"                                          \
  " \"nbformat_minor\": 5\n"                                     \
  "}\n"

static char *
replace (const char *text,
         const char *old,
         const char *new_text)
{
  g_auto(GStrv) parts = g_strsplit (text, old, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);

  return g_strjoinv (new_text, parts);
}

static void
test_read (void)
{
  g_autoptr(SageNotebook) notebook = parse (PLAIN);
  SageCell *first = sage_notebook_get_cell (notebook, 0);
  SageCell *second = sage_notebook_get_cell (notebook, 1);
  g_autoptr(SageOutput) output = NULL;
  guint position;
  gsize length;

  g_assert_cmpuint (count (notebook), ==, 2);
  g_assert_null (sage_notebook_get_cell (notebook, 2));
  g_assert_cmpstr (sage_cell_get_id (first), ==, "one");
  g_assert_cmpint (sage_cell_get_kind (first), ==, SAGE_CELL_MARKDOWN);
  g_assert_cmpstr (sage_cell_get_source (first), ==, "# Größe\ntext");
  g_assert_cmpint (sage_cell_get_execution_count (first), ==, -1);
  g_assert_cmpuint (count (sage_cell_get_outputs (first)), ==, 0);
  g_assert_cmpint (sage_cell_get_kind (second), ==, SAGE_CELL_CODE);
  g_assert_cmpint (sage_cell_get_execution_count (second), ==, 3);
  g_assert_true (sage_cell_has_tag (second, "parameters"));
  g_assert_false (sage_cell_has_tag (first, "parameters"));
  g_assert_true (sage_notebook_find_cell (notebook, "two", &position) == second);
  g_assert_cmpuint (position, ==, 1);
  g_assert_null (sage_notebook_find_cell (notebook, "three", NULL));

  g_assert_cmpuint (count (sage_cell_get_outputs (second)), ==, 1);
  output = g_list_model_get_item (sage_cell_get_outputs (second), 0);
  g_assert_cmpstr (sage_output_get_name (output), ==, "stdout");
  g_assert_cmpstr (sage_output_get_text (output, &length), ==, "a\nb\n");
  g_assert_cmpuint (length, ==, 4);

  g_assert_cmpstr (sage_notebook_get_kernel_name (notebook), ==, "python3");
  g_assert_cmpstr (sage_notebook_get_language (notebook), ==, "python");
  g_assert_false (sage_notebook_is_modified (notebook));
  g_assert_false (sage_notebook_is_read_only (notebook));
  assert_text (notebook, PLAIN);
}

/* After an edit only the edited member differs. */
static void
test_touched_only (void)
{
  g_autoptr(SageNotebook) notebook = parse (PLAIN);
  SageCell *cell = sage_notebook_get_cell (notebook, 1);
  g_autofree char *expected = replace (PLAIN, "    \"print('a')\"\n",
                                       "    \"print('ä')\\n\",\n    \"\\\"\\u0001\\\"\\t\\\\\"\n");

  sage_notebook_set_source (notebook, cell, "print('ä')\n\"\x01\"\t\\");
  assert_text (notebook, expected);
  g_assert_true (sage_notebook_is_modified (notebook));

  sage_notebook_set_source (notebook, cell, "print('a')");
  assert_text (notebook, PLAIN);
}

static void
test_tags (void)
{
  g_autoptr(SageNotebook) notebook = parse (PLAIN);
  SageCell *cell = sage_notebook_get_cell (notebook, 1);
  g_autofree char *removed = replace (PLAIN, "    \"tags\": [\n     \"parameters\"\n    ],\n", "");
  g_autofree char *added = replace (PLAIN, "     \"parameters\"\n",
                                    "     \"parameters\",\n     \"slow\"\n");

  sage_notebook_set_metadata_tag (notebook, cell, "slow", TRUE);
  assert_text (notebook, added);
  sage_notebook_undo (notebook);
  assert_text (notebook, PLAIN);
  sage_notebook_set_metadata_tag (notebook, cell, "parameters", FALSE);
  assert_text (notebook, removed);
  sage_notebook_set_metadata_tag (notebook, cell, "absent", FALSE);
  g_assert_cmpstr (sage_notebook_get_kernel_name (notebook), ==, "python3");
}

/* Files in other styles; each cell set to "x = 'é'" is written in it. */
static void
test_styles (void)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    /* Python's json.dump() without indent, escaped, source a string, no newline at the end */
    { "{\"cells\": [{\"cell_type\": \"code\", \"execution_count\": null, \"id\": \"a\", "
      "\"metadata\": {}, \"outputs\": [], \"source\": \"\\u00fc\"}], \"metadata\": {}, "
      "\"nbformat\": 4, \"nbformat_minor\": 5}",
      "{\"cells\": [{\"cell_type\": \"code\", \"execution_count\": null, \"id\": \"a\", "
      "\"metadata\": {}, \"outputs\": [], \"source\": \"x = '\\u00e9'\"}], \"metadata\": {}, "
      "\"nbformat\": 4, \"nbformat_minor\": 5}" },
    /* JavaScript's JSON.stringify() without space */
    { "{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":[{\"cell_type\":\"raw\","
      "\"id\":\"a\",\"metadata\":{},\"source\":[\"\"]}]}\n",
      "{\"nbformat\":4,\"nbformat_minor\":5,\"metadata\":{},\"cells\":[{\"cell_type\":\"raw\","
      "\"id\":\"a\",\"metadata\":{},\"source\":[\"x = 'é'\"]}]}\n" },
    /* a tab a level, and the line ends of Windows, and a byte order mark */
    { "\xef\xbb\xbf{\r\n\t\"cells\": [\r\n\t\t{\r\n\t\t\t\"cell_type\": \"raw\",\r\n\t\t\t\"id\": \"a\",\r\n"
      "\t\t\t\"metadata\": {},\r\n\t\t\t\"source\": []\r\n\t\t}\r\n\t],\r\n\t\"metadata\": {},\r\n"
      "\t\"nbformat\": 4,\r\n\t\"nbformat_minor\": 5\r\n}\r\n",
      "\xef\xbb\xbf{\r\n\t\"cells\": [\r\n\t\t{\r\n\t\t\t\"cell_type\": \"raw\",\r\n\t\t\t\"id\": \"a\",\r\n"
      "\t\t\t\"metadata\": {},\r\n\t\t\t\"source\": [\r\n\t\t\t\t\"x = 'é'\"\r\n\t\t\t]\r\n\t\t}\r\n\t],\r\n"
      "\t\"metadata\": {},\r\n\t\"nbformat\": 4,\r\n\t\"nbformat_minor\": 5\r\n}\r\n" },
    /* four spaces, a space before the colon */
    { "{\n    \"metadata\" : {},\n    \"cells\" : [ {\"source\" : \"\", \"cell_type\" : \"raw\","
      "\"metadata\" : {}, \"id\" : \"a\"} ],\n    \"nbformat\" : 4,\n    \"nbformat_minor\" : 5\n}\n\n",
      "{\n    \"metadata\" : {},\n    \"cells\" : [ {\"source\" : \"x = 'é'\", \"cell_type\" : \"raw\","
      "\"metadata\" : {}, \"id\" : \"a\"} ],\n    \"nbformat\" : 4,\n    \"nbformat_minor\" : 5\n}\n\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageNotebook) notebook = parse (cases[i].before);

      g_assert_null (sage_notebook_get_fault (notebook));
      sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "x = 'é'");
      assert_text (notebook, cases[i].after);
      sage_notebook_undo (notebook);
      assert_text (notebook, cases[i].before);
    }
}

/* Characters that no C string has, and numbers that JSON has not, stay what they are. */
static void
test_odd_values (void)
{
  g_autofree char *odd = replace (PLAIN, "\"x\": 1E2", "\"x\": [NaN, -Infinity, 123456789012345678901, "
                                         "\"\\u0000\", \"\\ud800\"]");
  g_autofree char *text = replace (odd, "\"b\\n\"", "\"\\u0000\\udc00\\n\"");
  g_autoptr(SageNotebook) notebook = parse (text);
  g_autofree char *expected = replace (text, "print('a')", "1");
  g_autoptr(SageOutput) output = NULL;

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 1), "1");
  output = g_list_model_get_item (sage_cell_get_outputs (sage_notebook_get_cell (notebook, 1)), 0);
  g_assert_cmpstr (sage_output_get_text (output, NULL), ==, "a\n\xef\xbf\xbd\xef\xbf\xbd\n");
  assert_text (notebook, expected);
}

static void
test_upgrade (void)
{
  g_autofree char *a = replace (PLAIN, "   \"id\": \"one\",\n", "");
  g_autofree char *b = replace (a, "   \"id\": \"two\",\n", "");
  g_autofree char *old = replace (b, "\"nbformat_minor\": 5", "\"nbformat_minor\": 2");
  g_autoptr(SageNotebook) notebook = parse (old);
  g_autoptr(SageNotebook) again = parse (old);
  g_autoptr(JsonObject) message = json_object_new ();
  g_autofree char *text = NULL;
  g_autoptr(SageNotebook) upgraded = NULL;

  /* ids are in memory only, and the same the next time */
  g_assert_cmpstr (sage_cell_get_id (sage_notebook_get_cell (notebook, 0)), ==,
                   sage_cell_get_id (sage_notebook_get_cell (again, 0)));
  g_assert_null (sage_notebook_get_note (notebook));
  assert_text (notebook, old);

  /* outputs alone do not need them */
  json_object_set_int_member (message, "execution_count", 4);
  sage_cell_take_message (sage_notebook_get_cell (notebook, 1), "execute_input", message);
  g_assert_true (sage_notebook_is_modified (notebook));
  text = serialise (notebook);
  g_assert_null (strstr (text, "\"id\""));
  g_assert_nonnull (strstr (text, "\"nbformat_minor\": 2"));
  g_assert_nonnull (strstr (text, "\"execution_count\": 4"));
  g_clear_pointer (&text, g_free);

  sage_notebook_set_source (again, sage_notebook_get_cell (again, 0), "new");
  text = serialise (again);
  g_assert_nonnull (strstr (text, "\"nbformat_minor\": 5"));
  upgraded = parse (text);
  g_assert_cmpstr (sage_cell_get_id (sage_notebook_get_cell (upgraded, 1)), ==,
                   sage_cell_get_id (sage_notebook_get_cell (again, 1)));
  sage_notebook_undo (again);
  assert_text (again, old);
}

static void
test_bad_ids (void)
{
  g_autofree char *doubled = replace (PLAIN, "\"two\"", "\"one\"");
  g_autoptr(SageNotebook) notebook = parse (doubled);
  const char *id = sage_cell_get_id (sage_notebook_get_cell (notebook, 1));
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", id);

  g_assert_cmpstr (id, !=, "one");
  g_assert_nonnull (sage_notebook_get_note (notebook));
  g_assert_false (sage_notebook_is_read_only (notebook));
  assert_text (notebook, doubled);

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "new");
  text = serialise (notebook);
  g_assert_nonnull (strstr (text, quoted));
}

static void
test_new (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  g_autofree char *text = NULL;
  g_autoptr(SageNotebook) read = NULL;

  g_assert_cmpuint (count (notebook), ==, 1);
  g_assert_false (sage_notebook_is_modified (notebook));
  sage_notebook_set_kernelspec (notebook, "ir", "R", "R");
  g_assert_true (sage_notebook_is_modified (notebook));
  text = serialise (notebook);
  read = parse (text);
  g_assert_null (sage_notebook_get_fault (read));
  g_assert_cmpstr (sage_notebook_get_kernel_name (read), ==, "ir");
  g_assert_cmpstr (sage_notebook_get_language (read), ==, "R");
  g_assert_cmpint (sage_cell_get_kind (sage_notebook_get_cell (read, 0)), ==, SAGE_CELL_CODE);
}

static void
test_kernelspec (void)
{
  g_autoptr(SageNotebook) notebook = parse (PLAIN);
  g_autofree char *text = NULL;

  sage_notebook_set_kernelspec (notebook, "python3", "Python 3", "python");
  g_assert_false (sage_notebook_is_modified (notebook));
  sage_notebook_set_kernelspec (notebook, "ir", "R", "R");
  text = serialise (notebook);
  g_assert_null (strstr (text, "language_info"));
  g_assert_nonnull (strstr (text, "  \"kernelspec\": {\n   \"display_name\": \"R\",\n"));
}

#define CELL(members) "{\"cells\":[{" members "}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"
#define GOOD "\"cell_type\":\"code\",\"id\":\"a\",\"metadata\":{},\"outputs\":[],\"execution_count\":null"

/* Broken but readable: what is wrong, and where. */
static void
test_faults (void)
{
  static const struct
  {
    const char *text;
    const char *fault;
  } cases[] = {
    { CELL (GOOD), "line 1, column 11: a cell has no 'source'" },
    { CELL (GOOD ",\"source\":7"), "line 1, column 99: a cell's 'source' is no text" },
    { CELL (GOOD ",\"source\":[\"a\",1]"), "line 1, column 99: a cell's 'source' is no text" },
    { CELL (GOOD ",\"source\":\"\",\"source\":\"\""), "line 1, column 102: a cell has the same key twice" },
    { CELL ("\"cell_type\":\"heading\",\"id\":\"a\",\"metadata\":{},\"source\":\"\""),
      "line 1, column 24: a cell's 'cell_type' is none of code, markdown and raw" },
    { CELL ("\"cell_type\":\"raw\",\"id\":\"a\",\"source\":\"\""),
      "line 1, column 11: a cell has no 'metadata'" },
    { CELL ("\"cell_type\":\"raw\",\"id\":\"a\",\"metadata\":[],\"source\":\"\",\"attachments\":1"),
      "line 1, column 50: a cell's 'metadata' is no object; 1 more faults" },
    { CELL ("\"cell_type\":\"code\",\"id\":\"a\",\"metadata\":{},\"execution_count\":\"1\","
            "\"outputs\":[{\"output_type\":\"pyout\"}],\"source\":\"\""),
      "line 1, column 87: an output has no known 'output_type'; 1 more faults" },
    { "{\n \"cells\": [1],\n\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}",
      "line 2, column 12: a cell is no object" },
    { "{\"cells\":[],\"metadata\":{},\"nbformat\":\"4\",\"nbformat_minor\":5}",
      "line 1, column 38: 'nbformat' is no integer" },
    { "{\"cells\":[],\"metadata\":{},\"nbformat\":4}",
      "line 1, column 1: 'nbformat_minor' is no integer" },
    { "{\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}",
      "line 1, column 1: the notebook's 'cells' are no array" },
    { "{\"cells\":{},\"nbformat\":4,\"nbformat_minor\":4}",
      "line 1, column 1: the notebook's 'metadata' is no object; 1 more faults" },
    { "{\"cells\":[],\"cells\":[],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}",
      "line 1, column 13: the notebook has the same key twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageNotebook) notebook = parse (cases[i].text);
      g_autofree char *text = NULL;
      g_autoptr(SageNotebook) repaired = NULL;

      g_assert_cmpstr (sage_notebook_get_fault (notebook), ==, cases[i].fault);
      g_assert_true (sage_notebook_is_read_only (notebook));
      g_assert_null (sage_notebook_insert (notebook, 0, SAGE_CELL_CODE, "x"));
      assert_text (notebook, cases[i].text);

      sage_notebook_repair (notebook);
      g_assert_false (sage_notebook_is_read_only (notebook));
      text = serialise (notebook);
      repaired = parse (text);
      g_assert_cmpstr (sage_notebook_get_fault (repaired), ==, NULL);
    }
}

/* Not readable at all. */
static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    SageError   code;
    const char *message;
  } cases[] = {
    { "", SAGE_ERROR_SYNTAX, "line 1, column 1" },
    { "[]", SAGE_ERROR_SYNTAX, "an object was expected" },
    { "{\n \"cells\": [\n  {],", SAGE_ERROR_SYNTAX, "line 3, column 4" },
    { "{\"cells\":[]", SAGE_ERROR_SYNTAX, "line 1, column 12" },
    { "{\"cells\":[],}", SAGE_ERROR_SYNTAX, "a key was expected" },
    { "{\"cells\":[01]}", SAGE_ERROR_SYNTAX, "leading zero" },
    { "{\"cells\":[\"\t\"]}", SAGE_ERROR_SYNTAX, "control character" },
    { "{\"a\":\"\\x\"}", SAGE_ERROR_SYNTAX, "unknown escape" },
    { "{\"a\":\"\xff\"}", SAGE_ERROR_SYNTAX, "not UTF-8 at line 1, column 7" },
    { "{} {}", SAGE_ERROR_SYNTAX, "text after the end" },
    { "{}", SAGE_ERROR_INVALID, "Not a notebook" },
    { "{\"nbformat\":3,\"worksheets\":[]}", SAGE_ERROR_UNSUPPORTED, "older than 4" },
    { "{\"nbformat\":5,\"cells\":[]}", SAGE_ERROR_TOO_NEW, "newer than 4" },
    { "{\"nbformat\":-1,\"cells\":[]}", SAGE_ERROR_INVALID, "negative" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (cases[i].text, strlen (cases[i].text));
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_notebook_parse (bytes, &error));
      g_assert_error (error, SAGE_ERROR, (int) cases[i].code);
      if (strstr (error->message, cases[i].message) == NULL)
        g_error ("'%s' does not say '%s'", error->message, cases[i].message);
    }
}

/* A notebook with a cell whose source is @before + @what + @after characters. */
static GBytes *
with_source (guint       before,
             const char *what,
             guint       after)
{
  g_autofree char *head = g_strnfill (before, 'a');
  g_autofree char *tail = g_strnfill (after, 'z');
  char *text = g_strdup_printf ("{\"cells\":[{\"source\":\"%s%s%s\",\"cell_type\":\"raw\",\"metadata\":{}}],"
                                "\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":4}", head, what, tail);

  return g_bytes_new_take (text, strlen (text));
}

/* Strings are read several characters at a time: each kind is found wherever it stands. */
static void
test_strings (void)
{
  static const struct
  {
    const char *what;
    const char *message; /* (nullable) */
    guint       skipped; /* of @what, before the fault */
    const char *text;
  } cases[] = {
    { "", NULL, 0, "" },
    { "\\\"", NULL, 0, "\"" },
    { "\\\\", NULL, 0, "\\" },
    { "\xc3\xa9", NULL, 0, "\xc3\xa9" },
    { "\xc3\xa9\\n\xe2\x82\xac", NULL, 0, "\xc3\xa9\n\xe2\x82\xac" },
    { "\x7f ", NULL, 0, "\x7f " },
    { "\x1f", "control character in a string", 0, NULL },
    { "\xff", "not UTF-8", 0, NULL },
    { "\\n\xc3", "not UTF-8", 2, NULL },
    { "\xed\xa0\x80", "not UTF-8", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint before = 0; before < 20; before++)
      for (guint after = 0; after < 20; after++)
        {
          g_autoptr(GBytes) bytes = with_source (before, cases[i].what, after);
          g_autoptr(GError) error = NULL;
          g_autoptr(SageNotebook) notebook = sage_notebook_parse (bytes, &error);
          g_autofree char *head = g_strnfill (before, 'a');
          g_autofree char *tail = g_strnfill (after, 'z');
          g_autofree char *expected = NULL;

          if (cases[i].message == NULL)
            {
              g_assert_no_error (error);
              expected = g_strconcat (head, cases[i].text, tail, NULL);
              g_assert_cmpstr (sage_cell_get_source (sage_notebook_get_cell (notebook, 0)), ==,
                               expected);
            }
          else
            {
              expected = g_strdup_printf ("Malformed JSON: %s at line 1, column %u", cases[i].message,
                                          (guint) strlen ("{\"cells\":[{\"source\":\"") + 1 + before
                                          + cases[i].skipped);
              g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
              g_assert_cmpstr (error->message, ==, expected);
            }
        }
}

static char *
nested (guint depth)
{
  GString *text = g_string_new ("{\"cells\":[],\"metadata\":{\"x\":");

  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  g_string_append (text, "},\"nbformat\":4,\"nbformat_minor\":5}");

  return g_string_free_and_steal (text);
}

static char *
repeated (const char *head,
          const char *item,
          guint       n,
          const char *tail)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append (text, item);
    }
  g_string_append (text, tail);

  return g_string_free_and_steal (text);
}

static void
test_limits (void)
{
  g_autofree char *shallow = nested (190);
  g_autofree char *deep = nested (1000);
  g_autofree char *cells = repeated ("{\"cells\":[", "{}", 50001, "]}");
  g_autofree char *outputs = repeated ("{\"cells\":[{\"outputs\":[", "{}", 100001, "]}]}");
  const char *refused[] = { deep, cells, outputs };
  g_autoptr(SageNotebook) notebook = parse (shallow);

  g_assert_nonnull (sage_notebook_get_metadata (notebook));
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (refused[i], strlen (refused[i]));
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_notebook_parse (bytes, &error));
      g_assert_true (g_error_matches (error, SAGE_ERROR,
                                      i == 0 ? SAGE_ERROR_SYNTAX : SAGE_ERROR_TOO_LARGE));
    }
}

static void
test_bundle (void)
{
  g_autofree char *text =
    replace (PLAIN, "    {\n     \"name\": \"stdout\",\n",
             "    {\"output_type\": \"display_data\", \"data\": {\"text/plain\": [\"a\\n\", \"b\"], "
             "\"image/png\": \"AAAA\\n\", \"application/json\": {\"k\": [1]}}, "
             "\"metadata\": {\"image/png\": {\"width\": 3}}},\n"
             "    {\"output_type\": \"error\", \"ename\": \"E\", \"evalue\": \"v\", "
             "\"traceback\": [\"1\", \"2\"]},\n"
             "    {\n     \"name\": \"stdout\",\n");
  g_autoptr(SageNotebook) notebook = parse (text);
  GListModel *outputs = sage_cell_get_outputs (sage_notebook_get_cell (notebook, 1));
  g_autoptr(SageOutput) bundle = g_list_model_get_item (outputs, 0);
  g_autoptr(SageOutput) error = g_list_model_get_item (outputs, 1);
  g_autoptr(SageOutput) copy = NULL;
  SageOutput *both[2];

  copy = sage_output_new_from_json (sage_output_get_json (bundle), NULL);
  g_assert_nonnull (copy);
  sage_output_release (bundle);

  both[0] = bundle; /* read from the file's text */
  both[1] = copy;   /* and from json-glib's objects */
  for (guint i = 0; i < 2; i++)
    {
      g_auto(GStrv) types = sage_output_list_types (both[i]);
      JsonNode *node = sage_output_get_json_datum (both[i], "application/json");

      g_assert_cmpint (sage_output_get_kind (both[i]), ==, SAGE_OUTPUT_DISPLAY_DATA);
      g_assert_cmpuint (g_strv_length (types), ==, 3);
      g_assert_cmpstr (types[0], ==, "text/plain");
      g_assert_cmpstr (sage_output_get_datum (both[i], "text/plain"), ==, "a\nb");
      g_assert_cmpstr (sage_output_get_datum (both[i], "image/png"), ==, "AAAA\n");
      g_assert_null (sage_output_get_datum (both[i], "application/json"));
      g_assert_null (sage_output_get_datum (both[i], "text/html"));
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
      g_assert_null (sage_output_get_json_datum (both[i], "text/plain"));
      g_assert_true (json_object_has_member (sage_output_get_metadata (both[i]), "image/png"));
    }

  g_assert_cmpstr (sage_output_get_error_name (error), ==, "E");
  g_assert_cmpstr (sage_output_get_error_value (error), ==, "v");
  g_assert_cmpstr (sage_output_get_traceback (error), ==, "1\n2");
  assert_text (notebook, text);
}

static void
test_finalize (void)
{
  SageNotebook *notebook = parse (PLAIN);
  SageCell *cell = g_object_ref (sage_notebook_get_cell (notebook, 0));

  sage_notebook_set_source (notebook, cell, "x");
  g_assert_finalize_object (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "x");
  g_assert_finalize_object (cell);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook/read", test_read);
  g_test_add_func ("/jupyter/notebook/touched-only", test_touched_only);
  g_test_add_func ("/jupyter/notebook/tags", test_tags);
  g_test_add_func ("/jupyter/notebook/styles", test_styles);
  g_test_add_func ("/jupyter/notebook/odd-values", test_odd_values);
  g_test_add_func ("/jupyter/notebook/upgrade", test_upgrade);
  g_test_add_func ("/jupyter/notebook/bad-ids", test_bad_ids);
  g_test_add_func ("/jupyter/notebook/new", test_new);
  g_test_add_func ("/jupyter/notebook/kernelspec", test_kernelspec);
  g_test_add_func ("/jupyter/notebook/faults", test_faults);
  g_test_add_func ("/jupyter/notebook/refused", test_refused);
  g_test_add_func ("/jupyter/notebook/strings", test_strings);
  g_test_add_func ("/jupyter/notebook/limits", test_limits);
  g_test_add_func ("/jupyter/notebook/bundle", test_bundle);
  g_test_add_func ("/jupyter/notebook/finalize", test_finalize);

  return g_test_run ();
}
