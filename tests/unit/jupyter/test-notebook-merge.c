/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-notebook-diff.h"
#include "sage-notebook-merge.h"

#include "notebooks.h"
#include "random-edits.h"

/* A notebook of raw cells, from "id:source" words; ids of "-" are left out (nbformat 4.4). */
static char *
make_text (const char *words)
{
  g_auto(GStrv) list = g_strsplit (words, " ", -1);
  gboolean has_ids = words[0] != '-';
  GString *text = g_string_new ("{\n \"cells\": [");

  for (guint i = 0; list[i] != NULL && *list[i] != '\0'; i++)
    {
      g_auto(GStrv) parts = g_strsplit (list[i], ":", 2);
      g_autofree char *id = has_ids ? g_strdup_printf ("\"id\": \"%s\", ", parts[0]) : g_strdup ("");

      g_string_append_printf (text, "%s\n  {\"cell_type\": \"raw\", %s\"metadata\": {}, \"source\": \"%s\"}",
                              i > 0 ? "," : "", id, parts[1]);
    }
  g_string_append_printf (text, "\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": %d\n}\n",
                          has_ids ? 5 : 4);

  return g_string_free_and_steal (text);
}

static SageNotebook *
make (const char *words)
{
  g_autofree char *text = make_text (words);

  return parse (text);
}

static char *
describe (SageNotebook *notebook)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count (notebook); i++)
    {
      g_autofree char *source = g_strescape (source_at (notebook, i), NULL);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", source);
    }

  return g_string_free_and_steal (text);
}

static char *
describe_diff (GPtrArray *diffs)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < diffs->len; i++)
    {
      const SageCellDiff *diff = g_ptr_array_index (diffs, i);
      SageCell *cell = diff->new_cell != NULL ? diff->new_cell : diff->old_cell;

      g_string_append_printf (text, "%s%s%s%s%s%s", i > 0 ? " " : "",
                              diff->changes & SAGE_CELL_ADDED ? "+" : "",
                              diff->changes & SAGE_CELL_REMOVED ? "-" : "",
                              diff->changes & SAGE_CELL_MOVED ? "^" : "",
                              diff->changes & SAGE_CELL_SOURCE_CHANGED ? "*" : "",
                              sage_cell_get_source (cell));
    }

  return g_string_free_and_steal (text);
}

static void
test_diff (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    const char *expected;
  } cases[] = {
    { "a:A b:B", "a:A b:B", "A B" },
    { "a:A b:B", "a:A b:X", "A *X" },
    { "a:A b:B c:C", "a:A c:C", "A -B C" },
    { "a:A b:B", "b:B", "-A B" },
    { "a:A", "a:A n:N", "A +N" },
    { "a:A b:B c:C", "b:B c:C a:A", "B C ^A" },
    { "a:A b:B c:C", "c:X a:A b:B", "^*X A B" },
    { "a:A", "x:A", "A" }, /* new ids, same content */
    { "a:A", "x:B", "+B -A" },
    { "-:A -:B -:C", "-:A -:C", "A -B C" },
    { "-:one\\ntwo\\nthree -:B", "-:one\\n2\\nthree -:B", "*one\n2\nthree B" },
    { "", "a:A", "+A" },
    { "a:A", "", "-A" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageNotebook) before = make (cases[i].before);
      g_autoptr(SageNotebook) after = make (cases[i].after);
      g_autoptr(GPtrArray) diffs = sage_notebook_diff (before, after);
      g_autofree char *text = describe_diff (diffs);

      if (i == 8)
        g_assert_cmpuint (diffs->len, ==, 2);
      else
        g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_diff_outputs (void)
{
  static const char form[] =
    "{\"cells\": [{\"cell_type\": \"code\", \"id\": \"a\", \"metadata\": {%s}, \"execution_count\": %s, "
    "\"outputs\": [{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": %s}], \"source\": \"x\"}], "
    "\"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}";
  static const struct
  {
    const char *metadata;
    const char *execution_count;
    const char *text;
    guint       expected;
  } cases[] = {
    { "", "1", "\"a\\nb\"", 0 },
    { "", "1", "[\"a\\n\", \"b\"]", 0 },
    { "", "2", "\"a\\nb\"", SAGE_CELL_OUTPUTS_CHANGED },
    { "", "1", "\"a\\nc\"", SAGE_CELL_OUTPUTS_CHANGED },
    { "\"t\": 1", "1", "\"a\\nb\"", SAGE_CELL_METADATA_CHANGED },
  };
  g_autofree char *before_text = g_strdup_printf (form, "", "1", "\"a\\nb\"");
  g_autoptr(SageNotebook) before = parse (before_text);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (form, cases[i].metadata, cases[i].execution_count,
                                               cases[i].text);
      g_autoptr(SageNotebook) after = parse (text);
      g_autoptr(GPtrArray) diffs = sage_notebook_diff (before, after);

      g_assert_cmpuint (((SageCellDiff *) g_ptr_array_index (diffs, 0))->changes, ==, cases[i].expected);
    }
}

