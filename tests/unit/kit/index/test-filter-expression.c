/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "sage-filter-expression.h"

enum
{
  KEY_NAME,
  KEY_STATUS,
  KEY_AGE,
};

static const SageFilterKey keys[] = {
  [KEY_NAME] = { "name", SAGE_FILTER_TEXT },
  [KEY_STATUS] = { "status", SAGE_FILTER_TEXT },
  [KEY_AGE] = { "age", SAGE_FILTER_SPAN },
};

typedef struct
{
  const char *name;
  const char *status;
  double      age; /* in seconds; -1: none */
} Thing;

static gboolean
has_text (gpointer          data,
          int               key,
          const SageNeedle *needle)
{
  Thing *thing = data;

  switch (key)
    {
    case -1:
      return sage_needle_in (needle, thing->name);
    case KEY_NAME:
      return sage_needle_in (needle, thing->name);
    case KEY_STATUS:
      return sage_needle_in (needle, thing->status);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
get_span (gpointer  data,
          int       key,
          double   *seconds)
{
  Thing *thing = data;

  g_assert_cmpint (key, ==, KEY_AGE);
  *seconds = thing->age;

  return thing->age >= 0;
}

static const SageFilterSubject subject = { has_text, get_span };

static gboolean
matches (const char *text,
         Thing      *thing)
{
  g_autoptr(SageFilterExpression) expression = NULL;

  expression = sage_filter_expression_new (text, keys, G_N_ELEMENTS (keys));

  return sage_filter_expression_matches (expression, &subject, thing);
}

static void
test_matches (void)
{
  Thing thing = { "Churn-Model-17", "Failed", 3 * 3600 };
  static const struct
  {
    const char *text;
    gboolean    result;
  } cases[] = {
    { "", TRUE },
    { "   \t ", TRUE },
    { "churn", TRUE },
    { "CHURN model", TRUE },
    { "churn fraud", FALSE },
    { "-fraud", TRUE },
    { "-churn", FALSE },
    { "name:churn", TRUE },
    { "NAME:Churn", TRUE },
    { "name:failed", FALSE },
    { "failed", FALSE },
    { "status:failed", TRUE },
    { "status:fail", TRUE },
    { "-status:failed", FALSE },
    { "status:stopped,failed", TRUE },
    { "status:stopped,completed", FALSE },
    { "-status:stopped,completed", TRUE },
    { "status:,failed,", TRUE },
    { "status:failed name:churn age:>1h", TRUE },
    { "status:failed name:churn age:>1d", FALSE },
    { "age:<1d", TRUE },
    { "age:<3h", FALSE },
    { "age:<=3h", FALSE }, /* read as less than */
    { "age:3h", TRUE },
    { "age:179m", FALSE },
    { "age:180min", TRUE },
    { "age:>1.5h", TRUE },
    { "age:>3.5H", FALSE },
    { "-age:>1h", FALSE },
    { "age:<1w age:<1mo age:<1y age:>5s age:>5sec", TRUE },
    { "\"churn-model\"", TRUE },
    { "\"churn model\"", FALSE },
    { "name:\"model-17\"", TRUE },
    { "name:\"model,17\",churn", TRUE },
    { "name:\"model,17\"", FALSE },
    { "-", TRUE }, /* a word to look for */
    { "- fraud", FALSE },
    { "model-", TRUE },
    { "\"-17\"", TRUE },
    { "\"", TRUE },
    { "name:", TRUE }, /* not said yet */
    { "age:", TRUE },
    { "status:\"\"", TRUE },
    { "--17", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (matches (cases[i].text, &thing) != cases[i].result)
      {
        g_test_message ("'%s' does not give %d", cases[i].text, cases[i].result);
        g_test_fail ();
      }
}

static void
test_no_span (void)
{
  Thing thing = { "churn", "InProgress", -1 };

  g_assert_false (matches ("age:>1s", &thing));
  g_assert_false (matches ("age:<1y", &thing));
  g_assert_false (matches ("-age:<1y", &thing));
}

static void
test_other_letters (void)
{
  Thing thing = { "Zürich Straße ΑΘΗΝΑ", NULL, 0 };

  g_assert_true (matches ("zürich", &thing));
  g_assert_true (matches ("ZU\xcc\x88RICH", &thing)); /* the same, decomposed */
  g_assert_true (matches ("STRASSE", &thing));
  g_assert_true (matches ("αθηνα", &thing));
  g_assert_false (matches ("zurich", &thing));
  g_assert_false (matches ("status:x", &thing));
}

static void
test_problems (void)
{
  static const struct
  {
    const char        *text;
    SageFilterProblem  problem;
    const char        *token;
  } cases[] = {
    { "status:failed", SAGE_FILTER_FINE, NULL },
    { "owner:me", SAGE_FILTER_UNKNOWN_KEY, "owner" },
    { "churn -owner:me age:x", SAGE_FILTER_UNKNOWN_KEY, "owner" },
    { "age:yesterday", SAGE_FILTER_BAD_SPAN, "age:yesterday" },
    { "age:>", SAGE_FILTER_BAD_SPAN, "age:>" },
    { "age:7", SAGE_FILTER_BAD_SPAN, "age:7" },
    { "age:-7d", SAGE_FILTER_BAD_SPAN, "age:-7d" },
    { "age:1e3d", SAGE_FILTER_BAD_SPAN, "age:1e3d" },
    { "age:0x10d", SAGE_FILTER_BAD_SPAN, "age:0x10d" },
    { "age:nan", SAGE_FILTER_BAD_SPAN, "age:nan" },
    { "age:infd", SAGE_FILTER_BAD_SPAN, "age:infd" },
    { "age:.d", SAGE_FILTER_BAD_SPAN, "age:.d" },
    { "age:9999999999999999999999d", SAGE_FILTER_BAD_SPAN, "age:9999999999999999999999d" },
    { "arn:aws:sagemaker:us-east-1:000000000000:training-job/x", SAGE_FILTER_FINE, NULL },
    { "https://example.com/x s3://bucket/key", SAGE_FILTER_FINE, NULL },
    { ":x", SAGE_FILTER_FINE, NULL },
    { "über:x", SAGE_FILTER_FINE, NULL }, /* looks like no key */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageFilterExpression) expression = NULL;
      const char *token;

      expression = sage_filter_expression_new (cases[i].text, keys, G_N_ELEMENTS (keys));
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (sage_filter_expression_get_problem (expression, &token), ==,
                       cases[i].problem);
      g_assert_cmpstr (token, ==, cases[i].token);
    }
}

/* What is not understood must neither hide all rows nor show those that it was to hide. */
static void
test_problems_match (void)
{
  Thing thing = { "job of owner:me", "Failed", 60 };
  Thing other = { "job", "Failed", 60 };

  g_assert_true (matches ("owner:me", &thing)); /* as text */
  g_assert_false (matches ("owner:me", &other));
  g_assert_true (matches ("-owner:me", &other));
  g_assert_true (matches ("age:x job", &other)); /* left out */
  g_assert_false (matches ("age:x nothing", &other));
}

static void
test_properties (void)
{
  g_autoptr(SageFilterExpression) empty = sage_filter_expression_new (NULL, NULL, 0);
  g_autoptr(SageFilterExpression) unsaid = NULL;
  g_autoptr(SageFilterExpression) text = NULL;
  g_autoptr(SageFilterExpression) span = NULL;

  unsaid = sage_filter_expression_new ("age: name:", keys, G_N_ELEMENTS (keys));
  text = sage_filter_expression_new ("churn", keys, G_N_ELEMENTS (keys));
  span = sage_filter_expression_new ("churn age:>1d", keys, G_N_ELEMENTS (keys));

  g_assert_true (sage_filter_expression_is_empty (empty));
  g_assert_true (sage_filter_expression_is_empty (unsaid));
  g_assert_false (sage_filter_expression_is_empty (text));
  g_assert_false (sage_filter_expression_has_spans (unsaid));
  g_assert_false (sage_filter_expression_has_spans (text));
  g_assert_true (sage_filter_expression_has_spans (span));
}

static void
check_survives (const char *text)
{
  Thing thing = { "churn", "Failed", 60 };
  g_autoptr(SageFilterExpression) expression = NULL;
  const char *token;

  expression = sage_filter_expression_new (text, keys, G_N_ELEMENTS (keys));
  sage_filter_expression_get_problem (expression, &token);
  g_assert_true (token == NULL || g_utf8_validate (token, -1, NULL));
  sage_filter_expression_matches (expression, &subject, &thing);
}

static void
test_hostile (void)
{
  static const char * const texts[] = {
    "\xff\xfe\x80", "name:\xff", "\xc3", "\"\\", "\"\\\\\\", "name:\"a\\\"b\\", "\\", "-\"", "-:", "::::",
    "name::::", "name:,,,,", "--------", "age:\"", "age:\">1d", "age:>\"1d\"", "\"\"\"\"\"\"",
    "\xe2\x80\xae" "evil", "name:\xe2\x80\xae", "<b>", "%s%n%d", "name:%n",
  };
  g_autofree char *bytes = g_malloc (100001);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_survives (texts[i]);

  memset (bytes, 'x', 100000);
  bytes[100000] = '\0';
  check_survives (bytes);
  memset (bytes, '"', 100000);
  check_survives (bytes);
  memset (bytes, '-', 100000);
  check_survives (bytes);
  for (guint i = 0; i < 100000; i++)
    bytes[i] = "a "[i % 2];
  check_survives (bytes);
  for (guint i = 0; i < 100000; i++)
    bytes[i] = "\xe2\x82\xac"[i % 3];
  check_survives (bytes);
}

static void
test_too_long (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(SageFilterExpression) expression = NULL;
  Thing thing = { "a", "", 0 };

  for (guint i = 0; i < 64; i++)
    g_string_append (text, "a ");
  g_assert_true (matches (text->str, &thing));
  g_string_append (text, "missing");

  expression = sage_filter_expression_new (text->str, keys, G_N_ELEMENTS (keys));
  g_assert_cmpint (sage_filter_expression_get_problem (expression, NULL), ==, SAGE_FILTER_TOO_LONG);
  g_assert_true (sage_filter_expression_matches (expression, &subject, &thing));
}

static void
test_random (void)
{
  static const char alphabet[] = "ab:\"\\,-<>=1dh. \t\nname:status:age:\xc3\xbc\xff";

  for (guint round = 0; round < 20000; round++)
    {
      char text[40];
      guint length = g_test_rand_int_range (0, sizeof text);

      for (guint i = 0; i < length; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      text[length < sizeof text ? length : sizeof text - 1] = '\0';
      check_survives (text);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kit/filter-expression/matches", test_matches);
  g_test_add_func ("/kit/filter-expression/no-span", test_no_span);
  g_test_add_func ("/kit/filter-expression/other-letters", test_other_letters);
  g_test_add_func ("/kit/filter-expression/problems", test_problems);
  g_test_add_func ("/kit/filter-expression/problems-match", test_problems_match);
  g_test_add_func ("/kit/filter-expression/properties", test_properties);
  g_test_add_func ("/kit/filter-expression/hostile", test_hostile);
  g_test_add_func ("/kit/filter-expression/too-long", test_too_long);
  g_test_add_func ("/kit/filter-expression/random", test_random);

  return g_test_run ();
}
