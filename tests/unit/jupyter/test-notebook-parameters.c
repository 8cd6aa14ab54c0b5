/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "sage-error.h"
#include "sage-json.h"
#include "sage-notebook-parameters.h"

#define NOTEBOOK(cells)                                                                    \
  "{\"cells\": [" cells "], \"metadata\": {\"language_info\": {\"name\": \"python\"}},"    \
  " \"nbformat\": 4, \"nbformat_minor\": 5}"
#define CODE(id, tags, source)                                                             \
  "{\"cell_type\": \"code\", \"id\": \"" id "\", \"metadata\": {\"tags\": [" tags "]},"    \
  " \"execution_count\": null, \"outputs\": [], \"source\": \"" source "\"}"

static SageNotebook *
read_notebook (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  SageNotebook *notebook = sage_notebook_parse (bytes, &error);

  g_assert_no_error (error);
  return notebook;
}

static JsonObject *
make_parameters (const char *const *assignments)
{
  JsonObject *parameters = json_object_new ();

  for (; *assignments != NULL; assignments++)
    {
      g_autoptr(GError) error = NULL;

      sage_notebook_parameters_parse (*assignments, parameters, &error);
      g_assert_no_error (error);
    }
  return parameters;
}

static void
test_values_are_what_they_look_like (void)
{
  static const char *const assignments[] = {
    "n=12", "big=9223372036854775808", "x=-1.5e3", "nothing=None", "yes=True", "text=true",
    "empty=", "path=s3://b/k?a=1", "spaced= 1", "hex=0x10", "n=13", NULL,
  };
  g_autoptr(JsonObject) parameters = make_parameters (assignments);

  g_assert_cmpint (json_object_get_int_member (parameters, "n"), ==, 13);
  g_assert_cmpfloat (json_object_get_double_member (parameters, "big"), ==, 9223372036854775808.0);
  g_assert_cmpfloat (json_object_get_double_member (parameters, "x"), ==, -1500);
  g_assert_true (json_object_get_null_member (parameters, "nothing"));
  g_assert_true (json_object_get_boolean_member (parameters, "yes"));
  g_assert_cmpstr (json_object_get_string_member (parameters, "text"), ==, "true");
  g_assert_cmpstr (json_object_get_string_member (parameters, "empty"), ==, "");
  g_assert_cmpstr (json_object_get_string_member (parameters, "path"), ==, "s3://b/k?a=1");
  g_assert_cmpstr (json_object_get_string_member (parameters, "spaced"), ==, " 1");
  g_assert_cmpstr (json_object_get_string_member (parameters, "hex"), ==, "0x10");
}