static void
test_text_diff (void)
{
  g_autoptr(GArray) hunks = sage_text_diff ("a\nb\nc\nd\n", "a\nx\ny\nc\nd\ne\n");
  g_autoptr(GArray) none = sage_text_diff ("a\n", "a\n");
  const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, 0);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (hunks->len, ==, 2);
  g_assert_cmpuint (hunk[0].old_start, ==, 1);
  g_assert_cmpuint (hunk[0].n_old, ==, 1);
  g_assert_cmpuint (hunk[0].new_start, ==, 1);
  g_assert_cmpuint (hunk[0].n_new, ==, 2);
  g_assert_cmpuint (hunk[1].old_start, ==, 4);
  g_assert_cmpuint (hunk[1].n_old, ==, 0);
  g_assert_cmpuint (hunk[1].n_new, ==, 1);
  g_assert_cmpfloat (sage_text_similarity ("", ""), ==, 1);
  g_assert_cmpfloat (sage_text_similarity ("a\nb", "a\nc"), ==, 0.5);
}

/* A text of any length is compared line by line, as long as there are lines to part it at. */
static void
test_text_diff_long (void)
{
  static const SageTextHunk expected[] = {
    { 0, 1, 0, 1 }, { 9992, 1, 9992, 0 }, { 20005, 0, 20004, 2 }, { 29998, 1, 29999, 1 },
  };
  g_autoptr(GString) old_text = g_string_new ("first\n");
  g_autoptr(GString) new_text = g_string_new ("one\n");
  g_autoptr(GArray) hunks = NULL;

  for (guint i = 0; i < 10000; i++)
    {
      g_string_append_printf (old_text, "a %u\nb %u\n{\n", i, i);
      g_string_append_printf (new_text, i == 9999 ? "z %u\n" : "a %u\n", i);
      if (i != 3330)
        g_string_append_printf (new_text, "b %u\n", i);
      g_string_append (new_text, i == 6667 ? "{\nx\ny\n" : "{\n");
    }

  hunks = sage_text_diff (old_text->str, new_text->str);
  g_assert_cmpuint (hunks->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < hunks->len; i++)
    {
      const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, i);

      g_assert_cmpuint (hunk->old_start, ==, expected[i].old_start);
      g_assert_cmpuint (hunk->n_old, ==, expected[i].n_old);
      g_assert_cmpuint (hunk->new_start, ==, expected[i].new_start);
      g_assert_cmpuint (hunk->n_new, ==, expected[i].n_new);
    }
}

