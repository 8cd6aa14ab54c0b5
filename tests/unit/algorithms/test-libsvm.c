/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "alg-libsvm.h"

#define TEXT(literal) literal, sizeof literal - 1

typedef struct
{
  const char *data;
  gsize       length;
  const char *expected; /* the rows in one form; or a part of the message */
} Case;

static char *
to_text (const AlgLibsvm *table)
{
  GString *out = g_string_new (NULL);

  for (guint row = 0; row < table->labels->len; row++)
    {
      g_string_append_printf (out, "%s%g", row > 0 ? "|" : "",
                              (double) g_array_index (table->labels, float, row));
      if (table->weights->len > 0)
        g_string_append_printf (out, ":%g", (double) g_array_index (table->weights, float, row));
      if (table->groups->len > 0)
        g_string_append_printf (out, " q%u", g_array_index (table->groups, guint32, row));

      for (guint64 i = g_array_index (table->offsets, guint64, row);
           i < g_array_index (table->offsets, guint64, row + 1); i++)
        g_string_append_printf (out, " %u=%g", g_array_index (table->indices, guint32, i),
                                (double) g_array_index (table->values, float, i));
    }

  return g_string_free (out, FALSE);
}

static const Case good[] = {
  { TEXT (""), "" },
  { TEXT ("1 0:2 3:4\n0 1:5\n"), "1 0=2 3=4|0 1=5" },
  { TEXT ("1 0:2\r\n\r\n-1 1:5"), "1 0=2|-1 1=5" },
  { TEXT ("1\n0 1:5\n"), "1|0 1=5" },
  { TEXT ("1:0.5 0:2\n0:2 1:5\n"), "1:0.5 0=2|0:2 1=5" },
  { TEXT ("1 qid:7 0:2\n0 qid:7\n2 qid:9 1:1\n"), "1 q7 0=2|0 q7|2 q9 1=1" },
  { TEXT ("1  0:2\t3:4  # a comment: 5:6\n0 1:1\n"), "1 0=2 3=4|0 1=1" },
  { TEXT ("1 3:4 0:2 2:1\n"), "1 0=2 2=1 3=4" },
  { TEXT ("1 0:nan 1:3\n"), "1 1=3" },
  { TEXT ("  1 0:1e-3\n"), "1 0=0.001" },
};

static const Case bad[] = {
  { TEXT ("churn,age\n"), "row 1, item 1 is not a label" },
  { TEXT ("1,2,3\n"), "row 1, item 1 is not a label" },
  { TEXT ("1 2 3\n"), "row 1, item 2 is not of the form index:value" },
  { TEXT ("1 0:1\n1 0:\n"), "row 2, item 2 is not of the form index:value" },
  { TEXT ("1 0:1 :5\n"), "row 1, item 3 is not of the form index:value" },
  { TEXT ("1 0:1 -1:5\n"), "row 1, item 3 is not of the form index:value" },
  { TEXT ("1 0:1:2\n"), "row 1, item 2 is not of the form index:value" },
  { TEXT ("1 0:0x10\n"), "row 1, item 2 is not of the form index:value" },
  { TEXT ("1 0:1e400\n"), "row 1, item 2 is beyond the range" },
  { TEXT ("1e39 0:1\n"), "row 1, item 1 is beyond the range" },
  { TEXT ("nan 0:1\n"), "row 1, item 1 is not a label" },
  { TEXT ("1 99999999999:1\n"), "row 1, item 2: the index is above 67108863" },
  { TEXT ("1 99999999999999999999999:1\n"), "the index is above" },
  { TEXT ("1 3:1 3:2\n"), "row 1 has index 3 twice" },
  { TEXT ("1:1 0:1\n1 0:1\n"), "row 2, item 1 breaks the rule that every row has a weight" },
  { TEXT ("1 0:1\n1:2 0:1\n"), "row 2, item 1 breaks the rule that every row has a weight" },
  { TEXT ("1:-1 0:1\n"), "negative weight" },
  { TEXT ("1 qid:2 0:1\n1 qid:1 0:1\n"), "query id below" },
  { TEXT ("1 0:1 qid:2\n"), "is not a query id" },
  { TEXT ("1 qid:x 0:1\n"), "item 2 is not of the form" },
  { TEXT ("1 qid:1 0:1\n1 0:1\n"), "row 2 breaks the rule that every row has a query id" },
  { TEXT ("1 0:1\0 2:3\n"), "item 2 is not of the form" },
  { TEXT ("1 0:1\r1 0:1\n"), "item 3 is not of the form" },
  { TEXT ("PAR1...."), "Parquet" },
  { TEXT ("# only a comment\n"), "is not a label" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(AlgLibsvm) table;
      g_autofree char *text = NULL;
      g_autofree char *data = g_memdup2 (good[i].data, good[i].length);

      alg_libsvm_init (&table);
      alg_libsvm_parse (&table, data, good[i].length, "file", &error);
      g_assert_no_error (error);
      text = to_text (&table);
      g_assert_cmpstr (text, ==, good[i].expected);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_auto(AlgLibsvm) table;
      g_autofree char *data = g_memdup2 (bad[i].data, bad[i].length);

      alg_libsvm_init (&table);
      g_assert_false (alg_libsvm_parse (&table, data, bad[i].length, "file", &error));
      g_assert_nonnull (error);

      if (strstr (error->message, bad[i].expected) == NULL)
        g_error ("Case %" G_GSIZE_FORMAT ": '%s' does not say '%s'", i, error->message,
                 bad[i].expected);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/algorithms/libsvm/good", test_good);
  g_test_add_func ("/algorithms/libsvm/bad", test_bad);

  return g_test_run ();
}
