/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../kit/kit-fixture.h"
#include "sage-file-moves.h"
#include "sage-file.h"
#include "sage-notebook-kernel.h"
#include "sage-session-moves.h"

#define NOTEBOOK "{\"cells\":[],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"

/* An engine with a kernel that several files share. */
typedef struct
{
  Engine             engine;
  SageConnection    *connection;
  SageJupyterServer *server;
  char              *kernel; /* its id */
  char              *dir;
} Fixture;

static void
result_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns: (transfer full): the path in the test's folder */
static char *
make_path (Fixture    *fixture,
           const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static void
open_session (Fixture    *fixture,
              const char *path)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SageServerSession) session = NULL;
  g_autoptr(GError) error = NULL;

  sage_jupyter_server_create_session_async (fixture->server, path, NULL, fixture->kernel, NULL, result_cb, &result);
  wait_until (result != NULL);
  session = sage_jupyter_server_create_session_finish (fixture->server, result, &error);
  g_assert_no_error (error);
  g_set_str (&fixture->kernel, session->kernel->id);
}

/* Whether a file has a session. */
static gboolean
has_session (Fixture    *fixture,
             const char *path)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  g_autoptr(GError) error = NULL;

  sage_jupyter_server_list_sessions_async (fixture->server, NULL, result_cb, &result);
  wait_until (result != NULL);
  sessions = sage_jupyter_server_list_sessions_finish (fixture->server, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < sessions->len; i++)
    if (g_str_equal (((SageServerSession *) sessions->pdata[i])->path, path))
      return TRUE;

  return FALSE;
}

static void
move (Fixture    *fixture,
      const char *from,
      const char *to)
{
  g_autofree char *from_path = make_path (fixture, from);
  g_autofree char *to_path = make_path (fixture, to);
  g_autoptr(GFile) from_file = g_file_new_for_path (from_path);
  g_autoptr(GFile) to_file = g_file_new_for_path (to_path);

  sage_file_moves_tell (from_file, to_file);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr(SageProfile) profile = NULL;
  g_autoptr(GError) error = NULL;

  engine_init (&fixture->engine);
  profile = sage_profile_new_embedded (fixture->engine.dir);
  fixture->connection = sage_connection_new (profile);
  sage_connection_open (fixture->connection, NULL);
  wait_until (sage_connection_get_state (fixture->connection) == SAGE_CONNECTION_CONNECTED);
  sage_session_moves_for (fixture->connection);
  fixture->server = sage_session_server_new (fixture->connection);
  fixture->dir = g_dir_make_tmp ("sage-session-moves-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_object_unref (fixture->server);
  sage_connection_close (fixture->connection);
  assert_finalizes (g_steal_pointer (&fixture->connection));
  engine_clear (&fixture->engine);
  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_free (fixture->dir);
  g_free (fixture->kernel);
}

/* The files of a folder go with it, and those beside it, and what only looks like a path, do not. */
static void
test_folder (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *inner = make_path (fixture, "a/b/n.ipynb");
  g_autofree char *beside = make_path (fixture, "ab/n.ipynb");
  g_autofree char *moved = make_path (fixture, "c/b/n.ipynb");

  open_session (fixture, inner);
  open_session (fixture, beside);
  open_session (fixture, "a/b/n.ipynb");
  move (fixture, "a", "c");
  wait_until (has_session (fixture, moved));
  g_assert_false (has_session (fixture, inner));
  g_assert_true (has_session (fixture, beside));
  g_assert_true (has_session (fixture, "a/b/n.ipynb"));
}

/* However fast it is moved on, and back, it ends where it is. */
static void
test_again (Fixture      *fixture,
            gconstpointer data)
{
  SageSessionMoves *moves = sage_session_moves_for (fixture->connection);
  g_autofree char *first = make_path (fixture, "n.ipynb");
  g_autofree char *last = make_path (fixture, "d/m.ipynb");
  g_autofree char *expected = NULL;

  open_session (fixture, first);
  move (fixture, "n.ipynb", "m.ipynb");
  move (fixture, "m.ipynb", "n.ipynb");
  move (fixture, "n.ipynb", "m.ipynb");
  move (fixture, "m.ipynb", "a/m.ipynb");
  move (fixture, "a", "d");
  expected = sage_session_moves_follow_path (moves, first);
  g_assert_cmpstr (expected, ==, last);
  wait_until (has_session (fixture, last));
  g_assert_false (has_session (fixture, first));
}

/* What is moved while the engine is away is told when it is there again. */
static void
test_away (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *first = make_path (fixture, "n.ipynb");
  g_autofree char *last = make_path (fixture, "m.ipynb");

  open_session (fixture, first);
  sage_connection_close (fixture->connection);
  move (fixture, "n.ipynb", "m.ipynb");
  kit_settle ();
  g_assert_true (has_session (fixture, first));
  sage_connection_open (fixture->connection, NULL);
  wait_until (has_session (fixture, last));
}

/* A notebook that is opened where it has been moved to finds its kernel, before the engine knows of that
 * as after. */
static void
test_opened (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *first = make_path (fixture, "n.ipynb");
  g_autofree char *last = make_path (fixture, "m.ipynb");
  g_autoptr(GFile) file = g_file_new_for_path (last);
  g_autoptr(GError) error = NULL;
  SageNotebookDocument *document;
  SageNotebookKernel *kernel;

  open_session (fixture, first);
  g_file_set_contents (last, NOTEBOOK, -1, &error);
  g_assert_no_error (error);
  move (fixture, "n.ipynb", "m.ipynb");
  for (int i = 0; i < 2; i++)
    {
      document = sage_notebook_document_open (fixture->connection, file);
      wait_until (sage_notebook_document_get_state (document) == SAGE_DOCUMENT_READY);
      kernel = sage_notebook_kernel_for (document);
      sage_notebook_kernel_attach (kernel);
      wait_until (sage_notebook_kernel_get_client (kernel) != NULL);
      g_assert_cmpstr (sage_kernel_client_get_kernel_id (sage_notebook_kernel_get_client (kernel)), ==, fixture->kernel);
      assert_finalizes (document);
      wait_until (has_session (fixture, last));
    }
}

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

#define ADD(name, func) g_test_add ("/studio/session-moves/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("folder", test_folder);
  ADD ("again", test_again);
  ADD ("away", test_away);
  ADD ("opened", test_opened);

  return kit_run_isolated ();
}
