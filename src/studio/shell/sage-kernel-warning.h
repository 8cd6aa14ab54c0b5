/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-connection.h"

G_BEGIN_DECLS

void sage_kernel_warning_send     (GApplication   *application,
                                   SageConnection *connection,
                                   const char     *id,
                                   gboolean        is_elsewhere);
void sage_kernel_warning_withdraw (GApplication   *application,
                                   const char     *id);

void sage_kernel_warning_keep     (GApplication   *application,
                                   SageConnection *connection,
                                   const char     *id);

G_END_DECLS
