/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

char     *eng_page_token_make  (EngCall     *call,
                                const char  *position,
                                gint64       id);
gboolean  eng_page_token_parse (EngCall     *call,
                                const char  *token,
                                char       **position,
                                gint64      *id,
                                GError     **error);

G_END_DECLS
