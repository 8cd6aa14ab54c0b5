/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-text-file.h"

#define TIMEOUT_S 60

typedef struct
{
  char         *dir;
  char         *path;
  SageTextFile *file;
  GAsyncResult *result;
  SageDisk      disk; /* what was said last */
} Fixture;

static void
disk_cb (Fixture *fixture,
         SageDisk disk)
{
  fixture->disk = disk;
}

static void
open_file (Fixture *fixture)
{
  g_autoptr(GFile) file = g_file_new_for_path (fixture->path);

  fixture->file = sage_text_file_new (file);
  g_signal_connect_swapped (fixture->file, "disk-changed", G_CALLBACK (disk_cb), fixture);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("sage-text-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "notes.py", NULL);
  g_assert_true (g_file_set_contents (fixture->path, "one\r\ntwo", -1, NULL));
  open_file (fixture);
}

static void
close_file (Fixture *fixture)
{
  g_clear_object (&fixture->result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->file);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_file (fixture);
  g_assert_true (sage_dir_remove (fixture->dir, NULL));
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object (&((Fixture *) user_data)->result, result);
}

static void
wait_for_result (Fixture *fixture)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
load (Fixture  *fixture,
      GError  **error)
{
  g_clear_object (&fixture->result);
  sage_text_file_load_async (fixture->file, NULL, done_cb, fixture);
  wait_for_result (fixture);

  return sage_text_file_load_finish (fixture->file, fixture->result, error);
}

static gboolean
save (Fixture     *fixture,
      const char  *text,
      gboolean     overwrite,
      GError     **error)
{
  g_clear_object (&fixture->result);
  sage_text_file_save_async (fixture->file, text, overwrite, NULL, done_cb, fixture);
  wait_for_result (fixture);

  return sage_text_file_save_finish (fixture->file, fixture->result, error);
}

static void
assert_holds (const char *path,
              const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
wait_for_disk (Fixture *fixture,
               SageDisk disk)
{
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  while (fixture->disk != disk)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
test_saves_as_it_was (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = load (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "one\ntwo");
  g_assert_true (save (fixture, "one\ntwo\nthree", FALSE, &error));
  g_assert_no_error (error);
  assert_holds (fixture->path, "one\r\ntwo\r\nthree");
  g_assert_true (save (fixture, "one\ntwo", FALSE, &error));
  g_assert_no_error (error);
  assert_holds (fixture->path, "one\r\ntwo");
}

static void
test_conflict (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = load (fixture, &error);

  g_assert_true (g_file_set_contents (fixture->path, "theirs", -1, NULL));
  g_assert_false (save (fixture, "mine", FALSE, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);
  assert_holds (fixture->path, "theirs");
  g_assert_true (save (fixture, "mine", TRUE, &error));
  g_assert_no_error (error);
  assert_holds (fixture->path, "mine");
}

static void
test_notices_others (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *text = load (fixture, NULL);
  g_autofree char *other = g_strconcat (fixture->path, ".new", NULL);

  g_assert_true (g_file_set_contents (other, "theirs", -1, NULL));
  g_assert_cmpint (g_rename (other, fixture->path), ==, 0);
  wait_for_disk (fixture, SAGE_DISK_CHANGED);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  wait_for_disk (fixture, SAGE_DISK_GONE);
  g_assert_true (save (fixture, "mine", TRUE, NULL));
  assert_holds (fixture->path, "mine");
}

static void
test_what_cannot_be_read (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "a\0b", 3, NULL));
  g_assert_null (load (fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_SYNTAX);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_null (load (fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  g_assert_null (load (fixture, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

/* Of what is too large the beginning is shown, and it ends with a line. */
static void
test_large_file (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GString) large = g_string_new (NULL);
  g_autofree char *text = NULL;

  while (large->len <= SAGE_TEXT_FILE_MAX_BYTES)
    g_string_append (large, "ein Wort, größer\n");
  g_assert_true (g_file_set_contents (fixture->path, large->str, (gssize) large->len, NULL));
  text = load (fixture, NULL);
  g_assert_nonnull (text);
  g_assert_true (sage_text_file_is_cut (fixture->file));
  g_assert_cmpuint (strlen (text), <=, SAGE_TEXT_FILE_PREVIEW);
  g_assert_true (g_str_has_suffix (text, "größer\n"));
  g_assert_cmpint (sage_text_file_get_size (fixture->file), ==, (goffset) large->len);
}

static void
test_recovery (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *text = load (fixture, NULL);
  g_autofree char *again = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *old = NULL;
  g_autofree char *none = NULL;
  g_autoptr(GError) error = NULL;
  gboolean outdated;

  sage_text_file_keep_copy (fixture->file, "typed\nand lost", TRUE);
  close_file (fixture);

  open_file (fixture);
  again = load (fixture, NULL);
  g_assert_cmpstr (again, ==, "one\ntwo");
  copy = sage_text_file_dup_copy (fixture->file, &outdated);
  g_assert_cmpstr (copy, ==, "typed\nand lost");
  g_assert_false (outdated);

  /* somebody has written the file since: saving does not do as if nothing were */
  g_assert_true (g_file_set_contents (fixture->path, "theirs", -1, NULL));
  g_free (load (fixture, NULL));
  old = sage_text_file_dup_copy (fixture->file, &outdated);
  g_assert_cmpstr (old, ==, "typed\nand lost");
  g_assert_true (outdated);
  g_assert_false (save (fixture, old, FALSE, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  g_assert_true (save (fixture, old, TRUE, &error));
  g_assert_no_error (error);
  none = sage_text_file_dup_copy (fixture->file, &outdated);
  g_assert_null (none);
}

/* A copy that is being written when the file is saved does not come back. */
static void
test_late_copy (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *text = load (fixture, NULL);
  gboolean outdated;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *copy = NULL;

      sage_text_file_keep_copy (fixture->file, "typed", FALSE);
      g_assert_true (save (fixture, "saved", FALSE, NULL));
      sage_text_file_keep_copy (fixture->file, "typed", FALSE);
      sage_text_file_forget_copy (fixture->file);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      copy = sage_text_file_dup_copy (fixture->file, &outdated);
      g_assert_null (copy);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/files/text-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("saves-as-it-was", test_saves_as_it_was);
  ADD ("conflict", test_conflict);
  ADD ("notices-others", test_notices_others);
  ADD ("what-cannot-be-read", test_what_cannot_be_read);
  ADD ("large-file", test_large_file);
  ADD ("recovery", test_recovery);
  ADD ("late-copy", test_late_copy);

  return g_test_run ();
}
