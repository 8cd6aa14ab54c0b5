/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"
#include "sage-terminal.h"

G_BEGIN_DECLS

/* A terminal in a tab (`terminal/ID`). A new session starts a new shell in the same folder. */
#define SAGE_TYPE_TERMINAL_PAGE (sage_terminal_page_get_type ())

G_DECLARE_FINAL_TYPE (SageTerminalPage, sage_terminal_page, SAGE, TERMINAL_PAGE, SagePage)

/* Returns: (transfer none): what is in it, started */
SageTerminal *sage_terminal_page_get_terminal (SageTerminalPage *self);

G_END_DECLS