/* Random texts: the hunks, applied to the old text, give the new one. */
static void
test_text_diff_random (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr(GString) old_text = g_string_new (NULL);
      g_autoptr(GString) new_text = g_string_new (NULL);
      GString *texts[2] = { old_text, new_text };
      g_autoptr(GPtrArray) patched = g_ptr_array_new ();
      g_autoptr(GArray) hunks = NULL;
      g_auto(GStrv) old_lines = NULL;
      g_auto(GStrv) new_lines = NULL;
      g_autofree char *joined = NULL;
      guint at = 0;

      for (guint side = 0; side < 2; side++)
        for (int i = g_test_rand_int_range (0, 12); i > 0; i--)
          g_string_append_printf (texts[side], "%c\n", 'a' + g_test_rand_int_range (0, 4));
      old_lines = g_strsplit (old_text->str, "\n", -1);
      new_lines = g_strsplit (new_text->str, "\n", -1);
      hunks = sage_text_diff (old_text->str, new_text->str);
      for (guint i = 0; i < hunks->len; i++)
        {
          const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, i);

          for (; at < hunk->old_start; at++)
            g_ptr_array_add (patched, old_lines[at]);
          for (guint j = 0; j < hunk->n_new; j++)
            g_ptr_array_add (patched, new_lines[hunk->new_start + j]);
          at += hunk->n_old;
        }
      for (; at < g_strv_length (old_lines); at++)
        g_ptr_array_add (patched, old_lines[at]);
      g_ptr_array_add (patched, NULL);
      joined = g_strjoinv ("\n", (char **) patched->pdata);
      g_assert_cmpstr (joined, ==, new_text->str);
    }
}

