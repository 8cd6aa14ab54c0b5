/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A peer that answers each connection with a head and then with rubbish until nobody listens. */
typedef struct
{
  GSocketService *service;
  char           *url;     /* (owned) */
  const char     *head;
  gint64          limit;   /* bytes after the head; -1: no end */
  int             hung_up; /* atomic: connections that the client ended */
} Peer;

void peer_init  (Peer       *peer,
                 const char *head,
                 gint64      limit);
void peer_clear (Peer       *peer);
