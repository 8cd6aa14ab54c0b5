/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

GFile *sage_sample_get_folder  (void);
void   sage_sample_start_async (SageConnection       *connection,
                                GCancellable         *cancellable,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data);
char  *sage_sample_start_finish (GAsyncResult        *result,
                                 GError             **error);

G_END_DECLS
