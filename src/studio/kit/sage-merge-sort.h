/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A stable sort that can stop at any moment and go on later, so that sorting 100,000 rows leaves the
 * main loop its time. What is sorted already takes one comparison an item.
 */
typedef struct _SageMergeSort SageMergeSort;

SageMergeSort *sage_merge_sort_new   (gconstpointer    *items,
                                      guint             n_items,
                                      GCompareDataFunc  compare,
                                      gpointer          user_data);
void           sage_merge_sort_free  (SageMergeSort    *self);
gboolean       sage_merge_sort_step  (SageMergeSort    *self,
                                      guint            *budget);
gpointer      *sage_merge_sort_steal (SageMergeSort    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMergeSort, sage_merge_sort_free)

G_END_DECLS
