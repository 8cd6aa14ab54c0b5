/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "eng-archive.h"
#include "sage-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* Whatever the bytes are: either a folder, or an error and nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  EngArchiveLimits limits = { .max_bytes = 1 << 20, .max_entries = 64, .max_ratio = 100 };
  g_autofree char *root = g_dir_make_tmp ("fuzz-archive-XXXXXX", NULL);
  g_autofree char *out = g_build_filename (root, "out", NULL);
  g_autoptr(GError) error = NULL;
  int fd = memfd_create ("archive", MFD_CLOEXEC);

  g_assert_cmpint (pwrite (fd, data, size, 0), ==, (gssize) size);

  if (!eng_archive_extract_fd (fd, out, &limits, &error))
    {
      g_assert_nonnull (error);
      g_assert_cmpint (rmdir (root), ==, 0);
    }
  else
    {
      sage_dir_remove (root, NULL);
    }

  close (fd);

  return 0;
}
