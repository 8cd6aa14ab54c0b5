/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-path-globs.h"
#include "sage-project-search.h"
#include "sage-replacement.h"

#define TIMEOUT_S 120

/* A folder with files, and what was found there last. */
typedef struct
{
  char              *folder;
  SageProjectSearch *search;
  SageReplacement   *replacement;
  guint              n_left;
  gboolean           undone;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("sage-search-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->search);
  g_clear_object (&fixture->replacement);
  g_assert_true (sage_dir_remove (fixture->folder, NULL));
  g_free (fixture->folder);
}

static char *
path_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
write_bytes (Fixture    *fixture,
             const char *name,
             const char *data,
             gsize       length)
{
  g_autofree char *path = path_of (fixture, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
write_text (Fixture    *fixture,
            const char *name,
            const char *text)
{
  write_bytes (fixture, name, text, strlen (text));
}

static void
assert_holds (Fixture    *fixture,
              const char *name,
              const char *expected)
{
  g_autofree char *path = path_of (fixture, name);
  g_autofree char *found = NULL;

  g_assert_true (g_file_get_contents (path, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, expected);
}

/* Searches, and waits until it is over. */
static void
run (Fixture         *fixture,
     SageSearchQuery  query,
     GHashTable      *unsaved)
{
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr(GError) error = NULL;
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  g_clear_object (&fixture->search);
  fixture->search = sage_project_search_new (folder, &query, unsaved, &error);
  g_assert_no_error (error);
  sage_project_search_start (fixture->search);
  while (sage_project_search_is_running (fixture->search))
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

/* What was found: "a.py 1:0 x|nb.ipynb [2] 0:4 x"; a match in an output has a star. */
static void
assert_found (Fixture    *fixture,
              const char *expected)
{
  GListModel *files = sage_project_search_get_files (fixture->search);
  g_autoptr(GString) found = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(SageSearchFile) file = g_list_model_get_item (files, i);

      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (file->matches)); j++)
        {
          g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (file->matches), j);

          g_string_append_printf (found, "%s%s ", found->len > 0 ? "|" : "", file->relative);
          if (match->cell != SAGE_SEARCH_NO_CELL)
            g_string_append_printf (found, "[%u%s] ", match->cell, match->in_output ? "*" : "");
          g_string_append_printf (found, "%u:%u %s", match->line, match->column, match->matched);
        }
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
made_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  ((Fixture *) user_data)->replacement = sage_replacement_make_finish (result);
}

static void
replace (Fixture    *fixture,
         const char *by)
{
  g_clear_object (&fixture->replacement);
  sage_replacement_make_async (sage_project_search_get_files (fixture->search),
                               sage_project_search_get_pattern (fixture->search), by, made_cb, fixture);
  while (fixture->replacement == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
undone_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->n_left = sage_replacement_undo_finish (SAGE_REPLACEMENT (object), result);
  fixture->undone = TRUE;
}

static guint
take_back (Fixture *fixture)
{
  fixture->undone = FALSE;
  sage_replacement_undo_async (fixture->replacement, undone_cb, fixture);
  while (!fixture->undone)
    g_main_context_iteration (NULL, TRUE);

  return fixture->n_left;
}

/* --- Patterns for paths ----------------------------------------------------------------------- */

static void
test_globs (void)
{
  static const struct
  {
    const char       *patterns;
    const char       *path;
    gboolean          is_folder;
    SageGlobsVerdict  verdict;
  } rows[] = {
    { "*.py", "a.py", FALSE, SAGE_GLOBS_MATCH },
    { "*.py", "deep/er/a.py", FALSE, SAGE_GLOBS_MATCH },
    { "*.py", "a.pyc", FALSE, SAGE_GLOBS_SILENT },
    { "/a.py", "deep/a.py", FALSE, SAGE_GLOBS_SILENT },
    { "src/*.py", "src/a.py", FALSE, SAGE_GLOBS_MATCH },
    { "src/*.py", "src/x/a.py", FALSE, SAGE_GLOBS_SILENT },
    { "src/**/a.py", "src/a.py", FALSE, SAGE_GLOBS_MATCH },
    { "src/**/a.py", "src/x/y/a.py", FALSE, SAGE_GLOBS_MATCH },
    { "data/**", "data", TRUE, SAGE_GLOBS_SILENT },
    { "data/**", "data/a", FALSE, SAGE_GLOBS_MATCH },
    { "data/**", "data/x/y", TRUE, SAGE_GLOBS_MATCH },
    { "data/**,!data/keep", "data/keep", FALSE, SAGE_GLOBS_EXCEPT },
    { "a/**/b/**", "a/b", TRUE, SAGE_GLOBS_SILENT },
    { "a/**/b/**", "a/b/b/c", FALSE, SAGE_GLOBS_MATCH },
    { "**", "data", TRUE, SAGE_GLOBS_MATCH },
    { "/**", "a/b", FALSE, SAGE_GLOBS_MATCH },
    { "out/", "out", FALSE, SAGE_GLOBS_SILENT },
    { "out/", "x/out", TRUE, SAGE_GLOBS_MATCH },
    { "*.log,!keep.log", "keep.log", FALSE, SAGE_GLOBS_EXCEPT },
    { "!keep.log,*.log", "keep.log", FALSE, SAGE_GLOBS_MATCH },
    { "[a-c]?.txt", "bü.txt", FALSE, SAGE_GLOBS_MATCH },
    { "[!a-c]*", "bx", FALSE, SAGE_GLOBS_SILENT },
    { "[", "[", FALSE, SAGE_GLOBS_MATCH },
    { "a\\*b", "a*b", FALSE, SAGE_GLOBS_MATCH },
    { "a\\*b", "axb", FALSE, SAGE_GLOBS_SILENT },
    { "\xff?", "\xff\xfe", FALSE, SAGE_GLOBS_MATCH },
    { "# note, ,!,/,", "note", FALSE, SAGE_GLOBS_SILENT },
  };
  g_autofree char *stars = g_strnfill (2000, 'a');
  g_autofree char *name = g_strnfill (4000, 'a');
  g_autoptr(GString) hostile = g_string_new (NULL);
  g_autoptr(SagePathGlobs) costly = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SagePathGlobs) globs = sage_path_globs_parse (rows[i].patterns, ",");

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sage_path_globs_match (globs, rows[i].path, rows[i].is_folder), ==, rows[i].verdict);
    }

  for (const char *at = stars; *at != '\0'; at++)
    g_string_append (hostile, "*a");
  g_string_append_c (hostile, 'b');
  costly = sage_path_globs_parse (hostile->str, ",");
  g_assert_cmpint (sage_path_globs_match (costly, name, FALSE), ==, SAGE_GLOBS_SILENT);
}

