/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The heights of a column of rows, and where each begins. Sums of runs of them are kept, so that a
 * place is found, and a height is changed, in a number of steps that is the logarithm of the rows'.
 */
typedef struct _SageCellHeights SageCellHeights;

SageCellHeights *sage_cell_heights_new       (int              gap,
                                              int              padding);
void             sage_cell_heights_free      (SageCellHeights *self);
guint            sage_cell_heights_get_n     (SageCellHeights *self);
int              sage_cell_heights_get       (SageCellHeights *self,
                                              guint            position);
void             sage_cell_heights_set       (SageCellHeights *self,
                                              guint            position,
                                              int              height);
void             sage_cell_heights_splice    (SageCellHeights *self,
                                              guint            position,
                                              guint            removed,
                                              const int       *heights,
                                              guint            added);
double           sage_cell_heights_get_top   (SageCellHeights *self,
                                              guint            position);
double           sage_cell_heights_get_total (SageCellHeights *self);
guint            sage_cell_heights_find      (SageCellHeights *self,
                                              double           y,
                                              double          *top);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageCellHeights, sage_cell_heights_free)

G_END_DECLS
