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
 * so that the main loop turns in between.
 */
typedef struct _SageEventQueue SageEventQueue;

typedef struct
{
  /* Deals with a slice. */
  void (*slice)    (const SageNews * const *news,
                    guint                   n,
                    gpointer                user_data);
  /* More came than is worth keeping: what is known has to be asked for again. */
  void (*overflow) (gpointer                user_data);
} SageEventQueueFuncs;

SageEventQueue *sage_event_queue_new   (const SageEventQueueFuncs *funcs,
                                        gpointer                   user_data);
void            sage_event_queue_free  (SageEventQueue            *self);
void            sage_event_queue_push  (SageEventQueue            *self,
                                        const SageEvent           *event);
void            sage_event_queue_clear (SageEventQueue            *self);

G_END_DECLS
