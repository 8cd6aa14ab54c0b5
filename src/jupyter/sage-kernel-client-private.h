/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "sage-jupyter-frame.h"
#include "sage-kernel-client.h"
#include "sage-liveness.h"

G_BEGIN_DECLS

/* Something that was asked for, until the answer is complete. */
typedef struct
{
  SageKernelClient   *client;       /* (unowned): owns it */
  SageJupyterMessage *message;      /* (owned): may have to be sent again */
  guint64             number;       /* requests go out in this order */
  GTask              *task;         /* (owned) (nullable): of sage_kernel_client_request_async() */
  GSource            *canceller;    /* (owned) (nullable) */
  char               *seen_session; /* (owned) (nullable): the kernel that has begun with it */
  gboolean            is_info;      /* our own kernel_info_request */
  gboolean            is_sent;
  gboolean            is_heard;     /* the kernel, or our engine's journal, has it */
  gboolean            has_reply;
  gboolean            has_idle;
} SagePending;

struct _SageKernelClient
{
  GObject                  parent_instance;

  SageJupyterServer       *server;         /* (owned) */
  char                    *kernel_id;      /* (owned) */
  char                    *session;        /* (owned): ours, in each header */

  SageKernelLink           state;
  GError                  *error;          /* (owned) (nullable) */
  SageKernelState          kernel_state;
  char                    *reason;         /* (owned) (nullable): why it ended, as the server has it */
  JsonObject              *info;           /* (owned) (nullable) */
  gint64                   last_seq;

  GCancellable            *trying;         /* (owned) (nullable): a try is under way */
  guint                    timer;          /* until the next try, or until this one has taken too long */
  double                   delay;          /* before the next try, in seconds */

  SoupWebsocketConnection *socket;         /* (owned) (nullable) */
  SageJupyterFraming       framing;
  gint64                   opened;         /* when it was, monotonic */
  SageLiveness            *liveness;       /* (owned) (nullable): of its peer */

  GQueue                   frames;         /* of SageFrame: came, and wait behind a long one */
  GCancellable            *reading;        /* (owned) (nullable): a long frame is read on a thread */
  SageJupyterMessage      *held;           /* (owned) (nullable): stream output not emitted yet */
  gint64                   held_seq;       /* the number of the newest of them, or -1 */
  GString                 *held_text;      /* (owned) (nullable): of it and what it was joined with */
  gsize                    held_offset;    /* what was emitted of it */
  gboolean                 is_draining;    /* a long text goes out in pieces */
  guint                    flusher;

  GHashTable              *pending;        /* (owned): message id → SagePending (owned) */
  GQueue                   outbox;         /* of SageJupyterMessage (owned): wait for a connection */
  guint64                  n_requests;
  gboolean                 is_restarting;  /* we asked for it: nothing is sent meanwhile */
  gboolean                 is_gated;       /* nothing is sent until the new process was heard */
  guint                    prodder;        /* asks a kernel that starts whether it is there */

  GHashTable              *busy;            /* (owned): ids of requests the kernel works on */
  char                    *kernel_session; /* (owned) (nullable): of the process that speaks */
};

/* sage-kernel-client.c */
void sage_kernel_client_set_state        (SageKernelClient        *self,
                                          SageKernelLink           state);
void sage_kernel_client_take_error       (SageKernelClient        *self,
                                          GError                  *error);
void sage_kernel_client_set_kernel_state (SageKernelClient        *self,
                                          SageKernelState          state);
void sage_kernel_client_set_info         (SageKernelClient        *self,
                                          JsonObject              *info);
void sage_kernel_client_emit             (SageKernelClient        *self,
                                          SageJupyterMessage      *message,
                                          gint64                   seq);
void sage_kernel_client_emit_lost        (SageKernelClient        *self,
                                          const char              *msg_id,
                                          const GError            *error);

/* sage-kernel-connect.c */
void sage_kernel_client_try_now          (SageKernelClient        *self);
void sage_kernel_client_stop             (SageKernelClient        *self);
void sage_kernel_client_lost             (SageKernelClient        *self,
                                          GError                  *error);

/* sage-kernel-socket.c */
void sage_kernel_client_take_socket      (SageKernelClient        *self,
                                          SoupWebsocketConnection *socket);
void sage_kernel_client_drop_socket      (SageKernelClient        *self);
void sage_kernel_client_write            (SageKernelClient        *self,
                                          SageJupyterMessage      *message);

/* sage-kernel-inbox.c */
void sage_kernel_client_take_frame       (SageKernelClient        *self,
                                          GBytes                  *bytes,
                                          gboolean                 is_text);
void sage_kernel_client_drop_frames      (SageKernelClient        *self);

/* sage-kernel-track.c */
void sage_kernel_client_track            (SageKernelClient        *self,
                                          SageJupyterMessage      *message);
void sage_kernel_client_match            (SageKernelClient        *self,
                                          SageJupyterMessage      *message);

/* sage-kernel-pending.c */
void sage_pending_free                   (SagePending             *pending);
void sage_kernel_client_post             (SageKernelClient        *self,
                                          SageJupyterMessage      *message);
void sage_kernel_client_post_outbox      (SageKernelClient        *self);
void sage_kernel_client_take_out         (SageKernelClient        *self,
                                          const char              *msg_id);
void sage_kernel_client_ask              (SageKernelClient        *self,
                                          SageJupyterMessage      *message,
                                          GTask                   *task);
void sage_kernel_client_ask_info         (SageKernelClient        *self);
void sage_kernel_client_await_process    (SageKernelClient        *self);
void sage_kernel_client_await_restart    (SageKernelClient        *self);

/* sage-kernel-losses.c */
void sage_kernel_client_lose_begun       (SageKernelClient        *self,
                                          const char              *but_session,
                                          const char              *reason);
void sage_kernel_client_lose_heard       (SageKernelClient        *self,
                                          const char              *reason);
void sage_kernel_client_lose_sent        (SageKernelClient        *self,
                                          guint64                  below,
                                          gboolean                 may_repeat,
                                          const char              *reason);
void sage_kernel_client_lose_all         (SageKernelClient        *self,
                                          const GError            *error);

G_END_DECLS
