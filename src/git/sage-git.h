/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Runs the git program on a repository that nobody vouches for. Opening a folder must not run what the
 * folder says: no hook, no file system monitor, no filter, pager, editor or transport that its
 * configuration names, and nothing is fetched or written that was not asked for.
 */
void    sage_git_run_async  (GFile                *folder,
                             const char * const   *arguments,
                             const char * const   *settings,
                             GCancellable         *cancellable,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data);
GBytes *sage_git_run_finish (GAsyncResult         *result,
                             GError              **error);

G_END_DECLS
