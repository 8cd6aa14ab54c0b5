/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-trust"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-digest.h"
#include "sage-file.h"
#include "sage-notebook-trust.h"

#define KEY_SIZE 32
#define VERSION 1
#define BUSY_MS 1000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

static char *
make_path (const char *name)
{
  return g_build_filename (g_get_user_data_dir (), "sagebrush", name, NULL);
}

/* --- The secret ------------------------------------------------------------------------------- */

/* A secret that others could have read, or could have written, is none. */
static gboolean
read_key (const char *path,
          guint8       key[KEY_SIZE])
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info;
  gboolean is_good = FALSE;

  if (fd < 0)
    return FALSE;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_uid == geteuid () &&
      (info.st_mode & 077) == 0 && info.st_size == KEY_SIZE)
    is_good = read (fd, key, KEY_SIZE) == KEY_SIZE;
  close (fd);

  return is_good;
}

static gboolean
make_key (const char *path,
          guint8       key[KEY_SIZE])
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  if (getrandom (key, KEY_SIZE, 0) != KEY_SIZE || !sage_dir_make (folder, 0700, &error) ||
      !sage_file_write_durable (path, key, KEY_SIZE, 0600, &error))
    {
      g_warning ("No secret to sign notebooks with: %s", error != NULL ? error->message : "no random bytes");
      return FALSE;
    }

  return TRUE;
}

/* Returns: (transfer full) (nullable): the signature of a content */
static char *
sign (const char *digest,
      gboolean    may_make_key)
{
  g_autofree char *path = make_path ("notebook-secret");
  guint8 key[KEY_SIZE];
  guint8 signature[SAGE_SHA256_SIZE];

  if (!read_key (path, key) && !(may_make_key && make_key (path, key)))
    return NULL;
  sage_hmac_sha256 (key, KEY_SIZE, digest, strlen (digest), signature);
  explicit_bzero (key, KEY_SIZE);

  return sage_hex (signature, sizeof signature);
}

/* --- The database ----------------------------------------------------------------------------- */

static int
read_version (sqlite3 *db,
              int     *version)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, "PRAGMA user_version", -1, &stmt, NULL);

  if (rc == SQLITE_OK && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      *version = sqlite3_column_int (stmt, 0);
      rc = SQLITE_OK;
    }
  sqlite3_finalize (stmt);

  return rc;
}

/* Not flushed to the disk: what a power cut takes is trust, which can be given again. */
static int
set_up (sqlite3 *db)
{
  static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS signature (id TEXT PRIMARY KEY, seen INTEGER NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS signature_seen ON signature (seen);"
    "PRAGMA user_version = 1;"
    "COMMIT;";
  int version = 0;
  int rc;

  sqlite3_busy_timeout (db, BUSY_MS);
  rc = sqlite3_exec (db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = read_version (db, &version);
  if (rc == SQLITE_OK && version > VERSION)
    return SQLITE_MISMATCH; /* of a newer Sagebrush, which it is left to */
  if (rc == SQLITE_OK && version < VERSION)
    rc = sqlite3_exec (db, schema, NULL, NULL, NULL);

  return rc;
}

static gboolean
is_damage (int rc)
{
  return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* Whether there is a file of the user's own at @path, now at least; nobody else may read a new one. Folders
 * may be links, as a home often is. */
static gboolean
ensure_file (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  struct stat info;
  gboolean is_good;

  if (fd < 0)
    return FALSE;
  is_good = fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_uid == geteuid ();
  close (fd);

  return is_good;
}

/* SQLite gives the files that it makes beside it the permissions that it has. */
static int
open_file (const char  *path,
           sqlite3    **db)
{
  int rc = ensure_file (path) ? sqlite3_open_v2 (path, db, SQLITE_OPEN_READWRITE, NULL) : SQLITE_CANTOPEN;

  return rc == SQLITE_OK ? set_up (*db) : rc;
}

static void
put_aside (const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);

  g_warning ("The signatures of notebooks are damaged; a new database begins, the old one is '%s'", aside);
  g_rename (path, aside);
}

/* Runs a statement with a signature and the time. Returns: SQLite's code; *@n_changed: the rows it met */
static int
run (sqlite3    *db,
     const char *sql,
     const char *id,
     int        *n_changed)
{
  g_autoptr(sqlite3_stmt) stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text (stmt, 1, id, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK && sqlite3_bind_parameter_count (stmt) > 1)
    rc = sqlite3_bind_int64 (stmt, 2, g_get_real_time ());
  if (rc == SQLITE_OK)
    rc = sqlite3_step (stmt);
  *n_changed = rc == SQLITE_DONE ? sqlite3_changes (db) : 0;

  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Returns: how many rows the statement met. A database that is damaged gives way to a new one. */
static int
change (const char *sql,
        const char *id)
{
  g_autofree char *path = make_path ("notebook-signatures.db");

  for (guint attempt = 0; attempt < 2; attempt++)
    {
      sqlite3 *db = NULL;
      int n = 0;
      int rc = open_file (path, &db);

      if (rc == SQLITE_OK)
        rc = run (db, sql, id, &n);
      if (rc != SQLITE_OK)
        g_debug ("Signatures of notebooks: %s", sqlite3_errstr (rc));
      sqlite3_close (db);
      if (!is_damage (rc))
        return n;
      put_aside (path);
    }

  return 0;
}

/**
 * sage_notebook_trust_check:
 * @digest: SHA-256 of a notebook's content, in hexadecimal
 *
 * Returns: whether that content was signed here
 */
gboolean
sage_notebook_trust_check (const char *digest)
{
  g_autofree char *id = NULL;

  g_return_val_if_fail (digest != NULL, FALSE);

  id = sign (digest, FALSE);

  return id != NULL && change ("UPDATE signature SET seen = ?2 WHERE id = ?1", id) > 0;
}

/**
 * sage_notebook_trust_sign:
 * @digest: SHA-256 of a notebook's content, in hexadecimal
 *
 * Has that content be trusted from now on.
 *
 * Returns: whether it is
 */
gboolean
sage_notebook_trust_sign (const char *digest)
{
  g_autofree char *id = NULL;

  g_return_val_if_fail (digest != NULL, FALSE);

  id = sign (digest, TRUE);
  if (id == NULL || change ("INSERT OR REPLACE INTO signature (id, seen) VALUES (?1, ?2)", id) == 0)
    return FALSE;
  change ("DELETE FROM signature WHERE id <> ?1 AND id IN "
          "(SELECT id FROM signature ORDER BY seen DESC LIMIT -1 OFFSET " G_STRINGIFY (SAGE_TRUST_MAX) ")",
          id);

  return TRUE;
}

/**
 * sage_notebook_trust_forget:
 * @digest: SHA-256 of a notebook's content, in hexadecimal
 *
 * Has that content be trusted no more.
 */
void
sage_notebook_trust_forget (const char *digest)
{
  g_autofree char *id = NULL;

  g_return_if_fail (digest != NULL);

  id = sign (digest, FALSE);
  if (id != NULL)
    change ("DELETE FROM signature WHERE id = ?1", id);
}
