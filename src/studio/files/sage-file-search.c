/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-search"

#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sage-file-search.h"

/* Entries of folders that are looked at; who keeps more in a project names the file himself. */
#define MAX_ENTRIES 200000

static gint64
mtime_of (const struct stat *info)
{
  return (gint64) info->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info->st_mtim.tv_nsec;
}

/**
 * sage_file_identity_read:
 * @identity: (out caller-allocates): what is at @path; it does not exist if that is no regular file
 * @path: an absolute path
 */
void
sage_file_identity_read (SageFileIdentity *identity,
                         const char       *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;

  *identity = (SageFileIdentity) { 0 };
  if (lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return;

  identity->exists = TRUE;
  identity->device = info.st_dev;
  identity->inode = info.st_ino;
  identity->size = info.st_size;
  identity->mtime = mtime_of (&info);
  for (guint i = 0; i < SAGE_FILE_N_FOLDERS && strlen (folder) > 1 && stat (folder, &info) == 0; i++)
    {
      char *parent = g_path_get_dirname (folder);

      identity->folders[i] = info.st_ino;
      g_free (folder);
      folder = parent;
    }
}

/* The number of an inode is given to another file as soon as the first is deleted; a file that was moved
 * has kept its size and the time of its last change too. */
static gboolean
is_it (const SageFileIdentity *identity,
       int                     folder,
       const char             *name)
{
  struct stat info;

  return fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode)
         && info.st_dev == identity->device && info.st_ino == identity->inode
         && info.st_size == identity->size && mtime_of (&info) == identity->mtime;
}

static gboolean
is_folder (int                  folder,
           const struct dirent *entry)
{
  struct stat info;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;

  return fstatat (folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (info.st_mode);
}

/* Looks through one folder; those in it are appended to @queue, but for hidden ones: what is deleted is
 * in one, and the insides of repositories and environments. Returns: (nullable): the file's path */
static char *
search_folder (const SageFileIdentity *identity,
               const char             *path,
               GQueue                 *queue,
               guint                  *n_entries)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;
  char *found = NULL;

  if (folder == NULL)
    {
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  while (found == NULL && *n_entries < MAX_ENTRIES && (entry = readdir (folder)) != NULL)
    {
      ++*n_entries;
      if (entry->d_ino == identity->inode && is_it (identity, fd, entry->d_name))
        found = g_build_filename (path, entry->d_name, NULL);
      else if (entry->d_name[0] != '.' && is_folder (fd, entry))
        g_queue_push_tail (queue, g_build_filename (path, entry->d_name, NULL));
    }
  closedir (folder);

  return found;
}

/**
 * sage_file_search:
 * @identity: of a file that existed
 * @folders: (array zero-terminated=1): where to look, and in all that is in them
 * @cancellable: (nullable): ends it
 *
 * Looks for a file whose name is not known, those near the top of the folders first. Blocks.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
sage_file_search (const SageFileIdentity *identity,
                  const char * const     *folders,
                  GCancellable           *cancellable)
{
  GQueue queue = G_QUEUE_INIT;
  guint n_entries = 0;
  char *found = NULL;

  for (guint i = 0; folders[i] != NULL; i++)
    g_queue_push_tail (&queue, g_strdup (folders[i]));
  while (found == NULL && n_entries < MAX_ENTRIES && !g_queue_is_empty (&queue)
         && !g_cancellable_is_cancelled (cancellable))
    {
      g_autofree char *folder = g_queue_pop_head (&queue);

      found = search_folder (identity, folder, &queue, &n_entries);
    }
  g_queue_clear_full (&queue, g_free);

  return found;
}

/**
 * sage_file_identity_climb:
 * @identity: of a file
 * @from: where it was
 * @to: where it is
 *
 * Returns: how many of the folders it is in have been moved with it: 0 if only the file has, 1 if its
 *   folder has, and so on
 */
guint
sage_file_identity_climb (const SageFileIdentity *identity,
                          const char             *from,
                          const char             *to)
{
  g_autofree char *before = g_strdup (from);
  g_autofree char *after = g_strdup (to);
  guint n = 0;

  while (n < SAGE_FILE_N_FOLDERS && identity->folders[n] != 0)
    {
      g_autofree char *name = g_path_get_basename (before);
      g_autofree char *now = g_path_get_basename (after);
      g_autofree char *folder = g_path_get_dirname (before);
      g_autofree char *place = g_path_get_dirname (after);
      struct stat info;

      if (strcmp (name, now) != 0 || strcmp (folder, place) == 0 || lstat (folder, &info) == 0
          || lstat (place, &info) != 0 || info.st_ino != identity->folders[n])
        break;
      g_free (g_steal_pointer (&before));
      g_free (g_steal_pointer (&after));
      before = g_steal_pointer (&folder);
      after = g_steal_pointer (&place);
      n++;
    }

  return n;
}
