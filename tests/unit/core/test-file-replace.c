/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file-replace.h"
#include "sage-file.h"

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("sage-replace-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  fixture->path = g_build_filename (fixture->dir, "notes.txt", NULL);
  g_assert_true (g_file_set_contents (fixture->path, "old", 3, NULL));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->dir, NULL));
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
assert_holds (const char *path,
              const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

/* Nothing but the file itself may be left in the folder. */
static void
assert_alone (Fixture *fixture,
              guint    expected)
{
  GDir *dir = g_dir_open (fixture->dir, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  g_assert_cmpuint (n, ==, expected);
}

static void
test_save_and_save_again (Fixture       *fixture,
                          gconstpointer  data)
{
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  struct stat info;

  g_assert_cmpint (chmod (fixture->path, 0640), ==, 0);
  bytes = sage_file_read_marked (fixture->path, 100, digest, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "old", 3);

  g_assert_true (sage_file_replace (fixture->path, "new", 3, digest, digest, &error));
  g_assert_no_error (error);
  g_assert_true (sage_file_replace (fixture->path, "", 0, digest, digest, &error));
  g_assert_no_error (error);
  assert_holds (fixture->path, "");
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0640);
  assert_alone (fixture, 1);
}

static void
test_another_wrote (Fixture       *fixture,
                    gconstpointer  data)
{
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = sage_file_read_marked (fixture->path, 100, digest, NULL);

  g_assert_true (g_file_set_contents (fixture->path, "OLD", 3, NULL));
  g_assert_false (sage_file_replace (fixture->path, "mine", 4, digest, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);
  assert_holds (fixture->path, "OLD");
  assert_alone (fixture, 1);

  /* gone, and back where nothing was expected */
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_false (sage_file_replace (fixture->path, "mine", 4, digest, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (sage_file_replace (fixture->path, "mine", 4, SAGE_FILE_ABSENT, digest, &error));
  g_assert_no_error (error);
  g_assert_false (sage_file_replace (fixture->path, "x", 1, SAGE_FILE_ABSENT, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (sage_file_replace (fixture->path, "won", 3, NULL, digest, &error));
  g_assert_no_error (error);
  assert_holds (fixture->path, "won");
}

static void
test_links_stay (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *dangling = g_build_filename (fixture->dir, "dangling", NULL);
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  g_assert_cmpint (symlink ("notes.txt", link), ==, 0);
  g_assert_cmpint (symlink ("nowhere/at/all", dangling), ==, 0);
  bytes = sage_file_read_marked (link, 100, digest, &error);
  g_assert_no_error (error);
  g_assert_true (sage_file_replace (link, "new", 3, digest, digest, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  assert_holds (fixture->path, "new");

  g_assert_false (sage_file_replace (dangling, "x", 1, NULL, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

static void
test_what_is_no_file (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);
  const char * const paths[] = { fixture->dir, fifo, "/dev/null" };
  char digest[SAGE_SHA256_HEX];

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_file_read_marked (paths[i], 100, digest, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_false (sage_file_replace (paths[i], "x", 1, NULL, digest, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
}

/* Names can be as long as a name can be, and any bytes. */
static void
test_hostile_names (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *longest = g_strnfill (255, 'n');
  const char * const names[] = { longest, "a\nb", "\xff\xfe", "-rf", "\xe2\x80\xae" "txt.py" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
      char digest[SAGE_SHA256_HEX];
      g_autoptr(GError) error = NULL;

      g_assert_true (sage_file_replace (path, "x", 1, SAGE_FILE_ABSENT, digest, &error));
      g_assert_no_error (error);
      assert_holds (path, "x");
    }
}

/* A full disk, as a limit on the size of files stands for it, leaves the old content and no rest. */
static void
test_no_room (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *big = g_strnfill (200000, 'b');
  struct rlimit before;
  struct rlimit small;
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 100000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (sage_file_replace (fixture->path, big, 200000, NULL, digest, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, handler);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_IO);
  assert_holds (fixture->path, "old");
  assert_alone (fixture, 1);
}

static void
test_folder_refuses (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *missing = g_build_filename (fixture->dir, "no", "such", "file", NULL);
  char digest[SAGE_SHA256_HEX];
  g_autoptr(GError) error = NULL;

  g_assert_false (sage_file_replace (missing, "x", 1, NULL, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sage_file_replace ("/proc/version", "x", 1, NULL, digest, &error));
  g_assert_nonnull (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/core/file-replace/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("save-and-save-again", test_save_and_save_again);
  ADD ("another-wrote", test_another_wrote);
  ADD ("links-stay", test_links_stay);
  ADD ("what-is-no-file", test_what_is_no_file);
  ADD ("hostile-names", test_hostile_names);
  ADD ("no-room", test_no_room);
  ADD ("folder-refuses", test_folder_refuses);

  return g_test_run ();
}