static void
test_text_merge (void)
{
  static const struct
  {
    const char *base;
    const char *ours;
    const char *theirs;
    const char *expected;
  } cases[] = {
    { "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC" },
    { "a\nb\nc", "A\nb\nc", "A\nb\nc", "A\nb\nc" },
    { "a\nb\nc", "a\nb\nc", "x", "x" },
    { "a\nb\nc", "A\nb\nc", "X\nb\nc", NULL },
    { "a\nb\nc", "A\nb\nc", "a\nB\nc", NULL },
    { "a\nb\nc", "a\nb\nc\nd", "0\na\nb\nc", "0\na\nb\nc\nd" },
    { "a\nb\nc", "b\nc", "a\nb", "b" },
    { "a\nb", "a\nb\n", "x\na\nb", "x\na\nb\n" },
    { "", "x", "y", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sage_text_merge (cases[i].base, cases[i].ours, cases[i].theirs);
      g_autofree char *mirrored = sage_text_merge (cases[i].base, cases[i].theirs, cases[i].ours);

      g_assert_cmpstr (text, ==, cases[i].expected);
      g_assert_cmpstr (mirrored, ==, cases[i].expected);
    }
}

static void
test_merge (void)
{
  static const struct
  {
    const char *base;
    const char *ours;
    const char *theirs;
    const char *expected;
    guint       n_conflicts;
  } cases[] = {
    { "a:A b:B", "a:A b:B", "a:A b:B", "A B", 0 },
    { "a:A b:B", "a:X b:B", "a:A b:Y", "X Y", 0 },
    { "a:A b:B", "a:X b:B", "a:Y b:B", "X B", 1 },
    { "a:A b:B", "a:X b:B", "a:X b:B", "X B", 0 },
    { "a:1\\n2\\n3 b:B", "a:x\\n2\\n3 b:B", "a:1\\n2\\ny b:B", "x\\n2\\ny B", 0 },
    { "a:A b:B", "a:A n:N b:B", "a:A b:B m:M", "A N B M", 0 },
    { "a:A b:B", "n:N a:A b:B", "b:B", "N B", 0 },
    { "a:A b:B c:C", "a:A c:C", "a:A b:B c:Y", "A Y", 0 },
    { "a:A b:B c:C", "a:A c:C", "a:A b:Y c:C", "A Y C", 1 },
    { "a:A b:B c:C", "a:A b:X c:C", "a:A c:C", "A X C", 1 },
    { "a:A b:B c:C", "c:C a:A b:B", "a:A b:Y c:C", "C A Y", 0 },
    { "a:A b:B c:C", "c:C a:A b:B", "a:A n:N b:B c:C", "C A N B", 0 },
    { "a:A b:B c:C", "a:X b:B c:C", "b:B c:C a:A", "B C X", 0 },
    { "a:A", "a:A n:N", "a:A n:N", "A N", 0 },
    { "-:A -:B", "-:A -:B -:N", "-:M -:A -:B", "M A B N", 0 },
    { "", "a:A", "b:B", "A B", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageNotebook) base = make (cases[i].base);
      g_autoptr(SageNotebook) ours = make (cases[i].ours);
      g_autoptr(SageNotebook) theirs = make (cases[i].theirs);
      g_autofree char *ours_text = serialise (ours);
      g_autofree char *theirs_text = serialise (theirs);
      g_autoptr(SageNotebookMerge) merge = sage_notebook_merge_new (base, ours, theirs, NULL);
      g_autofree char *text = NULL;
      g_autofree char *written = NULL;
      g_autoptr(SageNotebook) read = NULL;

      g_assert_nonnull (merge);
      text = describe (merge->notebook);
      g_assert_cmpstr (text, ==, cases[i].expected);
      g_assert_cmpuint (merge->conflicts->len, ==, cases[i].n_conflicts);
      assert_text (ours, ours_text);
      assert_text (theirs, theirs_text);
      written = serialise (merge->notebook);
      read = parse (written);
      g_assert_null (sage_notebook_get_fault (read));
      g_assert_null (sage_notebook_get_note (read));
    }
}

static void
test_resolve (void)
{
  g_autoptr(SageNotebook) base = make ("a:A b:B c:C");
  g_autoptr(SageNotebook) ours = make ("a:X c:C2");
  g_autoptr(SageNotebook) theirs = make ("a:Y b:B2 c:C");
  g_autoptr(SageNotebookMerge) merge = sage_notebook_merge_new (base, ours, theirs, NULL);
  g_autofree char *before = describe (merge->notebook);
  g_autofree char *theirs_taken = NULL;
  g_autofree char *ours_taken = NULL;

  g_assert_cmpstr (before, ==, "X B2 C2");
  g_assert_cmpuint (merge->conflicts->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    sage_notebook_merge_resolve (merge, g_ptr_array_index (merge->conflicts, i), TRUE);
  theirs_taken = describe (merge->notebook);
  g_assert_cmpstr (theirs_taken, ==, "Y B2 C2");
  for (guint i = 0; i < 2; i++)
    sage_notebook_merge_resolve (merge, g_ptr_array_index (merge->conflicts, i), FALSE);
  ours_taken = describe (merge->notebook);
  g_assert_cmpstr (ours_taken, ==, "X C2");

  /* and into the live notebook, as one step, its cells staying the objects they are */
  {
    SageCell *cell = sage_notebook_get_cell (ours, 0);
    g_autofree char *ours_text = serialise (ours);

    sage_notebook_merge_resolve (merge, g_ptr_array_index (merge->conflicts, 0), TRUE);
    sage_notebook_take_over (ours, merge->notebook, "Merge");
    g_assert_true (sage_notebook_get_cell (ours, 0) == cell);
    g_assert_cmpstr (sage_cell_get_source (cell), ==, "Y");
    g_assert_cmpuint (count (merge->notebook), ==, 0);
    sage_notebook_undo (ours);
    g_assert_cmpstr (sage_cell_get_source (cell), ==, "X");
  }
}

/* A file without ids: the cells that changed on disk stay the objects they are too. */
static void
test_take_over_without_ids (void)
{
  g_autoptr(SageNotebook) notebook = make ("-:1\\n2\\n3 -:B -:C");
  g_autoptr(SageNotebook) other = make ("-:C -:1\\n2\\nx");
  g_autofree char *expected = serialise (other);
  g_autofree char *before = serialise (notebook);
  SageCell *first = sage_notebook_get_cell (notebook, 0);
  g_autofree char *back = NULL;

  sage_notebook_take_over (notebook, other, "Reload");
  assert_text (notebook, expected);
  g_assert_true (sage_notebook_get_cell (notebook, 1) == first);
  g_assert_cmpuint (count (sage_notebook_get_bin (notebook)), ==, 1);
  sage_notebook_undo (notebook);
  back = describe (notebook);
  g_assert_cmpstr (back, ==, "1\\n2\\n3 B C");
}

/* The whole of a notebook but the way it is written: sources, types, outputs, tags, in order. */
static char *
essence (SageNotebook *notebook)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count (notebook); i++)
    {
      SageCell *cell = sage_notebook_get_cell (notebook, i);

      g_string_append_printf (text, "%d %u %d [%s]\n", (int) sage_cell_get_kind (cell),
                              count (sage_cell_get_outputs (cell)), sage_cell_has_tag (cell, "t"),
                              sage_cell_get_source (cell));
    }

  return g_string_free_and_steal (text);
}

