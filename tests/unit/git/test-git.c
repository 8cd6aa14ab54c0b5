/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "git-fixture.h"
#include "sage-error.h"
#include "sage-git-marks.h"
#include "sage-git-read.h"

static SageGitStatus *
ask (GFile      *folder,
     const char *strip,
     GError    **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  sage_git_status_async (folder, strip, NULL, git_take_result, &result);
  git_wait (&result);

  return sage_git_status_finish (result, error);
}

static char *
read_head (GitFixture  *fixture,
           const char  *name,
           GError     **error)
{
  g_autoptr(GFile) file = g_file_get_child (fixture->folder, name);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) bytes = NULL;

  sage_git_read_async (file, NULL, git_take_result, &result);
  git_wait (&result);
  bytes = sage_git_read_finish (result, error);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

#define HAS(status, path, mark) g_assert_cmpint (sage_git_status_get (status, path), ==, mark)

/* --- Status ----------------------------------------------------------------------------------- */

static void
make_changes (GitFixture *fixture)
{
  git_fixture_init (fixture);
  git_fixture_write (fixture, ".gitignore", "*.log\nbuild/\n");
  git_fixture_write (fixture, "same.py", "1\n");
  git_fixture_write (fixture, "changed.py", "1\n");
  git_fixture_write (fixture, "src/deep/changed.py", "1\n");
  git_fixture_write (fixture, "gone/file.py", "1\n");
  git_fixture_write (fixture, "with space\nand ü.py", "1\n");
  g_free (git_fixture_sh (fixture, "git add . && git commit -qm one"));
  git_fixture_write (fixture, "changed.py", "2\n");
  git_fixture_write (fixture, "src/deep/changed.py", "2\n");
  git_fixture_write (fixture, "with space\nand ü.py", "2\n");
  git_fixture_write (fixture, "new.py", "1\n");
  git_fixture_write (fixture, "fresh/one/new.py", "1\n");
  git_fixture_write (fixture, "added.py", "1\n");
  git_fixture_write (fixture, "run.log", "1\n");
  git_fixture_write (fixture, "build/out.py", "1\n");
  git_fixture_write (fixture, "planned.py", "1\n");
  g_free (git_fixture_sh (fixture, "git add added.py && git add -N planned.py && rm -r gone/file.py"));
}

static void
test_status (GitFixture    *fixture,
             gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;

  make_changes (fixture);
  status = ask (fixture->folder, NULL, &error);
  g_assert_no_error (error);

  HAS (status, "same.py", SAGE_GIT_UNCHANGED);
  HAS (status, "changed.py", SAGE_GIT_MODIFIED);
  HAS (status, "with space\nand ü.py", SAGE_GIT_MODIFIED);
  HAS (status, "src", SAGE_GIT_CONTAINS);
  HAS (status, "src/deep", SAGE_GIT_CONTAINS);
  HAS (status, "src/deep/changed.py", SAGE_GIT_MODIFIED);
  HAS (status, "gone", SAGE_GIT_CONTAINS);
  HAS (status, "new.py", SAGE_GIT_NEW);
  HAS (status, "added.py", SAGE_GIT_NEW);
  HAS (status, "planned.py", SAGE_GIT_NEW);
  HAS (status, "fresh", SAGE_GIT_NEW);
  HAS (status, "fresh/one/new.py", SAGE_GIT_NEW);
  HAS (status, "run.log", SAGE_GIT_IGNORED);
  HAS (status, "build", SAGE_GIT_IGNORED);
  HAS (status, "build/out.py", SAGE_GIT_IGNORED);
  HAS (status, "nothing", SAGE_GIT_UNCHANGED);
}

/* A project may be a folder of a larger repository. */
static void
test_subfolder (GitFixture    *fixture,
                gconstpointer  data)
{
  g_autoptr(GFile) folder = g_file_get_child (fixture->folder, "src");
  g_autoptr(GFile) ignored = g_file_get_child (fixture->folder, "build");
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;
  g_autoptr(SageGitStatus) left_out = NULL;

  make_changes (fixture);
  status = ask (folder, NULL, &error);
  g_assert_no_error (error);
  HAS (status, "deep/changed.py", SAGE_GIT_MODIFIED);
  HAS (status, "deep", SAGE_GIT_CONTAINS);
  HAS (status, "changed.py", SAGE_GIT_UNCHANGED);

  left_out = ask (ignored, NULL, &error);
  g_assert_no_error (error);
  HAS (left_out, "out.py", SAGE_GIT_IGNORED);
}

static void
test_conflict (GitFixture    *fixture,
               gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;

  git_fixture_init (fixture);
  git_fixture_write (fixture, "a.py", "1\n");
  g_free (git_fixture_sh (fixture,
                          "git add . && git commit -qm 1 && git checkout -qb other && echo 2 >a.py"
                          " && git commit -qam 2 && git checkout -q - && echo 3 >a.py"
                          " && git commit -qam 3 && ! git merge -q other"));
  status = ask (fixture->folder, NULL, &error);
  g_assert_no_error (error);
  HAS (status, "a.py", SAGE_GIT_CONFLICT);
}

