/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sage-document-state.h"
#include "sage-text-file.h"

G_BEGIN_DECLS

/*
 * A text file as it is being edited: one object for each file, however many pages show it. What
 * another program writes is taken over while nothing is modified here, and can be undone; otherwise
 * it is a conflict until the user has decided. Signal: "updated": anything but the text has changed.
 */
#define SAGE_TYPE_TEXT_DOCUMENT (sage_text_document_get_type ())

G_DECLARE_FINAL_TYPE (SageTextDocument, sage_text_document, SAGE, TEXT_DOCUMENT, GObject)

SageTextDocument  *sage_text_document_open          (GFile                *file);
SageTextDocument  *sage_text_document_find          (GFile                *file);
void               sage_text_document_foreach       (GFunc                 func,
                                                     gpointer              user_data);
GtkSourceBuffer   *sage_text_document_get_buffer    (SageTextDocument     *self);
SageTextFile      *sage_text_document_get_file      (SageTextDocument     *self);
SageDocumentState  sage_text_document_get_state     (SageTextDocument     *self);
const GError      *sage_text_document_get_error     (SageTextDocument     *self);
gboolean           sage_text_document_is_read_only  (SageTextDocument     *self);
gboolean           sage_text_document_is_restored   (SageTextDocument     *self);
SageDisk           sage_text_document_get_disk      (SageTextDocument     *self);
char              *sage_text_document_dup_text      (SageTextDocument     *self);
void               sage_text_document_edit          (SageTextDocument     *self,
                                                     const char           *text);
void               sage_text_document_add_editor    (SageTextDocument     *self);
void               sage_text_document_remove_editor (SageTextDocument     *self);
gboolean           sage_text_document_is_in_editor  (SageTextDocument     *self);

void               sage_text_document_reload        (SageTextDocument     *self);
void               sage_text_document_make_utf8     (SageTextDocument     *self);
void               sage_text_document_settle        (SageTextDocument     *self);
void               sage_text_document_discard       (SageTextDocument     *self);
void               sage_text_document_save_async    (SageTextDocument     *self,
                                                     GFile                *target,
                                                     gboolean              overwrite,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean           sage_text_document_is_saving     (SageTextDocument     *self);
gboolean           sage_text_document_save_finish   (SageTextDocument     *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);

G_END_DECLS
