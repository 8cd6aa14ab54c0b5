/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads of this size; the longest record (64 KiB and its time) fits with room to spare. */
#define ENG_LOG_CHUNK_BYTES (128 * 1024)

int    eng_log_open    (const char  *path,
                        guint64     *size,
                        GError     **error);
gssize eng_log_read_at (int          fd,
                        char        *buffer,
                        gsize        size,
                        guint64      offset);

G_END_DECLS
