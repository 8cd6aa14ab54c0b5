/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

/* Answers an operation: the reply's text, to be freed, and its status, 200 unless changed. Called on
 * the thread of the stand-in, one call at a time. */
typedef char *(*StandInFunc) (const char *operation,
                              JsonObject *input,
                              guint      *status,
                              gpointer    user_data);

/* A peer that looks like an engine, on a thread of its own, and does what a test wants. */
typedef struct
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
  SoupServer   *server;
  GPtrArray    *sockets;       /* of SoupWebsocketConnection, (owned); its thread only */
  char         *url;           /* (owned) */
  StandInFunc   func;
  gpointer      user_data;
  int           events_status; /* atomic: 101, or what a handshake is refused with; 410 only if it
                                * wants to go on */
  int           drop;          /* atomic: end each stream as soon as it is open */
  int           hold;          /* atomic: answers are made but not sent, until stand_in_release() */
  GPtrArray    *held;          /* of SoupServerMessage, (owned); its thread only */
  int           handshakes;    /* atomic: how many there were */
  int           calls;         /* atomic */
  int           since;         /* atomic: where the last handshake wanted to go on; -1: now */
} StandIn;

void stand_in_init       (StandIn     *self,
                          StandInFunc  func,
                          gpointer     user_data);
void stand_in_clear      (StandIn     *self);
void stand_in_send       (StandIn     *self,
                          const char  *text);
void stand_in_send_bytes (StandIn     *self,
                          GBytes      *bytes);
void stand_in_hang_up    (StandIn     *self);
void stand_in_release    (StandIn     *self);
void stand_in_flood      (StandIn     *self,
                          guint        first,
                          guint        n);
char *stand_in_event     (guint        seq,
                          const char  *kind,
                          const char  *name,
                          const char  *status);
