/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

/* The log of one host of one job, under the name that CloudWatch Logs gives it. */
typedef struct
{
  char   *name;    /* (owned): `<job>/algo-1-<seconds>` */
  char   *path;    /* (owned): the job directory's `log` */
  gint64  created; /* milliseconds since the epoch */
} EngLogStream;

GPtrArray    *eng_log_streams_find (EngEngine    *engine,
                                    const char   *group,
                                    const char   *prefix,
                                    GError      **error);
EngLogStream *eng_log_streams_get  (EngEngine    *engine,
                                    const char   *group,
                                    const char   *name,
                                    GError      **error);
guint         eng_log_streams_index (GPtrArray   *streams,
                                    const char   *name,
                                    gint64        position);
void          eng_log_stream_free  (EngLogStream *stream);
const char * const *eng_log_streams_groups (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLogStream, eng_log_stream_free)

G_END_DECLS
