/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../kit/kit-fixture.h"
#include "sage-file.h"
#include "sage-notebook-console.h"
#include "sage-notebook-kernel.h"

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

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

  g_test_add ("/studio/notebook-console/cells-that-wait-stay", Fixture, NULL, set_up, test_cells_that_wait_stay,
              tear_down);
  g_test_add ("/studio/notebook-console/put-away", Fixture, NULL, set_up, test_put_away, tear_down);
  g_test_add ("/studio/notebook-console/broken", Fixture, NULL, set_up, test_broken, tear_down);

  return kit_run_isolated ();
}
