/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Commits without outputs: a filter of git that takes them out of notebooks as they are added, while the
 * files keep them. It takes a line in the attributes of the repository and three settings in its
 * configuration.
 */
void     sage_git_strip_query_async  (GFile                *folder,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean sage_git_strip_query_finish (GAsyncResult         *result,
                                      gboolean             *is_on,
                                      GError              **error);
void     sage_git_strip_set_async    (GFile                *folder,
                                      const char           *command,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean sage_git_strip_set_finish   (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
