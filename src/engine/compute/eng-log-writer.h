/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes the output of a job into its log, line by line. */
typedef struct _EngLogWriter EngLogWriter;

typedef struct
{
  guint64 max_file_bytes; /* then a marker ends the log */
  guint64 bytes_per_second;
  guint64 burst_bytes;
} EngLogLimits;

EngLogWriter *eng_log_writer_new     (int                 fd,
                                      const EngLogLimits *limits);
void          eng_log_writer_set_place (EngLogWriter     *self,
                                        int               directory,
                                        const char       *name);
void          eng_log_writer_free    (EngLogWriter       *self);
void          eng_log_writer_feed    (EngLogWriter       *self,
                                      const char         *data,
                                      gsize               length,
                                      gint64              now_ms);
void          eng_log_writer_finish  (EngLogWriter       *self,
                                      gint64              now_ms);
const char   *eng_log_writer_last    (EngLogWriter       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLogWriter, eng_log_writer_free)

G_END_DECLS
