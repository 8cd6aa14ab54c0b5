/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-store-files"

#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-store-files.h"
#include "sage-error.h"

/*
 * The files of the database as such: whose they are, and whether they are still where they were.
 * SQLite writes on into a file that was removed or replaced behind its back, and whatever is opened
 * next by the same name is another one: what is confirmed then is lost with the process.
 */

static const char * const suffixes[] = { "", "-wal", "-shm" };

/* What a file was when it was opened. */
typedef struct
{
  char  *path; /* (owned) */
  dev_t  device;
  ino_t  inode;
} File;

struct _EngStoreFiles
{
  File files[G_N_ELEMENTS (suffixes)];
};

static gboolean
check_owner (const char  *path,
             GError     **error)
{
  struct stat info;

  if (lstat (path, &info) != 0)
    return errno == ENOENT || sage_throw_errno (error, "Cannot look at '%s'", path);
  if (info.st_uid == geteuid ())
    return TRUE;

  return sage_throw (error, SAGE_ERROR_DENIED,
                     "'%s' belongs to the user with the number %u and the engine runs as %u: start "
                     "it as that user, or give this one the whole data directory (chown -R)",
                     path, (guint) info.st_uid, (guint) geteuid ());
}

/**
 * eng_store_files_check_owner:
 * @directory: where the database is, or is to be
 *
 * Makes sure that the directory and what there is of the database belong to the user who runs the
 * engine. Even one who may write everywhere would leave files there that the owner cannot use.
 *
 * Returns: %TRUE if they do; else %FALSE with %SAGE_ERROR_DENIED
 */
gboolean
eng_store_files_check_owner (const char  *directory,
                             GError     **error)
{
  if (!check_owner (directory, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat ("engine.db", suffixes[i], NULL);
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (!check_owner (path, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_store_files_new:
 * @database: a database that is open and has been read
 *
 * Remembers which files it consists of.
 *
 * Returns: (transfer full): the files; %NULL with %SAGE_ERROR_IO
 */
EngStoreFiles *
eng_store_files_new (const char  *database,
                     GError     **error)
{
  g_autoptr(EngStoreFiles) self = g_new0 (EngStoreFiles, 1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      File *file = &self->files[i];
      struct stat info;

      file->path = g_strconcat (database, suffixes[i], NULL);
      if (stat (file->path, &info) != 0)
        {
          sage_throw_errno (error, "Cannot look at '%s'", file->path);
          return NULL;
        }
      file->device = info.st_dev;
      file->inode = info.st_ino;
    }

  return g_steal_pointer (&self);
}

/**
 * eng_store_files_in_place:
 *
 * Tells whether every file is still the one that was opened. May be called from any thread.
 *
 * Returns: %TRUE if so; else %FALSE with %SAGE_ERROR_CORRUPT, which names the file and says what to do
 */
gboolean
eng_store_files_in_place (EngStoreFiles  *self,
                          GError        **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      const File *file = &self->files[i];
      struct stat info;

      if (stat (file->path, &info) == 0 && info.st_dev == file->device &&
          info.st_ino == file->inode)
        continue;

      return sage_throw (error, SAGE_ERROR_CORRUPT,
                         "'%s' was removed or replaced while the engine runs, and nothing is "
                         "written any more. %s", file->path,
                         i == 0 ? "Put it back, or restore it from a backup and restart the engine"
                                : "Restart the engine; what the file held is saved when it stops");
    }

  return TRUE;
}

/**
 * eng_store_files_free:
 * @self: (nullable): the files
 */
void
eng_store_files_free (EngStoreFiles *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    g_free (self->files[i].path);
  g_free (self);
}
