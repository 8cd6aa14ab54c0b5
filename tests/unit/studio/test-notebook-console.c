/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../kit/kit-fixture.h"
#include "sage-file-moves.h"
#include "sage-file.h"
#include "sage-notebook-console.h"
#include "sage-notebook-kernel.h"
#include "sage-session-moves.h"

#define N_PIECES 205 /* more than a console keeps */

#define BROKEN "{\"cells\":[{\"cell_type\":\"code\",\"source\":\"\"}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"

/* A script with its console, on an engine. */
typedef struct
{
  Engine            engine;
  SageConnection   *connection;
  char             *dir;
  GFile            *script;
  GtkWidget        *window;
  SageNotebookPage *console;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr(SageProfile) profile = NULL;
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  engine_init (&fixture->engine);
  profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (profile);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  fixture->dir = g_dir_make_tmp ("sage-console-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "s.py", NULL);
  fixture->script = g_file_new_for_path (path);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  if (fixture->window != NULL)
    kit_window_destroy (fixture->window);
  sage_connection_close (fixture->connection);
  g_object_unref (fixture->connection);
  engine_clear (&fixture->engine);
  g_object_unref (fixture->script);
  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_free (fixture->dir);
}

static void
open_console (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->console = sage_notebook_console_new (fixture->connection, fixture->script, &error);
  g_assert_no_error (error);
  fixture->window = kit_window_new (GTK_WIDGET (fixture->console), 1200, 800);
}

static SageNotebookDocument *
document_of (Fixture *fixture)
{
  const char *location = sage_page_get_location (SAGE_PAGE (fixture->console));
  g_autoptr(GFile) file = g_file_new_for_path (location + strlen ("notebook/"));

  return sage_notebook_document_find (file);
}

/* A cell that runs or waits stays, however many come after it. */
static void
test_cells_that_wait_stay (Fixture      *fixture,
                           gconstpointer data)
{
  SageNotebook *notebook;
  SageNotebookKernel *kernel;

  open_console (fixture);
  sage_notebook_console_run (fixture->console, "print(input())");
  for (int i = 1; i < N_PIECES; i++)
    sage_notebook_console_run (fixture->console, "1");
  kernel = sage_notebook_kernel_for (document_of (fixture));
  wait_until (sage_notebook_kernel_get_input (kernel) != NULL);
  notebook = sage_notebook_document_get_notebook (document_of (fixture));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, N_PIECES);
  g_assert_cmpstr (sage_cell_get_source (sage_notebook_get_cell (notebook, 0)), ==, "print(input())");

  sage_notebook_kernel_interrupt (kernel);
  wait_until (sage_notebook_kernel_get_n_pending (kernel) == 0);
  g_assert_cmpuint (g_list_model_get_n_items (sage_cell_get_outputs (sage_notebook_get_cell (notebook, 0))), ==, 1);
  sage_notebook_console_run (fixture->console, "last");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, N_PIECES);
  g_assert_cmpstr (sage_cell_get_source (sage_notebook_get_cell (notebook, 0)), ==, "1");
  wait_until (sage_notebook_kernel_get_n_pending (kernel) == 0);
  wait_until (!sage_notebook_document_is_modified (document_of (fixture)));
}

static void
saved_cb (gboolean *saved)
{
  *saved = TRUE;
}

/* It may be put away while its file is being written. */
static void
test_put_away (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr(SageNotebookDocument) document = NULL;
  gboolean saved = FALSE;

  open_console (fixture);
  document = g_object_ref (document_of (fixture));
  wait_until (sage_notebook_document_get_state (document) == SAGE_DOCUMENT_READY);
  g_signal_connect_swapped (document, "saved", G_CALLBACK (saved_cb), &saved);
  sage_notebook_console_run (fixture->console, "1");
  kit_window_destroy (g_steal_pointer (&fixture->window));
  wait_until (saved);
  kit_settle ();
}

/* In one that is broken nothing runs. */
static void
test_broken (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *path = NULL;
  SageNotebook *notebook;

  open_console (fixture);
  path = g_file_get_path (sage_notebook_document_get_file (document_of (fixture)));
  kit_window_destroy (fixture->window);
  g_assert_true (g_file_set_contents (path, BROKEN, -1, NULL));

  open_console (fixture);
  sage_notebook_console_run (fixture->console, "1");
  wait_until (sage_notebook_document_get_state (document_of (fixture)) == SAGE_DOCUMENT_READY);
  sage_notebook_console_run (fixture->console, "2");
  notebook = sage_notebook_document_get_notebook (document_of (fixture));
  g_assert_true (sage_notebook_is_read_only (notebook));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notebook)), ==, 1);
  g_assert_cmpuint (sage_notebook_kernel_get_n_pending (sage_notebook_kernel_for (document_of (fixture))), ==, 0);
}

static GFile *
make_script (Fixture    *fixture,
             const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  return g_file_new_for_path (path);
}

