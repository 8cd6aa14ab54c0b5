/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-digest.h"

G_BEGIN_DECLS

/* What a file was when it was read or written. */
typedef struct
{
  gboolean exists;
  guint64  inode;
  gint64   mtime; /* ns */
  gint64   size;
  guint8   digest[SAGE_SHA256_SIZE];
} SageStamp;

GBytes   *sage_notebook_store_load  (const char       *path,
                                     SageStamp        *stamp,
                                     GError          **error);
void      sage_stamp_digest         (SageStamp        *stamp,
                                     GBytes           *bytes);
GBytes   *sage_notebook_store_read  (const char       *path,
                                     SageStamp        *stamp,
                                     GError          **error);
gboolean  sage_notebook_store_stamp (const char       *path,
                                     const SageStamp  *known,
                                     SageStamp        *stamp,
                                     GError          **error);
gboolean  sage_notebook_store_write (const char       *path,
                                     GBytes           *bytes,
                                     const SageStamp  *expected,
                                     SageStamp        *stamp,
                                     GError          **error);
gboolean  sage_stamp_is_same        (const SageStamp  *a,
                                     const SageStamp  *b);

G_END_DECLS
