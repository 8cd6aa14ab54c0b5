/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-graph-view.h"

G_BEGIN_DECLS

/*
 * The whole of a canvas in small, with what is in sight framed: a click or a drag goes there. It is there
 * only while something is out of sight. Without a pointer the canvas scrolls to what has the focus.
 */
#define SAGE_TYPE_MINIMAP (sage_minimap_get_type ())

G_DECLARE_FINAL_TYPE (SageMinimap, sage_minimap, SAGE, MINIMAP, GtkWidget)

void sage_minimap_set_view (SageMinimap       *self,
                            SageGraphView     *view,
                            GtkScrolledWindow *scroller);

G_END_DECLS
