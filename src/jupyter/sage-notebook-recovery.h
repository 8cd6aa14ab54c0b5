/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* Keeps a copy of a notebook that is not saved yet, for the case that the process dies. */
#define SAGE_TYPE_NOTEBOOK_RECOVERY (sage_notebook_recovery_get_type ())
G_DECLARE_FINAL_TYPE (SageNotebookRecovery, sage_notebook_recovery, SAGE, NOTEBOOK_RECOVERY, GObject)

/**
 * SageRecoveredNotebook:
 * @path: (nullable): the file it was in; %NULL for one that was never saved
 * @digest: (nullable): SHA-256 of that file's content as last read or written, in hexadecimal
 * @written: when the copy was written, in microseconds since 1970
 * @copy: the copy's own path
 *
 * A copy that a process left which is gone.
 */
typedef struct
{
  char   *path;
  char   *digest;
  gint64  written;
  char   *copy;
} SageRecoveredNotebook;

SageNotebookRecovery *sage_notebook_recovery_new          (SageNotebook          *notebook);
void                  sage_notebook_recovery_set_original (SageNotebookRecovery  *self,
                                                           const char            *path,
                                                           const char            *digest);
void                  sage_notebook_recovery_discard      (SageNotebookRecovery  *self);

GPtrArray            *sage_notebook_recovery_list         (void);
SageNotebook         *sage_recovered_notebook_restore     (SageRecoveredNotebook  *self,
                                                           GError                **error);
void                  sage_recovered_notebook_remove      (SageRecoveredNotebook  *self);
void                  sage_recovered_notebook_free        (SageRecoveredNotebook  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageRecoveredNotebook, sage_recovered_notebook_free)

G_END_DECLS
