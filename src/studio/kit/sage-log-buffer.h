/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-line.h"
#include "sage-log-pager.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_LOG_BUFFER_LOADING, /* nothing was read yet */
  SAGE_LOG_BUFFER_EMPTY,   /* there is nothing yet */
  SAGE_LOG_BUFFER_ERROR,   /* nothing could be read: "error" says why */
  SAGE_LOG_BUFFER_READY,
} SageLogBufferState;

GType sage_log_buffer_state_get_type (void);

#define SAGE_TYPE_LOG_BUFFER_STATE (sage_log_buffer_state_get_type ())

/*
 * A log as it is looked at: the window of lines that is held, what is read into it at both ends,
 * and what is new. Properties: "pager" (construct only), "state", "error" (boxed GError, nullable:
 * the last read failed; the lines stay), "at-start" and "at-end" (the window reaches that far),
 * "live" (more may be written), "active" (somebody looks), "following" (what is new is read into the
 * window, whatever falls out of its start), "unseen" (events that came while it did not follow).
 * Signals: "changed" (int head, int tail): so many lines came at each end, or went if below 0;
 * "replaced": other lines than before; "settled": a read has ended, well or not.
 */
#define SAGE_TYPE_LOG_BUFFER (sage_log_buffer_get_type ())

G_DECLARE_FINAL_TYPE (SageLogBuffer, sage_log_buffer, SAGE, LOG_BUFFER, GObject)

SageLogBuffer      *sage_log_buffer_new           (SageLogPager     *pager);
SageLogPager       *sage_log_buffer_get_pager     (SageLogBuffer    *self);
SageLogBufferState  sage_log_buffer_get_state     (SageLogBuffer    *self);
const GError       *sage_log_buffer_get_error     (SageLogBuffer    *self);
guint               sage_log_buffer_get_n_lines   (SageLogBuffer    *self);
gint64              sage_log_buffer_get_first     (SageLogBuffer    *self);
SageLogLine        *sage_log_buffer_get_line      (SageLogBuffer    *self,
                                                   gint64            number);
gboolean            sage_log_buffer_get_at_start  (SageLogBuffer    *self);
gboolean            sage_log_buffer_get_at_end    (SageLogBuffer    *self);
gboolean            sage_log_buffer_get_reading   (SageLogBuffer    *self);
guint               sage_log_buffer_get_unseen    (SageLogBuffer    *self);
gboolean            sage_log_buffer_get_live      (SageLogBuffer    *self);
void                sage_log_buffer_set_live      (SageLogBuffer    *self,
                                                   gboolean          live);
gboolean            sage_log_buffer_get_active    (SageLogBuffer    *self);
void                sage_log_buffer_set_active    (SageLogBuffer    *self,
                                                   gboolean          active);
gboolean            sage_log_buffer_get_following (SageLogBuffer    *self);
void                sage_log_buffer_set_following (SageLogBuffer    *self,
                                                   gboolean          following);
void                sage_log_buffer_extend        (SageLogBuffer    *self,
                                                   SageLogDirection  direction);
void                sage_log_buffer_go_to_start   (SageLogBuffer    *self);
void                sage_log_buffer_go_to_end     (SageLogBuffer    *self);
void                sage_log_buffer_go_to_time    (SageLogBuffer    *self,
                                                   gint64            time_ms);
void                sage_log_buffer_retry         (SageLogBuffer    *self);

G_END_DECLS
