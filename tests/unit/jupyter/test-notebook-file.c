/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-notebook-file.h"
#include "sage-notebook-recovery.h"

#include "notebooks.h"

#define TEXT                                                                                       \
  "{\"cells\": [{\"cell_type\": \"raw\", \"id\": \"a\", \"metadata\": {}, \"source\": \"A\"}, "    \
  "{\"cell_type\": \"raw\", \"id\": \"b\", \"metadata\": {}, \"source\": \"B\"}], "                \
  "\"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}\n"

typedef struct
{
  char             *dir;
  char             *path;
  GFile            *gfile;
  SageNotebookFile *file;
  gboolean          is_done;
  guint             n_changed;
  SageNotebook     *theirs;
  GError           *error;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->dir = g_dir_make_tmp ("sage-notebook-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "n.ipynb", NULL);
  self->gfile = g_file_new_for_path (self->path);
  g_assert_true (g_file_set_contents (self->path, TEXT, -1, NULL));
  self->file = sage_notebook_file_new (self->gfile);
}

/* Lets go of the file, and sees that it ends: the thread of a task that has ended drops its reference
 * a moment later. */
static void
end_file (Fixture *self)
{
  gpointer file = self->file;

  g_object_add_weak_pointer (G_OBJECT (self->file), &file);
  g_object_unref (self->file);
  for (guint i = 0; file != NULL && i < 10000; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_null (file);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  end_file (self);
  g_clear_object (&self->theirs);
  g_clear_object (&self->gfile);
  g_clear_error (&self->error);
  dir = g_dir_open (self->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->dir);
  g_free (self->path);
}

static gboolean
late_cb (gpointer data)
{
  g_error ("Nothing happened for a minute");

  return G_SOURCE_REMOVE;
}

static void
wait_for (gboolean (*condition) (Fixture *),
          Fixture   *self)
{
  guint id = g_timeout_add_seconds (60, late_cb, NULL);

  while (!condition (self))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static gboolean
is_done (Fixture *self)
{
  return self->is_done;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *self = user_data;

  sage_notebook_file_load_finish (self->file, result, &self->error);
  self->is_done = TRUE;
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *self = user_data;

  sage_notebook_file_save_finish (self->file, result, &self->error);
  self->is_done = TRUE;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *self = user_data;

  self->theirs = sage_notebook_file_read_theirs_finish (self->file, result, &self->error);
  self->is_done = TRUE;
}

static SageNotebook *
load (Fixture *self)
{
  self->is_done = FALSE;
  g_clear_error (&self->error);
  sage_notebook_file_load_async (self->file, NULL, loaded_cb, self);
  wait_for (is_done, self);

  return sage_notebook_file_get_notebook (self->file);
}

static void
save (Fixture  *self,
      gboolean  overwrite)
{
  self->is_done = FALSE;
  g_clear_error (&self->error);
  sage_notebook_file_save_async (self->file, overwrite, NULL, saved_cb, self);
  wait_for (is_done, self);
}

static void
assert_content (Fixture    *self,
                const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static guint
count_files (Fixture *self)
{
  g_autoptr(GDir) dir = g_dir_open (self->dir, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static char *
with (const char *source)
{
  g_auto(GStrv) parts = g_strsplit (TEXT, "\"A\"", 2);

  return g_strdup_printf ("%s\"%s\"%s", parts[0], source, parts[1]);
}

static void
test_save (Fixture       *self,
           gconstpointer  data)
{
  SageNotebook *notebook;
  g_autofree char *expected = with ("new");
  struct stat info;

  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  notebook = load (self);
  g_assert_no_error (self->error);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "new");
  save (self, FALSE);
  g_assert_no_error (self->error);
  g_assert_false (sage_notebook_is_modified (notebook));
  assert_content (self, expected);
  g_assert_cmpint (stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  g_assert_cmpuint (count_files (self), ==, 1);

  sage_notebook_undo (notebook);
  g_assert_true (sage_notebook_is_modified (notebook));
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, TEXT);
}

/* What is typed while a save is under way is not saved. */
static void
test_edit_while_saving (Fixture       *self,
                        gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  g_autofree char *expected = with ("first");

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "first");
  self->is_done = FALSE;
  sage_notebook_file_save_async (self->file, FALSE, NULL, saved_cb, self);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "second");
  wait_for (is_done, self);
  g_assert_no_error (self->error);
  assert_content (self, expected);
  g_assert_true (sage_notebook_is_modified (notebook));
  sage_notebook_undo (notebook);
  g_assert_false (sage_notebook_is_modified (notebook));
}

static void
take (SageCell   *cell,
      const char *type,
      const char *content)
{
  g_autoptr(JsonNode) node = json_from_string (content, NULL);

  sage_cell_take_message (cell, type, json_node_get_object (node));
}

/* What a kernel puts out while a save is under way is not saved, and what it put out before is, whatever
 * becomes of it meanwhile. The file's large outputs stay as they are written there. */
static void
test_output_while_saving (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree char *text =
    g_strdup_printf ("{\"cells\": [{\"cell_type\": \"code\", \"execution_count\": 1, \"id\": \"a\", \"metadata\": {}, "
                     "\"outputs\" : [ {\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"%s\\u0021\"}],"
                     " \"source\": \"A\"}, {\"cell_type\": \"code\", \"execution_count\": 1, \"id\": \"b\", "
                     "\"metadata\": {}, \"outputs\": [{\"name\": \"stdout\", \"output_type\": \"stream\", "
                     "\"text\": \"read\"}], \"source\": \"B\"}, {\"cell_type\": \"code\", "
                     "\"execution_count\": null, \"id\": \"c\", \"metadata\": {}, \"outputs\": [], \"source\": \"C\"}], "
                     "\"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}\n", large);
  SageNotebook *notebook;
  SageCell *grown;
  SageCell *cell;
  g_autoptr(GBytes) expected = NULL;
  g_autoptr(GBytes) later = NULL;

  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  notebook = load (self);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "changed");
  grown = sage_notebook_get_cell (notebook, 1);
  take (grown, "stream", "{\"name\": \"stdout\", \"text\": \" and more\"}");
  cell = sage_notebook_get_cell (notebook, 2);
  take (cell, "stream", "{\"name\": \"stdout\", \"text\": \"one\\n\"}");
  take (cell, "display_data", "{\"data\": {\"text/plain\": \"before\"}, \"metadata\": {}, "
                              "\"transient\": {\"display_id\": \"d\"}}");
  take (cell, "stream", "{\"name\": \"stderr\", \"text\": \"two\\n\"}");
  take (cell, "stream", "{\"name\": \"stderr\", \"text\": \"three\\n\"}");
  expected = sage_notebook_serialise (notebook);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (expected, NULL), -1, "x\\u0021\"}],"));
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (expected, NULL), -1, "\"changed\""));

  self->is_done = FALSE;
  sage_notebook_file_save_async (self->file, FALSE, NULL, saved_cb, self);
  take (cell, "update_display_data", "{\"data\": {\"text/plain\": \"after\"}, \"metadata\": {}, "
                                     "\"transient\": {\"display_id\": \"d\"}}");
  for (guint i = 0; i < 5000; i++)
    {
      take (cell, "stream", "{\"name\": \"stderr\", \"text\": \"four\\n\"}");
      take (grown, "stream", "{\"name\": \"stdout\", \"text\": \".\"}");
    }
  wait_for (is_done, self);
  g_assert_no_error (self->error);
  assert_content (self, g_bytes_get_data (expected, NULL));

  later = sage_notebook_serialise (notebook);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (later, NULL), -1, "after"));
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, g_bytes_get_data (later, NULL));
}

