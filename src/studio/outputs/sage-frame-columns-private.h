/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-frame.h"

G_BEGIN_DECLS

#define SAGE_FRAME_SHOWN_COLUMNS 100 /* a column is widgets, in sight or not */

void       _sage_frame_add_columns     (GtkColumnView *view,
                                        SageFrame     *frame);
GtkWidget *_sage_frame_make_statistics (SageFrame     *frame);

G_END_DECLS
