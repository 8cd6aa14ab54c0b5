/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>

#include "sage-json.h"
#include "sage-metric-parser.h"

static void
collect_cb (const char *name,
            double      x,
            double      value,
            gpointer    user_data)
{
  g_string_append_printf (user_data, "%s@%g=%g ", name, x, value);
}

static char *
parse (const char *definitions,
       const char *line)
{
  g_autoptr(SageMetricParser) parser = sage_metric_parser_new ();
  g_autoptr(GString) found = g_string_new (NULL);
  g_autoptr(JsonNode) node = NULL;

  if (definitions != NULL)
    {
      node = sage_json_parse (definitions, -1, NULL, NULL);
      g_assert_nonnull (node);
      sage_metric_parser_set_definitions (parser, json_node_get_array (node));
    }
  sage_metric_parser_line (parser, line, collect_cb, found);

  return g_strchomp (g_string_free_and_steal (g_steal_pointer (&found)));
}

static void
test_xgboost (void)
{
  static const struct
  {
    const char *line;
    const char *found;
  } rows[] = {
    { "[0]#011train-auc:0.90780#011validation-auc:0.92343", "train:auc@0=0.9078 validation:auc@0=0.92343" },
    { "[17]\ttrain-rmse:1e-3\tvalidation-rmse:2", "train:rmse@17=0.001 validation:rmse@17=2" },
    { "[2024-01-01:00:00:00:INFO] [3]#011train-error:0.5", "" }, /* the time stands in brackets too */
    { "[3] train-error:0.5", "" },
    { "[3]", "" },
    { "[x]#011train-error:0.5", "" },
    { "[3]#011train-error:", "" },
    { "[3]#011:0.5", "" },
    { "[3]#011train-error:nan#011validation-error:0.5", "" },
    { "[3]#011train-error:inf", "" },
    { "[3]#011train-error:0.5#011rest", "train:error@3=0.5" },
    { "", "" },
    { "[", "" },
    { "Train matrix has 3500 rows", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = parse (NULL, rows[i].line);

      g_test_message ("%s", rows[i].line);
      g_assert_cmpstr (found, ==, rows[i].found);
    }
}

static void
test_definitions (void)
{
  const char *definitions = "[{\"Name\": \"loss\", \"Regex\": \"loss=([0-9.]+)\"},"
                            " {\"Name\": \"whole\", \"Regex\": \"[0-9]+$\"},"
                            " {\"Name\": \"wrong\", \"Regex\": \"(\"},"
                            " {\"Name\": 3, \"Regex\": \"x\"}, 7, {}]";
  g_autofree char *one = parse (definitions, "epoch 1 loss=0.25");
  g_autofree char *two = parse (definitions, "steps 40");
  g_autofree char *none = parse (definitions, "loss=abc");

  g_assert_cmpstr (one, ==, "loss@-1=0.25 whole@-1=25");
  g_assert_cmpstr (two, ==, "whole@-1=40");
  g_assert_cmpstr (none, ==, "");
}

/* F8: an expression that would take for ever is given up, and a long line costs no more than its
 * beginning. */
static void
test_hostile (void)
{
  g_autofree char *a = g_strnfill (40, 'a');
  g_autofree char *slow = g_strconcat (a, "!", NULL);
  g_autofree char *megabyte = g_strnfill (1 << 20, 'x');
  g_autofree char *long_line = g_strconcat ("[1]#011train-auc:0.5#011", megabyte, NULL);
  g_autofree char *given_up = parse ("[{\"Name\": \"m\", \"Regex\": \"^(a+)+$\"}]", slow);
  g_autofree char *found = parse (NULL, long_line);

  g_assert_cmpstr (given_up, ==, "");
  g_assert_cmpstr (found, ==, "train:auc@1=0.5");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/metric-parser/xgboost", test_xgboost);
  g_test_add_func ("/studio/metric-parser/definitions", test_definitions);
  g_test_add_func ("/studio/metric-parser/hostile", test_hostile);

  return g_test_run ();
}
