/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "../kit/kit-fixture.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-notebook-create.h"
#include "sage-notebook-document.h"
#include "sage-notebook-trust.h"

#define CELL(id, html) \
  "{\"cell_type\":\"code\",\"execution_count\":1,\"id\":\"" id "\",\"metadata\":{},\"source\":\"" id "\"," \
  "\"outputs\":[{\"output_type\":\"display_data\",\"metadata\":{},\"data\":{\"text/html\":\"" html "\"}}]}"
#define EMPTY(id) \
  "{\"cell_type\":\"code\",\"execution_count\":null,\"id\":\"" id "\",\"metadata\":{},\"source\":\"\",\"outputs\":[]}"
#define NOTEBOOK(cells) "{\"cells\":[" cells "],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}"

typedef struct
{
  char                 *dir;
  char                 *path;
  SageNotebookDocument *document;
  SageNotebook         *notebook; /* its */
} Fixture;

static void
open_document (Fixture *fixture)
{
  g_autoptr(GFile) file = g_file_new_for_path (fixture->path);

  fixture->document = sage_notebook_document_open (NULL, file);
  wait_until (sage_notebook_document_get_state (fixture->document) != SAGE_DOCUMENT_LOADING);
  g_assert_cmpint (sage_notebook_document_get_state (fixture->document), ==, SAGE_DOCUMENT_READY);
  fixture->notebook = sage_notebook_document_get_notebook (fixture->document);
}

static void
close_document (Fixture *fixture)
{
  assert_finalizes (g_steal_pointer (&fixture->document));
}

static void
set_up (Fixture      *fixture,
        gconstpointer text)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("sage-document-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->dir, "n.ipynb", NULL);
  g_file_set_contents (fixture->path, text, -1, &error);
  g_assert_no_error (error);
  open_document (fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer text)
{
  g_autoptr(GError) error = NULL;

  sage_notebook_document_discard (fixture->document);
  close_document (fixture);
  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_free (fixture->path);
  g_free (fixture->dir);
}

/* --- What the tests do ------------------------------------------------------------------------ */

/* A save that was asked for. */
typedef struct
{
  gboolean  is_done;
  GError   *error;
} Saving;

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Saving *saving = user_data;

  sage_notebook_document_save_finish (SAGE_NOTEBOOK_DOCUMENT (object), result, &saving->error);
  saving->is_done = TRUE;
}

static void
begin_save (Fixture *fixture,
            Saving  *saving)
{
  *saving = (Saving) { FALSE, NULL };
  sage_notebook_document_save_async (fixture->document, FALSE, NULL, saved_cb, saving);
}

static void
end_save (Saving *saving)
{
  wait_until (saving->is_done);
  g_assert_no_error (saving->error);
}

static void
save (Fixture *fixture)
{
  Saving saving;

  begin_save (fixture, &saving);
  end_save (&saving);
}

/* Returns: (transfer full): of what the file holds */
static char *
make_digest (Fixture *fixture)
{
  g_autofree char *text = NULL;
  gsize length;
  guint8 sum[SAGE_SHA256_SIZE];

  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  sage_sha256 (text, length, sum);

  return sage_hex (sum, sizeof sum);
}

/* Whether what the file holds would be trusted if it were opened. */
static gboolean
is_signed (Fixture *fixture)
{
  g_autofree char *digest = make_digest (fixture);

  return sage_notebook_trust_check (digest);
}

/* A run of the first cell puts out something that could hold a script. */
static void
run_here (Fixture *fixture)
{
  g_autoptr(JsonNode) content =
    sage_json_parse_object ("{\"data\":{\"text/html\":\"own\"},\"metadata\":{},\"transient\":{}}", -1, NULL, NULL);

  sage_cell_take_message (sage_notebook_get_cell (fixture->notebook, 0), "display_data",
                          json_node_get_object (content));
}

