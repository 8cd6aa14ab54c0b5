/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ENG_ARCHIVE_BLOCK 512

/* The bytes of a tar file, read from one descriptor and unpacked with gzip's own checks on. */
typedef struct _EngArchiveSource EngArchiveSource;

EngArchiveSource *eng_archive_source_new       (int                 fd,
                                                guint               max_ratio);
void              eng_archive_source_free      (EngArchiveSource   *source);
gssize            eng_archive_source_read      (EngArchiveSource   *source,
                                                const void        **buffer,
                                                GError            **error);
guint64           eng_archive_source_total     (EngArchiveSource   *source);
guint64           eng_archive_source_last_data (EngArchiveSource   *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngArchiveSource, eng_archive_source_free)

G_END_DECLS
