/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kernel-fixture.h"

#define SERVER_TOKEN "letmein"

/* Jupyter's own server, on a directory of its own; one for all tests of a program. */
void               server_start     (void);
void               server_kill      (void);
void               server_clear     (void);
const char        *server_url       (void);
guint16            server_port      (void);
SageJupyterServer *server_new       (void);
