/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-line.h"
#include "sage-log-pager.h"

G_BEGIN_DECLS

/* What is held of a log, however long it is: this many lines, and this many bytes, about. */
#define SAGE_LOG_WINDOW_LINES 10000
#define SAGE_LOG_WINDOW_BYTES (16 * 1024 * 1024)

/* Events asked for at once. */
#define SAGE_LOG_PAGE_RECORDS 1000

/*
 * The part of a log that is held: pages that follow each other. A line has a number that it keeps
 * as long as it is held; the next line has the next one.
 */
typedef struct _SageLogWindow SageLogWindow;

SageLogWindow *sage_log_window_new         (void);
void           sage_log_window_free        (SageLogWindow     *self);
guint          sage_log_window_get_n_lines (SageLogWindow     *self);
gint64         sage_log_window_get_first   (SageLogWindow     *self);
SageLogLine   *sage_log_window_get_line    (SageLogWindow     *self,
                                            gint64             number);
const char    *sage_log_window_get_token   (SageLogWindow     *self,
                                            SageLogDirection   direction,
                                            gint64            *time_ms);
gboolean       sage_log_window_is_full     (SageLogWindow     *self);
guint          sage_log_window_add         (SageLogWindow     *self,
                                            SageLogDirection   direction,
                                            SageLogRecords    *page);
guint          sage_log_window_trim        (SageLogWindow     *self,
                                            SageLogDirection   direction);
void           sage_log_window_clear       (SageLogWindow     *self,
                                            gint64             time_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogWindow, sage_log_window_free)

G_END_DECLS
