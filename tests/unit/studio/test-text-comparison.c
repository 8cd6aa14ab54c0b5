/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-diff-lines.h"
#include "sage-error.h"
#include "sage-text-comparison.h"

static SageTextComparison *
compare (const char *old_text,
         const char *new_text)
{
  g_autoptr(GError) error = NULL;
  SageTextComparison *comparison = sage_text_comparison_new (old_text, new_text, &error);

  g_assert_no_error (error);

  return comparison;
}

/* "3-1+2~": after three lines that are common, one is gone for two; and so on to the end. Lines that are
 * shown with a change are in brackets. */
static char *
describe (SageTextComparison *comparison)
{
  g_autoptr(GArray) blocks = sage_text_comparison_list_blocks (comparison);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const SageTextBlock *block = &g_array_index (blocks, SageTextBlock, i);

      if (!block->is_change)
        g_string_append_printf (text, "%s=%u", i > 0 ? " " : "", block->n_new);
      else
        g_string_append_printf (text, "%s(%u)-%u+%u(%u)", i > 0 ? " " : "", block->n_before, block->n_old,
                                block->n_new, block->n_after);
    }

  return g_string_free_and_steal (text);
}

static void
test_blocks (void)
{
  static const struct
  {
    const char *old_text;
    const char *new_text;
    const char *expected;
  } rows[] = {
    { "", "", "" },
    { "a\nb\n", "a\nb\n", "" },
    { "", "a\n", "(0)-0+2(0)" },
    { "a\n", "", "(0)-2+0(0)" },
    { "a\nb\n", "a\nx\n", "(1)-1+1(1)" },
    { "a\nb", "a\nb\n", "(2)-0+1(0)" },
    { "1\n2\n3\n4\n5\nb\n1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\nc\n1\n2\n3\n4\n5\n6\n7\n8\n9",
      "(5)-1+1(3) =6" },
    { "0\n1\n2\n3\n4\n5\nb", "0\n1\n2\n3\n4\n5\nc", "=3 (3)-1+1(0)" },
    { "a\n1\n2\n3\n4\nb", "A\n1\n2\n3\n4\nB", "(0)-1+1(3) (1)-1+1(0)" },
    { "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\nb", "A\n1\n2\n3\n4\n5\n6\n7\n8\n9\nB", "(0)-1+1(3) =3 (3)-1+1(0)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SageTextComparison) comparison = compare (rows[i].old_text, rows[i].new_text);
      g_autofree char *found = describe (comparison);

      g_assert_cmpstr (found, ==, rows[i].expected);
    }
}

static char *
make_text (void)
{
  GString *text = g_string_new (NULL);

  for (int i = g_test_rand_int_range (0, 30); i > 0; i--)
    g_string_append_printf (text, "%c\n", 'a' + g_test_rand_int_range (0, 5));
  if (text->len > 0 && g_test_rand_bit ())
    g_string_truncate (text, text->len - 1);

  return g_string_free_and_steal (text);
}

/* Random texts: blocks are all lines in order, and taking back one difference after another ends in the
 * old text. */
static void
test_random (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autofree char *old_text = make_text ();
      g_autofree char *text = make_text ();

      for (guint step = 0; step < 100; step++)
        {
          g_autoptr(SageTextComparison) comparison = compare (old_text, text);
          g_autoptr(GArray) blocks = sage_text_comparison_list_blocks (comparison);
          guint n_added;
          guint n_removed;
          guint n = sage_text_comparison_count (comparison, &n_added, &n_removed);
          guint old_at = 0;
          guint chosen = n > 0 ? (guint) g_test_rand_int_range (0, (int) n) : 0;

          if (n == 0)
            break;
          for (guint i = 0; i < blocks->len; i++)
            {
              const SageTextBlock *block = &g_array_index (blocks, SageTextBlock, i);

              g_assert_cmpuint (block->old_start - block->n_before, ==, old_at);
              old_at = block->old_start + block->n_old + block->n_after;
              if (block->is_change && chosen-- == 0)
                {
                  g_free (text);
                  text = sage_text_comparison_revert (comparison, block);
                }
            }
        }
      g_assert_cmpstr (text, ==, old_text);
    }
}

/* What would turn what is seen around, or is not seen, is shown as a mark; what is long is cut. */
static void
test_runs (void)
{
  static const char hidden[] = "a\r\nif \xe2\x80\xae x\tü\x1b";
  g_autofree char *many = g_strnfill (2000, '\n');
  g_autofree char *wide = g_strnfill (200 * 1024, 'x');
  const char *texts[] = { hidden, many, wide };
  const char *ends[] = { "␛", "\n…", "x…" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(SageTextComparison) comparison = compare ("same", texts[i]);
      g_autoptr(GArray) blocks = sage_text_comparison_list_blocks (comparison);
      g_autoptr(GPtrArray) runs
        = sage_text_comparison_make_runs (comparison, &g_array_index (blocks, SageTextBlock, 0));
      const SageDiffLines *run = g_ptr_array_index (runs, 0);

      g_assert_cmpuint (runs->len, ==, 1);
      g_assert_cmpstr (run->old_text, ==, "same");
      g_assert_true (g_utf8_validate (run->new_text, -1, NULL));
      g_assert_true (g_str_has_suffix (run->new_text, ends[i]));
      g_assert_cmpuint (strlen (run->new_text), <, 70 * 1024);
      if (i == 0)
        g_assert_cmpstr (run->new_text, ==, "a␍\nif \xef\xbf\xbd x\tü␛");
    }
}

/* A file of any size is compared, or said to be too large. */
static void
test_large (void)
{
  g_autofree char *lines = g_strnfill (SAGE_COMPARISON_MAX_LINES + 1, '\n');
  g_autoptr(GString) old_text = g_string_new (NULL);
  g_autoptr(GString) new_text = g_string_new (NULL);
  g_autoptr(SageTextComparison) comparison = NULL;
  g_autoptr(GArray) blocks = NULL;
  g_autoptr(GError) error = NULL;
  guint n_added;
  guint n_removed;

  g_assert_null (sage_text_comparison_new ("", lines, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);

  for (guint i = 0; i < 20000; i++)
    {
      g_string_append_printf (old_text, "line %u\n", i);
      g_string_append_printf (new_text, i % 2 == 0 ? "line %u\n" : "row %u\n", i);
    }
  comparison = compare (old_text->str, new_text->str);
  g_assert_cmpuint (sage_text_comparison_count (comparison, &n_added, &n_removed), ==, 10000);
  g_assert_cmpuint (n_added + n_removed, ==, 0);
  blocks = sage_text_comparison_list_blocks (comparison);
  g_assert_cmpuint (blocks->len, ==, SAGE_COMPARISON_MAX_BLOCKS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/studio/text-comparison/blocks", test_blocks);
  g_test_add_func ("/studio/text-comparison/random", test_random);
  g_test_add_func ("/studio/text-comparison/runs", test_runs);
  g_test_add_func ("/studio/text-comparison/large", test_large);

  return g_test_run ();
}
