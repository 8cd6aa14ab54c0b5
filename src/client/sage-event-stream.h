/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"
#include "sage-connection-state.h"
#include "sage-kind.h"
#include "sage-profile.h"

G_BEGIN_DECLS

/* A change of a resource, as the engine tells it, or something that happened to a kernel, which is no
 * resource of the API. Valid during the call that brings it. */
typedef struct
{
  gint64      seq;
  double      time;   /* seconds since 1970 */
  gboolean    is_kernel; /* @name is a kernel's id; there is no @kind */
  SageKind    kind;
  const char *name;
  const char *arn;    /* (nullable); a step's is its execution's */
  const char *status; /* "Deleted" when it is gone */
} SageEvent;

typedef void (*SageEventFunc) (const SageEvent *event,
                               gpointer         user_data);

/*
 * Follows an engine for as long as it is asked to: starts the embedded one, connects, passes on its
 * events, notices when it dies or stands still, and connects again, going on after the last event.
 * Properties: "state", "error" (boxed GError, nullable), "client" (nullable: the one to call it with),
 * "polling" (it has no event stream, as AWS: whoever wants to know asks), "resumed" (of a state
 * that became connected: no event was missed since the last time).
 */
#define SAGE_TYPE_EVENT_STREAM (sage_event_stream_get_type ())

G_DECLARE_FINAL_TYPE (SageEventStream, sage_event_stream, SAGE, EVENT_STREAM, GObject)

SageEventStream     *sage_event_stream_new         (SageProfile     *profile,
                                                    SageEventFunc    func,
                                                    gpointer         user_data);
void                 sage_event_stream_open        (SageEventStream *self,
                                                    const char      *secret);
void                 sage_event_stream_close       (SageEventStream *self);
void                 sage_event_stream_suspect     (SageEventStream *self);
SageConnectionState  sage_event_stream_get_state   (SageEventStream *self);
const GError        *sage_event_stream_get_error   (SageEventStream *self);
SageClient          *sage_event_stream_get_client  (SageEventStream *self);
gboolean             sage_event_stream_get_polling (SageEventStream *self);
gboolean             sage_event_stream_get_resumed (SageEventStream *self);

G_END_DECLS
