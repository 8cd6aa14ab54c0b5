/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A library to preload that fails, or kills, at the n-th call that touches a file.
 *
 * SAGEBRUSH_FAULT=CALL:ACTION:N:TEXT with CALL one of write, fsync, rename; ACTION an error (ENOSPC,
 * EDQUOT, EIO, EROFS), KILL or SLEEP, which takes a second and then succeeds; N the call that is hit,
 * or -N for it and every one after; TEXT what the path must contain. While the file that
 * SAGEBRUSH_FAULT_OFF names exists, nothing is hit. */

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long passed;

static int
error_number (const char *name)
{
  if (strcmp (name, "ENOSPC") == 0)
    return ENOSPC;
  if (strcmp (name, "EDQUOT") == 0)
    return EDQUOT;
  if (strcmp (name, "EROFS") == 0)
    return EROFS;

  return EIO;
}

/* Returns whether this call is to fail; errno is set then. */
static int
is_hit (const char *call,
        const char *path)
{
  const char *setting = getenv ("SAGEBRUSH_FAULT");
  const char *off = getenv ("SAGEBRUSH_FAULT_OFF");
  char wanted_call[16];
  char action[16];
  char text[256];
  long n;
  long now;

  if (setting == NULL || sscanf (setting, "%15[^:]:%15[^:]:%ld:%255s", wanted_call, action, &n,
                                 text) != 4)
    return 0;
  if (strcmp (call, wanted_call) != 0 || strstr (path, text) == NULL)
    return 0;
  if (off != NULL && access (off, F_OK) == 0)
    return 0;

  now = atomic_fetch_add (&passed, 1) + 1;
  if (n > 0 ? now != n : now < -n)
    return 0;

  if (strcmp (action, "KILL") == 0)
    kill (getpid (), SIGKILL);
  if (strcmp (action, "SLEEP") == 0)
    {
      sleep (1);
      return 0;
    }
  errno = error_number (action);

  return 1;
}

static int
is_hit_fd (const char *call,
           int         fd)
{
  char link[64];
  char path[4096];
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length <= 0)
    return 0;
  path[length] = '\0';

  return is_hit (call, path);
}

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
    real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name)

ssize_t
write (int         fd,
       const void *data,
       size_t      length)
{
  REAL (write);

  return is_hit_fd ("write", fd) ? -1 : real (fd, data, length);
}

ssize_t
pwrite (int         fd,
        const void *data,
        size_t      length,
        off_t       offset)
{
  REAL (pwrite);

  return is_hit_fd ("write", fd) ? -1 : real (fd, data, length, offset);
}

ssize_t
pwrite64 (int         fd,
          const void *data,
          size_t      length,
          off64_t     offset)
{
  REAL (pwrite64);

  return is_hit_fd ("write", fd) ? -1 : real (fd, data, length, offset);
}

int
fsync (int fd)
{
  REAL (fsync);

  return is_hit_fd ("fsync", fd) ? -1 : real (fd);
}

int
fdatasync (int fd)
{
  REAL (fdatasync);

  return is_hit_fd ("fsync", fd) ? -1 : real (fd);
}

int
rename (const char *from,
        const char *to)
{
  REAL (rename);

  return is_hit ("rename", to) ? -1 : real (from, to);
}

int
renameat (int         from_fd,
          const char *from,
          int         to_fd,
          const char *to)
{
  REAL (renameat);

  return is_hit ("rename", to) ? -1 : real (from_fd, from, to_fd, to);
}