static void
changed_elsewhere_cb (SageNotebookFile *file,
                      Fixture          *self)
{
  self->n_changed++;
}

static gboolean
has_changed (Fixture *self)
{
  return self->n_changed > 0;
}

/* Changed elsewhere: told, not overwritten, reloaded as a step, or overwritten on request. */
static void
test_changed_elsewhere (Fixture       *self,
                        gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);
  g_autofree char *theirs = with ("theirs");
  g_autofree char *ours = with ("ours");

  g_signal_connect (self->file, "changed-elsewhere", G_CALLBACK (changed_elsewhere_cb), self);
  g_assert_true (g_file_set_contents (self->path, theirs, -1, NULL));
  wait_for (has_changed, self);
  g_assert_true (sage_notebook_file_is_changed_elsewhere (self->file));

  sage_notebook_set_source (notebook, cell, "ours");
  save (self, FALSE);
  g_assert_error (self->error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  assert_content (self, theirs);
  g_assert_true (sage_notebook_is_modified (notebook));
  g_assert_cmpuint (count_files (self), ==, 1);

  self->is_done = FALSE;
  g_clear_error (&self->error);
  sage_notebook_file_read_theirs_async (self->file, NULL, read_cb, self);
  wait_for (is_done, self);
  g_assert_no_error (self->error);
  sage_notebook_file_take_theirs (self->file, self->theirs);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "theirs");
  g_assert_false (sage_notebook_is_modified (notebook));
  g_assert_false (sage_notebook_file_is_changed_elsewhere (self->file));
  assert_text (notebook, theirs);

  sage_notebook_undo (notebook);
  g_assert_cmpstr (sage_cell_get_source (cell), ==, "ours");
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, ours);

  g_assert_true (g_file_set_contents (self->path, "{}", -1, NULL));
  save (self, TRUE);
  g_assert_no_error (self->error);
  assert_content (self, ours);
}

