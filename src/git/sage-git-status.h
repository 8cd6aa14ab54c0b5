/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The filter of ours that takes outputs out of what is committed; see sage-git-strip.h. */
#define SAGE_GIT_FILTER "sagebrush-notebook"

/**
 * SageGitMark:
 * @SAGE_GIT_UNCHANGED: as in the last commit, or nothing is known
 * @SAGE_GIT_MODIFIED: not as in the last commit
 * @SAGE_GIT_NEW: the last commit does not have it
 * @SAGE_GIT_CONFLICT: a merge left it undecided
 * @SAGE_GIT_CONTAINS: a folder in which something is not as in the last commit
 * @SAGE_GIT_IGNORED: the repository leaves it out
 */
typedef enum
{
  SAGE_GIT_UNCHANGED,
  SAGE_GIT_MODIFIED,
  SAGE_GIT_NEW,
  SAGE_GIT_CONFLICT,
  SAGE_GIT_CONTAINS,
  SAGE_GIT_IGNORED,
} SageGitMark;

/* What git says of the files in a folder. */
typedef struct _SageGitStatus SageGitStatus;

SageGitStatus *sage_git_status_parse       (GBytes               *output,
                                            const char           *prefix);
void           sage_git_status_free        (SageGitStatus        *self);
SageGitMark    sage_git_status_get         (SageGitStatus        *self,
                                            const char           *path);
const char    *sage_git_status_get_git_dir (SageGitStatus        *self);
void           sage_git_status_async       (GFile                *folder,
                                            const char           *strip,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
SageGitStatus *sage_git_status_finish      (GAsyncResult         *result,
                                            GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageGitStatus, sage_git_status_free)

G_END_DECLS
