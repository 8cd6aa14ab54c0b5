/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-jupyter-server.h"

G_BEGIN_DECLS

/* Has the sessions of an engine, which bind kernels to files, go with files that are moved in Studio and
 * are not open. */
#define SAGE_TYPE_SESSION_MOVES (sage_session_moves_get_type ())

G_DECLARE_FINAL_TYPE (SageSessionMoves, sage_session_moves, SAGE, SESSION_MOVES, GObject)

SageSessionMoves  *sage_session_moves_for         (SageConnection   *connection);
char              *sage_session_moves_follow_path (SageSessionMoves *self,
                                                   const char       *path);
SageJupyterServer *sage_session_server_new        (SageConnection   *connection);

G_END_DECLS
