/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "alg-reply.h"
#include "alg-rows.h"
#include "sage-error.h"

/* The rows of @text, written out: values with a space between, a bar between rows. */
static char *
parse (const char  *type,
       guint        n_features,
       const char  *text,
       GError     **error)
{
  g_auto(AlgRows) rows;
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *copy = g_memdup2 (text, MAX (strlen (text), 1)); /* no NUL to run on to */

  alg_rows_init (&rows);
  if (!alg_rows_parse (&rows, alg_rows_format (type), n_features, copy, strlen (text), error))
    return NULL;

  for (gsize i = 0; i < rows.n_rows * n_features; i++)
    {
      if (i > 0)
        g_string_append (out, i % n_features == 0 ? "|" : " ");
      if (isnan (rows.values[i]))
        g_string_append_c (out, '-');
      else
        g_string_append_printf (out, "%g", rows.values[i]);
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  const char *type;
  guint       n_features;
  const char *text;
  const char *rows;  /* (nullable): NULL when it must be refused */
  const char *error; /* (nullable): what the message must hold */
} Case;

static const Case cases[] = {
  { "text/csv", 3, "1,2,3", "1 2 3", NULL },
  { "text/csv", 3, "1,2,3\n", "1 2 3", NULL },
  { "text/csv", 3, "1,2,3\r\n4,5,6\r\n", "1 2 3|4 5 6", NULL },
  { "text/csv; charset=utf-8", 3, "1.5,-2e3,.5", "1.5 -2000 0.5", NULL },
  { "TEXT/CSV", 3, " 1 ,\t2, 3 ", "1 2 3", NULL },
  { "text/csv", 3, "1,,3", "1 - 3", NULL },
  { "text/csv", 3, ",,", "- - -", NULL },
  { "text/csv", 3, "1,nan,NaN", "1 - -", NULL },
  { "text/csv", 1, "7\n\n8", "7|8", NULL },
  { "text/csv", 3, "1,2", NULL, "Row 1 has 2 values, the model wants 3" },
  { "text/csv", 3, "1,2,3\n1,2,3,4", NULL, "Row 2 has 4 values" },
  { "text/csv", 3, "1,2,3,", NULL, "Row 1 has 4 values" },
  { "text/csv", 3, "1,2,3\n4,x,6", NULL, "Row 2, column 2: 'x'" },
  { "text/csv", 3, "age,sex,pay\n1,2,3", NULL, "Row 1, column 1: 'age'" },
  { "text/csv", 3, "1,2 3,4", NULL, "'2 3'" },
  { "text/csv", 3, "1,inf,3", NULL, "Row 1, column 2" },
  { "text/csv", 3, "1,1e99,3", NULL, "Row 1, column 2" },
  { "text/csv", 3, "1,0x10,3", NULL, "Row 1, column 2" },
  { "text/csv", 3, "1,\"2\",3", NULL, "Row 1, column 2" },
  { "text/csv", 3, "1,\x1b[2J,3", NULL, "\\033" },
  { "text/csv", 3, "1,\xff,3", NULL, "Row 1, column 2" },
  { "text/csv", 3, "", NULL, "no rows" },
  { "text/csv", 3, "\n \n", NULL, "no rows" },

  { "text/libsvm", 4, "1 0:1 2:3", "1 - 3 -", NULL },
  { "text/x-libsvm", 4, "0:1 3:-2.5\n1:4", "1 - - -2.5|- 4 - -", NULL },
  { "text/libsvm", 4, "0 # nothing known\n", "- - - -", NULL },
  { "text/libsvm", 4, "# a comment\n0:1", "1 - - -", NULL },
  { "text/libsvm", 4, "0:1 0:2", "2 - - -", NULL },
  { "text/libsvm", 4, "0:1 4:1", NULL, "Row 1: the index 4 is not below 4" },
  { "text/libsvm", 4, "0:1 99999999999999999999:1", NULL, "not below 4" },
  { "text/libsvm", 4, "0:1 -1:1", NULL, "'-1:1' is no index:value" },
  { "text/libsvm", 4, "0:1 x", NULL, "'x' is no index:value" },
  { "text/libsvm", 4, "0:1 1:y", NULL, "column 1: 'y'" },
  { "text/libsvm", 4, "a 0:1", NULL, "'a'" },

  { "application/json", 3, "{\"instances\": [[1,2,3],[4,null,6]]}", "1 2 3|4 - 6", NULL },
  { "application/json", 3, "{\"instances\": [{\"features\": [1,2,3]}]}", "1 2 3", NULL },
  { "application/json", 3, "{\"x\":[{}], \"instances\": [{\"a\":{}, \"features\": [1,2,3]}], \"y\":1}",
    "1 2 3", NULL },
  { "application/json", 3,
    "{\"instances\": [{\"data\": {\"features\": {\"values\": [1,2,3]}}}]}", "1 2 3", NULL },
  { "application/json", 3,
    "{\"instances\": [{\"data\":{\"features\":{\"keys\":[2,0],\"values\":[9,8],\"shape\":[3]}}}]}",
    "8 - 9", NULL },
  { "application/json", 3, "{\"data\": {\"features\": {\"values\": [1,2,3]}}}", "1 2 3", NULL },
  { "application/json", 3, "{\"features\": [1,2,3]}", "1 2 3", NULL },
  { "application/json", 3, "[[1,2,3],[4,5,6]]", "1 2 3|4 5 6", NULL },
  { "application/json", 3, "[1,2.5e1,3]", "1 25 3", NULL },
  { "application/json", 3, "[true, \"2\", NaN]", "1 2 -", NULL },
  { "application/jsonlines", 2, "{\"features\":[1,2]}\n{\"features\":[3,4]}\n", "1 2|3 4", NULL },
  { "application/json", 3, "{\"inst\\u0061nces\": [[1,2,3]]}", "1 2 3", NULL },
  { "application/json", 3, "{\"instances\": []}", NULL, "no rows" },
  { "application/json", 3, "[]", NULL, "no rows" },
  { "application/json", 3, "{}", NULL, "Row 1: there are no features" },
  { "application/json", 3, "{\"instances\": [[1,2]]}", NULL, "Row 1 has 2 values" },
  { "application/json", 3, "{\"instances\": [[1,2,3],[1,2,3,4]]}", NULL, "Row 2 has 4 values" },
  { "application/json", 3, "{\"instances\": [[1,{},3]]}", NULL, "Row 1, column 2" },
  { "application/json", 3, "{\"instances\": [[1,\"x\",3]]}", NULL, "Row 1, column 2" },
  { "application/json", 3, "{\"instances\": [[1,1e99,3]]}", NULL, "Row 1, column 2" },
  { "application/json", 3, "{\"instances\": [5]}", NULL, "Row 1" },
  { "application/json", 3, "{\"instances\": {}}", NULL, "Expected an array" },
  { "application/json", 3, "{\"data\": []}", NULL, "Expected an object" },
  { "application/json", 3, "{\"data\": {\"data\": {\"features\": [1,2,3]}}}", NULL, "no features" },
  { "application/json", 3, "{\"features\": {}}", NULL, "values are missing" },
  { "application/json", 3, "{\"features\": {\"keys\":[9],\"values\":[1]}}", NULL, "9" },
  { "application/json", 3, "{\"features\": {\"keys\":[1],\"values\":[1,2]}}", NULL, "as many keys" },
  { "application/json", 3, "{\"features\": {\"keys\":[0,1,2,0],\"values\":[1,2,3,4]}}", NULL, "as many" },
  { "application/json", 3, "5", NULL, "neither a list nor an object" },
  { "application/json", 3, "", NULL, "ends too early" },
  { "application/json", 3, "[1,2,3", NULL, "ends too early" },
  { "application/json", 3, "[1,2,3,]", NULL, "value was expected" },
  { "application/json", 3, "[1 2 3]", NULL, "comma" },
  { "application/json", 3, "{\"features\" [1,2,3]}", NULL, "colon" },
  { "application/json", 3, "{\"a\\q\": 1}", NULL, "escape" },
  { "application/json", 3, "{\"a\\ud800\": 1}", NULL, "escape" },
  { "application/json", 3, "[01,2,3]", NULL, "value was expected" },
  { "application/json", 3, "[1.,2,3]", NULL, "digits" },
  { "application/json", 3, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]", NULL, "" },
  { "application/json", 3, "{\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]", NULL, "levels" },

  { NULL, 3, "1,2,3", "1 2 3", NULL },
  { NULL, 3, "1 0:1 2:3", "1 - 3", NULL },
  { NULL, 3, "{\"instances\": [[1,2,3]]}", "1 2 3", NULL },
  { "", 3, "[[1,2,3]]", "1 2 3", NULL },
  { "application/x-recordio-protobuf", 3, "1,2,3", NULL, "not supported" },
  { "text/csvx", 3, "1,2,3", NULL, "not supported" },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *rows = parse (cases[i].type, cases[i].n_features, cases[i].text, &error);

      if (g_strcmp0 (rows, cases[i].rows) != 0)
        g_error ("'%s' as %s: %s %s", cases[i].text, cases[i].type, rows,
                 error != NULL ? error->message : "");
      if (rows == NULL)
        g_assert_true (error->domain == SAGE_ERROR);
      if (rows == NULL && strstr (error->message, cases[i].error) == NULL)
        g_error ("'%s': %s", cases[i].text, error->message);
    }
}

