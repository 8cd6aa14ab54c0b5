/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-json.h"

#include "notebooks.h"
#include "random-edits.h"

/* Three cells, the middle one with an output; on one line, to be short. */
#define THREE                                                                                    \
  "{\"cells\": [{\"cell_type\": \"markdown\", \"id\": \"a\", \"metadata\": {}, \"source\": "     \
  "[\"A\"]},  {\"cell_type\": \"code\", \"execution_count\": 1, \"id\": \"b\", \"metadata\": "   \
  "{\"k\": 1}, \"outputs\": [{\"name\": \"stdout\", \"output_type\": \"stream\", \"text\": "     \
  "[\"o\"]}], \"source\": [\"B\\n\", \"\\n\", \"bb\"]}, {\"cell_type\": \"raw\", \"id\": "       \
  "\"c\", \"metadata\": {}, \"source\": [\"C\"]}], \"metadata\": {}, \"nbformat\": 4, "          \
  "\"nbformat_minor\": 5}\n"

static char *
order (SageNotebook *notebook)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count (notebook); i++)
    g_string_append_printf (text, "%s|", source_at (notebook, i));

  return g_string_free_and_steal (text);
}

static void
assert_order (SageNotebook *notebook,
              const char   *expected)
{
  g_autofree char *text = order (notebook);

  g_assert_cmpstr (text, ==, expected);
}

static void
type_text (SageNotebook *notebook,
           SageCell     *cell,
           const char   *text)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      char one[2] = { *at, '\0' };

      sage_notebook_edit_source (notebook, cell, strlen (sage_cell_get_source (cell)), 0, one);
    }
}

static void
test_typing (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *name = NULL;

  type_text (notebook, cell, "bc\nde");
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc\nde");
  g_object_get (notebook, "undo-name", &name, NULL);
  g_assert_cmpstr (name, ==, "Typing");
  g_assert_true (sage_notebook_undo (notebook) == cell);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc\n");
  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc");
  sage_notebook_undo (notebook);
  g_assert_null (sage_notebook_undo (notebook));
  assert_text (notebook, THREE);
  sage_notebook_redo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc");

  /* Backspace, then Delete, are a step each direction. */
  sage_notebook_edit_source (notebook, cell, 2, 1, "");
  sage_notebook_edit_source (notebook, cell, 1, 1, "");
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "A");
  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc");
  g_assert_null (sage_notebook_redo (notebook) == NULL ? cell : NULL);
  sage_notebook_undo (notebook);
  sage_notebook_edit_source (notebook, cell, 0, 1, "");
  sage_notebook_edit_source (notebook, cell, 0, 1, "");
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "c");
  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abc");

  /* Another place begins a new step. */
  sage_notebook_edit_source (notebook, cell, 3, 0, "x");
  sage_notebook_edit_source (notebook, cell, 0, 0, "y");
  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Abcx");
}

static void
test_saved (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);

  type_text (notebook, cell, "b");
  g_assert_true (sage_notebook_is_modified (notebook));
  sage_notebook_mark_saved (notebook);
  g_assert_false (sage_notebook_is_modified (notebook));
  type_text (notebook, cell, "c"); /* not joined with what was saved */
  g_assert_true (sage_notebook_is_modified (notebook));
  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "Ab");
  g_assert_false (sage_notebook_is_modified (notebook));
  sage_notebook_undo (notebook); /* across the save */
  g_assert_true (sage_notebook_is_modified (notebook));
  assert_text (notebook, THREE);
}

