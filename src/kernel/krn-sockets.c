/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-sockets"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "krn-sockets.h"
#include "sage-error.h"
#include "sage-jupyter-wire.h"

/* <https://jupyter-client.readthedocs.io/en/stable/messaging.html#introduction>: requests go out of
 * dealers, which share a name, so that a request for input finds the one whose request it serves. */

#define ROUND_MESSAGES 200 /* of one socket, before others have their turn */
#define RECONNECT_MS 10    /* a kernel that starts is found soon */
#define BEAT_SECONDS 3
#define MAX_FRAMES (2 * SAGE_JUPYTER_MAX_BUFFERS)

/* One channel. ZeroMQ's descriptor tells of changes only, so its events are asked for before every
 * wait and after it. */
typedef struct
{
  GSource             source;
  void               *socket; /* (owned) */
  gpointer            tag;
  SageJupyterChannel  channel;
  KrnSockets         *sockets;
} Channel;

struct _KrnSockets
{
  void           *context; /* (owned) */
  char           *key;     /* (owned) */
  Channel        *channels[SAGE_JUPYTER_N_CHANNELS]; /* (owned) (nullable) */
  void           *heart;   /* (owned) (nullable) */
  guint           beat;    /* timer */
  gint64          asked;    /* when it was asked first without an answer; 0: never */
  KrnSocketsTake  take;
  gpointer        user_data;
};

static const int types[SAGE_JUPYTER_N_CHANNELS] = { ZMQ_DEALER, ZMQ_SUB, ZMQ_DEALER, ZMQ_DEALER };

static gboolean
is_readable (void *socket)
{
  int events = 0;
  size_t length = sizeof events;

  return zmq_getsockopt (socket, ZMQ_EVENTS, &events, &length) == 0 && (events & ZMQ_POLLIN) != 0;
}

static void
free_frame (gpointer data)
{
  zmq_msg_t *frame = data;

  zmq_msg_close (frame);
  g_free (frame);
}

/* The next message's frames, none copied; %NULL where there is none. */
static GPtrArray *
receive_frames (void *socket)
{
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  int more = 1;

  while (more != 0)
    {
      zmq_msg_t *frame = g_new (zmq_msg_t, 1);

      zmq_msg_init (frame);
      if (zmq_msg_recv (frame, socket, ZMQ_DONTWAIT) < 0)
        {
          int reason = errno;

          free_frame (frame);
          if (reason == EINTR)
            continue;
          return NULL;
        }
      more = zmq_msg_more (frame);
      if (frames->len < MAX_FRAMES)
        g_ptr_array_add (frames, g_bytes_new_with_free_func (zmq_msg_data (frame), zmq_msg_size (frame),
                                                             free_frame, frame));
      else
        free_frame (frame);
    }

  return g_steal_pointer (&frames);
}

static gboolean
receive_one (Channel *channel)
{
  KrnSockets *self = channel->sockets;
  g_autoptr(GPtrArray) frames = receive_frames (channel->socket);
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  if (frames == NULL)
    return FALSE;

  message = sage_jupyter_wire_read (channel->channel, (GBytes *const *) frames->pdata, frames->len,
                                    self->key, &error);
  if (message == NULL)
    g_warning ("Left out on %s: %s", sage_jupyter_channel_name (channel->channel), error->message);
  else
    self->take (message, self->user_data);

  return TRUE;
}

static gboolean
channel_prepare (GSource *source,
                 int     *timeout)
{
  *timeout = -1;

  return is_readable (((Channel *) source)->socket);
}

static gboolean
channel_check (GSource *source)
{
  return is_readable (((Channel *) source)->socket);
}

