/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-file-search.h"
#include "sage-file-trace.h"
#include "sage-file.h"

/* A folder with `a/b/one.txt` in it. */
typedef struct
{
  char             *dir;
  char             *file;
  SageFileIdentity  identity;
} Fixture;

static char *
path_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static void
write_at (Fixture    *fixture,
          const char *name,
          const char *text)
{
  g_autofree char *path = path_of (fixture, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
make_folder (Fixture    *fixture,
             const char *name)
{
  g_autofree char *path = path_of (fixture, name);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static void
move (Fixture    *fixture,
      const char *from,
      const char *to)
{
  g_autofree char *old = path_of (fixture, from);
  g_autofree char *new = path_of (fixture, to);

  g_assert_cmpint (g_rename (old, new), ==, 0);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("trace-XXXXXX", NULL);
  make_folder (fixture, "a/b");
  write_at (fixture, "a/b/one.txt", "one");
  fixture->file = path_of (fixture, "a/b/one.txt");
  sage_file_identity_read (&fixture->identity, fixture->file);
  g_assert_true (fixture->identity.exists);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  sage_dir_remove (fixture->dir, &error);
  g_assert_no_error (error);
  g_free (fixture->dir);
  g_free (fixture->file);
}

/* @name: (nullable): where it is to be found */
static void
assert_found (Fixture    *fixture,
              const char *name)
{
  const char * const folders[] = { fixture->dir, NULL };
  g_autofree char *found = sage_file_search (&fixture->identity, folders, NULL);
  g_autofree char *path = name != NULL ? path_of (fixture, name) : NULL;

  g_assert_cmpstr (found, ==, path);
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *moved = NULL;

  assert_found (fixture, "a/b/one.txt");
  move (fixture, "a/b/one.txt", "two \xff.txt");
  assert_found (fixture, "two \xff.txt");
  move (fixture, "two \xff.txt", ".two");
  assert_found (fixture, ".two");

  /* what is deleted to be got back is not where one works, nor are links elsewhere */
  make_folder (fixture, ".Trash");
  move (fixture, ".two", ".Trash/two");
  moved = path_of (fixture, "link");
  g_assert_cmpint (symlink (".Trash", moved), ==, 0);
  assert_found (fixture, NULL);
}

/* Another file may have got the number of the inode. */
static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  struct timespec times[2] = { { 0, UTIME_OMIT }, { 1000, 0 } };

  fixture->identity.size++;
  assert_found (fixture, NULL);
  fixture->identity.size--;
  assert_found (fixture, "a/b/one.txt");
  g_assert_cmpint (utimensat (AT_FDCWD, fixture->file, times, 0), ==, 0);
  assert_found (fixture, NULL);
}

static void
test_no_file (Fixture       *fixture,
              gconstpointer  data)
{
  SageFileIdentity identity;
  const char * const folders[] = { fixture->file, "/nowhere", NULL };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  const char * const all[] = { fixture->dir, NULL };

  sage_file_identity_read (&identity, fixture->dir);
  g_assert_false (identity.exists);
  sage_file_identity_read (&identity, "/nowhere/at/all");
  g_assert_false (identity.exists);
  g_assert_null (sage_file_search (&fixture->identity, folders, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_null (sage_file_search (&fixture->identity, all, cancellable));
}

static void
assert_climbs (Fixture    *fixture,
               const char *to,
               guint       n)
{
  g_autofree char *path = path_of (fixture, to);

  g_assert_cmpuint (sage_file_identity_climb (&fixture->identity, fixture->file, path), ==, n);
}

static void
test_climb (Fixture       *fixture,
            gconstpointer  data)
{
  move (fixture, "a/b", "c");
  assert_climbs (fixture, "c/one.txt", 1);
  make_folder (fixture, "a/b"); /* it is another one now */
  assert_climbs (fixture, "c/one.txt", 0);
  move (fixture, "c", "a/b");
  move (fixture, "a", "d");
  assert_climbs (fixture, "d/b/one.txt", 2);
  assert_climbs (fixture, "d/b/two.txt", 0);
}

/* --- The object ------------------------------------------------------------------------------- */

static void
found_cb (GFile **place,
          GFile  *from,
          GFile  *to)
{
  g_set_object (place, to);
}

static void
lost_cb (gboolean *is_lost)
{
  *is_lost = TRUE;
}

/* The thread that looked may still be about to drop its task. */
static void
let_go (SageFileTrace *trace)
{
  gpointer weak = trace;

  g_object_add_weak_pointer (G_OBJECT (trace), &weak);
  g_object_unref (trace);
  while (g_atomic_pointer_get (&weak) != NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
test_trace (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GFile) dir = g_file_new_for_path (fixture->dir);
  g_autoptr(GFile) file = g_file_new_for_path (fixture->file);
  g_autoptr(GFile) place = NULL;
  g_autofree char *folder = path_of (fixture, "new");
  gboolean is_lost = FALSE;
  SageFileTrace *trace;

  sage_file_trace_look_in (dir);
  trace = sage_file_trace_new (file);
  g_signal_connect_swapped (trace, "found", G_CALLBACK (found_cb), &place);
  g_signal_connect_swapped (trace, "lost", G_CALLBACK (lost_cb), &is_lost);

  /* the folder above the file's: nothing happens in the file's own */
  move (fixture, "a", "new");
  while (place == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_file_peek_path (place), ==, folder);
  g_assert_false (is_lost);

  g_clear_object (&file);
  file = g_file_resolve_relative_path (place, "b/one.txt");
  sage_file_trace_set_file (trace, file);
  g_assert_cmpint (g_unlink (g_file_peek_path (file)), ==, 0);
  write_at (fixture, "new/b/two.txt", "one"); /* with the same inode, perhaps */
  while (!is_lost)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_file_peek_path (place), ==, folder);
  let_go (trace);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/file-trace/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/file-trace/changed", Fixture, NULL, set_up, test_changed, tear_down);
  g_test_add ("/file-trace/no-file", Fixture, NULL, set_up, test_no_file, tear_down);
  g_test_add ("/file-trace/climb", Fixture, NULL, set_up, test_climb, tear_down);
  g_test_add ("/file-trace/trace", Fixture, NULL, set_up, test_trace, tear_down);

  return g_test_run ();
}
