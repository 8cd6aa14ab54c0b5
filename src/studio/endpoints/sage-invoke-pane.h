/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* A workbench to try an endpoint: a request to write and send, its answer, and those before. */
#define SAGE_TYPE_INVOKE_PANE (sage_invoke_pane_get_type ())

G_DECLARE_FINAL_TYPE (SageInvokePane, sage_invoke_pane, SAGE, INVOKE_PANE, AdwBin)

GtkWidget *sage_invoke_pane_new         (SageConnection *connection,
                                         const char     *endpoint);
void       sage_invoke_pane_set_serving (SageInvokePane *self,
                                         gboolean        serving);

G_END_DECLS
