/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

gboolean  sage_file_write_durable (const char  *path,
                                   const void  *data,
                                   gsize        length,
                                   mode_t       mode,
                                   GError     **error);
GBytes   *sage_file_read          (const char  *path,
                                   gsize        max_bytes,
                                   GError     **error);
gboolean  sage_dir_sync           (const char  *path,
                                   GError     **error);
gboolean  sage_dir_make           (const char  *path,
                                   mode_t       mode,
                                   GError     **error);
gboolean  sage_dir_remove         (const char  *path,
                                   GError     **error);
int       sage_open_beneath       (int          dir_fd,
                                   const char  *path,
                                   int          flags,
                                   mode_t       mode);

G_END_DECLS
