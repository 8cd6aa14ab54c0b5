/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * The engines that Studio knows, the embedded one first, and the open connection to each. They are
 * kept in the settings, and their secrets in the Secret Service.
 */
#define SAGE_TYPE_CONNECTIONS (sage_connections_get_type ())

G_DECLARE_FINAL_TYPE (SageConnections, sage_connections, SAGE, CONNECTIONS, GObject)

SageConnections *sage_connections_new           (GSettings            *settings,
                                                 const char           *data_dir);
GListModel      *sage_connections_get_profiles (SageConnections    *self);
SageProfile     *sage_connections_find          (SageConnections      *self,
                                                 const char           *id);
SageConnection  *sage_connections_open          (SageConnections      *self,
                                                 SageProfile          *profile);
void             sage_connections_changed       (SageConnections      *self,
                                                 SageProfile          *profile);
void             sage_connections_remove        (SageConnections      *self,
                                                 SageProfile          *profile);
void             sage_connections_save_async    (SageConnections      *self,
                                                 SageProfile          *profile,
                                                 const char           *secret,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean         sage_connections_save_finish   (SageConnections      *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
