/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-view.h"
#include "sage-plot-history.h"

G_BEGIN_DECLS

void sage_plot_dialog_show (SageNotebookView *view,
                            SageNotebook     *notebook,
                            SagePlotHistory  *history,
                            SagePlot         *plot);

G_END_DECLS
