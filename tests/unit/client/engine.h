/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "sage-client.h"
#include "waiting.h"

/* A real engine on a data directory of its own. */
typedef struct
{
  char        *dir;    /* (owned) */
  GSubprocess *keeper; /* (owned): clears up should the test not come to do it */
} Engine;

void        engine_init    (Engine      *engine);
void        engine_clear   (Engine      *engine);
void        engine_start   (Engine      *engine);
int         engine_pid     (Engine      *engine);
void        engine_kill    (Engine      *engine);
void        engine_signal  (Engine      *engine,
                            int          number);
SageClient *engine_client  (Engine      *engine);
SageClient *engine_remote_client (Engine *engine);
JsonObject *engine_call    (Engine      *engine,
                            const char  *operation,
                            const char  *input);
