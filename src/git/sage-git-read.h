/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void    sage_git_read_async  (GFile                *file,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
GBytes *sage_git_read_finish (GAsyncResult         *result,
                              GError              **error);

G_END_DECLS
