/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-limits"

#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "eng-limits-private.h"

/* Entries looked at before the shim gets back to its pipes: about 2 ms. */
#define SLICE_ENTRIES 1000

#define BYTES_PER_ENTRY 16384

/* More cannot be counted often enough. */
#define MAX_ENTRIES 2000000

struct _EngDiskWatch
{
  int      dir_fd; /* (unowned) */
  char    *name;   /* (owned) */
  guint64  max_bytes;
  guint64  max_entries;
  DIR     *stack[ENG_JOB_MAX_DEPTH]; /* (owned): the directories under way */
  guint    depth;
  guint64  bytes;   /* of this round */
  guint64  entries;
  EngDiskBreach breach;

  /* the file system when the last round began, and what it found to be left */
  struct statvfs before;
  guint64  bytes_left;
  guint64  entries_left;
};

/**
 * eng_disk_watch_new:
 * @dir_fd: the directory in which @name stands; must stay open
 * @name: the directory to count
 * @max_bytes: what it may hold on disk with everything beneath. That many files may it hold too as an
 *   ext4 volume of this size has inodes.
 *
 * Returns: (transfer full): a watch that has not looked yet
 */
EngDiskWatch *
eng_disk_watch_new (int         dir_fd,
                    const char *name,
                    guint64     max_bytes)
{
  EngDiskWatch *self = g_new0 (EngDiskWatch, 1);

  self->dir_fd = dir_fd;
  self->name = g_strdup (name);
  self->max_bytes = max_bytes;
  self->max_entries = MIN (max_bytes / BYTES_PER_ENTRY, MAX_ENTRIES);

  return self;
}

static void
stop_round (EngDiskWatch *self)
{
  while (self->depth > 0)
    closedir (self->stack[--self->depth]);
}

/**
 * eng_disk_watch_free:
 * @self: (transfer full): the watch
 */
void
eng_disk_watch_free (EngDiskWatch *self)
{
  stop_round (self);
  g_free (self->name);
  g_free (self);
}

static void
enter (EngDiskWatch *self,
       int           parent,
       const char   *name)
{
  int fd;
  DIR *dir;

  if (self->depth == ENG_JOB_MAX_DEPTH)
    {
      self->breach = ENG_DISK_ENTRIES;
      return;
    }

  fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (dir != NULL)
    self->stack[self->depth++] = dir;
  else if (fd >= 0)
    close (fd);
}

static void
count_entry (EngDiskWatch  *self,
             DIR           *dir,
             struct dirent *entry)
{
  struct stat info;

  if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 ||
      fstatat (dirfd (dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return;

  /* blocks, not length: a sparse file takes no room; a file with many names counts once */
  self->entries++;
  self->bytes += (guint64) info.st_blocks * 512 / (S_ISDIR (info.st_mode) ? 1 : info.st_nlink);
  if (S_ISDIR (info.st_mode))
    enter (self, dirfd (dir), entry->d_name);
}

/**
 * eng_disk_watch_step:
 * @self: the watch
 *
 * Counts on, at most a couple of milliseconds long; starts a new round when none is under way.
 *
 * Returns: whether the round is complete; eng_disk_watch_breach() tells what came out
 */
gboolean
eng_disk_watch_step (EngDiskWatch *self)
{
  if (self->depth == 0)
    {
      self->bytes = 0;
      self->entries = 0;
      if (fstatvfs (self->dir_fd, &self->before) != 0)
        memset (&self->before, 0, sizeof self->before);
      enter (self, self->dir_fd, self->name);
    }

  for (guint i = 0; i < SLICE_ENTRIES && self->depth > 0; i++)
    {
      DIR *dir = self->stack[self->depth - 1];
      struct dirent *entry = readdir (dir);

      if (entry == NULL)
        {
          closedir (dir);
          self->depth--;
        }
      else
        count_entry (self, dir, entry);

      if (self->bytes > self->max_bytes)
        self->breach = ENG_DISK_BYTES;
      else if (self->entries > self->max_entries)
        self->breach = ENG_DISK_ENTRIES;
      if (self->breach != ENG_DISK_FITS)
        stop_round (self);
    }

  if (self->depth > 0)
    return FALSE;

  self->bytes_left = self->max_bytes - MIN (self->bytes, self->max_bytes);
  self->entries_left = self->max_entries - MIN (self->entries, self->max_entries);

  return TRUE;
}

/**
 * eng_disk_watch_is_urgent:
 * @self: the watch, between two rounds
 *
 * Looks at the file system as a whole, which takes no time.
 *
 * Returns: whether it has filled since the last round by what that found to be left, so that the limit
 *   may have been passed
 */
gboolean
eng_disk_watch_is_urgent (EngDiskWatch *self)
{
  struct statvfs now;

  if (self->before.f_frsize == 0 || fstatvfs (self->dir_fd, &now) != 0)
    return FALSE;

  return (self->before.f_bfree > now.f_bfree &&
          (self->before.f_bfree - now.f_bfree) * now.f_frsize >= self->bytes_left) ||
         (self->before.f_ffree > now.f_ffree &&
          self->before.f_ffree - now.f_ffree >= self->entries_left);
}

/**
 * eng_disk_watch_breach:
 * @self: the watch
 * @limit: (out): how much of it is allowed
 *
 * Returns: what the rounds so far have found too much of
 */
EngDiskBreach
eng_disk_watch_breach (EngDiskWatch *self,
                       guint64      *limit)
{
  *limit = self->breach == ENG_DISK_ENTRIES ? self->max_entries : self->max_bytes;

  return self->breach;
}
