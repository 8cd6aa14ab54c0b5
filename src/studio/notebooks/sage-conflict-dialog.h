/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-notebook-merge.h"

G_BEGIN_DECLS

/* What is to become of a notebook that another program has changed too. */
typedef enum
{
  SAGE_CONFLICT_CANCEL,
  SAGE_CONFLICT_MERGE, /* what the merge came to, with what was chosen for each cell */
  SAGE_CONFLICT_OURS,  /* as it is here */
} SageConflictAnswer;

AdwDialog          *sage_conflict_dialog_new    (SageNotebookMerge *merge);
SageNotebookMerge  *sage_conflict_dialog_get_merge (AdwDialog      *dialog);
SageConflictAnswer  sage_conflict_dialog_answer (AdwDialog         *dialog,
                                                 GAsyncResult      *result);

G_END_DECLS
