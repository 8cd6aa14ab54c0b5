/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-log-buffer.h"
#include "sage-log-needle.h"

G_BEGIN_DECLS

/*
 * The lines of a log, drawn; it stands in a scrolled window. Only what is in sight is laid out, and
 * when an end of what is held comes near, more is read. Properties: "buffer" (nullable), "wrap",
 * "show-times", "follow" (what is new stays in sight; scrolling away from the end ends it),
 * "has-selection", "end-in-sight" (of the log). Signals: "metric-activated" (const char *text): a
 * line that holds a metric was clicked; "save-line" (const char *text).
 */
#define SAGE_TYPE_LOG_TEXT (sage_log_text_get_type ())

G_DECLARE_FINAL_TYPE (SageLogText, sage_log_text, SAGE, LOG_TEXT, GtkWidget)

GtkWidget     *sage_log_text_new                (void);
SageLogBuffer *sage_log_text_get_buffer         (SageLogText        *self);
void           sage_log_text_set_buffer         (SageLogText        *self,
                                                 SageLogBuffer      *buffer);
gboolean       sage_log_text_get_wrap           (SageLogText        *self);
void           sage_log_text_set_wrap           (SageLogText        *self,
                                                 gboolean            wrap);
gboolean       sage_log_text_get_show_times     (SageLogText        *self);
void           sage_log_text_set_show_times     (SageLogText        *self,
                                                 gboolean            show_times);
gboolean       sage_log_text_get_follow         (SageLogText        *self);
void           sage_log_text_set_follow         (SageLogText        *self,
                                                 gboolean            follow);
void           sage_log_text_set_needle         (SageLogText        *self,
                                                 SageLogNeedle      *needle);
void           sage_log_text_set_metrics        (SageLogText        *self,
                                                 const char * const *patterns);
void           sage_log_text_show_line          (SageLogText        *self,
                                                 gint64              number);
void           sage_log_text_show_edge          (SageLogText        *self,
                                                 SageLogDirection    direction);
gint64         sage_log_text_get_place          (SageLogText        *self);
gint64         sage_log_text_get_found          (SageLogText        *self);
gboolean       sage_log_text_get_has_selection  (SageLogText        *self);
char          *sage_log_text_dup_selection      (SageLogText        *self);

G_END_DECLS