/* --- Searching -------------------------------------------------------------------------------- */

static void
test_finds (Fixture       *fixture,
            gconstpointer  data)
{
  write_text (fixture, "a.py", "one two\r\nTwo twofold\r\n");
  write_text (fixture, "sub/b.md", "äö two");
  write_text (fixture, "sub/c.txt", "nothing");

  run (fixture, (SageSearchQuery) { .text = "two" }, NULL);
  assert_found (fixture, "a.py 0:4 two|a.py 1:0 Two|a.py 1:4 two|sub/b.md 0:3 two");
  run (fixture, (SageSearchQuery) { .text = "two", .case_sensitive = TRUE, .whole_words = TRUE }, NULL);
  assert_found (fixture, "a.py 0:4 two|sub/b.md 0:3 two");
  run (fixture, (SageSearchQuery) { .text = "^t(w)o\\b|o$", .is_regex = TRUE }, NULL);
  assert_found (fixture, "a.py 0:6 o|a.py 1:0 Two|sub/b.md 0:5 o");
  run (fixture, (SageSearchQuery) { .text = "two", .include = "*.md" }, NULL);
  assert_found (fixture, "sub/b.md 0:3 two");
  run (fixture, (SageSearchQuery) { .text = "two", .include = "sub", .exclude = "b.*" }, NULL);
  assert_found (fixture, "");
  run (fixture, (SageSearchQuery) { .text = "a.c(" }, NULL);
  assert_found (fixture, "");
}

