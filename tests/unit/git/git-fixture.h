/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A folder of its own, for a repository; removed at the end. */
typedef struct
{
  char  *path;
  GFile *folder;
} GitFixture;

void  git_fixture_set_up    (GitFixture    *fixture,
                             gconstpointer  data);
void  git_fixture_tear_down (GitFixture    *fixture,
                             gconstpointer  data);
char *git_fixture_sh        (GitFixture    *fixture,
                             const char    *script);
int   git_fixture_try       (GitFixture    *fixture,
                             const char    *script,
                             char         **out);
void  git_fixture_write     (GitFixture    *fixture,
                             const char    *name,
                             const char    *text);
char *git_fixture_read      (GitFixture    *fixture,
                             const char    *name);
void  git_fixture_init      (GitFixture    *fixture);

void  git_take_result       (GObject       *object,
                             GAsyncResult  *result,
                             gpointer       user_data);
void  git_wait              (GAsyncResult **result);
