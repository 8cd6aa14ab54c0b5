/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* The properties of what the current page has selected. */
#define SAGE_TYPE_INSPECTOR (sage_inspector_get_type ())

G_DECLARE_FINAL_TYPE (SageInspector, sage_inspector, SAGE, INSPECTOR, AdwBin)

void sage_inspector_set_connection (SageInspector  *self,
                                    SageConnection *connection);
void sage_inspector_set_object     (SageInspector  *self,
                                    GObject        *object);

G_END_DECLS
