/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell-buffer.h"
#include "sage-comms.h"
#include "sage-connection.h"
#include "sage-document-state.h"
#include "sage-notebook-merge.h"

G_BEGIN_DECLS

/**
 * SageDocumentEvent:
 * @SAGE_DOCUMENT_RELOADED: another program has changed the file, and what it wrote is in the notebook
 *   now, as a step that can be undone
 * @SAGE_DOCUMENT_CONFLICT: another program has changed it while there are changes here that are not
 *   saved
 * @SAGE_DOCUMENT_RECOVERED: what a process had not saved when it died is in the notebook again
 * @SAGE_DOCUMENT_RECOVERABLE: there is such a thing, but the file has been changed since
 */
typedef enum
{
  SAGE_DOCUMENT_RELOADED,
  SAGE_DOCUMENT_CONFLICT,
  SAGE_DOCUMENT_RECOVERED,
  SAGE_DOCUMENT_RECOVERABLE,
} SageDocumentEvent;

/*
 * A notebook's file that is open: read, edited in memory, saved. Every view of a file shows the
 * same one. Properties (notify): "file" (it has been moved), "state", "is-modified", "trust" (guint: the
 * number that vouches for outputs in it, as sage_output_is_trusted() has it), "is-gone" (the file is no
 * more), "is-in-editor" (a page asks what is to become of it before it closes). Signals: "event"
 * (SageDocumentEvent); "saving": what it is now is about to be written; "saved": what it was at the last
 * "saving" is in the file.
 */
#define SAGE_TYPE_NOTEBOOK_DOCUMENT (sage_notebook_document_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookDocument, sage_notebook_document, SAGE, NOTEBOOK_DOCUMENT, GObject)

SageNotebookDocument *sage_notebook_document_open         (SageConnection        *connection,
                                                           GFile                 *file);
SageNotebookDocument *sage_notebook_document_find         (GFile                 *file);
void                  sage_notebook_document_foreach      (GFunc                  func,
                                                           gpointer               user_data);
SageConnection       *sage_notebook_document_get_connection (SageNotebookDocument *self);
GFile                *sage_notebook_document_get_file     (SageNotebookDocument  *self);
void                  sage_notebook_document_move         (SageNotebookDocument  *self,
                                                           GFile                 *file,
                                                           GFile                 *script);
void                  sage_notebook_document_settle       (SageNotebookDocument  *self);
gboolean              sage_notebook_document_is_saving    (SageNotebookDocument  *self);
void                  sage_notebook_document_add_view     (SageNotebookDocument  *self,
                                                           gboolean               is_editor);
void                  sage_notebook_document_remove_view  (SageNotebookDocument  *self,
                                                           gboolean               is_editor);
gboolean              sage_notebook_document_is_in_editor (SageNotebookDocument  *self);
gboolean              sage_notebook_document_is_conflicting (SageNotebookDocument *self);
void                  sage_notebook_document_set_script   (SageNotebookDocument  *self,
                                                           GFile                 *script);
GFile                *sage_notebook_document_get_run_file (SageNotebookDocument  *self);
SageDocumentState     sage_notebook_document_get_state    (SageNotebookDocument  *self);
const GError         *sage_notebook_document_get_error    (SageNotebookDocument  *self);
SageNotebook         *sage_notebook_document_get_notebook (SageNotebookDocument  *self);
SageCellBuffer       *sage_notebook_document_get_buffer   (SageNotebookDocument  *self,
                                                           SageCell              *cell);
SageComms            *sage_notebook_document_get_comms    (SageNotebookDocument  *self);
gboolean              sage_notebook_document_is_modified  (SageNotebookDocument  *self);
gboolean              sage_notebook_document_is_trusted   (SageNotebookDocument  *self);
gboolean              sage_notebook_document_is_cell_trusted (SageNotebookDocument *self,
                                                           SageCell              *cell);
guint                 sage_notebook_document_admit        (SageNotebookDocument  *self);
void                  sage_notebook_document_trust        (SageNotebookDocument  *self,
                                                           gboolean               is_trusted);
void                  sage_notebook_document_load         (SageNotebookDocument  *self);
void                  sage_notebook_document_save_async   (SageNotebookDocument  *self,
                                                           gboolean               overwrite,
                                                           GCancellable          *cancellable,
                                                           GAsyncReadyCallback    callback,
                                                           gpointer               user_data);
gboolean              sage_notebook_document_save_finish  (SageNotebookDocument  *self,
                                                           GAsyncResult          *result,
                                                           GError               **error);
void                  sage_notebook_document_discard      (SageNotebookDocument  *self);
gboolean              sage_notebook_document_recover      (SageNotebookDocument  *self);
void                  sage_notebook_document_merge_async  (SageNotebookDocument  *self,
                                                           GCancellable          *cancellable,
                                                           GAsyncReadyCallback    callback,
                                                           gpointer               user_data);
SageNotebookMerge    *sage_notebook_document_merge_finish (SageNotebookDocument  *self,
                                                           GAsyncResult          *result,
                                                           GError               **error);
void                  sage_notebook_document_take_merged  (SageNotebookDocument  *self,
                                                           SageNotebookMerge     *merge);
void                  sage_notebook_document_take_theirs  (SageNotebookDocument  *self);

G_END_DECLS