static void
test_leaves_out (Fixture       *fixture,
                 gconstpointer  data)
{
  const SageSearchCounts *counts;
  g_autofree char *fifo = path_of (fixture, "fifo");
  g_autofree char *loop = path_of (fixture, "sub/loop");
  g_autofree char *large = g_malloc0 (11 * 1024 * 1024);

  write_text (fixture, ".git/config", "two");
  write_text (fixture, "node_modules/m.js", "two");
  write_text (fixture, "env/pyvenv.cfg", "two");
  write_text (fixture, ".gitignore", "*.log\n!keep.log\n/build/\n");
  write_text (fixture, "build/b.txt", "two");
  write_text (fixture, "x.log", "two");
  write_text (fixture, "keep.log", "two");
  write_text (fixture, "sub/.gitignore", "*.tmp\ndata/**\n!data/kept.txt");
  write_text (fixture, "sub/data/kept.txt", "two");
  write_text (fixture, "sub/data/other.txt", "two");
  write_text (fixture, "sub/y.tmp", "two");
  write_text (fixture, "y.tmp", "two");
  write_bytes (fixture, "program", "\x7f" "ELF\0two", 8);
  write_bytes (fixture, "latin.txt", "Gr\xf6\xdf" "e two", 9);
  memset (large, 'x', 11 * 1024 * 1024);
  write_bytes (fixture, "large.txt", large, 11 * 1024 * 1024);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("..", loop), ==, 0);

  run (fixture, (SageSearchQuery) { .text = "two" }, NULL);
  assert_found (fixture, "keep.log 0:0 two|latin.txt 0:6 two|y.tmp 0:0 two|sub/data/kept.txt 0:0 two");
  counts = sage_project_search_get_counts (fixture->search);
  g_assert_cmpuint (counts->n_binary, ==, 1);
  g_assert_cmpuint (counts->n_large, ==, 1);
  g_assert_cmpuint (counts->n_unreadable, ==, 0);
  run (fixture, (SageSearchQuery) { .text = "two", .in_ignored = TRUE, .exclude = "*.t*" }, NULL);
  assert_found (fixture, "keep.log 0:0 two|x.log 0:0 two|env/pyvenv.cfg 0:0 two|"
                         "node_modules/m.js 0:0 two");
}

static void
test_hostile_expressions (Fixture       *fixture,
                          gconstpointer  data)
{
  static const char * const wrong[] = { "a)(b", "(", "[z", "(?P<x", "\\", "(((a{60000}){60000}){60000})" };
  g_autofree char *run_of_a = g_strnfill (100000, 'a');
  g_autofree char *spaces = g_strnfill (200000, ' ');
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr(GString) lines = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      SageSearchQuery query = { .text = wrong[i], .is_regex = TRUE, .whole_words = TRUE };
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_project_search_new (folder, &query, NULL, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }

  write_text (fixture, "a.txt", run_of_a);
  write_text (fixture, "s.txt", spaces);
  run (fixture, (SageSearchQuery) { .text = "(a+)+[bc]", .is_regex = TRUE }, NULL);
  assert_found (fixture, "");
  g_assert_cmpuint (sage_project_search_get_counts (fixture->search)->n_costly, ==, 1);
  run (fixture, (SageSearchQuery) { .text = "\\s+$x", .is_regex = TRUE }, NULL);
  assert_found (fixture, "");
  g_assert_cmpuint (sage_project_search_get_counts (fixture->search)->n_long, ==, 2);
  run (fixture, (SageSearchQuery) { .text = "b*", .is_regex = TRUE }, NULL); /* matches nothing */
  assert_found (fixture, "");

  for (guint i = 0; i < SAGE_SEARCH_MAX_MATCHES + 5; i++)
    g_string_append (lines, "b\n");
  write_text (fixture, "b.txt", lines->str);
  write_text (fixture, "c.txt", "b");
  run (fixture, (SageSearchQuery) { .text = "b" }, NULL);
  g_assert_cmpuint (sage_project_search_get_n_matches (fixture->search), ==, SAGE_SEARCH_MAX_MATCHES);
  g_assert_true (sage_project_search_get_counts (fixture->search)->many_matches);
}

