/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-kernelspec.h"

typedef struct
{
  char *root; /* a folder for all places */
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *path = NULL;

  fixture->root = g_dir_make_tmp ("sage-kernelspec-XXXXXX", NULL);
  path = g_strdup_printf ("%s/one:relative:%s/two", fixture->root, fixture->root);
  g_setenv ("JUPYTER_PATH", path, TRUE);
  g_unsetenv ("JUPYTER_DATA_DIR");
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  g_assert_true (sage_dir_remove (fixture->root, NULL));
  g_free (fixture->root);
}

static void
install (Fixture    *fixture,
         const char *directory,
         const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, directory, NULL);
  g_autofree char *file = g_build_filename (path, "kernel.json", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static SageKernelspec *
find (Fixture    *fixture,
      const char *project,
      const char *name)
{
  g_autofree char *path = project != NULL ? g_build_filename (fixture->root, project, NULL) : NULL;

  return sage_kernelspec_find (path, name, NULL);
}

static void
test_a_kernel_is_read (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *resources = g_build_filename (fixture->root, "one/kernels/Ir", NULL);
  g_autoptr(SageKernelspec) spec = NULL;
  g_auto(GStrv) argv = NULL;

  install (fixture, "one/kernels/Ir",
           "{\"argv\":[\"R\",\"{connection_file}\",\"--at={resource_dir}\"],\"display_name\":\"R\","
           "\"language\":\"r\",\"interrupt_mode\":\"message\",\"env\":{\"A\":\"b\"},\"metadata\":{\"m\":1}}");
  spec = find (fixture, NULL, "iR");

  g_assert_nonnull (spec);
  g_assert_cmpstr (sage_kernelspec_get_name (spec), ==, "ir");
  g_assert_cmpstr (sage_kernelspec_get_display_name (spec), ==, "R");
  g_assert_cmpstr (sage_kernelspec_get_language (spec), ==, "r");
  g_assert_cmpint (sage_kernelspec_get_interrupt_mode (spec), ==, SAGE_INTERRUPT_MESSAGE);
  g_assert_cmpstr (sage_kernelspec_get_directory (spec), ==, resources);
  g_assert_cmpstr (sage_json_string (sage_kernelspec_get_env (spec), "A", NULL), ==, "b");
  g_assert_cmpint (sage_json_int (sage_kernelspec_get_metadata (spec), "m", 0), ==, 1);
  g_assert_cmpstr (sage_kernelspec_get_argv (spec)[1], ==, "{connection_file}");

  argv = sage_kernelspec_expand_argv (spec, "/c {resource_dir}.json");
  g_assert_cmpuint (g_strv_length (argv), ==, 3);
  g_assert_cmpstr (argv[0], ==, "R");
  g_assert_true (g_str_has_suffix (argv[2], "/one/kernels/Ir"));
}

static void
test_the_first_of_a_name_wins (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr(SageKernelspec) first = NULL;
  g_autoptr(SageKernelspec) usable = NULL;

  install (fixture, "one/kernels/a", "{\"argv\":[\"x\"],\"display_name\":\"first\"}");
  install (fixture, "two/kernels/a", "{\"argv\":[\"x\"],\"display_name\":\"second\"}");
  install (fixture, "one/kernels/b", "{\"argv\":[]}");
  install (fixture, "two/kernels/b", "{\"argv\":[\"x\"],\"display_name\":\"usable\"}");

  first = find (fixture, NULL, "a");
  usable = find (fixture, NULL, "b");
  g_assert_cmpstr (sage_kernelspec_get_display_name (first), ==, "first");
  g_assert_cmpstr (sage_kernelspec_get_display_name (usable), ==, "usable");
}

static void
test_environments_of_a_project_are_found (Fixture       *fixture,
                                          gconstpointer  data)
{
  g_autofree char *bin = g_build_filename (fixture->root, "project/.venv/bin", NULL);
  g_autofree char *python = g_build_filename (bin, "python3", NULL);
  g_autofree char *mark = g_build_filename (fixture->root, "project/.venv/pyvenv.cfg", NULL);
  g_autoptr(SageKernelspec) spec = NULL;
  g_auto(GStrv) argv = NULL;

  install (fixture, "project/.venv/share/jupyter/kernels/mine",
           "{\"argv\":[\"python3\",\"-m\",\"x\",\"{prefix}\"]}");
  install (fixture, "project/data/share/jupyter/kernels/other", "{\"argv\":[\"python3\"]}");
  g_assert_cmpint (g_mkdir_with_parents (bin, 0700), ==, 0);
  g_assert_null (find (fixture, "project", "mine"));
  g_assert_true (g_file_set_contents (mark, "", -1, NULL));

  spec = find (fixture, "project", "mine");
  g_assert_nonnull (spec);
  g_assert_null (find (fixture, "project", "other"));
  g_assert_null (find (fixture, NULL, "mine"));
  g_assert_cmpstr (sage_kernelspec_get_display_name (spec), ==, "mine");

  argv = sage_kernelspec_expand_argv (spec, "c");
  g_assert_cmpstr (argv[0], ==, "python3"); /* none is there */
  g_clear_pointer (&argv, g_strfreev);

  g_assert_true (g_file_set_contents (python, "", -1, NULL));
  g_assert_cmpint (g_chmod (python, 0700), ==, 0);
  argv = sage_kernelspec_expand_argv (spec, "c");
  g_assert_cmpstr (argv[0], ==, python);
  g_assert_true (g_str_has_suffix (argv[3], "/project/.venv"));
}

/* A notebook in a folder of a repository has the environments of the repository. */
static void
test_environments_of_a_repository_are_found (Fixture       *fixture,
                                             gconstpointer  data)
{
  g_autofree char *git = g_build_filename (fixture->root, "project/.git", NULL);
  g_autofree char *inner = g_build_filename (fixture->root, "project/a/b", NULL);
  g_autofree char *mark = g_build_filename (fixture->root, "project/.venv/pyvenv.cfg", NULL);
  g_autofree char *outer = g_build_filename (fixture->root, ".venv/pyvenv.cfg", NULL);
  g_autoptr(SageKernelspec) spec = NULL;

  install (fixture, "project/.venv/share/jupyter/kernels/mine", "{\"argv\":[\"python3\"]}");
  install (fixture, ".venv/share/jupyter/kernels/theirs", "{\"argv\":[\"python3\"]}");
  g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (mark, "", -1, NULL));
  g_assert_true (g_file_set_contents (outer, "", -1, NULL));
  g_assert_null (find (fixture, "project/a/b", "mine"));

  g_assert_cmpint (g_mkdir_with_parents (git, 0700), ==, 0);
  spec = find (fixture, "project/a/b", "mine");
  g_assert_nonnull (spec);
  g_assert_null (find (fixture, "project/a/b", "theirs"));
}