static void
test_insert_remove (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  const guint ends[] = { 2, 0, 0, 9 };
  const guint all[] = { 0, 1, 2 };
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  GListModel *bin = sage_notebook_get_bin (notebook);

  sage_notebook_remove (notebook, ends, 4);
  assert_order (notebook, "B\n\nbb|");
  g_assert_cmpuint (count (bin), ==, 2);
  g_assert_null (sage_notebook_find_cell (notebook, "a", NULL));

  g_assert_true (sage_notebook_undo (notebook) == cell);
  assert_order (notebook, "A|B\n\nbb|C|");
  g_assert_cmpuint (count (bin), ==, 0);
  assert_text (notebook, THREE);

  sage_notebook_remove (notebook, all, 3);
  assert_order (notebook, "|");
  g_assert_cmpuint (count (bin), ==, 3);
  sage_notebook_undo (notebook);
  assert_text (notebook, THREE);
}

static void
test_bring_back (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  const guint middle = 1;
  GListModel *bin = sage_notebook_get_bin (notebook);
  g_autoptr(SageCell) cell = NULL;

  sage_notebook_remove (notebook, &middle, 1);
  type_text (notebook, sage_notebook_get_cell (notebook, 0), "!");
  cell = g_list_model_get_item (bin, 0);
  sage_notebook_bring_back (notebook, cell);
  assert_order (notebook, "A!|B\n\nbb|C|");
  g_assert_cmpuint (count (bin), ==, 0);
  g_assert_cmpuint (count (sage_cell_get_outputs (cell)), ==, 1);
  sage_notebook_undo (notebook);
  g_assert_cmpuint (count (bin), ==, 1);
  sage_notebook_undo (notebook);
  sage_notebook_undo (notebook);
  g_assert_cmpuint (count (bin), ==, 0);
  assert_text (notebook, THREE);
}

static void
test_move (void)
{
  static const struct
  {
    guint       positions[2];
    guint       n;
    guint       to;
    const char *expected;
  } cases[] = {
    { { 0 }, 1, 3, "B\n\nbb|C|A|" },
    { { 2 }, 1, 0, "C|A|B\n\nbb|" },
    { { 0, 2 }, 2, 2, "B\n\nbb|A|C|" },
    { { 0, 2 }, 2, 1, "A|C|B\n\nbb|" },
    { { 1, 2 }, 2, 0, "B\n\nbb|C|A|" },
    { { 1 }, 1, 1, "A|B\n\nbb|C|" },
    { { 1 }, 1, 2, "A|B\n\nbb|C|" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SageNotebook) notebook = parse (THREE);
      gboolean can_undo;

      sage_notebook_move (notebook, cases[i].positions, cases[i].n, cases[i].to);
      assert_order (notebook, cases[i].expected);
      g_assert_cmpuint (count (sage_notebook_get_bin (notebook)), ==, 0);
      g_object_get (notebook, "can-undo", &can_undo, NULL);
      g_assert_cmpint (can_undo, ==, i < 5);
      sage_notebook_undo (notebook);
      assert_text (notebook, THREE);
    }
}

static void
test_split_merge (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 1);

  sage_notebook_split (notebook, 1, 2);
  assert_order (notebook, "A|B|bb|C|");
  g_assert_true (sage_notebook_get_cell (notebook, 2) == cell);
  g_assert_cmpuint (count (sage_cell_get_outputs (cell)), ==, 1);
  g_assert_true (json_object_has_member (
    sage_cell_get_metadata (sage_notebook_get_cell (notebook, 1)), "k"));

  sage_notebook_merge (notebook, 0, 4);
  assert_order (notebook, "A\n\nB\n\nbb\n\nC|");
  g_assert_cmpint (sage_cell_get_kind (sage_notebook_get_cell (notebook, 0)), ==, SAGE_CELL_MARKDOWN);
  sage_notebook_undo (notebook);
  assert_order (notebook, "A|B|bb|C|");
  sage_notebook_undo (notebook);
  assert_text (notebook, THREE);
}

