/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell.h"

G_BEGIN_DECLS

#define SAGE_NOTEBOOK_MAX_BYTES ((gsize) 200 * 1024 * 1024) /* of a file that is read */

/* The document: a GListModel of SageCell with one undo history. */
#define SAGE_TYPE_NOTEBOOK (sage_notebook_get_type ())
G_DECLARE_FINAL_TYPE (SageNotebook, sage_notebook, SAGE, NOTEBOOK, GObject)

SageNotebook *sage_notebook_new               (void);
SageNotebook *sage_notebook_parse             (GBytes        *bytes,
                                               GError       **error);
GBytes       *sage_notebook_serialise         (SageNotebook  *self);

gboolean      sage_notebook_is_read_only      (SageNotebook  *self);
const char   *sage_notebook_get_fault         (SageNotebook  *self);
const char   *sage_notebook_get_note          (SageNotebook  *self);
void          sage_notebook_repair            (SageNotebook  *self);
gboolean      sage_notebook_is_modified       (SageNotebook  *self);
void          sage_notebook_mark_saved        (SageNotebook  *self);

const char   *sage_notebook_get_kernel_name   (SageNotebook  *self);
const char   *sage_notebook_get_language      (SageNotebook  *self);
JsonObject   *sage_notebook_get_metadata      (SageNotebook  *self);
void          sage_notebook_set_kernelspec    (SageNotebook  *self,
                                               const char    *name,
                                               const char    *display_name,
                                               const char    *language);
void          sage_notebook_set_language_info (SageNotebook  *self,
                                               JsonObject    *language_info);

/* trust: which outputs may run scripts */
guint         sage_notebook_new_trust         (void);
void          sage_notebook_vouch             (SageNotebook  *self,
                                               guint          trust);
gboolean      sage_notebook_is_trusted        (SageNotebook  *self,
                                               guint          trust);

SageCell     *sage_notebook_get_cell          (SageNotebook  *self,
                                               guint          position);
SageCell     *sage_notebook_find_cell         (SageNotebook  *self,
                                               const char    *id,
                                               guint         *position);

/* edits: each is a step of the history; positions are those before it */
SageCell     *sage_notebook_insert            (SageNotebook  *self,
                                               guint          position,
                                               SageCellKind   kind,
                                               const char    *source);
void          sage_notebook_remove            (SageNotebook  *self,
                                               const guint   *positions,
                                               guint          n);
void          sage_notebook_move              (SageNotebook  *self,
                                               const guint   *positions,
                                               guint          n,
                                               guint          to);
void          sage_notebook_split             (SageNotebook  *self,
                                               guint          position,
                                               gsize          offset);
void          sage_notebook_merge             (SageNotebook  *self,
                                               guint          first,
                                               guint          n);
void          sage_notebook_set_kind          (SageNotebook  *self,
                                               const guint   *positions,
                                               guint          n,
                                               SageCellKind   kind);
void          sage_notebook_clear_outputs     (SageNotebook  *self,
                                               const guint   *positions,
                                               guint          n);
char         *sage_notebook_copy              (SageNotebook  *self,
                                               const guint   *positions,
                                               guint          n);
gboolean      sage_notebook_paste             (SageNotebook  *self,
                                               guint          position,
                                               const char    *text,
                                               guint          trust,
                                               GError       **error);
void          sage_notebook_edit_source       (SageNotebook  *self,
                                               SageCell      *cell,
                                               gsize          offset,
                                               gsize          removed,
                                               const char    *inserted);
void          sage_notebook_set_source        (SageNotebook  *self,
                                               SageCell      *cell,
                                               const char    *source);
void          sage_notebook_set_metadata_tag  (SageNotebook  *self,
                                               SageCell      *cell,
                                               const char    *tag,
                                               gboolean       is_set);

void          sage_notebook_take_over         (SageNotebook  *self,
                                               SageNotebook  *other,
                                               const char    *name);

/* the history */
void          sage_notebook_begin_step        (SageNotebook  *self,
                                               const char    *name);
void          sage_notebook_end_step          (SageNotebook  *self);
SageCell     *sage_notebook_undo              (SageNotebook  *self);
SageCell     *sage_notebook_redo              (SageNotebook  *self);
GListModel   *sage_notebook_get_bin           (SageNotebook  *self);
void          sage_notebook_bring_back        (SageNotebook  *self,
                                               SageCell      *cell);

G_END_DECLS
