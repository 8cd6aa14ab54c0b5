/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-log-pager.h"

G_BEGIN_DECLS

/*
 * A log, live: its lines, with a search over all of it. Properties: "pager" (nullable: the log),
 * "live" (more may be written), "wrap", "show-times", "follow", "search-text" (empty for none),
 * "filter" (only lines that match are shown), "match-label" (what the search came to, as a text),
 * "searching", "empty-title" (what to say while nothing was written). Signals: "metric-activated"
 * (const char *text): a line that holds a metric was clicked; "save-line" (const char *text): a long
 * line is to be kept.
 */
#define SAGE_TYPE_LOG_VIEW (sage_log_view_get_type ())

G_DECLARE_FINAL_TYPE (SageLogView, sage_log_view, SAGE, LOG_VIEW, AdwBin)

GtkWidget    *sage_log_view_new             (void);
SageLogPager *sage_log_view_get_pager       (SageLogView        *self);
void          sage_log_view_set_pager       (SageLogView        *self,
                                             SageLogPager       *pager);
gboolean      sage_log_view_get_live        (SageLogView        *self);
void          sage_log_view_set_live        (SageLogView        *self,
                                             gboolean            live);
gboolean      sage_log_view_get_wrap        (SageLogView        *self);
void          sage_log_view_set_wrap        (SageLogView        *self,
                                             gboolean            wrap);
gboolean      sage_log_view_get_show_times  (SageLogView        *self);
void          sage_log_view_set_show_times  (SageLogView        *self,
                                             gboolean            show_times);
gboolean      sage_log_view_get_follow      (SageLogView        *self);
void          sage_log_view_set_follow      (SageLogView        *self,
                                             gboolean            follow);
const char   *sage_log_view_get_search_text (SageLogView        *self);
void          sage_log_view_set_search_text (SageLogView        *self,
                                             const char         *text);
gboolean      sage_log_view_get_filter      (SageLogView        *self);
void          sage_log_view_set_filter      (SageLogView        *self,
                                             gboolean            filter);
const char   *sage_log_view_get_match_label (SageLogView        *self);
void          sage_log_view_find            (SageLogView        *self,
                                             SageLogDirection    direction);
void          sage_log_view_set_metrics     (SageLogView        *self,
                                             const char * const *patterns);
void          sage_log_view_retry           (SageLogView        *self);
GtkWidget    *sage_log_view_get_text        (SageLogView        *self);

G_END_DECLS
