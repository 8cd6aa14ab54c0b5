/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "../kit/kit-fixture.h"
#include "sage-connection.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-notebook-job-start.h"
#include "sage-notebook-kernel.h"

#define NOTEBOOK \
  "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":null,\"id\":\"a\",\"metadata\":{},\"outputs\":[]," \
  "\"source\":\"print('came')\"}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"

#define N_BLOCKS 100 /* more than GLib has threads for */

typedef struct
{
  Engine                engine;
  SageConnection       *connection;
  char                 *dir;
  SageNotebookDocument *document;
  SageNotebookKernel   *kernel; /* the document's */
} Fixture;

static SageCell *
cell_of (Fixture *fixture)
{
  return sage_notebook_get_cell (sage_notebook_document_get_notebook (fixture->document), 0);
}

static void
open_document (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "n.ipynb", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);

  fixture->document = sage_notebook_document_open (fixture->connection, file);
  wait_until (sage_notebook_document_get_state (fixture->document) == SAGE_DOCUMENT_READY);
  fixture->kernel = sage_notebook_kernel_for (fixture->document);
  sage_notebook_kernel_attach (fixture->kernel);
}

static void
close_document (Fixture *fixture)
{
  sage_notebook_document_discard (fixture->document);
  assert_finalizes (g_steal_pointer (&fixture->document));
}

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

  fixture->dir = g_dir_make_tmp ("sage-kernel-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "n.ipynb", NULL);
  g_file_set_contents (path, NOTEBOOK, -1, &error);
  g_assert_no_error (error);
  open_document (fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  close_document (fixture);
  sage_connection_close (fixture->connection);
  g_object_unref (fixture->connection);
  engine_clear (&fixture->engine);
  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_free (fixture->dir);
}

/* --- A save that takes its time --------------------------------------------------------------- */

static GMutex blocked;

static void
block_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  g_mutex_lock (&blocked);
  g_mutex_unlock (&blocked);
  g_task_return_boolean (task, TRUE);
}

/* Nothing is done in a thread until they are let go. */
static void
block_threads (void)
{
  g_mutex_lock (&blocked);
  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr(GTask) task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_run_in_thread (task, block_thread);
    }
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  sage_notebook_document_save_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* --- The tests -------------------------------------------------------------------------------- */

/* The engine keeps what came out while the file was being written, which does not have it. */
static void
test_output_during_save (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new ();
  gboolean is_saved = FALSE;
  g_autoptr(SageOutput) output = NULL;

  g_ptr_array_add (cells, cell_of (fixture));
  wait_until (sage_notebook_kernel_get_state (fixture->kernel) == SAGE_NOTEBOOK_KERNEL_NONE);
  sage_notebook_kernel_run (fixture->kernel, cells);
  wait_until (sage_notebook_kernel_get_state (fixture->kernel) == SAGE_NOTEBOOK_KERNEL_IDLE
              && sage_cell_get_state (cell_of (fixture)) == SAGE_CELL_SUCCEEDED);

  block_threads ();
  sage_notebook_kernel_run (fixture->kernel, cells);
  sage_notebook_document_save_async (fixture->document, FALSE, NULL, saved_cb, &is_saved);
  wait_until (sage_cell_get_state (cell_of (fixture)) == SAGE_CELL_SUCCEEDED);
  g_assert_false (is_saved);
  g_mutex_unlock (&blocked);
  wait_until (is_saved);
  wait_ms (500); /* what the engine is told, it is told without an answer to wait for */

  close_document (fixture);
  open_document (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (sage_cell_get_outputs (cell_of (fixture))), ==, 0);
  wait_until (g_list_model_get_n_items (sage_cell_get_outputs (cell_of (fixture))) == 1);
  output = g_list_model_get_item (sage_cell_get_outputs (cell_of (fixture)), 0);
  g_assert_cmpstr (sage_output_get_text (output, NULL), ==, "came\n");
}

static void
started_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError **error = user_data;

  g_assert_false (sage_notebook_job_start_finish (SAGE_CONNECTION (object), result, error));
}

/* A job that takes its notebook from elsewhere cannot be given one. */
static void
test_job_elsewhere (Fixture      *fixture,
                    gconstpointer data)
{
  static const char *const folders[] = { "", "s3://", "s3://elsewhere/notebook-jobs/" };
  g_autoptr(GBytes) bytes = g_bytes_new_static ("{}", 2);

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("{\"InputDataConfig\":[{\"DataSource\":{\"S3DataSource\":{\"S3Uri\":\"%s\"}}}],"
                         "\"Environment\":{\"SM_INPUT_NOTEBOOK_NAME\":\"n.ipynb\"}}", folders[i]);
      g_autoptr(JsonNode) node = sage_json_parse_object (text, -1, NULL, NULL);
      g_autoptr(GError) error = NULL;

      sage_notebook_job_start_async (fixture->connection, bytes, json_node_get_object (node), NULL, started_cb,
                                     &error);
      wait_until (error != NULL);
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

  g_test_add ("/studio/notebook-kernel/output-during-save", Fixture, NULL, set_up, test_output_during_save,
              tear_down);
  g_test_add ("/studio/notebook-kernel/job-elsewhere", Fixture, NULL, set_up, test_job_elsewhere, tear_down);

  return kit_run_isolated ();
}
