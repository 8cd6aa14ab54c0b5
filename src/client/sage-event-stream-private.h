/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "sage-event-stream.h"
#include "sage-liveness.h"

G_BEGIN_DECLS

struct _SageEventStream
{
  GObject                  parent_instance;

  SageProfile             *profile;    /* (owned) */
  SageEventFunc            func;
  gpointer                 user_data;

  SageConnectionState      state;
  GError                  *error;      /* (owned) (nullable) */
  SageClient              *client;     /* (owned) (nullable) */
  gboolean                 polling;
  gboolean                 resumed;

  GCancellable            *trying;     /* (owned) (nullable): a try is under way */
  guint                    timer;      /* until the next try, or until this one has taken too long */
  double                   delay;      /* before the next try, in seconds */

  SoupWebsocketConnection *socket;     /* (owned) (nullable) */
  gint64                   opened;     /* when it was, monotonic */
  SageLiveness            *liveness;   /* (owned) (nullable): of its peer */

  gint64                   seq;        /* of the last event; -1 if none is known */
  double                   seq_time;   /* and its time: another store may have the same number */
};

void      sage_event_stream_set_client    (SageEventStream         *self,
                                           SageClient              *client);
void      sage_event_stream_set_connected (SageEventStream         *self,
                                           gboolean                 polling,
                                           gboolean                 resumed);
void      sage_event_stream_try_now       (SageEventStream         *self);
void      sage_event_stream_try_later     (SageEventStream         *self,
                                           GError                  *error);
void      sage_event_stream_give_up       (SageEventStream         *self,
                                           GError                  *error);
void      sage_event_stream_lost          (SageEventStream         *self,
                                           GError                  *error);
void      sage_event_stream_take_socket   (SageEventStream         *self,
                                           SoupWebsocketConnection *socket);
void      sage_event_stream_drop_socket   (SageEventStream         *self);
JsonNode *sage_event_parse                (GBytes                  *text,
                                           SageEvent               *event,
                                           gboolean                *usable);

G_END_DECLS
