/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* A notebook and the file it is in. */
#define SAGE_TYPE_NOTEBOOK_FILE (sage_notebook_file_get_type ())
G_DECLARE_FINAL_TYPE (SageNotebookFile, sage_notebook_file, SAGE, NOTEBOOK_FILE, GObject)

SageNotebookFile *sage_notebook_file_new          (GFile                *file);
GFile            *sage_notebook_file_get_file     (SageNotebookFile     *self);
void              sage_notebook_file_set_file     (SageNotebookFile     *self,
                                                   GFile                *file);
void              sage_notebook_file_move         (SageNotebookFile     *self,
                                                   GFile                *file);
void              sage_notebook_file_settle       (SageNotebookFile     *self);
gboolean          sage_notebook_file_is_saving    (SageNotebookFile     *self);
SageNotebook     *sage_notebook_file_get_notebook (SageNotebookFile     *self);
void              sage_notebook_file_set_notebook (SageNotebookFile     *self,
                                                   SageNotebook         *notebook);
GBytes           *sage_notebook_file_get_base     (SageNotebookFile     *self);
char             *sage_notebook_file_get_digest   (SageNotebookFile     *self);
gboolean          sage_notebook_file_is_changed_elsewhere (SageNotebookFile *self);
void              sage_notebook_file_discard_recovery (SageNotebookFile *self);

void              sage_notebook_file_load_async   (SageNotebookFile     *self,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean          sage_notebook_file_load_finish  (SageNotebookFile     *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void              sage_notebook_file_save_async   (SageNotebookFile     *self,
                                                   gboolean              overwrite,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean          sage_notebook_file_save_finish  (SageNotebookFile     *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void              sage_notebook_file_read_theirs_async  (SageNotebookFile     *self,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
SageNotebook     *sage_notebook_file_read_theirs_finish (SageNotebookFile     *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
void              sage_notebook_file_take_theirs  (SageNotebookFile     *self,
                                                   SageNotebook         *merged);

G_END_DECLS
