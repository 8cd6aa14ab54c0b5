/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_CONNECTION_AWAY,         /* not asked to connect, or given up: "error" says why */
  SAGE_CONNECTION_CONNECTING,   /* was not there yet, the embedded engine perhaps being started; if
                                 * "error" is set, that is why the last try failed, and more follow */
  SAGE_CONNECTION_CONNECTED,
  SAGE_CONNECTION_RECONNECTING, /* it was there; tries go on with back-off, the rows stay */
} SageConnectionState;

GType sage_connection_state_get_type (void);

#define SAGE_TYPE_CONNECTION_STATE (sage_connection_state_get_type ())

G_END_DECLS