static void
paste (Fixture *fixture,
       guint    trust)
{
  g_autoptr(GError) error = NULL;

  sage_notebook_paste (fixture->notebook, 1, "[" CELL ("p", "pasted") "]", trust, &error);
  g_assert_no_error (error);
}

/* Whether scripts in what a cell has put out may run. */
static gboolean
may_run (Fixture *fixture,
         guint    position)
{
  GListModel *outputs = sage_cell_get_outputs (sage_notebook_get_cell (fixture->notebook, position));
  g_autoptr(SageOutput) output = g_list_model_get_item (outputs, 0);
  guint trust;

  g_object_get (fixture->document, "trust", &trust, NULL);

  return sage_output_is_trusted (output, trust);
}

/* --- Trust ------------------------------------------------------------------------------------ */

/* One's own notebook is signed as it is saved, without a question. What is pasted into it does not run
 * for that, and is not signed with it. */
static void
test_paste (Fixture      *fixture,
            gconstpointer data)
{
  run_here (fixture);
  save (fixture);
  g_assert_true (is_signed (fixture));
  g_assert_true (may_run (fixture, 0));

  paste (fixture, 0);
  g_assert_true (may_run (fixture, 0));
  g_assert_false (may_run (fixture, 1));
  g_assert_false (sage_notebook_document_is_trusted (fixture->document));
  save (fixture);
  g_assert_false (is_signed (fixture));
  g_assert_false (may_run (fixture, 1));

  sage_notebook_undo (fixture->notebook);
  g_assert_true (sage_notebook_document_is_trusted (fixture->document));
  save (fixture);
  g_assert_true (is_signed (fixture));
}

/* What came from where it may run may run here too, unless the user trusts the notebook no more. */
static void
test_admit (Fixture      *fixture,
            gconstpointer data)
{
  run_here (fixture);
  paste (fixture, sage_notebook_document_admit (fixture->document));
  g_assert_true (may_run (fixture, 1));
  save (fixture);
  g_assert_true (is_signed (fixture));
  close_document (fixture);
  open_document (fixture);
  g_assert_true (may_run (fixture, 0));
  g_assert_true (may_run (fixture, 1));

  sage_notebook_document_trust (fixture->document, FALSE);
  g_assert_cmpuint (sage_notebook_document_admit (fixture->document), ==, 0);
}

/* The user's word is for what is there, whatever is undone and done again. */
static void
test_undo (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_false (may_run (fixture, 0));
  paste (fixture, 0);
  sage_notebook_undo (fixture->notebook);
  sage_notebook_document_trust (fixture->document, TRUE);
  g_assert_true (may_run (fixture, 0));
  sage_notebook_redo (fixture->notebook);
  g_assert_true (may_run (fixture, 0));
  g_assert_false (may_run (fixture, 1));
  save (fixture);
  g_assert_false (is_signed (fixture));
  sage_notebook_document_trust (fixture->document, TRUE);
  g_assert_true (may_run (fixture, 1));
  g_assert_true (is_signed (fixture));
}

/* Neither what another program wrote nor what was there before it runs because of what was trusted. */
static void
test_reload (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  sage_notebook_document_trust (fixture->document, TRUE);
  g_file_set_contents (fixture->path, NOTEBOOK (CELL ("a", "evil")), -1, &error);
  g_assert_no_error (error);
  wait_until (!may_run (fixture, 0));
  sage_notebook_undo (fixture->notebook);
  g_assert_false (may_run (fixture, 0));
  sage_notebook_document_trust (fixture->document, TRUE);
  g_assert_true (may_run (fixture, 0));
  sage_notebook_redo (fixture->notebook);
  g_assert_false (may_run (fixture, 0));
}

