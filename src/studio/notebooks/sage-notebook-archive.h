/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     sage_notebook_archive_extract_async  (const char           *archive,
                                               const char           *name,
                                               const char           *target,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean sage_notebook_archive_extract_finish (GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS
