/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-notebook-trust.h"

/* Digests of contents; any text is one here. */
#define MINE "aa"
#define TAMPERED "ab"

static char *
get_path (const char *name)
{
  return g_build_filename (g_get_user_data_dir (), "sagebrush", name, NULL);
}

static void
assert_private (const char *name)
{
  g_autofree char *path = get_path (name);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
write_file (const char *name,
            const char *text)
{
  g_autofree char *path = get_path (name);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* What was signed is trusted, every other content is not. */
static void
test_sign (void)
{
  g_assert_false (sage_notebook_trust_check (MINE));
  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_true (sage_notebook_trust_check (MINE));
  g_assert_false (sage_notebook_trust_check (TAMPERED));
  assert_private ("notebook-secret");
  assert_private ("notebook-signatures.db");

  sage_notebook_trust_forget (MINE);
  g_assert_false (sage_notebook_trust_check (MINE));
}

/* A database with the digest itself, or with what another secret signed, trusts nothing. */
static void
test_forged (void)
{
  g_autofree char *path = get_path ("notebook-signatures.db");
  sqlite3 *db = NULL;

  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "INSERT INTO signature VALUES ('" TAMPERED "', 1)", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_false (sage_notebook_trust_check (TAMPERED));
  g_assert_true (sage_notebook_trust_check (MINE));
}

/* Without the secret, or with one that is not secret, nothing is trusted until it is signed anew. */
static void
test_key (void)
{
  g_autofree char *path = get_path ("notebook-secret");
  g_autofree char *link = get_path ("link");

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (sage_notebook_trust_sign (MINE));
      g_assert_true (sage_notebook_trust_check (MINE));
      switch (i)
        {
        case 0:
          g_assert_cmpint (g_unlink (path), ==, 0);
          break;
        case 1:
          g_assert_cmpint (g_chmod (path, 0644), ==, 0);
          break;
        case 2:
          write_file ("notebook-secret", "");
          break;
        case 3:
          write_file ("notebook-secret", "0123456789abcdef0123456789abcdefX");
          break;
        default:
          g_assert_cmpint (g_rename (path, link), ==, 0);
          g_assert_no_errno (symlink ("link", path));
        }
      g_assert_false (sage_notebook_trust_check (MINE));
    }
  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_true (sage_notebook_trust_check (MINE));
  assert_private ("notebook-secret");
}

/* A damaged database is put aside, and a new one begins. */
static void
test_damaged (void)
{
  g_autofree char *aside = get_path ("notebook-signatures.db.damaged");

  g_assert_true (sage_notebook_trust_sign (MINE));
  write_file ("notebook-signatures.db", "This is no database, however long one looks at it. "
                                        "This is no database, however long one looks at it.");
  g_test_expect_message ("sage-notebook-trust", G_LOG_LEVEL_WARNING, "*damaged*");
  g_assert_false (sage_notebook_trust_check (MINE));
  g_test_assert_expected_messages ();
  g_assert_true (g_file_test (aside, G_FILE_TEST_IS_REGULAR));
  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_true (sage_notebook_trust_check (MINE));
}

/* Folders may be links, as a home often is; the database itself may be none. */
static void
test_links (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "sagebrush", NULL);
  g_autofree char *elsewhere = g_build_filename (g_get_user_data_dir (), "elsewhere", NULL);
  g_autofree char *path = get_path ("notebook-signatures.db");
  g_autofree char *other = get_path ("other.db");

  g_assert_cmpint (g_mkdir_with_parents (elsewhere, 0700), ==, 0);
  g_assert_no_errno (symlink ("elsewhere", folder));
  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_true (sage_notebook_trust_check (MINE));
  assert_private ("notebook-signatures.db");

  g_assert_cmpint (g_rename (path, other), ==, 0);
  g_assert_no_errno (symlink ("other.db", path));
  g_assert_false (sage_notebook_trust_check (MINE));
  g_assert_false (sage_notebook_trust_sign (TAMPERED));
}

/* What a newer version has written is left alone. */
static void
test_newer (void)
{
  g_autofree char *path = get_path ("notebook-signatures.db");
  sqlite3 *db = NULL;

  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 2", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_false (sage_notebook_trust_check (MINE));
  g_assert_false (sage_notebook_trust_sign (TAMPERED));
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (sage_notebook_trust_check (MINE));
  g_assert_false (sage_notebook_trust_check (TAMPERED));
}

/* There are at most so many: the oldest goes. */
static void
test_bounded (void)
{
  static const char fill[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " G_STRINGIFY (SAGE_TRUST_MAX) ")"
    " INSERT INTO signature SELECT 'old ' || i, i FROM n";
  g_autofree char *path = get_path ("notebook-signatures.db");
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;

  g_assert_true (sage_notebook_trust_sign (MINE));
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, fill, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_true (sage_notebook_trust_sign (TAMPERED));
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count (*), min (seen) FROM signature", -1, &stmt, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (stmt, 0), ==, SAGE_TRUST_MAX);
  g_assert_cmpint (sqlite3_column_int (stmt, 1), ==, 3);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  g_assert_true (sage_notebook_trust_check (MINE));
  g_assert_true (sage_notebook_trust_check (TAMPERED));
}

/* A folder that cannot be written trusts nothing, and says so once for each save. */
static void
test_no_folder (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "sagebrush", NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_test_expect_message ("sage-notebook-trust", G_LOG_LEVEL_WARNING, "No secret*");
  g_assert_false (sage_notebook_trust_sign (MINE));
  g_test_assert_expected_messages ();
  g_assert_false (sage_notebook_trust_check (MINE));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/studio/notebook-trust/sign", test_sign);
  g_test_add_func ("/studio/notebook-trust/forged", test_forged);
  g_test_add_func ("/studio/notebook-trust/key", test_key);
  g_test_add_func ("/studio/notebook-trust/damaged", test_damaged);
  g_test_add_func ("/studio/notebook-trust/links", test_links);
  g_test_add_func ("/studio/notebook-trust/newer", test_newer);
  g_test_add_func ("/studio/notebook-trust/bounded", test_bounded);
  g_test_add_func ("/studio/notebook-trust/no-folder", test_no_folder);

  return g_test_run ();
}
