/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-arn.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-time.h"

typedef struct
{
  char *dir;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("sage-file-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (sage_dir_remove (fixture->dir, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->dir, G_FILE_TEST_EXISTS));
  g_free (fixture->dir);
}

static void
test_write_and_read (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "f", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) refused = NULL;
  struct stat info;

  g_assert_true (sage_file_write_durable (path, "one", 3, 0600, &error));
  g_assert_true (sage_file_write_durable (path, "second", 6, 0600, &error));
  g_assert_no_error (error);
  bytes = sage_file_read (path, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "second", 6);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  refused = sage_file_read (path, 5, &error);
  g_assert_null (refused);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
}

static void
test_read_refuses_specials (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *missing = g_build_filename (fixture->dir, "missing", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);

  g_assert_null (sage_file_read (fifo, 100, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sage_file_read (link, 100000, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (sage_file_read (missing, 100, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

static void
test_write_without_room (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "no", "such", "dir", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_false (sage_file_write_durable (path, "x", 1, 0600, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_false (sage_file_write_durable ("/dev/full/x", "x", 1, 0600, &error));
  g_assert_nonnull (error);
}

static void
test_remove_keeps_what_links_name (Fixture       *fixture,
                                   gconstpointer  data)
{
  g_autofree char *kept = g_build_filename (fixture->dir, "kept", NULL);
  g_autofree char *kept_file = g_build_filename (kept, "file", NULL);
  g_autofree char *tree = g_build_filename (fixture->dir, "tree", "deep", NULL);
  g_autofree char *root = g_build_filename (fixture->dir, "tree", NULL);
  g_autofree char *link = g_build_filename (tree, "link", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (sage_dir_make (kept, 0700, &error) && sage_dir_make (tree, 0700, &error));
  g_assert_true (g_file_set_contents (kept_file, "x", 1, NULL));
  g_assert_cmpint (symlink (kept, link), ==, 0);
  g_assert_cmpint (chmod (tree, 0), ==, 0);

  g_assert_true (sage_dir_remove (root, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (root, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept_file, G_FILE_TEST_EXISTS));
  g_assert_true (sage_dir_remove (root, &error));
}

/* A job may leave more levels than there are descriptors, each shut to its owner. */
static void
test_remove_goes_deep (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *root = g_build_filename (fixture->dir, "tree", NULL);
  g_autoptr(GError) error = NULL;
  int fd;

  g_assert_true (sage_dir_make (root, 0700, &error));
  fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (guint i = 0; i < 5000; i++)
    {
      int next;

      g_assert_cmpint (mkdirat (fd, "d", 0700), ==, 0);
      next = openat (fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next, >=, 0);
      g_assert_cmpint (fchmod (fd, 0), ==, 0);
      close (fd);
      fd = next;
    }
  close (fd);

  g_assert_true (sage_dir_remove (root, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (root, G_FILE_TEST_EXISTS));
}

static void
test_open_beneath (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char * const outside[] = { "../x", "/etc/passwd", "a/../../x", "link/passwd", "..",
                                          "a/link" };
  g_autofree char *sub = g_build_filename (fixture->dir, "a", NULL);
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *inner = g_build_filename (sub, "link", NULL);
  int dir_fd;
  int fd;

  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  g_assert_cmpint (symlink ("/etc", link), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", inner), ==, 0);
  dir_fd = open (fixture->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (dir_fd, >=, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (outside); i++)
    g_assert_cmpint (sage_open_beneath (dir_fd, outside[i], O_RDONLY, 0), ==, -1);

  fd = sage_open_beneath (dir_fd, "a/new", O_WRONLY | O_CREAT | O_EXCL, 0600);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  close (dir_fd);
}

static void
test_time (void)
{
  g_autofree char *iso = sage_time_to_iso8601 (1700000000.123);
  g_autofree char *http = sage_time_to_http_date (784111777);
  double seconds;

  g_assert_cmpstr (iso, ==, "2023-11-14T22:13:20.123Z");
  g_assert_cmpstr (http, ==, "Sun, 06 Nov 1994 08:49:37 GMT");
  g_assert_true (sage_time_parse_iso8601 ("2023-11-14T22:13:20.5Z", &seconds));
  g_assert_cmpfloat (seconds, ==, 1700000000.5);
  g_assert_true (sage_time_parse_iso8601 ("2023-11-14T23:13:20+01:00", &seconds));
  g_assert_cmpfloat (seconds, ==, 1700000000.0);
  g_assert_false (sage_time_parse_iso8601 ("yesterday", &seconds));
}

static void
test_arn (void)
{
  static const char * const bad[] = { "", "arn", "arn:aws:sagemaker", "training-job/x",
                                      "arn:aws:sagemaker:r:1:noslash", "arn:aws:sagemaker:r:1:/x",
                                      "arn:aws:sagemaker:r:1:model/" };
  g_autofree char *built = sage_arn_build ("us-east-1", "000000000000", "model", "MyModel");
  g_auto(SageArn) arn = { 0 };

  g_assert_cmpstr (built, ==, "arn:aws:sagemaker:us-east-1:000000000000:model/mymodel");
  g_assert_true (sage_arn_parse ("arn:aws:sagemaker:r:1:pipeline/p/execution/abc", &arn));
  g_assert_cmpstr (arn.type, ==, "pipeline");
  g_assert_cmpstr (arn.name, ==, "p/execution/abc");
  g_assert_cmpstr (arn.account, ==, "1");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SageArn none;

      g_assert_false (sage_arn_parse (bad[i], &none));
      g_assert_null (none.name);
    }
  g_assert_false (sage_arn_parse (NULL, &(SageArn) { 0 }));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) g_test_add ("/core/file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("write-and-read", test_write_and_read);
  ADD ("read-refuses-specials", test_read_refuses_specials);
  ADD ("write-without-room", test_write_without_room);
  ADD ("remove-keeps-what-links-name", test_remove_keeps_what_links_name);
  ADD ("remove-goes-deep", test_remove_goes_deep);
  ADD ("open-beneath", test_open_beneath);
  g_test_add_func ("/core/time", test_time);
  g_test_add_func ("/core/arn", test_arn);

  return g_test_run ();
}
