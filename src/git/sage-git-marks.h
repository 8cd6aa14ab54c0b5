/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-git-status.h"

G_BEGIN_DECLS

/* What git says of the files of a folder, kept up to date. Signal: "changed". */
#define SAGE_TYPE_GIT_MARKS (sage_git_marks_get_type ())

G_DECLARE_FINAL_TYPE (SageGitMarks, sage_git_marks, SAGE, GIT_MARKS, GObject)

SageGitMarks *sage_git_marks_new     (GFile        *folder,
                                      const char   *strip);
SageGitMark   sage_git_marks_get     (SageGitMarks *self,
                                      GFile        *file);
void          sage_git_marks_refresh (SageGitMarks *self);
GFileMonitor *sage_git_marks_watch   (SageGitMarks *self,
                                      GFile        *folder);

G_END_DECLS
