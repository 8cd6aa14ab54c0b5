/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-text-comparison.h"

G_BEGIN_DECLS

/* A row of the comparison of two texts: lines that differ, or a run of unchanged ones, folded or not. */
#define SAGE_TYPE_COMPARE_BLOCK (sage_compare_block_get_type ())

G_DECLARE_FINAL_TYPE (SageCompareBlock, sage_compare_block, SAGE, COMPARE_BLOCK, GObject)

SageTextComparison  *sage_compare_block_get_comparison (SageCompareBlock   *self);
const SageTextBlock *sage_compare_block_get_block      (SageCompareBlock   *self);
gboolean             sage_compare_block_is_folded      (SageCompareBlock   *self);
char                *sage_compare_block_describe       (SageCompareBlock   *self);
GtkWidget           *sage_compare_block_make_row       (SageCompareBlock   *self,
                                                        GObject            *narrow,
                                                        GtkWidget          *button);
GPtrArray           *sage_compare_block_unfold         (SageCompareBlock   *self);
GPtrArray           *sage_compare_blocks_make          (SageTextComparison *comparison);

G_END_DECLS