/* Touched without a change, or written with the same content: nothing to tell. */
static void
test_same_content (Fixture       *self,
                   gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  g_autofree char *expected = with ("x");

  g_assert_true (g_file_set_contents (self->path, TEXT, -1, NULL));
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "x");
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, expected);
  g_assert_false (sage_notebook_file_is_changed_elsewhere (self->file));

  /* gone: written anew */
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, expected);
}

/* A disk on which no more than some bytes fit: the old file stays whole. */
static void
test_full_disk (Fixture       *self,
                gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  g_autofree char *big = g_strnfill (300000, 'x');
  struct rlimit old;
  struct rlimit small;

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), big);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 100000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  save (self, FALSE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);

  g_assert_nonnull (self->error);
  assert_content (self, TEXT);
  g_assert_cmpuint (count_files (self), ==, 1);
  g_assert_true (sage_notebook_is_modified (notebook));
  save (self, FALSE);
  g_assert_no_error (self->error);
}

/* A link that the user opens is resolved; what has become one since is not followed. */
static void
test_links (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *link = g_build_filename (self->dir, "link.ipynb", NULL);
  g_autofree char *moved = g_build_filename (self->dir, "moved.ipynb", NULL);
  g_autofree char *expected = with ("x");
  g_autoptr(GFile) file = g_file_new_for_path (link);
  SageNotebook *notebook;

  g_assert_cmpint (symlink ("n.ipynb", link), ==, 0);
  g_object_unref (self->file);
  self->file = sage_notebook_file_new (file);
  notebook = load (self);
  g_assert_no_error (self->error);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "x");
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, expected);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));

  g_assert_cmpint (g_rename (self->path, moved), ==, 0);
  g_assert_cmpint (symlink (moved, self->path), ==, 0);
  load (self);
  g_assert_nonnull (self->error);
}

static void
test_special (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (self->dir, "fifo", NULL);
  const char *paths[] = { fifo, "/dev/zero", self->dir, "/nowhere/at/all" };

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(GFile) file = g_file_new_for_path (paths[i]);

      g_object_unref (self->file);
      self->file = sage_notebook_file_new (file);
      g_assert_null (load (self));
      g_assert_nonnull (self->error);
    }
}

/* "Save as" does not overwrite what is there. */
static void
test_save_as (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "other.ipynb", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(SageNotebook) notebook = sage_notebook_new ();

  g_object_unref (self->file);
  self->file = sage_notebook_file_new (NULL);
  sage_notebook_file_set_notebook (self->file, notebook);
  sage_notebook_file_set_file (self->file, self->gfile);
  save (self, FALSE);
  g_assert_error (self->error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  assert_content (self, TEXT);

  sage_notebook_file_set_file (self->file, file);
  save (self, FALSE);
  g_assert_no_error (self->error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

/* Renamed while it is open: what has been changed is saved there, and what others write there is seen. */
static void
test_move (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "other.ipynb", NULL);
  g_autofree char *ours = with ("ours");
  g_autofree char *theirs = with ("theirs");
  SageNotebook *notebook = load (self);

  g_signal_connect (self->file, "changed-elsewhere", G_CALLBACK (changed_elsewhere_cb), self);
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "ours");
  g_assert_cmpint (g_rename (self->path, path), ==, 0);
  g_set_str (&self->path, path);
  g_clear_object (&self->gfile);
  self->gfile = g_file_new_for_path (path);
  sage_notebook_file_move (self->file, self->gfile);
  g_assert_true (sage_notebook_is_modified (notebook));
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, ours);
  g_assert_cmpuint (count_files (self), ==, 1);

  g_assert_cmpuint (self->n_changed, ==, 0);
  g_assert_true (g_file_set_contents (self->path, theirs, -1, NULL));
  wait_for (has_changed, self);
}

