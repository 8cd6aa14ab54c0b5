/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* A picture that a cell has shown. */
#define SAGE_TYPE_PLOT (sage_plot_get_type ())

G_DECLARE_FINAL_TYPE (SagePlot, sage_plot, SAGE, PLOT, GObject)

GBytes     *sage_plot_get_bytes     (SagePlot *self);
const char *sage_plot_get_mime_type (SagePlot *self);
const char *sage_plot_get_cell_id   (SagePlot *self);
const char *sage_plot_get_title     (SagePlot *self);
gint64      sage_plot_get_count     (SagePlot *self);
double      sage_plot_get_time      (SagePlot *self);

/*
 * The pictures that the runs of a notebook have shown, the last ones first: also those that have been
 * cleared, or overwritten by another run, since. A GListModel of SagePlot; of many pictures, or large
 * ones, it forgets the oldest.
 */
#define SAGE_TYPE_PLOT_HISTORY (sage_plot_history_get_type ())

G_DECLARE_FINAL_TYPE (SagePlotHistory, sage_plot_history, SAGE, PLOT_HISTORY, GObject)

SagePlotHistory *sage_plot_history_new       (void);
void             sage_plot_history_take      (SagePlotHistory *self,
                                              SageCell        *cell,
                                              JsonObject      *content);
void             sage_plot_history_add_saved (SagePlotHistory *self,
                                              SageNotebook    *notebook);

G_END_DECLS
