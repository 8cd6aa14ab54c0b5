/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "krn-client.h"
#include "krn-connection.h"
#include "krn-journal.h"
#include "krn-process.h"
#include "krn-sockets.h"
#include "krn-spec.h"
#include "krn-status.h"
#include "krn-streams.h"

G_BEGIN_DECLS

struct _KrnHost
{
  char          *directory;  /* (owned) */
  char          *session;    /* (owned): of our own messages */
  GMainLoop     *loop;       /* (owned) */
  KrnSpec       *spec;       /* (owned) */
  KrnSpec       *next;       /* (owned) (nullable): as what it is being handed over */
  KrnConnection *connection; /* (owned) */
  KrnJournal    *journal;    /* (owned) */
  KrnStreams    *streams;    /* (owned) */
  KrnStatus      status;

  /* One life of the kernel; both are NULL between two and after the last. */
  KrnSockets    *sockets;    /* (owned) (nullable) */
  KrnProcess    *process;    /* (owned) (nullable) */
  gboolean       is_ready;   /* it answers, and we hear what it publishes */
  gboolean       has_answered;
  gboolean       is_heard;
  gboolean       is_restarting; /* another life follows this one */
  gboolean       is_ending;     /* the host ends with it */
  GQueue         waiting;    /* (owned): of SageJupyterMessage: sent once it is ready */
  GPtrArray     *pending;    /* (owned): of SageJupyterMessage: sent, and without a reply */

  GPtrArray     *clients;    /* (owned): of KrnClient */
  GHashTable    *left;       /* (owned): session → guint64 (owned): where its client was when it left */
  int            door;       /* (owned): listens */
  guint          door_source;

  guint          nudge_source;
  guint          grace_source;
  guint          death_source;
  guint          streams_source;
  guint          status_source;
  guint          reap_source;
  guint          standby_source;
  guint          starter_source;
};

/* krn-host.c */
void krn_host_status_changed (KrnHost *self);

/* krn-life.c: the kernel's process */
void krn_host_start     (KrnHost     *self);
void krn_host_restart   (KrnHost     *self);
void krn_host_shut_down (KrnHost     *self);
gboolean krn_host_interrupt (KrnHost  *self,
                             GError  **error);
void krn_host_ready     (KrnHost     *self);
void krn_host_answer_waiting (KrnHost    *self,
                              KrnWait     wait,
                              const char *reason);

/* krn-messages.c: what goes between the kernel and its clients */
void krn_host_take_kernel   (SageJupyterMessage *message,
                             gpointer            user_data);
void krn_host_publish       (SageJupyterMessage *message,
                             gpointer            user_data);
void krn_host_publish_state (KrnHost            *self,
                             const char         *state,
                             JsonObject         *metadata);
void krn_host_abort_pending (KrnHost            *self);
void krn_host_abort_waiting (KrnHost            *self);
void krn_host_send          (KrnHost            *self,
                             SageJupyterMessage *message);
void krn_host_adopt_journal (KrnHost            *self);
void krn_host_send_own      (KrnHost            *self,
                             SageJupyterChannel  channel,
                             const char         *msg_type,
                             JsonObject         *content);

/* krn-left.c: clients that come back */
void krn_host_note_left (KrnHost    *self,
                         const char *session,
                         guint64     seq);
void krn_host_take_left (KrnHost    *self,
                         const char *session,
                         guint64    *seq);

/* krn-owed.c: what is to be kept */
void krn_host_note_output (KrnHost            *self,
                           SageJupyterMessage *message,
                           guint64             seq);
void krn_host_note_held   (KrnHost            *self,
                           guint64             seq);

/* krn-standby.c: before anybody has it */
gboolean krn_host_is_standby (KrnHost            *self);
void     krn_host_stand_by   (KrnHost            *self);
void     krn_host_hand_over  (KrnHost            *self,
                              KrnClient          *client,
                              const char         *code);
void     krn_host_take_over  (KrnHost            *self,
                              SageJupyterMessage *reply);

/* krn-door.c: the socket */
gboolean krn_host_open_door  (KrnHost  *self,
                              GError  **error);
void     krn_host_close_door (KrnHost  *self);

G_END_DECLS
