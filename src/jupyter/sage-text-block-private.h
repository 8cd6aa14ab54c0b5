/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Text that grows at its end while other threads read what it was: whoever has a reference may read as
 * many bytes as there were then, and nothing after them. Only its owner makes it grow.
 */
typedef struct _SageTextBlock SageTextBlock;

SageTextBlock *sage_text_block_new     (const char    *text);
SageTextBlock *sage_text_block_append  (SageTextBlock *self,
                                        const char    *text);
const char    *sage_text_block_get     (SageTextBlock *self,
                                        gsize         *length);
SageTextBlock *sage_text_block_ref     (SageTextBlock *self);
void           sage_text_block_unref   (SageTextBlock *self);

G_END_DECLS