/* Who trusts no more is not overruled by a save, even of what a run here made. */
static void
test_distrust (Fixture      *fixture,
               gconstpointer data)
{
  run_here (fixture);
  save (fixture);
  g_assert_true (is_signed (fixture));
  sage_notebook_document_trust (fixture->document, FALSE);
  g_assert_false (sage_notebook_document_is_trusted (fixture->document));
  g_assert_false (is_signed (fixture));
  sage_notebook_insert (fixture->notebook, 1, SAGE_CELL_CODE, "more");
  save (fixture);
  g_assert_false (sage_notebook_document_is_trusted (fixture->document));
  g_assert_false (is_signed (fixture));

  sage_notebook_document_trust (fixture->document, TRUE);
  g_assert_true (is_signed (fixture));
}

/* What is signed is what was written, not what the notebook has become meanwhile. */
static void
test_meanwhile (Fixture      *fixture,
                gconstpointer data)
{
  Saving saving;

  run_here (fixture);
  begin_save (fixture, &saving);
  paste (fixture, 0);
  end_save (&saving);
  g_assert_true (is_signed (fixture));

  begin_save (fixture, &saving);
  sage_notebook_undo (fixture->notebook);
  g_assert_true (sage_notebook_document_is_trusted (fixture->document));
  end_save (&saving);
  g_assert_false (is_signed (fixture));

  /* the user's word counts while it is written */
  paste (fixture, 0);
  begin_save (fixture, &saving);
  sage_notebook_document_trust (fixture->document, TRUE);
  end_save (&saving);
  g_assert_true (is_signed (fixture));
  sage_notebook_insert (fixture->notebook, 1, SAGE_CELL_CODE, "more");
  begin_save (fixture, &saving);
  sage_notebook_document_trust (fixture->document, FALSE);
  end_save (&saving);
  g_assert_false (is_signed (fixture));
}

/* Of all that was saved while it is open the last content has a signature, and what was opened keeps its. */
static void
test_replaced (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *opened = make_digest (fixture);
  g_autofree char *before = NULL;

  sage_notebook_document_trust (fixture->document, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      sage_notebook_insert (fixture->notebook, 1, SAGE_CELL_CODE, "more");
      save (fixture);
      g_assert_true (is_signed (fixture));
      g_assert_true (sage_notebook_trust_check (opened));
      if (before != NULL)
        g_assert_false (sage_notebook_trust_check (before));
      g_free (before);
      before = make_digest (fixture);
      save (fixture); /* the same once more */
      g_assert_true (sage_notebook_trust_check (before));
    }
}

/* --- Saving ----------------------------------------------------------------------------------- */

/* Who saves while a save is under way has what is there then in the file, too. */
static void
test_queue (Fixture      *fixture,
            gconstpointer data)
{
  Saving savings[3];
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (savings); i++)
    {
      g_autofree char *source = g_strdup_printf ("step %u", i);

      sage_notebook_set_source (fixture->notebook, sage_notebook_get_cell (fixture->notebook, 0), source);
      begin_save (fixture, &savings[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (savings); i++)
    end_save (&savings[i]);

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "step 2"));
  g_assert_false (sage_notebook_document_is_modified (fixture->document));
}

/* One that wants to overwrite does, although one that does not was there before it. */
static void
test_queue_overwrite (Fixture      *fixture,
                      gconstpointer data)
{
  Saving saving;
  Saving overwriting = { FALSE, NULL };
  g_autofree char *text = NULL;

  sage_notebook_insert (fixture->notebook, 0, SAGE_CELL_CODE, "ours");
  g_assert_true (g_file_set_contents (fixture->path, NOTEBOOK (EMPTY ("theirs")), -1, NULL));
  begin_save (fixture, &saving);
  sage_notebook_document_save_async (fixture->document, TRUE, NULL, saved_cb, &overwriting);
  wait_until (saving.is_done);
  g_assert_error (saving.error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&saving.error);
  end_save (&overwriting);

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "ours"));
}

