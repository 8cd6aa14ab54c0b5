/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-buffer.h"
#include "sage-log-window.h"

G_BEGIN_DECLS

/* The shortest pause between looks for what is new, in milliseconds. */
#define SAGE_LOG_BUFFER_SHORTEST_PAUSE 250

struct _SageLogBuffer
{
  GObject             parent_instance;

  SageLogPager       *pager;       /* (owned), never changes */
  SageLogWindow      *window;      /* (owned) */
  SageLogBufferState  state;
  GError             *error;       /* (owned) (nullable) */
  GCancellable       *cancellable; /* (owned): of all reads of this window */
  char               *tail;        /* (owned) (nullable): token of what is not known of yet */
  guint               poll;        /* source id of the next look for what is new */
  guint               pause;       /* in milliseconds */
  guint               unseen;
  gboolean            reading[2];  /* by direction */
  gboolean            opening;     /* other lines are on their way: these are not extended */
  gboolean            at_start;
  gboolean            at_end;
  gboolean            live;
  gboolean            active;
  gboolean            following;
  gboolean            drained;     /* the end was seen after it had ceased to be live */
};

void sage_log_buffer_set_state    (SageLogBuffer      *self,
                                   SageLogBufferState  state);
void sage_log_buffer_set_at_start (SageLogBuffer      *self,
                                   gboolean            at_start);
void sage_log_buffer_set_at_end   (SageLogBuffer      *self,
                                   gboolean            at_end);
void sage_log_buffer_set_unseen   (SageLogBuffer      *self,
                                   guint               unseen);
void sage_log_buffer_take_error   (SageLogBuffer      *self,
                                   GError             *error);
void sage_log_buffer_emit_changed (SageLogBuffer      *self,
                                   int                 head,
                                   int                 tail);
void sage_log_buffer_emit_replaced (SageLogBuffer     *self);
void sage_log_buffer_emit_settled (SageLogBuffer      *self);
void sage_log_buffer_schedule_poll (SageLogBuffer     *self);

G_END_DECLS
