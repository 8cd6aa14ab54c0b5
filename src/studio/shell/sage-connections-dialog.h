/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-window.h"

G_BEGIN_DECLS

/* Lists the engines that Studio knows; adds, changes and forgets them. */
#define SAGE_TYPE_CONNECTIONS_DIALOG (sage_connections_dialog_get_type ())

G_DECLARE_FINAL_TYPE (SageConnectionsDialog, sage_connections_dialog, SAGE, CONNECTIONS_DIALOG,
                      AdwDialog)

AdwDialog *sage_connections_dialog_new (SageWindow *window);

G_END_DECLS
