/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"
#include "sage-output-private.h"

G_BEGIN_DECLS

/* What a notebook is to be saved as, in pieces: cells that were not touched are where they were read, and
 * outputs are as they were given, so that composing it costs what was typed, and writing it can be left to a
 * thread. */
typedef struct _SageNotebookPieces SageNotebookPieces;

SageNotebookPieces *sage_notebook_compose     (SageNotebook       *self);
GBytes             *sage_notebook_pieces_join (SageNotebookPieces *self);
void                sage_notebook_pieces_free (SageNotebookPieces *self);

void                sage_notebook_keep_bytes  (GArray             *kept,
                                               gsize               at,
                                               GBytes             *bytes);
void                sage_notebook_keep_output (GArray             *kept,
                                               gsize               at,
                                               SageOutput         *output,
                                               guint               depth);

/* sage-cell-write.c */
gboolean            sage_cell_keeps_bytes     (SageCell           *self,
                                               gboolean            with_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageNotebookPieces, sage_notebook_pieces_free)

G_END_DECLS
