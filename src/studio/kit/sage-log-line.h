/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-ansi.h"
#include "sage-log-level.h"

G_BEGIN_DECLS

/* A line is shown up to this many bytes until somebody wants all of it, and then up to the other. */
#define SAGE_LOG_LINE_SHORT 4096
#define SAGE_LOG_LINE_LONG (1024 * 1024)

/* A line of a log as it is shown. */
typedef struct
{
  gint64        time_ms;   /* milliseconds since the epoch; 0 if it has none */
  char         *text;      /* (owned): valid UTF-8; no control character but tabs */
  SageAnsiRun  *runs;      /* (owned) (nullable): NULL when all of it is in the default style */
  char         *raw;       /* (owned) (nullable): as it came, where @text leaves something out */
  gsize         raw_length;
  guint         length;    /* of @text, in bytes */
  guint         n_runs;
  guint         columns;   /* that @text takes on one row */
  gboolean      truncated; /* @text leaves something out */
  gboolean      expanded;  /* @text is as long as it gets */
} SageLogLine;

SageLogLine *sage_log_line_new      (gint64             time_ms,
                                     const char        *data,
                                     gsize              length);
void         sage_log_line_free     (SageLogLine       *line);
gsize        sage_log_line_get_size (const SageLogLine *line);
void         sage_log_line_expand   (SageLogLine       *line);
char        *sage_log_line_dup_text (const SageLogLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogLine, sage_log_line_free)

G_END_DECLS