static void
test_many_files (Fixture       *fixture,
                 gconstpointer  data)
{
  SageSearchQuery query = { .text = "needle" };
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->folder);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *name = g_strdup_printf ("d%u/f%u.txt", i % 30, i);

      write_text (fixture, name, i % 100 == 0 ? "a needle" : "hay");
    }
  run (fixture, query, NULL);
  g_assert_cmpuint (sage_project_search_get_n_matches (fixture->search), ==, 30);
  g_assert_cmpuint (sage_project_search_get_counts (fixture->search)->n_files, ==, 3000);

  /* cancelled, and then dropped in the middle */
  g_clear_object (&fixture->search);
  fixture->search = sage_project_search_new (folder, &query, NULL, NULL);
  sage_project_search_start (fixture->search);
  sage_project_search_cancel (fixture->search);
  while (sage_project_search_is_running (fixture->search))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sage_project_search_was_cancelled (fixture->search));
  g_clear_object (&fixture->search);
  fixture->search = sage_project_search_new (folder, &query, NULL, NULL);
  sage_project_search_start (fixture->search);
  g_clear_object (&fixture->search);
}

#define NOTEBOOK \
  "{\n   \"metadata\" : {\"odd\": 1.50},\n   \"nbformat\": 4, \"nbformat_minor\": 5,\n   \"cells\": [\n" \
  "      {\"cell_type\":\"markdown\", \"id\": \"a\", \"source\": \"# %s\\ntext\", \"metadata\": {}},\n" \
  "      {\"cell_type\":\"code\", \"id\": \"b\", \"source\": \"x = 1\\nprint('%s')\", \"metadata\": {}, " \
  "\"execution_count\": null, \"outputs\": [{\"output_type\": \"stream\", \"name\": \"stdout\", " \
  "\"text\": [\"old text\\n\"]}]}\n   ]}"

static void
test_notebooks (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *before = g_strdup_printf (NOTEBOOK, "old", "old");
  g_autofree char *after = g_strdup_printf (NOTEBOOK, "a \\\"new\\\" one", "a \\\"new\\\" one");
  g_autoptr(GHashTable) unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify) g_bytes_unref);
  g_autofree char *memory = g_strdup_printf (NOTEBOOK, "typed", "typed");

  write_text (fixture, "n.ipynb", before);
  write_text (fixture, "broken.ipynb", "{\"cells\": old");
  run (fixture, (SageSearchQuery) { .text = "old" }, NULL);
  assert_found (fixture, "n.ipynb [0] 0:2 old|n.ipynb [1] 1:7 old");
  g_assert_cmpuint (sage_project_search_get_counts (fixture->search)->n_unreadable, ==, 1);
  g_assert_cmpuint (sage_project_search_get_counts (fixture->search)->n_binary, ==, 0);
  replace (fixture, "a \"new\" one");
  g_assert_cmpuint (sage_replacement_get_n_matches (fixture->replacement), ==, 2);
  assert_holds (fixture, "n.ipynb", after);
  g_assert_cmpuint (take_back (fixture), ==, 0);
  assert_holds (fixture, "n.ipynb", before);

  run (fixture, (SageSearchQuery) { .text = "old", .in_outputs = TRUE }, NULL);
  assert_found (fixture, "n.ipynb [0] 0:2 old|n.ipynb [1] 1:7 old|n.ipynb [1*] 0:0 old");
  replace (fixture, "new"); /* an output is what it was */
  g_assert_cmpuint (sage_replacement_get_n_matches (fixture->replacement), ==, 2);

  g_hash_table_insert (unsaved, path_of (fixture, "n.ipynb"), g_bytes_new (memory, strlen (memory)));
  run (fixture, (SageSearchQuery) { .text = "typed" }, unsaved);
  assert_found (fixture, "n.ipynb [0] 0:2 typed|n.ipynb [1] 1:7 typed");
}

/* --- Replacing -------------------------------------------------------------------------------- */

