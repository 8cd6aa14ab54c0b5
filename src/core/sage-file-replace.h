/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-digest.h"

G_BEGIN_DECLS

/*
 * Files of the user's that are opened, changed and saved: read whole with a digest of what was read,
 * and replaced whole, so that another program's writing in between is noticed.
 */
#define SAGE_FILE_ABSENT "" /* the digest of a file that is not there */

GBytes   *sage_file_read_marked (const char  *path,
                                 gsize        max_bytes,
                                 char         digest[SAGE_SHA256_HEX],
                                 GError     **error);
gboolean  sage_file_replace     (const char  *path,
                                 const void  *data,
                                 gsize        length,
                                 const char  *expected,
                                 char         digest[SAGE_SHA256_HEX],
                                 GError     **error);

G_END_DECLS