/* A new file is there as a whole, or not at all. */
static void
test_write_new (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "new.ipynb", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->dir);
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();
  g_autoptr(GError) error = NULL;
  struct rlimit limit;
  struct rlimit little;

  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &limit));
  signal (SIGXFSZ, SIG_IGN);
  little = limit;
  little.rlim_cur = 16;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &little));
  g_assert_false (sage_notebook_write_new (notebook, file, FALSE, &error));
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (g_file_query_exists (file, NULL));

  g_assert_true (sage_notebook_write_new (notebook, file, FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (sage_notebook_write_new (notebook, file, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (sage_notebook_write_new (notebook, folder, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (sage_notebook_write_new (notebook, file, TRUE, &error));
  g_assert_no_error (error);
}

/* What the user gives up is gone from every other view of the notebook too, and can be taken back there. */
/* Cells are highlighted in the language of the kernel that is chosen. */
static void
test_language (Fixture      *fixture,
               gconstpointer text)
{
  static const struct
  {
    const char *language;
    const char *id; /* (nullable): GtkSourceView knows none */
  } languages[] = { { "R", "r" }, { "Julia", "julia" }, { "python", "python3" }, { "bash", "sh" },
                    { "Nothing", NULL } };
  g_autoptr(SageCell) cell = g_list_model_get_item (G_LIST_MODEL (fixture->notebook), 0);
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (sage_notebook_document_get_buffer (fixture->document, cell));

  g_assert_cmpstr (gtk_source_language_get_id (gtk_source_buffer_get_language (buffer)), ==, "python3");
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      GtkSourceLanguage *language;

      sage_notebook_set_kernelspec (fixture->notebook, languages[i].language, NULL, languages[i].language);
      language = gtk_source_buffer_get_language (buffer);
      g_assert_cmpstr (language != NULL ? gtk_source_language_get_id (language) : NULL, ==, languages[i].id);
    }
}

static void
test_discard (Fixture      *fixture,
              gconstpointer data)
{
  sage_notebook_document_add_view (fixture->document, TRUE);
  g_assert_true (sage_notebook_document_is_in_editor (fixture->document));
  sage_notebook_document_add_view (fixture->document, FALSE);
  paste (fixture, 0);
  g_assert_true (sage_notebook_document_is_modified (fixture->document));
  sage_notebook_document_discard (fixture->document);
  sage_notebook_document_remove_view (fixture->document, TRUE);
  g_assert_false (sage_notebook_document_is_in_editor (fixture->document));
  wait_until (!sage_notebook_document_is_modified (fixture->document));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->notebook)), ==, 1);

  sage_notebook_undo (fixture->notebook);
  g_assert_true (sage_notebook_document_is_modified (fixture->document));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->notebook)), ==, 2);
  sage_notebook_document_remove_view (fixture->document, FALSE);
}

int
main (int   argc,
      char *argv[])
{
  kit_isolate ();
  kit_init (&argc, &argv);

#define ADD(name, text, func) g_test_add ("/studio/notebook-document/" name, Fixture, text, set_up, func, tear_down)
  ADD ("paste", NOTEBOOK (EMPTY ("a")), test_paste);
  ADD ("admit", NOTEBOOK (EMPTY ("a")), test_admit);
  ADD ("undo", NOTEBOOK (CELL ("a", "A")), test_undo);
  ADD ("reload", NOTEBOOK (CELL ("a", "A")), test_reload);
  ADD ("distrust", NOTEBOOK (EMPTY ("a")), test_distrust);
  ADD ("language", NOTEBOOK (EMPTY ("a")), test_language);
  ADD ("meanwhile", NOTEBOOK (EMPTY ("a")), test_meanwhile);
  ADD ("replaced", NOTEBOOK (CELL ("a", "A")), test_replaced);
  ADD ("queue", NOTEBOOK (EMPTY ("a")), test_queue);
  ADD ("queue-overwrite", NOTEBOOK (EMPTY ("a")), test_queue_overwrite);
  ADD ("discard", NOTEBOOK (EMPTY ("a")), test_discard);
  ADD ("write-new", NOTEBOOK (EMPTY ("a")), test_write_new);

  return kit_run_isolated ();
}