static void
test_the_path_is_jupyters (Fixture       *fixture,
                           gconstpointer  data)
{
  g_auto(GStrv) path = sage_kernelspec_path (NULL);
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "jupyter", NULL);

  g_assert_cmpuint (g_strv_length (path), ==, 5);
  g_assert_true (g_str_has_suffix (path[0], "/one"));
  g_assert_true (g_str_has_suffix (path[1], "/two"));
  g_assert_cmpstr (path[2], ==, user);
  g_assert_cmpstr (path[3], ==, "/usr/local/share/jupyter");
  g_assert_cmpstr (path[4], ==, "/usr/share/jupyter");

  g_strfreev (path);
  g_setenv ("JUPYTER_DATA_DIR", "/elsewhere", TRUE);
  path = sage_kernelspec_path (NULL);
  g_assert_cmpstr (path[2], ==, "/elsewhere");
}

static void
test_bad_kernels_are_passed_over (Fixture       *fixture,
                                  gconstpointer  data)
{
  static const char *const bad[] = {
    "", "[]", "{}", "{\"argv\":\"x\"}", "{\"argv\":[]}", "{\"argv\":[1]}", "{\"argv\":[\"\"]}",
    "{\"argv\":[\"x\",null]}", "{\"argv\":[\"x\"],\"interrupt_mode\":\"shout\"}",
    "{\"argv\":[\"x\"],\"env\":[]}", "{\"argv\":[\"x\"],\"env\":{\"A\":1}}",
    "{\"argv\":[\"x\"],\"env\":{\"A=B\":\"\"}}", "{\"argv\":[\"x\"],\"env\":{\"\":\"\"}}",
  };
  g_autofree char *pipe = g_build_filename (fixture->root, "one/kernels/bad/kernel.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      install (fixture, "one/kernels/bad", bad[i]);
      g_assert_null (find (fixture, NULL, "bad"));
    }

  /* Neither a pipe nor an endless device makes anybody wait. */
  g_assert_cmpint (g_unlink (pipe), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (find (fixture, NULL, "bad"));
  g_assert_cmpint (g_unlink (pipe), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", pipe), ==, 0);
  g_assert_null (find (fixture, NULL, "bad"));
}

static void
test_names_are_no_paths (Fixture       *fixture,
                         gconstpointer  data)
{
  static const char *const bad[] = { "", ".", "..", "...", "a/b", "../a", "a b", "a\n", "\303\244", "a:b", "%2e" };
  static const char *const good[] = { "python3", "ir", "xcpp17", "julia-1.10", "a_b", ".net-csharp" };
  g_autofree char *long_name = g_strnfill (256, 'a');

  install (fixture, "one/kernels/a b", "{\"argv\":[\"x\"]}");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (sage_kernelspec_is_name (bad[i]));
      g_assert_null (sage_kernelspec_find (NULL, bad[i], &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sage_kernelspec_is_name (good[i]));
  g_assert_false (sage_kernelspec_is_name (long_name));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/jupyter/kernelspec/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("a-kernel-is-read", test_a_kernel_is_read);
  ADD ("the-first-of-a-name-wins", test_the_first_of_a_name_wins);
  ADD ("environments-of-a-project-are-found", test_environments_of_a_project_are_found);
  ADD ("environments-of-a-repository-are-found", test_environments_of_a_repository_are_found);
  ADD ("the-path-is-jupyters", test_the_path_is_jupyters);
  ADD ("bad-kernels-are-passed-over", test_bad_kernels_are_passed_over);
  ADD ("names-are-no-paths", test_names_are_no_paths);

  return g_test_run ();
}
