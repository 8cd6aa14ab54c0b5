/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-output.h"

G_BEGIN_DECLS

/*
 * What a program has written: the end of it, live, with its colours; all of it in a dialog. It is as
 * high as its lines, but makes no more of them than will be seen if it has a limit: laying out text
 * is what most of the time of a notebook with long outputs goes into. Action: "stream.show-all".
 */
#define SAGE_TYPE_STREAM_VIEW (sage_stream_view_get_type ())

G_DECLARE_FINAL_TYPE (SageStreamView, sage_stream_view, SAGE, STREAM_VIEW, GtkWidget)

GtkWidget *sage_stream_view_new       (SageOutput     *output,
                                       int             limit,
                                       gboolean        from_end);
void       sage_stream_view_set_limit (SageStreamView *self,
                                       int             limit,
                                       gboolean        from_end);
void       sage_stream_view_flush     (SageStreamView *self);
char      *sage_stream_view_dup_text  (SageStreamView *self);

G_END_DECLS
