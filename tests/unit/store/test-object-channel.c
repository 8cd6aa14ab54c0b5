/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test-objects-fixture.h"

static void
remove_all (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = eng_objects_list (fixture->objects, "data", NULL, NULL, 1000, &error);
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (keys, ((EngObject *) g_ptr_array_index (all, i))->key);
  g_ptr_array_add (keys, NULL);
  g_assert_true (eng_objects_delete (fixture->objects, "data", (const char * const *) keys->pdata,
                                     NULL, &error));
}

/* Makes a directory of the test's own and empties it if it is there. */
static char *
make_directory (Fixture    *fixture,
                const char *name)
{
  char *path = g_build_filename (fixture->directory, name, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (sage_dir_remove (path, &error));
  g_assert_true (sage_dir_make (path, 0700, &error));

  return path;
}

static void
collect_files (const char *root,
               const char *relative,
               GPtrArray  *names)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = *relative != '\0' ? g_strconcat (relative, "/", name, NULL)
                                                 : g_strdup (name);
      g_autofree char *full = g_build_filename (root, below, NULL);

      if (g_file_test (full, G_FILE_TEST_IS_DIR))
        collect_files (root, below, names);
      else
        g_ptr_array_add (names, g_steal_pointer (&below));
    }
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* The files below @root, sorted, joined by spaces. */
static char *
files_below (const char *root)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  collect_files (root, "", names);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return g_strjoinv (" ", (char **) names->pdata);
}