static SageNotebook *
edited (const char *text,
        GRand      *rand,
        guint       n_edits)
{
  g_autoptr(SageNotebook) notebook = parse (text);
  g_autofree char *written = NULL;

  for (guint i = 0; i < n_edits; i++)
    random_edit (notebook, rand);
  written = serialise (notebook);

  return parse (written);
}

/* Whatever both did: where only one did anything the merge is that one; the result is whole; and taken
 * over by a live notebook it is a step that can be taken back and done again. */
static void
test_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint round = 0; round < 60; round++)
    {
      g_autofree char *text = make_text (round % 2 == 0 ? "a:A b:B c:1\\n2\\n3 d:D e:E"
                                                        : "-:A -:B -:1\\n2\\n3 -:D -:E");
      g_autoptr(SageNotebook) base = parse (text);
      g_autoptr(SageNotebook) ours = edited (text, rand, 1 + round / 6);
      g_autoptr(SageNotebook) theirs = edited (text, rand, 1 + round / 6);
      g_autofree char *ours_essence = essence (ours);
      g_autofree char *theirs_text = serialise (theirs);
      g_autoptr(SageNotebookMerge) only_ours = sage_notebook_merge_new (base, ours, base, NULL);
      g_autoptr(SageNotebookMerge) only_theirs = sage_notebook_merge_new (base, base, theirs, NULL);
      g_autoptr(SageNotebookMerge) both = sage_notebook_merge_new (base, ours, theirs, NULL);
      g_autofree char *only_ours_essence = essence (only_ours->notebook);
      g_autofree char *merged = serialise (both->notebook);
      g_autofree char *merged_essence = essence (both->notebook);
      g_autofree char *after = NULL;
      g_autofree char *again = NULL;
      g_autofree char *before = NULL;
      g_autoptr(SageNotebook) read = parse (merged);

      g_assert_null (sage_notebook_get_fault (read));
      g_assert_null (sage_notebook_get_note (read));
      g_assert_cmpstr (only_ours_essence, ==, ours_essence);
      assert_text (only_theirs->notebook, theirs_text);
      g_assert_cmpuint (only_ours->conflicts->len, ==, 0);
      g_assert_cmpuint (only_theirs->conflicts->len, ==, 0);

      sage_notebook_take_over (ours, both->notebook, "Merge");
      after = essence (ours);
      g_assert_cmpstr (after, ==, merged_essence);
      assert_text (ours, merged);
      sage_notebook_undo (ours);
      before = essence (ours);
      g_assert_cmpstr (before, ==, ours_essence);
      sage_notebook_redo (ours);
      again = essence (ours);
      g_assert_cmpstr (again, ==, merged_essence);
    }
}

/* The words that differ, put into the old text, give the new one. */
static void
test_text_diff_words (void)
{
  static const struct { const char *old_text, *new_text, *marked; } cases[] = {
    { "x = fit(data, 10)", "x = fit(rows, 10)", "x = fit([rows], 10)" },
    { "", "a", "[a]" },
    { "a b", "a", "a[]" },
    { "año \xe2\x82\xac 1", "año \xe2\x82\xac 2", "año \xe2\x82\xac [2]" },
    { "same", "same", "same" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) hunks = sage_text_diff_words (cases[i].old_text, cases[i].new_text);
      g_autoptr(GString) marked = g_string_new (NULL);
      g_autoptr(GString) patched = g_string_new (cases[i].old_text);
      guint at = 0;

      for (guint j = 0; j < hunks->len; j++)
        {
          const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, j);

          g_string_append_printf (marked, "%.*s[%.*s]", (int) (hunk->new_start - at), cases[i].new_text + at,
                                  (int) hunk->n_new, cases[i].new_text + hunk->new_start);
          at = hunk->new_start + hunk->n_new;
        }
      g_string_append (marked, cases[i].new_text + at);
      g_assert_cmpstr (marked->str, ==, cases[i].marked);

      for (guint j = hunks->len; j-- > 0;)
        {
          const SageTextHunk *hunk = &g_array_index (hunks, SageTextHunk, j);

          g_string_erase (patched, hunk->old_start, hunk->n_old);
          g_string_insert_len (patched, hunk->old_start, cases[i].new_text + hunk->new_start, hunk->n_new);
        }
      g_assert_cmpstr (patched->str, ==, cases[i].new_text);
    }
}