static void
test_kind_and_outputs (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 1);
  const guint all[] = { 0, 1, 2 };
  g_autofree char *text = NULL;

  sage_notebook_set_kind (notebook, all, 3, SAGE_CELL_MARKDOWN);
  text = serialise (notebook);
  g_assert_null (strstr (text, "outputs"));
  g_assert_null (strstr (text, "execution_count"));
  sage_notebook_set_kind (notebook, all, 3, SAGE_CELL_CODE);
  g_assert_cmpuint (count (sage_cell_get_outputs (cell)), ==, 0);
  sage_notebook_undo (notebook);
  sage_notebook_undo (notebook);
  assert_text (notebook, THREE);

  sage_notebook_clear_outputs (notebook, all, 3);
  g_assert_cmpuint (count (sage_cell_get_outputs (cell)), ==, 0);
  g_assert_cmpint (sage_cell_get_execution_count (cell), ==, -1);
  sage_notebook_undo (notebook);
  assert_text (notebook, THREE);
  sage_notebook_redo (notebook);
  g_clear_pointer (&text, g_free);
  text = serialise (notebook);
  g_assert_nonnull (strstr (text, "\"execution_count\": null, \"id\": \"b\", \"metadata\": "
                                  "{\"k\": 1}, \"outputs\": [], \"source\": [\"B"));
}

static void
test_copy_paste (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  g_autoptr(SageNotebook) other = sage_notebook_new ();
  const guint all[] = { 1, 0 };
  g_autofree char *text = sage_notebook_copy (notebook, all, 2);
  g_autoptr(GError) error = NULL;
  g_autofree char *written = NULL;
  g_autoptr(SageNotebook) read = NULL;
  static const char *const bad[] = { "", "[", "7", "{\"x\":1}", "[{\"cell_type\":\"code\"}]", "[1]" };

  g_assert_true (sage_notebook_paste (other, 1, text, 0, &error));
  g_assert_no_error (error);
  assert_order (other, "|B\n\nbb|A|");
  written = serialise (other);
  g_assert_nonnull (strstr (written, "   \"source\": [\n    \"B\\n\",\n    \"\\n\",\n    \"bb\"\n   ]\n"));
  read = parse (written);
  g_assert_null (sage_notebook_get_fault (read));
  g_assert_null (sage_notebook_get_note (read));
  g_assert_cmpuint (count (sage_cell_get_outputs (sage_notebook_get_cell (read, 1))), ==, 1);
  g_assert_null (sage_notebook_find_cell (other, "b", NULL));

  /* a whole notebook, and one cell */
  g_assert_true (sage_notebook_paste (other, 0, THREE, 0, &error));
  g_assert_true (sage_notebook_paste (other, 0, "{\"cell_type\":\"raw\",\"metadata\":{},\"source\":\"r\"}",
                                      0, &error));
  assert_order (other, "r|A|B\n\nbb|C||B\n\nbb|A|");
  sage_notebook_undo (other);
  sage_notebook_undo (other);
  assert_order (other, "|B\n\nbb|A|");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) refused = NULL;

      g_assert_false (sage_notebook_paste (other, 0, bad[i], 0, &refused));
      g_assert_nonnull (refused);
    }
  assert_order (other, "|B\n\nbb|A|");
}

static void
source_edited_cb (SageNotebook *notebook,
                  SageCell     *cell,
                  guint64       offset,
                  guint64       removed,
                  const char   *inserted,
                  GString      *buffer)
{
  g_string_erase (buffer, (gssize) offset, (gssize) removed);
  g_string_insert (buffer, (gssize) offset, inserted);
}

/* A buffer that follows "source-edited" has what the cell has. */
static void
test_source_edited (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autoptr(GString) buffer = g_string_new (sage_cell_get_source (cell));

  g_signal_connect (notebook, "source-edited", G_CALLBACK (source_edited_cb), buffer);

  sage_notebook_set_source (notebook, cell, "Aé1");
  g_assert_cmpstr (buffer->str, ==, "Aé1");
  sage_notebook_set_source (notebook, cell, "Aè1");
  g_assert_cmpstr (buffer->str, ==, "Aè1");
  sage_notebook_set_source (notebook, cell, "1");
  g_assert_cmpstr (buffer->str, ==, "1");

  g_string_append (buffer, "2"); /* what is typed is in the buffer already */
  sage_notebook_edit_source (notebook, cell, 1, 0, "2");
  g_assert_cmpstr (buffer->str, ==, "12");
  while (sage_notebook_undo (notebook) != NULL)
    g_assert_cmpstr (buffer->str, ==, sage_cell_get_source (cell));
  g_assert_cmpstr (buffer->str, ==, "A");
}

