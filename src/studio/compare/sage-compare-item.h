/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-diff.h"

G_BEGIN_DECLS

/* A row of a comparison: one cell, or a run of unchanged ones that is folded. */
#define SAGE_TYPE_COMPARE_ITEM (sage_compare_item_get_type ())

G_DECLARE_FINAL_TYPE (SageCompareItem, sage_compare_item, SAGE, COMPARE_ITEM, GObject)

SageCellDiff *sage_compare_item_get_diff     (SageCompareItem *self);
guint         sage_compare_item_get_n_folded (SageCompareItem *self);
gboolean      sage_compare_item_is_change    (SageCompareItem *self);
GPtrArray    *sage_compare_item_unfold       (SageCompareItem *self);
GPtrArray    *sage_compare_items_make        (GPtrArray       *diffs);

G_END_DECLS