/* Reverting one cell after the other leads back to the old notebook, and undo to the new one. */
static void
test_revert (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint round = 0; round < 60; round++)
    {
      g_autofree char *text = make_text (round % 2 == 0 ? "a:A b:B c:1\\n2\\n3 d:D e:E"
                                                        : "-:A -:B -:1\\n2\\n3 -:D -:E");
      g_autoptr(SageNotebook) old_notebook = parse (text);
      g_autoptr(SageNotebook) notebook = edited (text, rand, 1 + round / 4);
      g_autofree char *old_essence = essence (old_notebook);
      g_autofree char *before = essence (notebook);
      g_autofree char *after = NULL;
      g_autofree char *back = NULL;
      guint n = 0;

      for (gboolean found = TRUE; found; n++)
        {
          g_autoptr(GPtrArray) diffs = sage_notebook_diff (old_notebook, notebook);

          g_assert_cmpuint (n, <, 100);
          found = FALSE;
          for (guint i = 0; i < diffs->len && !found; i++)
            {
              SageCellDiff *diff = g_ptr_array_index (diffs, i);

              found = diff->changes != 0;
              if (found)
                sage_notebook_revert_cell (notebook, old_notebook, diff);
            }
        }
      after = essence (notebook);
      g_assert_cmpstr (after, ==, old_essence);
      while (n-- > 1)
        sage_notebook_undo (notebook);
      back = essence (notebook);
      g_assert_cmpstr (back, ==, before);
    }
}

/* A cell that has gone in the meantime, and a notebook that can only be read, stay. */
static void
test_revert_nothing (void)
{
  g_autoptr(SageNotebook) old_notebook = make ("a:A b:B");
  g_autoptr(SageNotebook) notebook = make ("a:A b:X");
  g_autoptr(SageNotebook) broken = parse ("{\"cells\":[{}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}");
  g_autoptr(GPtrArray) diffs = sage_notebook_diff (old_notebook, notebook);
  g_autoptr(GPtrArray) none = sage_notebook_diff (old_notebook, broken);
  guint second = 1;

  sage_notebook_remove (notebook, &second, 1);
  sage_notebook_revert_cell (notebook, old_notebook, g_ptr_array_index (diffs, 1));
  g_assert_cmpuint (count (notebook), ==, 1);
  for (guint i = 0; i < none->len; i++)
    sage_notebook_revert_cell (broken, old_notebook, g_ptr_array_index (none, i));
  g_assert_cmpuint (count (broken), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-merge/diff", test_diff);
  g_test_add_func ("/jupyter/notebook-merge/diff-outputs", test_diff_outputs);
  g_test_add_func ("/jupyter/notebook-merge/text-diff", test_text_diff);
  g_test_add_func ("/jupyter/notebook-merge/text-diff-long", test_text_diff_long);
  g_test_add_func ("/jupyter/notebook-merge/text-diff-random", test_text_diff_random);
  g_test_add_func ("/jupyter/notebook-merge/text-diff-words", test_text_diff_words);
  g_test_add_func ("/jupyter/notebook-merge/revert", test_revert);
  g_test_add_func ("/jupyter/notebook-merge/revert-nothing", test_revert_nothing);
  g_test_add_func ("/jupyter/notebook-merge/text-merge", test_text_merge);
  g_test_add_func ("/jupyter/notebook-merge/merge", test_merge);
  g_test_add_func ("/jupyter/notebook-merge/resolve", test_resolve);
  g_test_add_func ("/jupyter/notebook-merge/random", test_random);
  g_test_add_func ("/jupyter/notebook-merge/take-over-without-ids", test_take_over_without_ids);

  return g_test_run ();
}
