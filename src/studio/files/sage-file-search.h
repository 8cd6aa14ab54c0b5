/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folders that a file is in, the nearest first, that are kept in mind. */
#define SAGE_FILE_N_FOLDERS 8

/* What a file is, whatever it is called. */
typedef struct
{
  gboolean exists;
  guint64  device;
  guint64  inode;
  gint64   size;
  gint64   mtime; /* ns */
  guint64  folders[SAGE_FILE_N_FOLDERS]; /* inodes; 0: none */
} SageFileIdentity;

void   sage_file_identity_read  (SageFileIdentity       *identity,
                                 const char             *path);
char  *sage_file_search         (const SageFileIdentity *identity,
                                 const char * const     *folders,
                                 GCancellable           *cancellable);
guint  sage_file_identity_climb (const SageFileIdentity *identity,
                                 const char             *from,
                                 const char             *to);

G_END_DECLS
