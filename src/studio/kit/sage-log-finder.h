/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-buffer.h"
#include "sage-log-filter.h"

G_BEGIN_DECLS

/*
 * Goes from one line that matches to the next, beyond what a buffer holds: it reads on a little, and
 * if nothing is near, the search over the whole log tells where to go. Property: "busy". Signals:
 * "found" (gint64 line, gboolean wrapped): the buffer holds it; "not-found"; "reading-on"
 * (SageLogDirection): the buffer is about to be extended there.
 */
#define SAGE_TYPE_LOG_FINDER (sage_log_finder_get_type ())

G_DECLARE_FINAL_TYPE (SageLogFinder, sage_log_finder, SAGE, LOG_FINDER, GObject)

SageLogFinder *sage_log_finder_new      (void);
void           sage_log_finder_start    (SageLogFinder    *self,
                                         SageLogBuffer    *buffer,
                                         SageLogFilter    *filter,
                                         SageLogDirection  direction,
                                         gint64            from);
void           sage_log_finder_cancel   (SageLogFinder    *self);
gboolean       sage_log_finder_get_busy (SageLogFinder    *self);

G_END_DECLS