static void
choose_none_but (Fixture *fixture,
                 guint    file_at,
                 guint    match_at)
{
  GListModel *files = sage_project_search_get_files (fixture->search);
  g_autoptr(SageSearchFile) chosen = g_list_model_get_item (files, file_at);
  g_autoptr(SageSearchMatch) match = g_list_model_get_item (G_LIST_MODEL (chosen->matches), match_at);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(SageSearchFile) file = g_list_model_get_item (files, i);

      sage_search_file_set_chosen (file, FALSE);
    }
  sage_search_match_set_chosen (match, TRUE);
}

static void
test_replaces (Fixture       *fixture,
               gconstpointer  data)
{
  static const char before[] = "\xef\xbb\xbf" "old Old\r\nfold\r\n";
  const char *name;
  const GError *error;

  write_text (fixture, "a.py", before);
  write_text (fixture, "b.py", "old");
  run (fixture, (SageSearchQuery) { .text = "(o)ld", .is_regex = TRUE }, NULL);
  choose_none_but (fixture, 0, 1);
  replace (fixture, "n\\1w\\n");
  assert_holds (fixture, "a.py", "\xef\xbb\xbf" "old nOw\r\n\r\nfold\r\n");
  assert_holds (fixture, "b.py", "old");
  g_assert_cmpuint (sage_replacement_get_n_left (fixture->replacement, &name, &error), ==, 0);
  g_assert_cmpuint (take_back (fixture), ==, 0);
  assert_holds (fixture, "a.py", before);

  run (fixture, (SageSearchQuery) { .text = "old" }, NULL);
  replace (fixture, "\\1"); /* plain text is plain text */
  g_assert_cmpuint (sage_replacement_get_n_matches (fixture->replacement), ==, 4);
  g_assert_cmpuint (sage_replacement_get_n_files (fixture->replacement), ==, 2);
  assert_holds (fixture, "b.py", "\\1");

  write_text (fixture, "b.py", "changed since");
  g_assert_cmpuint (take_back (fixture), ==, 1);
  assert_holds (fixture, "a.py", before);
  assert_holds (fixture, "b.py", "changed since");
}

static void
test_what_cannot_be_replaced (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autofree char *read_only = path_of (fixture, "a-read-only.txt");
  const char *name = NULL;
  const GError *error = NULL;

  write_text (fixture, "a-read-only.txt", "old");
  g_assert_cmpint (g_chmod (read_only, 0444), ==, 0);
  write_bytes (fixture, "b-latin.txt", "\xf6 old", 5);
  write_text (fixture, "c.txt", "old");
  write_text (fixture, "d.txt", "old");
  write_text (fixture, "e.txt", "old");
  run (fixture, (SageSearchQuery) { .text = "old" }, NULL);
  g_assert_cmpuint (sage_project_search_get_n_matches (fixture->search), ==, 5);

  write_text (fixture, "c.txt", "old and more");
  g_assert_true (g_remove (read_only) == 0);
  {
    g_autofree char *gone = path_of (fixture, "d.txt");

    g_assert_cmpint (g_remove (gone), ==, 0);
    g_assert_cmpint (symlink ("/etc/passwd", gone), ==, 0);
  }
  replace (fixture, "new");
  g_assert_cmpuint (sage_replacement_get_n_matches (fixture->replacement), ==, 1);
  g_assert_cmpuint (sage_replacement_get_n_left (fixture->replacement, &name, &error), ==, 2);
  g_assert_cmpstr (name, ==, "c.txt");
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  assert_holds (fixture, "c.txt", "old and more");
  assert_holds (fixture, "b-latin.txt", "\xf6 old");
  assert_holds (fixture, "e.txt", "new");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/project-search/globs", test_globs);
#define ADD(name, func) \
  g_test_add ("/studio/project-search/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("finds", test_finds);
  ADD ("leaves-out", test_leaves_out);
  ADD ("hostile-expressions", test_hostile_expressions);
  ADD ("many-files", test_many_files);
  ADD ("notebooks", test_notebooks);
  ADD ("replaces", test_replaces);
  ADD ("what-cannot-be-replaced", test_what_cannot_be_replaced);

  return g_test_run ();
}
