/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-log-streams.h"
#include "eng-log.h"

G_BEGIN_DECLS

typedef struct _EngLogMerge EngLogMerge;

/* A line among those of all streams: they are ordered by time, then stream, then place in it. */
typedef struct
{
  gint64      timestamp_ms;
  const char *stream;
  guint64     offset;
} EngLogPlace;

EngLogMerge       *eng_log_merge_new  (GPtrArray          *streams,
                                       gint64              start_ms,
                                       const EngLogPlace  *after);
const EngLogEntry *eng_log_merge_peek (EngLogMerge        *merge,
                                       EngLogPlace        *place,
                                       const EngLogStream **stream);
void               eng_log_merge_take (EngLogMerge        *merge);
void               eng_log_merge_free (EngLogMerge        *merge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLogMerge, eng_log_merge_free)

G_END_DECLS
