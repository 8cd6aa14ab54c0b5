/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

/* What an execution may print. */
typedef struct
{
  guint64 head_bytes; /* at once */
  guint64 rate_bytes; /* a second, beyond that */
  guint64 tail_bytes; /* of its end, in any case */
} KrnStreamLimits;

/* Between the kernel and all that remembers or shows what it printed: joins prints that follow one
 * another closely, and leaves out the middle of what is too much. */
typedef struct _KrnStreams KrnStreams;

typedef void (*KrnStreamsEmit) (SageJupyterMessage *message,
                                gpointer            user_data);

KrnStreams *krn_streams_new      (const KrnStreamLimits *limits,
                                  KrnStreamsEmit         emit,
                                  gpointer               user_data);
void        krn_streams_free     (KrnStreams            *streams);
void        krn_streams_take     (KrnStreams            *streams,
                                  SageJupyterMessage    *message,
                                  gint64                 now);
void        krn_streams_flush    (KrnStreams            *streams,
                                  gint64                 now);
void        krn_streams_finish   (KrnStreams            *streams,
                                  gint64                 now);
void        krn_streams_tick     (KrnStreams            *streams,
                                  gint64                 now);
gint64      krn_streams_deadline (KrnStreams            *streams);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnStreams, krn_streams_free)

G_END_DECLS
