/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an archive may hold; 0 in a field means the default beside it. */
typedef struct
{
  guint64 max_bytes;   /* 20 GiB, unpacked */
  guint   max_entries; /* 100,000 */
  guint   max_ratio;   /* 200: unpacked to packed, counted beyond the first 64 MiB */
} EngArchiveLimits;

gboolean eng_archive_extract    (const char              *path,
                                 const char              *directory,
                                 const EngArchiveLimits  *limits,
                                 GError                 **error);
gboolean eng_archive_extract_fd (int                      fd,
                                 const char              *directory,
                                 const EngArchiveLimits  *limits,
                                 GError                 **error);
gboolean eng_archive_pack       (const char              *directory,
                                 const char              *out_path,
                                 GError                 **error);

G_END_DECLS