static void
test_group (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  g_autofree char *name = NULL;

  sage_notebook_begin_step (notebook, "Replace All");
  for (guint i = 0; i < 3; i++)
    sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, i), "same");
  sage_notebook_end_step (notebook);
  g_object_get (notebook, "undo-name", &name, NULL);
  g_assert_cmpstr (name, ==, "Replace All");
  sage_notebook_undo (notebook);
  assert_text (notebook, THREE);

  sage_notebook_begin_step (notebook, "Nothing");
  sage_notebook_end_step (notebook);
  g_assert_null (sage_notebook_undo (notebook));
  g_assert_nonnull (sage_notebook_redo (notebook));
}

/* The oldest steps go; what is left can still be taken back. */
static void
test_bounded (void)
{
  g_autoptr(SageNotebook) notebook = parse (THREE);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *big = g_strnfill (10 << 20, 'x');
  g_autofree char *other = g_strnfill (10 << 20, 'y');
  guint n = 0;

  for (guint i = 0; i < 10; i++)
    sage_notebook_set_source (notebook, cell, i % 2 == 0 ? big : other);
  while (sage_notebook_undo (notebook) != NULL)
    n++;
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <=, 4);
  g_assert_true (sage_notebook_is_modified (notebook));
}

/* Whatever is done: all of it taken back gives the file's bytes, done again the same bytes as
 * before; and what is written can be read, and says the same. */
static void
test_random (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr(SageNotebook) notebook = parse (THREE);
      g_autoptr(SageNotebook) read = NULL;
      g_autofree char *before = NULL;
      g_autofree char *again = NULL;
      g_autofree char *sources = NULL;

      for (guint i = 0; i < 60; i++)
        random_edit (notebook, rand);

      while (sage_notebook_redo (notebook) != NULL)
        ;
      before = serialise (notebook);
      sources = order (notebook);
      read = parse (before);
      g_assert_null (sage_notebook_get_fault (read));
      g_assert_null (sage_notebook_get_note (read));
      assert_order (read, sources);

      while (sage_notebook_undo (notebook) != NULL)
        ;
      assert_text (notebook, THREE);
      g_assert_cmpuint (count (sage_notebook_get_bin (notebook)), ==, 0);
      while (sage_notebook_redo (notebook) != NULL)
        ;
      again = serialise (notebook);
      g_assert_cmpstr (again, ==, before);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-edit/typing", test_typing);
  g_test_add_func ("/jupyter/notebook-edit/saved", test_saved);
  g_test_add_func ("/jupyter/notebook-edit/insert-remove", test_insert_remove);
  g_test_add_func ("/jupyter/notebook-edit/bring-back", test_bring_back);
  g_test_add_func ("/jupyter/notebook-edit/move", test_move);
  g_test_add_func ("/jupyter/notebook-edit/split-merge", test_split_merge);
  g_test_add_func ("/jupyter/notebook-edit/kind-and-outputs", test_kind_and_outputs);
  g_test_add_func ("/jupyter/notebook-edit/copy-paste", test_copy_paste);
  g_test_add_func ("/jupyter/notebook-edit/source-edited", test_source_edited);
  g_test_add_func ("/jupyter/notebook-edit/group", test_group);
  g_test_add_func ("/jupyter/notebook-edit/bounded", test_bounded);
  g_test_add_func ("/jupyter/notebook-edit/random", test_random);

  return g_test_run ();
}
