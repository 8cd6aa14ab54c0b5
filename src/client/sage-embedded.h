/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The engine that runs on this machine for this user: where it is, whether it runs, and how to start
 * it. It goes on when the program that started it ends. */

char       *sage_embedded_default_dir  (void);
char       *sage_embedded_find_program (const char           *name,
                                        GError              **error);
JsonObject *sage_embedded_read_ready   (const char           *data_dir,
                                        GError              **error);
void        sage_embedded_start_async  (const char           *data_dir,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
JsonObject *sage_embedded_start_finish (GAsyncResult         *result,
                                        GError              **error);

G_END_DECLS