/* What was taken back by other edits than undo is not to be saved either. */
static void
test_settle (Fixture       *self,
             gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  SageCell *cell = sage_notebook_get_cell (notebook, 0);

  sage_notebook_set_source (notebook, cell, "B");
  sage_notebook_file_settle (self->file);
  g_assert_true (sage_notebook_is_modified (notebook));
  sage_notebook_set_source (notebook, cell, "A");
  sage_notebook_file_settle (self->file);
  g_assert_false (sage_notebook_is_modified (notebook));
}

static gboolean
has_copy (Fixture *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "sagebrush", "recovery", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".notebook"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        struct stat info;

        g_assert_cmpint (stat (path, &info), ==, 0);
        g_assert_cmpint (info.st_mode & 0777, ==, 0600);
        return TRUE;
      }

  return FALSE;
}

static gboolean
has_no_copy (Fixture *self)
{
  return !has_copy (self);
}

static void
test_recovery (Fixture       *self,
               gconstpointer  data)
{
  SageNotebook *notebook = load (self);
  g_autofree char *digest = sage_notebook_file_get_digest (self->file);
  g_autofree char *expected = with ("unsaved");
  g_autoptr(GPtrArray) open = NULL;
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autoptr(SageNotebook) restored = NULL;
  SageRecoveredNotebook *recovered;

  g_assert_false (has_copy (self));
  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "unsaved");
  wait_for (has_copy, self);
  open = sage_notebook_recovery_list (); /* it is open here: nobody else's business */
  g_assert_cmpuint (open->len, ==, 0);

  /* the process ends without a save */
  end_file (self);
  self->file = sage_notebook_file_new (self->gfile);
  left = sage_notebook_recovery_list ();
  g_assert_cmpuint (left->len, ==, 1);
  recovered = g_ptr_array_index (left, 0);
  g_assert_cmpstr (recovered->digest, ==, digest);
  g_assert_cmpint (recovered->written, >, 0);
  restored = sage_recovered_notebook_restore (recovered, &self->error);
  g_assert_no_error (self->error);

  notebook = load (self);
  sage_notebook_take_over (notebook, restored, "Recover");
  assert_text (notebook, expected);
  g_assert_true (sage_notebook_is_modified (notebook));
  save (self, FALSE);
  g_assert_no_error (self->error);
  assert_content (self, expected);
  sage_recovered_notebook_remove (recovered);
  none = sage_notebook_recovery_list ();
  g_assert_cmpuint (none->len, ==, 0);
  wait_for (has_no_copy, self);
}

/* Saving and discarding remove the copy. */
static void
test_recovery_discarded (Fixture       *self,
                         gconstpointer  data)
{
  SageNotebook *notebook = load (self);

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "1");
  wait_for (has_copy, self);
  save (self, FALSE);
  wait_for (has_no_copy, self);

  sage_notebook_set_source (notebook, sage_notebook_get_cell (notebook, 0), "2");
  wait_for (has_copy, self);
  sage_notebook_file_discard_recovery (self->file);
  wait_for (has_no_copy, self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/jupyter/notebook-file/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("save", test_save);
  ADD ("edit-while-saving", test_edit_while_saving);
  ADD ("output-while-saving", test_output_while_saving);
  ADD ("changed-elsewhere", test_changed_elsewhere);
  ADD ("same-content", test_same_content);
  ADD ("full-disk", test_full_disk);
  ADD ("links", test_links);
  ADD ("special", test_special);
  ADD ("save-as", test_save_as);
  ADD ("move", test_move);
  ADD ("settle", test_settle);
  ADD ("recovery", test_recovery);
  ADD ("recovery-discarded", test_recovery_discarded);
#undef ADD

  return g_test_run ();
}