static void
test_junk_is_no_parameter (void)
{
  static const char *const junk[] = {
    "", "=", "=1", "name", "a b=1", "a;import os=1", "1a=2", "é=1", "a.b=1", "a=\xff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
    {
      g_autoptr(JsonObject) parameters = json_object_new ();
      g_autoptr(GError) error = NULL;

      g_assert_false (sage_notebook_parameters_parse (junk[i], parameters, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_assert_cmpuint (json_object_get_size (parameters), ==, 0);
    }
}

/* What Python itself makes of what we wrote. */
static void
test_python_reads_the_same_values (void)
{
  static const char json[] =
    "{\"text\": \"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f$x 'q' \\ud83d\\ude00 \\u202e\","
    " \"small\": 1e-300, \"third\": 0.1, \"whole\": 3.0, \"big\": 1e22, \"n\": -7, \"t\": true,"
    " \"f\": false, \"none\": null, \"list\": [1, [2.5, \"x\"], {}], \"map\": {\"k\\\"\": [null]}}";
  static const char check[] =
    "\nimport json, sys\n"
    "expected = json.loads(sys.argv[1])\n"
    "found = {name: globals()[name] for name in expected}\n"
    "assert repr(found) == repr(expected), (found, expected)\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (json, -1, NULL, &error);
  g_autofree char *source = NULL;
  g_autofree char *program = NULL;
  g_autofree char *output = NULL;
  const char *argv[] = { "python3", "-c", NULL, json, NULL };
  int status;

  g_assert_no_error (error);
  source = sage_notebook_parameters_write (json_node_get_object (node), "python", &error);
  g_assert_no_error (error);
  program = g_strconcat (source, check, NULL);
  argv[2] = program;
  g_spawn_sync (NULL, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &output, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (output, ==, "");
  g_assert_cmpint (status, ==, 0);
}

static void
test_other_languages (void)
{
  g_autoptr(JsonObject) parameters = json_object_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *r = NULL;
  g_autofree char *julia = NULL;

  json_object_set_string_member (parameters, "s", "$HOME");
  json_object_set_double_member (parameters, "x", -INFINITY);
  json_object_set_null_member (parameters, "z");

  r = sage_notebook_parameters_write (parameters, "R", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (r, ==, "# Parameters\ns = \"$HOME\"\nx = -Inf\nz = NULL");
  julia = sage_notebook_parameters_write (parameters, "julia", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (julia, ==, "# Parameters\ns = \"\\$HOME\"\nx = -Inf\nz = nothing");
  g_assert_null (sage_notebook_parameters_write (parameters, "cobol", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED);
}

static const char *
source_at (SageNotebook *notebook,
           guint         position)
{
  return sage_cell_get_source (sage_notebook_get_cell (notebook, position));
}

static void
inject (SageNotebook *notebook,
        const char   *assignment)
{
  const char *assignments[] = { assignment, NULL };
  g_autoptr(JsonObject) parameters = make_parameters (assignments);
  g_autoptr(GError) error = NULL;

  g_assert_true (sage_notebook_parameters_inject (notebook, parameters, NULL, &error));
  g_assert_no_error (error);
}

static void
test_they_stand_behind_the_defaults (void)
{
  g_autoptr(SageNotebook) notebook =
    read_notebook (NOTEBOOK (CODE ("a", "", "import x") ", " CODE ("b", "\"parameters\"", "n = 1")
                             ", " CODE ("c", "", "n")));

  inject (notebook, "n=5");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, 4);
  g_assert_cmpstr (source_at (notebook, 2), ==, "# Parameters\nn = 5");
  g_assert_true (sage_cell_has_tag (sage_notebook_get_cell (notebook, 2), "injected-parameters"));

  /* another run replaces them */
  inject (notebook, "n=6");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, 4);
  g_assert_cmpstr (source_at (notebook, 2), ==, "# Parameters\nn = 6");

  sage_notebook_undo (notebook);
  sage_notebook_undo (notebook);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, 3);
}

static void
test_without_defaults_they_come_first (void)
{
  g_autoptr(SageNotebook) notebook = read_notebook (NOTEBOOK (CODE ("a", "", "n")));

  inject (notebook, "n=5");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, 2);
  g_assert_cmpstr (source_at (notebook, 0), ==, "# Parameters\nn = 5");
}

/* --- Reading ---------------------------------------------------------------------------------- */

static JsonObject *
read_defaults (const char *source,
               const char *language)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_insert (notebook, 0, SAGE_CELL_CODE, source);

  sage_notebook_set_metadata_tag (notebook, cell, "parameters", TRUE);

  return sage_notebook_parameters_read (notebook, language);
}

static void
test_defaults_are_read (void)
{
  static const struct
  {
    const char *source;
    const char *expected; /* as JSON */
  } cases[] = {
    { "n = 1", "{\"n\":1}" },
    { "n: int = -1_000  # of rows\nx=.5e1;y=2", "{\"n\":-1000,\"x\":null}" },
    { "a = True\nb=False\nc = None", "{\"a\":true,\"b\":false,\"c\":null}" },
    { "s = 'it\\'s \"q\" \\n'\nt = \"\"\"two\nlines\"\"\"\n",
      "{\"s\":\"it's \\\"q\\\" \\n\",\"t\":\"two\\nlines\"}" },
    { "l = [1, 'a', [], {}, {'k': [2.5]},\n  True,  # more\n]\nm = {\n  'a': 1,\n}\nz = 3",
      "{\"l\":[1,\"a\",[],{},{\"k\":[2.5]},true],\"m\":{\"a\":1},\"z\":3}" },
    { "a = 1 + 2\nb = f(1)\nc = (1, 2)\nd = 'a' 'b'\ne = [x]\nf = 1e999\ng = '\\u00e4'\nh = f'x'",
      "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null,\"f\":null,\"g\":null,\"h\":null}" },
    { "import os\n# n = 1\n  n = 2\nif n == 3:\n    n = 4\nx.y = 1\na, b = 1, 2\nn += 1\n2n = 1", "{}" },
    { "n = 'open\nm = [1,\nk = {'a'\nj = {'a': \ni =\nh = -",
      "{\"n\":null,\"m\":null,\"k\":null,\"j\":null,\"i\":null,\"h\":null}" },
    { "s = \"\"\"select\nn = 1\nm = '''\n\"\"\"\nt = '''\\'''\nk = 2\n'''\nz = 3",
      "{\"s\":\"select\\nn = 1\\nm = '''\\n\",\"t\":\"'''\\nk = 2\\n\",\"z\":3}" },
    { "'''\na = 1\n'''\nb = 2 # it's \"\"\"\nc = '\"\"\"'\nd = f(\"\"\"\ne = 1\"\"\")\ng = '\\\nh = 1'\ni = 1",
      "{\"b\":2,\"c\":\"\\\"\\\"\\\"\",\"d\":null,\"g\":\"h = 1\",\"i\":1}" },
    { "a = \"\"\"open\nb = 1", "{\"a\":null}" },
    { "", "{}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(JsonObject) defaults = read_defaults (cases[i].source, "python");
      g_autofree char *text = sage_json_object_to_string (defaults);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_deep_defaults_are_none (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *source = g_strconcat ("n = ", deep, NULL);
  g_autoptr(JsonObject) defaults = read_defaults (source, "python");

  g_assert_true (json_object_get_null_member (defaults, "n"));
}

static void
test_defaults_of_other_languages (void)
{
  g_autoptr(JsonObject) julia = read_defaults ("quick = true\nn = 1", "julia");
  g_autoptr(JsonObject) text = read_defaults ("s = \"a\nn = 1\"\nt = \"\"\"\nk = 1\"\"\"\nc = x'\nm = 2", "julia");
  g_autoptr(JsonObject) r = read_defaults ("s = 'a\nn = 1'\nt = \"\"\nm = 2", "R");
  g_autoptr(JsonObject) cobol = read_defaults ("n = 1", "cobol");
  g_autoptr(SageNotebook) none = read_notebook (NOTEBOOK (CODE ("a", "", "n = 1")));

  g_assert_true (json_object_get_boolean_member (julia, "quick"));
  g_assert_true (json_object_has_member (text, "s") && json_object_has_member (text, "t"));
  g_assert_false (json_object_has_member (text, "n") || json_object_has_member (text, "k"));
  g_assert_cmpint (json_object_get_int_member (text, "m"), ==, 2);
  g_assert_false (json_object_has_member (r, "n"));
  g_assert_cmpint (json_object_get_int_member (r, "m"), ==, 2);
  g_assert_cmpuint (json_object_get_size (cobol), ==, 0);
  g_assert_null (sage_notebook_parameters_read (none, "python"));
}

static void
test_text_becomes_what_the_default_is (void)
{
  static const struct
  {
    const char *like; /* JSON; (nullable) */
    const char *text;
    const char *expected; /* as JSON */
  } cases[] = {
    { "1", "41", "41" },
    { "1", "0.5", "0.5" },
    { "1", "many", "\"many\"" },
    { "0.5", "2", "2" },
    { "\"a\"", "41", "\"41\"" },
    { "true", "False", "false" },
    { "true", "1", "\"1\"" },
    { "[]", "[1, \"a\"]", "[1,\"a\"]" },
    { "[]", "{}", "\"{}\"" },
    { "{}", "{\"a\":1}", "{\"a\":1}" },
    { "{}", "{", "\"{\"" },
    { "null", "1", "\"1\"" },
    { NULL, "1", "\"1\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(JsonNode) like = cases[i].like != NULL ? sage_json_parse (cases[i].like, -1, NULL, NULL)
                                                       : NULL;
      g_autoptr(JsonNode) value = sage_notebook_parameters_convert (like, cases[i].text);
      g_autofree char *text = sage_json_to_string (value);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-parameters/values-are-what-they-look-like",
                   test_values_are_what_they_look_like);
  g_test_add_func ("/jupyter/notebook-parameters/junk-is-no-parameter", test_junk_is_no_parameter);
  g_test_add_func ("/jupyter/notebook-parameters/python-reads-the-same-values",
                   test_python_reads_the_same_values);
  g_test_add_func ("/jupyter/notebook-parameters/other-languages", test_other_languages);
  g_test_add_func ("/jupyter/notebook-parameters/they-stand-behind-the-defaults",
                   test_they_stand_behind_the_defaults);
  g_test_add_func ("/jupyter/notebook-parameters/without-defaults-they-come-first",
                   test_without_defaults_they_come_first);

  g_test_add_func ("/jupyter/notebook-parameters/defaults-are-read", test_defaults_are_read);
  g_test_add_func ("/jupyter/notebook-parameters/deep-defaults-are-none", test_deep_defaults_are_none);
  g_test_add_func ("/jupyter/notebook-parameters/defaults-of-other-languages",
                   test_defaults_of_other_languages);
  g_test_add_func ("/jupyter/notebook-parameters/text-becomes-what-the-default-is",
                   test_text_becomes_what_the_default_is);

  return g_test_run ();
}
