/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * A terminal with the user's shell in it, in whose environment SDKs find the engine. Properties:
 * "title" (nullable). Signals: "bell"; "exited": the shell has ended.
 */
#define SAGE_TYPE_TERMINAL (sage_terminal_get_type ())

G_DECLARE_FINAL_TYPE (SageTerminal, sage_terminal, SAGE, TERMINAL, AdwBin)

SageTerminal *sage_terminal_new          (void);
void          sage_terminal_start        (SageTerminal *self,
                                          SageConnection *connection,
                                          const char   *folder);
gboolean      sage_terminal_is_started   (SageTerminal *self);
void          sage_terminal_run          (SageTerminal *self,
                                          const char   *command);
gboolean      sage_terminal_is_busy      (SageTerminal *self);
const char   *sage_terminal_get_title    (SageTerminal *self);
char         *sage_terminal_dup_folder   (SageTerminal *self);
void          sage_terminal_find         (SageTerminal *self);
GtkWidget    *sage_terminal_get_focus    (SageTerminal *self);

G_END_DECLS
