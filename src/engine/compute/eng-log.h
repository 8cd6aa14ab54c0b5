/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of a job's log. */
typedef struct
{
  guint64  offset;       /* where its record starts in the file */
  gint64   timestamp_ms; /* milliseconds since the epoch */
  char    *message;      /* (owned): valid UTF-8, without the line's end */
} EngLogEntry;

GPtrArray *eng_log_read        (const char  *path,
                                guint64      offset,
                                guint        max_lines,
                                guint64     *next_offset,
                                GError     **error);
GPtrArray *eng_log_read_before (const char  *path,
                                guint64      offset,
                                guint        max_lines,
                                guint64     *previous_offset,
                                GError     **error);
gboolean   eng_log_goes_on     (const char  *path,
                                guint64      offset);
gboolean   eng_log_seek        (const char  *path,
                                gint64       timestamp_ms,
                                guint64     *offset,
                                GError     **error);

G_END_DECLS
