/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* Asks which version of a model goes to which endpoint, and puts it there. */
#define SAGE_TYPE_DEPLOY_DIALOG (sage_deploy_dialog_get_type ())

G_DECLARE_FINAL_TYPE (SageDeployDialog, sage_deploy_dialog, SAGE, DEPLOY_DIALOG, AdwDialog)

void sage_deploy_dialog_present (GtkWidget      *parent,
                                 SageConnection *connection,
                                 SageResource   *package,
                                 const char     *endpoint);

G_END_DECLS
