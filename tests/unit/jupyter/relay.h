/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Stands between a client and a server, and can break what goes through it. */
typedef struct
{
  GSocketService *service; /* (owned) */
  guint16         port;
  guint16         to;      /* where it leads, on this machine */
  GPtrArray      *streams; /* (owned): of GIOStream: both ends of all connections */
} Relay;

void relay_init  (Relay   *relay,
                  guint16  to);
void relay_cut   (Relay   *relay);
void relay_clear (Relay   *relay);
