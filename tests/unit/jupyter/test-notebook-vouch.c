/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-json.h"
#include "sage-notebook-diff.h"

#include "notebooks.h"

#define CELL(id, html) \
  "{\"cell_type\":\"code\",\"execution_count\":1,\"id\":\"" id "\",\"metadata\":{},\"source\":\"" id "\"," \
  "\"outputs\":[{\"output_type\":\"display_data\",\"metadata\":{},\"data\":{\"text/html\":\"" html "\"}}]}"
#define HARMLESS(id) \
  "{\"cell_type\":\"code\",\"execution_count\":1,\"id\":\"" id "\",\"metadata\":{},\"source\":\"" id "\"," \
  "\"outputs\":[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"words\"}]}"
#define NOTEBOOK(cells) "{\"cells\":[" cells "],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"

static gboolean
is_trusted (SageNotebook *notebook,
            guint         position,
            guint         trust)
{
  g_autoptr(SageOutput) output =
    g_list_model_get_item (sage_cell_get_outputs (sage_notebook_get_cell (notebook, position)), 0);

  g_assert_nonnull (output);

  return sage_output_is_trusted (output, trust);
}

/* Only what was there when somebody vouched, and only by that number. */
static void
test_vouch (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A") "," HARMLESS ("b")));
  guint first = sage_notebook_new_trust ();
  guint second = sage_notebook_new_trust ();

  g_assert_cmpuint (first, !=, 0);
  g_assert_cmpuint (first, !=, second);
  g_assert_false (sage_notebook_is_trusted (notebook, 0));
  g_assert_false (sage_notebook_is_trusted (notebook, first));
  g_assert_false (sage_cell_is_trusted (sage_notebook_get_cell (notebook, 0), first));
  g_assert_true (sage_cell_is_trusted (sage_notebook_get_cell (notebook, 1), 0));

  sage_notebook_vouch (notebook, first);
  g_assert_true (sage_notebook_is_trusted (notebook, first));
  g_assert_false (sage_notebook_is_trusted (notebook, second));
  g_assert_false (sage_notebook_is_trusted (notebook, 0));
  sage_notebook_vouch (notebook, second);
  g_assert_false (is_trusted (notebook, 0, first));
  g_assert_true (is_trusted (notebook, 0, second));
}

/* It does not matter whether anybody has looked at the outputs yet. */
static void
test_unseen (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A")));
  guint trust = sage_notebook_new_trust ();

  sage_notebook_vouch (notebook, trust);
  g_assert_true (sage_notebook_is_trusted (notebook, trust));
  g_assert_true (is_trusted (notebook, 0, trust));
  g_assert_false (is_trusted (notebook, 0, 0));
}

/* A paste into a trusted notebook is not trusted, undone and done again neither; one that is vouched for
 * is. */
static void
test_paste (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A")));
  guint trust = sage_notebook_new_trust ();
  guint again = sage_notebook_new_trust ();

  sage_notebook_vouch (notebook, trust);
  g_assert_true (sage_notebook_paste (notebook, 1, "[" CELL ("b", "B") "]", 0, NULL));
  g_assert_false (is_trusted (notebook, 1, trust));
  g_assert_false (sage_notebook_is_trusted (notebook, trust));
  sage_notebook_undo (notebook);
  g_assert_true (sage_notebook_is_trusted (notebook, trust));
  sage_notebook_vouch (notebook, again);
  sage_notebook_redo (notebook);
  g_assert_false (sage_notebook_is_trusted (notebook, again));

  g_assert_true (sage_notebook_paste (notebook, 2, "[" CELL ("c", "C") "]", again, NULL));
  g_assert_true (is_trusted (notebook, 2, again));
}

/* What comes back from the bin was not there when somebody vouched. */
static void
test_bin (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A") "," CELL ("b", "B")));
  g_autoptr(SageCell) gone = NULL;
  guint trust = sage_notebook_new_trust ();

  sage_notebook_remove (notebook, &(guint) { 1 }, 1);
  sage_notebook_vouch (notebook, trust);
  gone = g_list_model_get_item (sage_notebook_get_bin (notebook), 0);
  sage_notebook_bring_back (notebook, gone);
  g_assert_false (sage_cell_is_trusted (gone, trust));
  g_assert_false (sage_notebook_is_trusted (notebook, trust));
}

/* Outputs of another version are not trusted with the notebook they come into; those that are the same
 * in both stay what they are. */
static void
test_revert (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A") "," CELL ("b", "B")));
  g_autoptr(SageNotebook) old = parse (NOTEBOOK (CELL ("a", "other") "," CELL ("b", "B") "," CELL ("c", "C")));
  g_autoptr(GPtrArray) diffs = NULL;
  guint trust = sage_notebook_new_trust ();

  sage_notebook_vouch (notebook, trust);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 1), "changed");
  diffs = sage_notebook_diff (old, notebook);
  g_assert_cmpuint (diffs->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    sage_notebook_revert_cell (notebook, old, g_ptr_array_index (diffs, i));

  g_assert_cmpstr (source_at (notebook, 1), ==, "b");
  g_assert_false (is_trusted (notebook, 0, trust));
  g_assert_true (is_trusted (notebook, 1, trust));
  g_assert_false (is_trusted (notebook, 2, trust));
}

/* The same of what another program has written. */
static void
test_take_over (void)
{
  g_autoptr(SageNotebook) notebook = parse (NOTEBOOK (CELL ("a", "A") "," CELL ("b", "B")));
  g_autoptr(SageNotebook) theirs = parse (NOTEBOOK (CELL ("a", "evil") "," CELL ("b", "B") "," CELL ("c", "C")));
  guint trust = sage_notebook_new_trust ();

  sage_notebook_vouch (notebook, trust);
  sage_notebook_take_over (notebook, theirs, "Reload");
  g_assert_false (is_trusted (notebook, 0, trust));
  g_assert_true (is_trusted (notebook, 1, trust));
  g_assert_false (is_trusted (notebook, 2, trust));
  sage_notebook_undo (notebook);
  g_assert_true (sage_notebook_is_trusted (notebook, trust));
  sage_notebook_redo (notebook);
  g_assert_false (sage_notebook_is_trusted (notebook, trust));
}

/* What a run here puts out needs nobody to vouch for it. */
static void
test_own (void)
{
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autoptr(JsonNode) content =
    sage_json_parse_object ("{\"data\":{\"text/html\":\"x\"},\"metadata\":{},\"transient\":{}}", -1, NULL, NULL);

  sage_cell_take_message (cell, "display_data", json_node_get_object (content));
  g_assert_true (sage_cell_is_trusted (cell, 0));
  g_assert_true (sage_notebook_is_trusted (notebook, sage_notebook_new_trust ()));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/notebook-vouch/vouch", test_vouch);
  g_test_add_func ("/jupyter/notebook-vouch/unseen", test_unseen);
  g_test_add_func ("/jupyter/notebook-vouch/paste", test_paste);
  g_test_add_func ("/jupyter/notebook-vouch/bin", test_bin);
  g_test_add_func ("/jupyter/notebook-vouch/revert", test_revert);
  g_test_add_func ("/jupyter/notebook-vouch/take-over", test_take_over);
  g_test_add_func ("/jupyter/notebook-vouch/own", test_own);

  return g_test_run ();
}
