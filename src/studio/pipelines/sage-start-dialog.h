/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Starts an execution of a pipeline with other parameters, and opens it. */
#define SAGE_TYPE_START_DIALOG (sage_start_dialog_get_type ())

G_DECLARE_FINAL_TYPE (SageStartDialog, sage_start_dialog, SAGE, START_DIALOG, AdwDialog)

void sage_start_dialog_present (GtkWidget      *parent,
                                SageConnection *connection,
                                const char     *pipeline);

G_END_DECLS
