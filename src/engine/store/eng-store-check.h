/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-sqlite.h"

G_BEGIN_DECLS

typedef struct _EngStoreCheck EngStoreCheck;

EngStoreCheck *eng_store_check_begin   (EngConnection  *connection,
                                        const char     *path,
                                        GError        **error);
gboolean       eng_store_check_verdict (EngStoreCheck  *check,
                                        GError        **error);
void           eng_store_check_free    (EngStoreCheck  *check);

gboolean       eng_store_throw_damaged (const char     *path,
                                        const char     *what,
                                        GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngStoreCheck, eng_store_check_free)

G_END_DECLS
