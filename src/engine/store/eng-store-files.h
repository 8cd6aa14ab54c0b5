/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EngStoreFiles EngStoreFiles;

gboolean       eng_store_files_check_owner (const char     *directory,
                                            GError        **error);
EngStoreFiles *eng_store_files_new         (const char     *database,
                                            GError        **error);
gboolean       eng_store_files_in_place    (EngStoreFiles  *self,
                                            GError        **error);
void           eng_store_files_free        (EngStoreFiles  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngStoreFiles, eng_store_files_free)

G_END_DECLS
