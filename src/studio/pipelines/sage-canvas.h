/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-graph-view.h"

G_BEGIN_DECLS

/* A graph that one can look around in: scrolled, zoomed, fitted at first. */
#define SAGE_TYPE_CANVAS (sage_canvas_get_type ())

G_DECLARE_FINAL_TYPE (SageCanvas, sage_canvas, SAGE, CANVAS, AdwBin)

GtkWidget     *sage_canvas_new            (void);
SageGraphView *sage_canvas_get_view       (SageCanvas *self);
void           sage_canvas_set_definition (SageCanvas *self,
                                           JsonObject *definition);

G_END_DECLS
