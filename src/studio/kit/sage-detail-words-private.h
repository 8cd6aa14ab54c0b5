/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-kind.h"

G_BEGIN_DECLS

const char *sage_detail_words_deleted    (SageKind kind);
const char *sage_detail_words_last_state (SageKind kind);
const char *sage_detail_words_missing    (SageKind kind);

G_END_DECLS
