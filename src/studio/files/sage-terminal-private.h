/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <vte/vte.h>

G_BEGIN_DECLS

void sage_terminal_follow_style (VteTerminal *terminal);

G_END_DECLS