static void
move (Fixture    *fixture,
      const char *from,
      const char *to)
{
  g_autoptr(GFile) from_file = make_script (fixture, from);
  g_autoptr(GFile) to_file = make_script (fixture, to);
  g_autoptr(GError) error = NULL;

  g_file_move (from_file, to_file, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  sage_file_moves_tell (from_file, to_file);
  sage_notebook_console_follow (from_file, to_file);
}

static void
make_folder (Fixture    *fixture,
             const char *name)
{
  g_autoptr(GFile) folder = make_script (fixture, name);
  g_autoptr(GError) error = NULL;

  g_file_make_directory (folder, NULL, &error);
  g_assert_no_error (error);
}

static void
write_text (const char *folder,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* Runs a piece of the script; it must come to an end as it should. */
static void
run (Fixture    *fixture,
     const char *code)
{
  SageNotebookDocument *document = document_of (fixture);
  SageNotebookKernel *kernel = sage_notebook_kernel_for (document);
  SageCell *cell;
  guint n;

  wait_until (sage_notebook_document_get_state (document) == SAGE_DOCUMENT_READY);
  sage_notebook_console_run (fixture->console, code);
  n = g_list_model_get_n_items (G_LIST_MODEL (sage_notebook_document_get_notebook (document)));
  cell = sage_notebook_get_cell (sage_notebook_document_get_notebook (document), n - 1);
  wait_until (sage_notebook_kernel_get_n_pending (kernel) == 0 && sage_cell_get_state (cell) > SAGE_CELL_RUNNING);
  g_assert_cmpint (sage_cell_get_state (cell), ==, SAGE_CELL_SUCCEEDED);
  wait_until (!sage_notebook_document_is_modified (document));
}

/* A console that is not open goes where its script does, more than once and in a folder, with what ran in
 * it and with its kernel. */
static void
test_follow (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr(GFile) neighbour = make_script (fixture, "ab.py");
  g_autoptr(GFile) beside = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *junk = NULL;

  sage_session_moves_for (fixture->connection);
  make_folder (fixture, "a");
  make_folder (fixture, "d");
  g_object_unref (fixture->script);
  fixture->script = make_script (fixture, "a/s.py");
  write_text (fixture->dir, "a/s.py", "");
  open_console (fixture);
  run (fixture, "kept = 6");
  kit_window_destroy (g_steal_pointer (&fixture->window));

  /* what else is there stays where it is */
  beside = sage_notebook_console_ensure_file (neighbour, &error);
  g_assert_no_error (error);
  folder = g_path_get_dirname (g_file_peek_path (beside));
  write_text (folder, "x.script", "file:///a/s.py");
  write_text (folder, ".script", "");
  junk = g_build_filename (folder, "y.script", NULL);
  g_assert_no_errno (g_mkdir (junk, 0700));
  move (fixture, "a", "b");
  move (fixture, "b/s.py", "b/t.py");
  move (fixture, "b", "d/c");
  g_assert_true (g_file_query_exists (beside, NULL));
  g_assert_true (g_file_test (junk, G_FILE_TEST_IS_DIR));

  g_object_unref (fixture->script);
  fixture->script = make_script (fixture, "d/c/t.py");
  open_console (fixture);
  run (fixture, "assert kept == 6");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (sage_notebook_document_get_notebook (document_of (fixture)))),
                    ==, 2);

  /* an open one does too */
  move (fixture, "d", "e");
  run (fixture, "assert kept == 6");
  kit_window_destroy (g_steal_pointer (&fixture->window));
  g_object_unref (fixture->script);
  fixture->script = make_script (fixture, "e/c/t.py");
  open_console (fixture);
  run (fixture, "assert kept == 6");
}

/* One of before consoles told whose they are goes with its script, and in a folder from then on. */
static void
test_follow_old (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr(GFile) before = NULL;
  g_autoptr(GFile) after = NULL;
  g_autofree char *address = NULL;
  g_autofree char *script = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  make_folder (fixture, "a");
  write_text (fixture->dir, "a/s.py", "");
  g_object_unref (fixture->script);
  fixture->script = make_script (fixture, "a/s.py");
  before = sage_notebook_console_ensure_file (fixture->script, &error);
  g_assert_no_error (error);
  g_file_set_contents (g_file_peek_path (before), BROKEN, -1, &error);
  g_assert_no_error (error);
  address = g_strndup (g_file_peek_path (before), strlen (g_file_peek_path (before)) - strlen (".ipynb"));
  script = g_strconcat (address, ".script", NULL);
  g_assert_no_errno (g_unlink (script));
  move (fixture, "a/s.py", "a/t.py");
  move (fixture, "a", "b");

  g_object_unref (fixture->script);
  fixture->script = make_script (fixture, "b/t.py");
  after = sage_notebook_console_ensure_file (fixture->script, &error);
  g_assert_no_error (error);
  g_file_get_contents (g_file_peek_path (after), &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, BROKEN);
  g_assert_false (g_file_query_exists (before, NULL));
}

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

  g_test_add ("/studio/notebook-console/cells-that-wait-stay", Fixture, NULL, set_up, test_cells_that_wait_stay,
              tear_down);
  g_test_add ("/studio/notebook-console/put-away", Fixture, NULL, set_up, test_put_away, tear_down);
  g_test_add ("/studio/notebook-console/follow", Fixture, NULL, set_up, test_follow, tear_down);
  g_test_add ("/studio/notebook-console/follow-old", Fixture, NULL, set_up, test_follow_old, tear_down);
  g_test_add ("/studio/notebook-console/broken", Fixture, NULL, set_up, test_broken, tear_down);

  return kit_run_isolated ();
}