/* Each row: what is in the bucket, the prefix asked for, the files that come of it. */
static void
test_prefixes (Fixture       *fixture,
               gconstpointer  data)
{
  static const struct { const char *keys, *prefix, *files; } table[] = {
    { "data/train/x.csv data/train/y/z.csv", "data/train", "x.csv y/z.csv" },
    { "data/train/x.csv data/train/y/z.csv", "data/train/", "x.csv y/z.csv" },
    { "data/train/x.csv data/train-1.csv", "data/train", "train-1.csv x.csv" },
    { "data/train.csv data/other", "data/train.csv", "train.csv" },
    { "data/train.csv", "data/tr", "train.csv" },
    { "data/train", "data/train", "train" },
    { "top.csv d/e", "", "d/e top.csv" },
    { "a/b/c a/b/d", "a", "b/c b/d" },
    { "folder/ folder/file", "folder/", "file" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_auto(GStrv) keys = g_strsplit (table[i].keys, " ", -1);
      g_autofree char *uri = g_strconcat ("s3://data/", table[i].prefix, NULL);
      g_autofree char *directory = make_directory (fixture, "channel");
      g_autofree char *files = NULL;
      g_autoptr(GError) error = NULL;
      guint n = 0;

      remove_all (fixture);
      for (guint j = 0; keys[j] != NULL; j++)
        put (fixture, keys[j], g_str_has_suffix (keys[j], "/") ? "" : keys[j]);

      g_assert_true (eng_objects_download_prefix (fixture->objects, uri, directory, &n, &error));
      g_assert_no_error (error);
      files = files_below (directory);
      g_assert_cmpstr (files, ==, table[i].files);
      keys = (g_strfreev (keys), g_strsplit (files, " ", -1));
      g_assert_cmpuint (n, ==, g_strv_length (keys));
    }
}

/* What cannot be laid out as files is refused with every key to blame, before a file is made. */
static void
test_refusals (Fixture       *fixture,
               gconstpointer  data)
{
  static const struct { const char *keys, *prefix, *blamed; } table[] = {
    { "p/a p/a/b", "p/", "p/a p/a/b" },
    { "p/a p/a-1 p/a/b", "p/", "p/a p/a/b" },
    { "p/ok p/../x", "p/", "p/../x" },
    { "p/..", "p/", "p/.." },
    { "p/./x", "p", "p/./x" },
    { "p//x", "p/", "p//x" },
    { "/x", "", "/x" },
    { "p/full/", "p/", "p/full/" },
    { "d/train d/train/train", "d/train", "d/train d/train/train" },
    { "../x", "", "../x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_auto(GStrv) keys = g_strsplit (table[i].keys, " ", -1);
      g_auto(GStrv) blamed = g_strsplit (table[i].blamed, " ", -1);
      g_autofree char *uri = g_strconcat ("s3://data/", table[i].prefix, NULL);
      g_autofree char *directory = make_directory (fixture, "channel");
      g_autofree char *files = NULL;
      g_autoptr(GError) error = NULL;

      remove_all (fixture);
      for (guint j = 0; keys[j] != NULL; j++)
        put (fixture, keys[j], "content");

      g_assert_false (eng_objects_download_prefix (fixture->objects, uri, directory, NULL, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      for (guint j = 0; blamed[j] != NULL; j++)
        {
          g_autofree char *quoted = g_strdup_printf ("'%s'", blamed[j]);

          g_assert_nonnull (strstr (error->message, quoted));
        }
      files = files_below (directory);
      g_assert_cmpstr (files, ==, "");
    }
}

static void
test_nothing_there (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char * const uris[] = { "s3://data/none", "s3://no-bucket/x", "s3://data/folder/" };
  g_autofree char *directory = make_directory (fixture, "channel");

  put (fixture, "folder/", "");
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (eng_objects_download_prefix (fixture->objects, uris[i], directory, NULL,
                                                   &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
    }
}

/* A channel's file is the store's own, and nobody may write to it. */
static void
test_no_copy (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *directory = make_directory (fixture, "channel");
  g_autofree char *path = g_build_filename (directory, "k", NULL);
  g_autoptr(EngObject) object = NULL;
  g_autoptr(GError) error = NULL;
  struct stat ours, theirs;

  put (fixture, "p/k", "content");
  g_assert_true (eng_objects_download_prefix (fixture->objects, "s3://data/p", directory, NULL,
                                              &error));
  object = eng_objects_stat (fixture->objects, "data", "p/k", &error);
  g_assert_cmpint (stat (object->path, &ours), ==, 0);
  g_assert_cmpint (stat (path, &theirs), ==, 0);
  g_assert_cmpuint (ours.st_ino, ==, theirs.st_ino);
  g_assert_cmpuint (theirs.st_mode & 0777, ==, 0444);

  /* It stays as it is when the object is replaced. */
  put (fixture, "p/k", "something else");
  {
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, &error));
    g_assert_cmpstr (text, ==, "content");
  }
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *directory = make_directory (fixture, "channel");
  g_autoptr(EngObject) object = NULL;
  g_autoptr(GError) error = NULL;

  put (fixture, "p/k", "content");
  object = eng_objects_stat (fixture->objects, "data", "p/k", &error);
  g_assert_cmpint (g_chmod (object->path, 0600), ==, 0);
  g_assert_true (g_file_set_contents_full (object->path, "CONTENT", -1, G_FILE_SET_CONTENTS_NONE,
                                           0600, &error));
  g_assert_false (eng_objects_download_prefix (fixture->objects, "s3://data/p", directory, NULL,
                                               &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "s3://data/p/k"));
}

static void
write_file (const char *directory,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_true (sage_dir_make (parent, 0700, &error));
  g_assert_true (g_file_set_contents (path, text, -1, &error));
}

static void
test_upload (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *directory = make_directory (fixture, "output");
  g_autofree char *link = g_build_filename (directory, "link", NULL);
  g_autofree char *folder_link = g_build_filename (directory, "folder-link", NULL);
  g_autofree char *pipe_path = g_build_filename (directory, "pipe", NULL);
  g_autoptr(GPtrArray) listed = NULL;
  g_autoptr(GError) error = NULL;
  guint n = 0;

  write_file (directory, "model.bin", "model");
  write_file (directory, "a/b/c.txt", "deep");
  write_file (directory, "a/\xc3\xa4 b", "name");
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (symlink ("/etc", folder_link), ==, 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);

  g_assert_true (eng_objects_upload_directory (fixture->objects, directory, "s3://data/out/", &n,
                                               &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3);
  assert_content (fixture, "out/model.bin", "model");
  assert_content (fixture, "out/a/b/c.txt", "deep");
  assert_content (fixture, "out/a/\xc3\xa4 b", "name");
  listed = eng_objects_list (fixture->objects, "data", NULL, NULL, 100, &error);
  g_assert_cmpuint (listed->len, ==, 3);
}

static void
test_upload_bad_name (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *directory = make_directory (fixture, "output");
  g_autoptr(GError) error = NULL;

  write_file (directory, "bad\xff", "x");
  g_assert_false (eng_objects_upload_directory (fixture->objects, directory, "s3://data/out", NULL,
                                                &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "bad\\377"));
}

#define ADD(path, function) \
  g_test_add ("/store/object-channel/" path, Fixture, NULL, fixture_set_up, function, \
              fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("prefixes", test_prefixes);
  ADD ("refusals", test_refusals);
  ADD ("nothing-there", test_nothing_there);
  ADD ("no-copy", test_no_copy);
  ADD ("damaged", test_damaged);
  ADD ("upload", test_upload);
  ADD ("upload-bad-name", test_upload_bad_name);

  return g_test_run ();
}
