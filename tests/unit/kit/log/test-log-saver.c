/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "memory-pager.h"
#include "sage-error.h"
#include "sage-log-saver.h"
#include "waiting.h"

typedef struct
{
  char    *dir;  /* (owned) */
  char    *path; /* (owned) */
  GFile   *file; /* (owned) */
  gboolean done;
  GError  *error; /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("sage-log-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "job.log", NULL);
  fixture->file = g_file_new_for_path (fixture->path);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0); /* nothing else was left there */
  g_clear_error (&fixture->error);
  g_object_unref (fixture->file);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (sage_log_saver_run_finish (SAGE_LOG_SAVER (object), result, &fixture->error), ==,
                   fixture->error == NULL);
  fixture->done = TRUE;
}

static char *
make_line (guint64  index,
           gpointer user_data)
{
  return g_strdup_printf ("\033[32mline\033[m %" G_GUINT64_FORMAT, index);
}

static void
test_whole (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (30000, make_line, NULL);
  SageLogSaver *saver = sage_log_saver_new (SAGE_LOG_PAGER (pager), FALSE);
  g_autofree char *contents = NULL;
  g_auto(GStrv) lines = NULL;
  gsize length;

  sage_log_saver_run_async (saver, fixture->file, NULL, saved_cb, fixture);
  WAIT_FOR (fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_true (g_file_get_contents (fixture->path, &contents, &length, NULL));
  g_assert_cmpuint (sage_log_saver_get_bytes (saver), ==, length);
  lines = g_strsplit (contents, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 30001);
  for (guint i = 0; i < 30000; i++)
    {
      g_autofree char *expected = g_strdup_printf ("line %u", i);

      g_assert_cmpstr (lines[i], ==, expected);
    }
  g_assert_finalize_object (saver);
}

static void
test_times (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(MemoryPager) pager = memory_pager_new ();
  SageLogSaver *saver = sage_log_saver_new (SAGE_LOG_PAGER (pager), TRUE);
  g_autofree char *contents = NULL;

  memory_pager_add (pager, 1700000000123, "one");
  memory_pager_add (pager, 1700000000124, "two\nthree\n");
  memory_pager_add (pager, 1700000000125, "");
  memory_pager_add (pager, 1700000000126, "10%\r20%\033]0;title\a");
  sage_log_saver_run_async (saver, fixture->file, NULL, saved_cb, fixture);
  WAIT_FOR (fixture->done);
  g_assert_no_error (fixture->error);
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "2023-11-14T22:13:20.123Z one\n"
                                 "2023-11-14T22:13:20.124Z two\n"
                                 "2023-11-14T22:13:20.124Z three\n"
                                 "2023-11-14T22:13:20.125Z \n"
                                 "2023-11-14T22:13:20.126Z 20%\n");
  g_assert_finalize_object (saver);
}

/* Whoever gives it up finds what was there before. */
static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (10000000, make_line, NULL);
  SageLogSaver *saver = sage_log_saver_new (SAGE_LOG_PAGER (pager), FALSE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "before", -1, NULL));
  sage_log_saver_run_async (saver, fixture->file, cancellable, saved_cb, fixture);
  WAIT_FOR (sage_log_saver_get_bytes (saver) > 100000);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "before");
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_assert_finalize_object (saver);
}

static void
test_engine_away (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (10000000, make_line, NULL);
  SageLogSaver *saver = sage_log_saver_new (SAGE_LOG_PAGER (pager), FALSE);

  sage_log_saver_run_async (saver, fixture->file, NULL, saved_cb, fixture);
  WAIT_FOR (sage_log_saver_get_bytes (saver) > 100000);
  memory_pager_set_failing (pager, TRUE);
  WAIT_FOR (fixture->done);
  g_assert_error (fixture->error, SAGE_ERROR, SAGE_ERROR_UNREACHABLE);
  g_assert_cmpuint (count_files (fixture), ==, 0);
  g_assert_finalize_object (saver);
}

static void
test_no_place (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(MemoryPager) pager = memory_pager_new_made (10, make_line, NULL);
  SageLogSaver *saver = sage_log_saver_new (SAGE_LOG_PAGER (pager), FALSE);
  g_autoptr(GFile) nowhere = g_file_new_for_path ("/nonexistent/job.log");

  sage_log_saver_run_async (saver, nowhere, NULL, saved_cb, fixture);
  WAIT_FOR (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_finalize_object (saver);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/log-saver/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/log-saver/times", Fixture, NULL, set_up, test_times, tear_down);
  g_test_add ("/log-saver/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/log-saver/engine-away", Fixture, NULL, set_up, test_engine_away, tear_down);
  g_test_add ("/log-saver/no-place", Fixture, NULL, set_up, test_no_place, tear_down);

  return g_test_run ();
}
