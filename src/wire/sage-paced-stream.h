/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A connection that gives its reader only a little at a time: after PACE bytes it says that there
 * is nothing, until the main loop has turned. A WebSocket reads for as long as bytes come before it
 * looks at the first message, so that a busy or hostile peer would hold up everything else.
 */
#define SAGE_TYPE_PACED_STREAM (sage_paced_stream_get_type ())

G_DECLARE_FINAL_TYPE (SagePacedStream, sage_paced_stream, SAGE, PACED_STREAM, GIOStream)

GIOStream *sage_paced_stream_new        (GIOStream       *base,
                                         GBytes          *first);
gint64     sage_paced_stream_heard      (SagePacedStream *self);
void       sage_paced_stream_set_paused (SagePacedStream *self,
                                         gboolean         paused);

G_END_DECLS
