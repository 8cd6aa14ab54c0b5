/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "git-fixture.h"

void
git_fixture_set_up (GitFixture    *fixture,
                    gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->path = g_dir_make_tmp ("sage-git-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->folder = g_file_new_for_path (fixture->path);
}

void
git_fixture_tear_down (GitFixture    *fixture,
                       gconstpointer  data)
{
  g_autofree char *nothing = git_fixture_sh (fixture, "chmod -R u+rwX . && rm -rf -- \"$PWD\"");

  g_assert_finalize_object (fixture->folder);
  g_free (fixture->path);
}

/* Runs a script in the folder. Returns: its exit code */
int
git_fixture_try (GitFixture  *fixture,
                 const char  *script,
                 char       **out)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  g_autoptr(GError) error = NULL;
  int status;

  g_spawn_sync (fixture->path, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, out, NULL,
                &status, &error);
  g_assert_no_error (error);

  return status;
}

char *
git_fixture_sh (GitFixture *fixture,
                const char *script)
{
  char *out = NULL;
  int status = git_fixture_try (fixture, script, &out);

  if (status != 0)
    g_error ("'%s' failed: %d", script, status);

  return out;
}

void
git_fixture_write (GitFixture *fixture,
                   const char *name,
                   const char *text)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
git_fixture_read (GitFixture *fixture,
                  const char *name)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* A repository of a person who has a name. */
void
git_fixture_init (GitFixture *fixture)
{
  g_free (git_fixture_sh (fixture, "git init -q && git config user.name Tester"
                                   " && git config user.email tester@example.org"));
}

void
git_take_result (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
git_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}
