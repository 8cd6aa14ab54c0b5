/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* The files of the project and the sections of the engine, with what wants a person. */
#define SAGE_TYPE_SIDEBAR (sage_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (SageSidebar, sage_sidebar, SAGE, SIDEBAR, AdwBin)

void sage_sidebar_set_settings   (SageSidebar    *self,
                                  GSettings      *settings);
void sage_sidebar_set_connection (SageSidebar    *self,
                                  SageConnection *connection);
void sage_sidebar_set_project    (SageSidebar    *self,
                                  GFile          *folder);
void sage_sidebar_set_location   (SageSidebar    *self,
                                  const char     *location);

G_END_DECLS
