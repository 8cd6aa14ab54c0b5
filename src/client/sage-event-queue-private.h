/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-event-stream.h"
#include "sage-registry-private.h"

G_BEGIN_DECLS

/* What happened to one resource since it was looked at last: only how it is now matters. */
typedef struct
{
  SageResourceKey  key;    /* its name is (owned) */
  double           time;
  char            *arn;    /* (owned) (nullable) */
  char            *status; /* (owned) */
  gboolean         reborn; /* it was deleted before it got this status */
} SageNews;

/*
 * Events on their way to the rows: a burst is gathered by resource and handed on a slice at a time,
 * so that the main loop turns in between. Each turn hands on more than it reads (SagePacedStream has
 * the same priority), so that the queue stays short.
 */
typedef struct _SageEventQueue SageEventQueue;

/* Deals with a slice. */
typedef void (*SageEventQueueFunc) (const SageNews * const *news,
                                    guint                   n,
                                    gpointer                user_data);

SageEventQueue *sage_event_queue_new   (SageEventQueueFunc  func,
                                        gpointer            user_data);
void            sage_event_queue_free  (SageEventQueue     *self);
void            sage_event_queue_push  (SageEventQueue     *self,
                                        const SageEvent    *event);
void            sage_event_queue_clear (SageEventQueue     *self);

G_END_DECLS
