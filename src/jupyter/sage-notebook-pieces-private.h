/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* What a notebook is to be saved as, in pieces: cells that were not touched are where they were read, so
 * that composing it costs what was touched, and copying it can be left to a thread. */
typedef struct _SageNotebookPieces SageNotebookPieces;

SageNotebookPieces *sage_notebook_compose     (SageNotebook       *self);
GBytes             *sage_notebook_pieces_join (SageNotebookPieces *self);
void                sage_notebook_pieces_free (SageNotebookPieces *self);

/* sage-cell-write.c */
gboolean            sage_cell_keeps_bytes     (SageCell           *self,
                                               gboolean            with_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageNotebookPieces, sage_notebook_pieces_free)

G_END_DECLS