static void
test_no_repository (GitFixture    *fixture,
                    gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;

  status = ask (fixture->folder, NULL, &error);
  g_assert_null (status);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_FAILED);
}

/* What is no record is passed over, and what is cut off ends it. */
static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gsize       length;
  } outputs[] = {
    { "", 0 },
    { "1 \0", 3 },
    { "1 .M", 4 },
    { "1 .M N... 1 2 3 4 5\0", 20 },
    { "1\0?\0!\0? \0! \0u \0# \0\0\0", 20 },
    { "? ../outside\0? /\0? //\0? a//b/\0", 30 },
    { "2 R. N... 1 2 3 4 5 R100 new\0old\0", 33 },
    { "? a\0? b", 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (outputs[i].text, outputs[i].length);
      g_autoptr(SageGitStatus) status = sage_git_status_parse (bytes, "");

      HAS (status, "elsewhere", SAGE_GIT_UNCHANGED);
      HAS (status, "b", SAGE_GIT_UNCHANGED);
    }
}

/* --- The last commit's version ---------------------------------------------------------------- */

static void
test_read (GitFixture    *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *odd = NULL;
  g_autofree char *none = NULL;

  none = read_head (fixture, "a.py", &error);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  git_fixture_init (fixture);
  g_assert_null (read_head (fixture, "a.py", &error)); /* no commit yet */
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  git_fixture_write (fixture, "a.py", "one\n");
  git_fixture_write (fixture, "-p:*[x].py", "odd\n");
  g_free (git_fixture_sh (fixture, "git add . && git commit -qm one"));
  git_fixture_write (fixture, "a.py", "two\n");
  text = read_head (fixture, "a.py", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "one\n");
  odd = read_head (fixture, "-p:*[x].py", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (odd, ==, "odd\n");

  g_assert_null (read_head (fixture, "untracked.py", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

/* --- Hostile repositories --------------------------------------------------------------------- */

/* Everything in a repository that makes git run a program leaves a mark in "ran". */
static void
make_trap (GitFixture *fixture)
{
  git_fixture_init (fixture);
  git_fixture_write (fixture, "trap", "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran/$1\"\ntest $1 != clean || cat\n");
  git_fixture_write (fixture, "ran/.keep", "");
  git_fixture_write (fixture, ".gitattributes", "*.py filter=evil.name diff=evil\n");
  git_fixture_write (fixture, "a.py", "1\n");
  g_free (git_fixture_sh (
    fixture,
    "chmod +x trap && git add . && git commit -qm one && t=\"$PWD/trap\" && sleep 0.02 && touch a.py &&"
    "git config core.fsmonitor \"$t fsmonitor\" && git config core.pager \"$t pager\" &&"
    "git config filter.evil.name.clean \"$t clean\" && git config filter.evil.name.smudge \"$t smudge\" &&"
    "git config filter.evil.name.required true && git config diff.evil.textconv \"$t textconv\" &&"
    "git config diff.evil.command \"$t command\" && git config diff.external \"$t external\" &&"
    "git config core.sshCommand \"$t ssh\" && git config core.askPass \"$t askpass\" &&"
    "git config alias.status \"!$t alias\" && git config core.editor \"$t editor\" &&"
    "git config gpg.program \"$t gpg\" && git config log.showSignature true &&"
    "mkdir -p .git/hooks && for h in post-index-change fsmonitor-watchman pre-auto-gc post-checkout; do"
    "  printf '#!/bin/sh\\n%s hook-%s </dev/null' \"$t\" $h >.git/hooks/$h; chmod +x .git/hooks/$h; done"));
}

static char *
list_ran (GitFixture *fixture)
{
  return git_fixture_sh (fixture, "ls ran");
}

static void
test_hostile (GitFixture    *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;
  g_autofree char *text = NULL;
  g_autofree char *ran = NULL;
  g_autofree char *really = NULL;

  make_trap (fixture);
  status = ask (fixture->folder, NULL, &error);
  g_assert_no_error (error);
  text = read_head (fixture, "a.py", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "1\n");
  ran = list_ran (fixture);
  g_assert_cmpstr (ran, ==, "");

  /* The trap is one: git itself falls into it. */
  g_free (git_fixture_sh (fixture, "git status >/dev/null; git -p show HEAD:a.py >/dev/null; true"));
  really = list_ran (fixture);
  g_assert_nonnull (strstr (really, "clean"));
  g_assert_nonnull (strstr (really, "fsmonitor"));
  g_assert_nonnull (strstr (really, "hook-post-index-change"));
}

/* A repository may name any number of filters, each of which takes two variables of git's environment. */
static void
test_hostile_filters (GitFixture    *fixture,
                      gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) many = NULL;
  g_autoptr(SageGitStatus) more = NULL;

  git_fixture_init (fixture);
  git_fixture_write (fixture, "a.py", "1\n");
  g_free (git_fixture_sh (fixture,
                          "for i in $(seq 500); do printf '[filter \"f%s\"]\\n\\tclean = false\\n' $i; done"
                          " >>.git/config"));
  many = ask (fixture->folder, NULL, &error);
  g_assert_no_error (error);
  HAS (many, "a.py", SAGE_GIT_NEW);

  g_free (git_fixture_sh (fixture, "git config filter.f1.smudge false"));
  more = ask (fixture->folder, NULL, &error);
  g_assert_null (more);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_TOO_LARGE);
}

/* An object that is not there is fetched by what the configuration says; nothing is fetched here. */
static void
test_hostile_promisor (GitFixture    *fixture,
                       gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *ran = NULL;

  make_trap (fixture);
  g_free (git_fixture_sh (fixture,
                          "git config core.repositoryformatversion 1 && git config extensions.partialClone x"
                          " && git config remote.x.promisor true && git config protocol.ext.allow always"
                          " && git config remote.x.url \"ext::$PWD/trap fetch\""
                          " && o=$(git rev-parse HEAD:a.py) && d=.git/objects/$(echo $o | cut -c1-2)"
                          " && rm -f $d/$(echo $o | cut -c3-)"));
  g_assert_null (read_head (fixture, "a.py", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  ran = list_ran (fixture);
  g_assert_cmpstr (ran, ==, "");

  g_free (git_fixture_sh (fixture, "git cat-file blob HEAD:a.py </dev/null >/dev/null; test -e ran/fetch"));
}

/* What a configuration in a folder that only looks like a repository says counts for nothing. */
static void
test_hostile_bare (GitFixture    *fixture,
                   gconstpointer  data)
{
  g_autoptr(GFile) folder = g_file_get_child (fixture->folder, "looks");
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;

  g_free (git_fixture_sh (fixture, "git init -q --bare looks && git -C looks config core.bare false"
                                   " && git -C looks config core.worktree \"$PWD\""));
  status = ask (folder, NULL, &error);
  g_assert_null (status);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_FAILED);
}

static void
test_no_git (GitFixture    *fixture,
             gconstpointer  data)
{
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autoptr(GError) error = NULL;
  g_autoptr(SageGitStatus) status = NULL;

  g_setenv ("PATH", fixture->path, TRUE);
  status = ask (fixture->folder, NULL, &error);
  g_assert_null (status);
  g_setenv ("PATH", path, TRUE);
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_UNSUPPORTED);
}

/* --- Kept up to date -------------------------------------------------------------------------- */

static void
changed_cb (guint *n)
{
  (*n)++;
}

/* Waits until the marks say @mark of @name. */
static void
await_mark (SageGitMarks *marks,
            GFile        *file,
            SageGitMark   mark)
{
  while (sage_git_marks_get (marks, file) != mark)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_marks (GitFixture    *fixture,
            gconstpointer  data)
{
  g_autoptr(GFile) file = g_file_get_child (fixture->folder, "a.py");
  g_autoptr(GFile) outside = g_file_get_parent (fixture->folder);
  g_autoptr(GFileMonitor) monitor = NULL;
  g_autoptr(SageGitMarks) marks = NULL;
  guint n = 0;

  git_fixture_init (fixture);
  git_fixture_write (fixture, "a.py", "1\n");
  marks = sage_git_marks_new (fixture->folder, NULL);
  monitor = sage_git_marks_watch (marks, fixture->folder);
  g_signal_connect_swapped (marks, "changed", G_CALLBACK (changed_cb), &n);
  await_mark (marks, file, SAGE_GIT_NEW);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (sage_git_marks_get (marks, outside), ==, SAGE_GIT_UNCHANGED);

  g_free (git_fixture_sh (fixture, "git add . && git commit -qm one")); /* only .git changes */
  await_mark (marks, file, SAGE_GIT_UNCHANGED);
  git_fixture_write (fixture, "a.py", "2\n");
  await_mark (marks, file, SAGE_GIT_MODIFIED);

  g_clear_object (&monitor);
  g_assert_finalize_object (g_steal_pointer (&marks));
}

#define ADD(name, function) \
  g_test_add ("/git/" name, GitFixture, NULL, git_fixture_set_up, function, git_fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GIT_CONFIG_NOSYSTEM", "1", TRUE);

  ADD ("status", test_status);
  ADD ("subfolder", test_subfolder);
  ADD ("conflict", test_conflict);
  ADD ("no-repository", test_no_repository);
  g_test_add_func ("/git/parse", test_parse);
  ADD ("read", test_read);
  ADD ("hostile", test_hostile);
  ADD ("hostile-filters", test_hostile_filters);
  ADD ("hostile-promisor", test_hostile_promisor);
  ADD ("hostile-bare", test_hostile_bare);
  ADD ("no-git", test_no_git);
  ADD ("marks", test_marks);

  return g_test_run ();
}
