/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-frame.h"

G_BEGIN_DECLS

/*
 * A table of values: it sorts by its columns, is filtered by a text, tells what its columns hold, and
 * gives itself as CSV. Actions: "frame.copy" (the rows in sight, as CSV), "frame.find".
 */
#define SAGE_TYPE_FRAME_VIEW (sage_frame_view_get_type ())

G_DECLARE_FINAL_TYPE (SageFrameView, sage_frame_view, SAGE, FRAME_VIEW, GtkWidget)

GtkWidget  *sage_frame_view_new        (SageFrame     *frame);
GListModel *sage_frame_view_get_rows   (SageFrameView *self);
void        sage_frame_view_set_filter (SageFrameView *self,
                                        const char    *text);
void        sage_frame_view_sort       (SageFrameView *self,
                                        guint          column,
                                        GtkSortType    order);

G_END_DECLS
