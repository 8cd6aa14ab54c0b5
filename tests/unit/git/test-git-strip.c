/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "git-fixture.h"
#include "sage-error.h"
#include "sage-git-status.h"
#include "sage-git-strip.h"

/* The program that the filter runs; the build names it. */
static char *command;

#define NOTEBOOK(count, output)                                                                     \
  "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": " count ",\n"          \
  "   \"id\": \"a1\",\n   \"metadata\": {},\n   \"outputs\": [" output "],\n"                        \
  "   \"source\": [\n    \"print(1)\"\n   ]\n  }\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n"        \
  " \"nbformat_minor\": 5\n}\n"

#define STREAM                                                                                      \
  "\n    {\n     \"name\": \"stdout\",\n     \"output_type\": \"stream\",\n     \"text\": [\n"        \
  "      \"1\\n\"\n     ]\n    }\n   "

static gboolean
is_on (GFile *folder)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  gboolean on = FALSE;

  sage_git_strip_query_async (folder, NULL, git_take_result, &result);
  git_wait (&result);
  sage_git_strip_query_finish (result, &on, &error);
  g_assert_no_error (error);

  return on;
}

static gboolean
set (GFile       *folder,
     gboolean     on,
     GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  sage_git_strip_set_async (folder, on ? command : NULL, NULL, git_take_result, &result);
  git_wait (&result);

  return sage_git_strip_set_finish (result, error);
}

static void
expect_sh (GitFixture *fixture,
           const char *script,
           const char *expected)
{
  g_autofree char *out = git_fixture_sh (fixture, script);

  g_assert_cmpstr (out, ==, expected);
}

/* The commit has no outputs, the file keeps them, and git sees no difference. */
static void
test_commit (GitFixture    *fixture,
             gconstpointer  data)
{
  g_autoptr(GFile) folder = g_file_get_child (fixture->folder, "sub");
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;

  git_fixture_init (fixture);
  git_fixture_write (fixture, "sub/n.ipynb", NOTEBOOK ("3", STREAM));
  git_fixture_write (fixture, "sub/empty.ipynb", "");
  g_assert_false (is_on (folder));
  g_assert_true (set (folder, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (is_on (folder));
  expect_sh (fixture, "cat .gitattributes", "*.ipynb filter=sagebrush-notebook\n");

  g_free (git_fixture_sh (fixture, "git add . && git commit -qm one"));
  expect_sh (fixture, "git show HEAD:sub/n.ipynb", NOTEBOOK ("null", ""));
  kept = git_fixture_read (fixture, "sub/n.ipynb");
  g_assert_cmpstr (kept, ==, NOTEBOOK ("3", STREAM));
  expect_sh (fixture, "git status --porcelain", "");

  /* It runs again: other outputs, the same commit. */
  git_fixture_write (fixture, "sub/n.ipynb", NOTEBOOK ("4", STREAM));
  expect_sh (fixture, "git status --porcelain", "");
  {
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(SageGitStatus) status = NULL;

    sage_git_status_async (folder, command, NULL, git_take_result, &result);
    git_wait (&result);
    status = sage_git_status_finish (result, &error);
    g_assert_no_error (error);
    g_assert_cmpint (sage_git_status_get (status, "n.ipynb"), ==, SAGE_GIT_UNCHANGED);
  }
}

/* A notebook that cannot be read is not committed, and stays. */
static void
test_broken (GitFixture    *fixture,
             gconstpointer  data)
{
  static const char * const texts[] = {
    "{", "<<<<<<< HEAD\n", "{\"cells\":[{}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}",
    "{\"nbformat\":3,\"nbformat_minor\":0,\"metadata\":{},\"worksheets\":[]}", "\xff\xfe",
  };
  g_autoptr(GError) error = NULL;

  git_fixture_init (fixture);
  g_assert_true (set (fixture->folder, TRUE, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *kept = NULL;
      g_autofree char *filter = g_strdup_printf ("%s <n.ipynb >copy; test $? = 1 && cmp n.ipynb copy", command);

      git_fixture_write (fixture, "n.ipynb", texts[i]);
      g_assert_cmpint (git_fixture_try (fixture, "git add n.ipynb", NULL), !=, 0);
      kept = git_fixture_read (fixture, "n.ipynb");
      g_assert_cmpstr (kept, ==, texts[i]);
      expect_sh (fixture, "git ls-files n.ipynb", "");
      expect_sh (fixture, filter, "");
    }
}

/* Switching it off leaves the repository as it was. */
static void
test_undo (GitFixture    *fixture,
           gconstpointer  data)
{
  static const char * const attributes[] = { NULL, "*.bin -diff", "*.bin -diff\r\n*.txt text\r\n" };

  git_fixture_init (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *before = git_fixture_sh (fixture, "cat .git/config");
      g_autofree char *on = NULL;

      if (attributes[i] != NULL)
        git_fixture_write (fixture, ".gitattributes", attributes[i]);
      g_assert_true (set (fixture->folder, TRUE, &error));
      g_assert_true (set (fixture->folder, TRUE, &error));
      on = git_fixture_read (fixture, ".gitattributes");
      g_assert_true (g_str_has_prefix (on, attributes[i] != NULL ? attributes[i] : "*.ipynb"));
      g_assert_true (is_on (fixture->folder));
      g_assert_true (set (fixture->folder, FALSE, &error));
      g_assert_true (set (fixture->folder, FALSE, &error));
      g_assert_no_error (error);
      g_assert_false (is_on (fixture->folder));
      expect_sh (fixture, "cat .git/config", before);
      if (attributes[i] == NULL)
        expect_sh (fixture, "ls -A | grep -v '^.git$' || true", "");
      else
        {
          g_autofree char *off = git_fixture_read (fixture, ".gitattributes");

          g_assert_true (g_str_has_prefix (off, attributes[i]));
          g_assert_cmpuint (strlen (off), <=, strlen (attributes[i]) + 1);
        }
    }
}

/* Attributes that lead elsewhere are not followed, and hooks do not run. */
static void
test_hostile (GitFixture    *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  git_fixture_init (fixture);
  git_fixture_write (fixture, "secret", "key\n");
  g_free (git_fixture_sh (fixture, "ln -s secret .gitattributes"));
  g_assert_false (set (fixture->folder, TRUE, &error));
  g_assert_nonnull (error);
  expect_sh (fixture, "cat secret", "key\n");
}

static void
test_no_repository (GitFixture    *fixture,
                    gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (set (fixture->folder, TRUE, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
}

#define ADD(name, function) \
  g_test_add ("/git/strip/" name, GitFixture, NULL, git_fixture_set_up, function, git_fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_autofree char *program = NULL;
  g_autofree char *quoted = NULL;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GIT_CONFIG_NOSYSTEM", "1", TRUE);
  g_assert_cmpint (argc, ==, 2);
  program = g_canonicalize_filename (argv[1], NULL);
  quoted = g_shell_quote (program);
  command = g_strconcat (quoted, " strip-outputs", NULL);

  ADD ("commit", test_commit);
  ADD ("broken", test_broken);
  ADD ("undo", test_undo);
  ADD ("hostile", test_hostile);
  ADD ("no-repository", test_no_repository);

  return g_test_run ();
}
