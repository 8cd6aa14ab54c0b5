/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-liveness.h"
#include "sage-paced-stream.h"

#define CHECK_SECONDS 1
#define LATE_US (1500 * G_GINT64_CONSTANT (1000))

struct _SageLiveness
{
  SoupWebsocketConnection *socket;  /* (owned) */
  gint64                   silence;
  SageLivenessFunc         func;
  gpointer                 user_data;

  guint                    checker;
  gint64                   checked; /* when it last looked, monotonic */
};

/* Something that came and was not read yet is an answer too. */
static gboolean
is_silent (SageLiveness *self,
           gint64        now)
{
  GIOStream *io = soup_websocket_connection_get_io_stream (self->socket);

  return now - sage_paced_stream_heard (SAGE_PACED_STREAM (io)) > self->silence
         && !g_pollable_input_stream_is_readable (
              G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (io)));
}

static gboolean
check_cb (gpointer user_data)
{
  SageLiveness *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean late = now - self->checked > LATE_US;

  /* If it is us who stood still, the peer gets another chance to answer. */
  self->checked = now;
  if (late || !is_silent (self, now))
    return G_SOURCE_CONTINUE;

  self->checker = 0;
  self->func (self->user_data);

  return G_SOURCE_REMOVE;
}

/**
 * sage_liveness_new:
 * @socket: an open connection, over a #SagePacedStream
 * @limits: how often its peer is asked, and how long it may be silent
 * @func: is told when it was silent for longer, on this main loop
 * @user_data: for @func
 *
 * Returns: (transfer full): watches until it is freed
 */
SageLiveness *
sage_liveness_new (SoupWebsocketConnection  *socket,
                   const SageLivenessLimits *limits,
                   SageLivenessFunc          func,
                   gpointer                  user_data)
{
  SageLiveness *self = g_new0 (SageLiveness, 1);

  self->socket = g_object_ref (socket);
  self->silence = limits->silence;
  self->func = func;
  self->user_data = user_data;
  soup_websocket_connection_set_keepalive_interval (socket, limits->ping_seconds);
  self->checked = g_get_monotonic_time ();
  self->checker = g_timeout_add_seconds (CHECK_SECONDS, check_cb, self);

  return self;
}

/**
 * sage_liveness_free:
 * @self: a watch
 *
 * Watches no more.
 */
void
sage_liveness_free (SageLiveness *self)
{
  g_clear_handle_id (&self->checker, g_source_remove);
  g_object_unref (self->socket);
  g_free (self);
}