static void
test_many (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_auto(AlgRows) rows;

  alg_rows_init (&rows);
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%u,%u\n", i, i + 1);

  /* The same matrix, wider and back. */
  g_assert_true (alg_rows_parse (&rows, ALG_ROWS_CSV, 2, text->str, text->len, NULL));
  g_assert_cmpuint (rows.n_rows, ==, 20000);
  g_assert_cmpfloat (rows.values[39999], ==, 20000);
  g_assert_true (alg_rows_parse (&rows, ALG_ROWS_CSV, 5, "1,2,3,4,5", 9, NULL));
  g_assert_true (alg_rows_parse (&rows, ALG_ROWS_CSV, 2, text->str, text->len, NULL));
  g_assert_cmpfloat (rows.values[39998], ==, 19999);
}

static void
assert_reply (AlgReplyFormat  format,
              gsize           n_rows,
              guint           n_outputs,
              const char     *expected)
{
  static const float values[] = { 0.061523553f, 1.0f, 0.25f, NAN };
  g_autoptr(GString) out = g_string_new (NULL);

  alg_reply_append (out, format, values, n_rows, n_outputs);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_reply (void)
{
  assert_reply (ALG_REPLY_CSV, 1, 1, "0.061523553\n");
  assert_reply (ALG_REPLY_CSV, 2, 1, "0.061523553\n1.0\n");
  assert_reply (ALG_REPLY_CSV, 2, 2, "0.061523553,1.0\n0.25,nan\n");
  assert_reply (ALG_REPLY_JSON, 2, 1,
                "{\"predictions\":[{\"score\":0.061523553},{\"score\":1.0}]}");
  assert_reply (ALG_REPLY_JSON, 2, 2,
                "{\"predictions\":[{\"score\":[0.061523553,1.0]},{\"score\":[0.25,null]}]}");
  assert_reply (ALG_REPLY_JSON_LINES, 2, 1, "{\"score\":0.061523553}\n{\"score\":1.0}\n");

  g_assert_cmpint (alg_reply_format (NULL, ALG_REPLY_CSV), ==, ALG_REPLY_CSV);
  g_assert_cmpint (alg_reply_format ("*/*", ALG_REPLY_JSON), ==, ALG_REPLY_JSON);
  g_assert_cmpint (alg_reply_format ("image/png, application/json;q=0.5", ALG_REPLY_CSV), ==,
                   ALG_REPLY_JSON);
  g_assert_cmpint (alg_reply_format ("Text/CSV; charset=utf-8", ALG_REPLY_JSON), ==, ALG_REPLY_CSV);
  g_assert_cmpint (alg_reply_format ("image/png,", ALG_REPLY_CSV), ==, ALG_REPLY_UNKNOWN);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/rows/parse", test_parse);
  g_test_add_func ("/rows/many", test_many);
  g_test_add_func ("/rows/reply", test_reply);

  return g_test_run ();
}