static gboolean
channel_dispatch (GSource     *source,
                  GSourceFunc  callback,
                  gpointer     user_data)
{
  Channel *channel = (Channel *) source;

  for (guint i = 0; i < ROUND_MESSAGES && !g_source_is_destroyed (source); i++)
    if (!receive_one (channel))
      break;

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs channel_funcs = { channel_prepare, channel_check, channel_dispatch, NULL, NULL, NULL };

static void
set_int (void *socket,
         int   option,
         int   value)
{
  zmq_setsockopt (socket, option, &value, sizeof value);
}

/* A socket that never holds up our end, nor loses what comes faster than we read. */
static void *
open_socket (KrnSockets  *self,
             int          type,
             const char  *endpoint,
             const char  *name,
             GError     **error)
{
  void *socket = zmq_socket (self->context, type);

  if (socket == NULL)
    {
      sage_throw (error, SAGE_ERROR_FAILED, "No socket for '%s': %s", endpoint, zmq_strerror (errno));
      return NULL;
    }

  set_int (socket, ZMQ_LINGER, 0);
  set_int (socket, ZMQ_RCVHWM, 0);
  set_int (socket, ZMQ_SNDHWM, 0);
  set_int (socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
  if (type == ZMQ_SUB)
    zmq_setsockopt (socket, ZMQ_SUBSCRIBE, "", 0);
  else if (type == ZMQ_DEALER)
    zmq_setsockopt (socket, ZMQ_ROUTING_ID, name, strlen (name));
  else
    set_int (socket, ZMQ_REQ_RELAXED, 1);

  if (zmq_connect (socket, endpoint) != 0)
    {
      sage_throw (error, SAGE_ERROR_FAILED, "Cannot connect to '%s': %s", endpoint, zmq_strerror (errno));
      zmq_close (socket);
      return NULL;
    }

  return socket;
}

static gboolean
open_channel (KrnSockets          *self,
              SageJupyterChannel   channel,
              const char          *endpoint,
              const char          *name,
              GError             **error)
{
  void *socket = open_socket (self, types[channel], endpoint, name, error);
  size_t length = sizeof (int);
  Channel *source;
  int fd;

  if (socket == NULL)
    return FALSE;

  source = (Channel *) g_source_new (&channel_funcs, sizeof (Channel));
  source->socket = socket;
  source->channel = channel;
  source->sockets = self;
  zmq_getsockopt (socket, ZMQ_FD, &fd, &length);
  source->tag = g_source_add_unix_fd (&source->source, fd, G_IO_IN);
  g_source_set_static_name (&source->source, "kernel channel");
  g_source_attach (&source->source, NULL);
  self->channels[channel] = source;

  return TRUE;
}

static gboolean
beat_cb (gpointer user_data)
{
  KrnSockets *self = user_data;
  g_autoptr(GPtrArray) answer = receive_frames (self->heart);

  if (answer != NULL)
    self->asked = 0;
  if (self->asked == 0)
    self->asked = g_get_monotonic_time ();
  zmq_send (self->heart, "ping", 4, ZMQ_DONTWAIT);

  return G_SOURCE_CONTINUE;
}

/**
 * krn_sockets_open:
 * @connection: where the kernel listens, or will
 * @take: takes each message whose signature is right, in the order of its channel
 * @user_data: for @take
 *
 * Returns: (transfer full): the sockets, or %NULL with @error set
 */
KrnSockets *
krn_sockets_open (const KrnConnection  *connection,
                  KrnSocketsTake        take,
                  gpointer              user_data,
                  GError              **error)
{
  g_autoptr(KrnSockets) self = g_new0 (KrnSockets, 1);
  g_autofree char *name = g_uuid_string_random ();

  self->key = g_strdup (connection->key);
  self->take = take;
  self->user_data = user_data;
  self->context = zmq_ctx_new ();

  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    if (!open_channel (self, (SageJupyterChannel) i, connection->endpoints[i], name, error))
      return NULL;
  self->heart = open_socket (self, ZMQ_REQ, connection->heartbeat, NULL, error);
  if (self->heart == NULL)
    return NULL;
  self->beat = g_timeout_add_seconds (BEAT_SECONDS, beat_cb, self);

  return g_steal_pointer (&self);
}

/**
 * krn_sockets_free:
 *
 * Closes them; what was not sent yet is not sent. Not from within a message's taking.
 */
void
krn_sockets_free (KrnSockets *sockets)
{
  g_clear_handle_id (&sockets->beat, g_source_remove);
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    if (sockets->channels[i] != NULL)
      {
        void *socket = sockets->channels[i]->socket;

        g_source_destroy (&sockets->channels[i]->source);
        g_source_unref (&sockets->channels[i]->source);
        zmq_close (socket);
      }
  if (sockets->heart != NULL)
    zmq_close (sockets->heart);
  zmq_ctx_term (sockets->context);
  g_free (sockets->key);
  g_free (sockets);
}

/**
 * krn_sockets_send:
 * @message: a request or the like
 *
 * Signs and sends a message over its channel, once the kernel is there.
 */
gboolean
krn_sockets_send (KrnSockets          *sockets,
                  SageJupyterMessage  *message,
                  GError             **error)
{
  SageJupyterChannel channel = sage_jupyter_message_get_channel (message);
  g_autoptr(GPtrArray) frames = NULL;

  if (channel == SAGE_JUPYTER_IOPUB)
    return sage_throw (error, SAGE_ERROR_INVALID, "Nothing can be sent over iopub");

  frames = sage_jupyter_wire_write (message, sockets->key);
  for (guint i = 0; i < frames->len; i++)
    {
      gsize length;
      const void *data = g_bytes_get_data (g_ptr_array_index (frames, i), &length);
      int more = i + 1 < frames->len ? ZMQ_SNDMORE : 0;

      if (zmq_send (sockets->channels[channel]->socket, data, length, ZMQ_DONTWAIT | more) < 0)
        return sage_throw (error, SAGE_ERROR_FAILED, "Cannot send to the kernel: %s", zmq_strerror (errno));
    }

  return TRUE;
}

/**
 * krn_sockets_drain:
 *
 * Takes all that has come: the kernel has ended, and its last words are among it.
 */
void
krn_sockets_drain (KrnSockets *sockets)
{
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    while (receive_one (sockets->channels[i]))
      ;
}

/**
 * krn_sockets_get_silence:
 *
 * Returns: for how many microseconds the kernel's heart has owed an answer; 0 where it owes none. It
 *   beats in a thread of its own, whatever a cell does: one that is silent for long has been
 *   stopped, or holds all of its threads up
 */
gint64
krn_sockets_get_silence (KrnSockets *sockets)
{
  if (sockets->heart != NULL && is_readable (sockets->heart))
    return 0;

  return sockets->asked > 0 ? g_get_monotonic_time () - sockets->asked : 0;
}
