/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook-private.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_CHANGE_SOURCE,
  SAGE_CHANGE_LIST,
  SAGE_CHANGE_FACTS,
} SageChangeKind;

typedef struct
{
  SageChangeKind     kind;
  SageCell      *cell;      /* (owned) (nullable): of the source, of the facts */
  gsize          offset;
  GString       *removed;   /* (owned) (nullable) */
  GString       *inserted;  /* (owned) (nullable) */
  guint          position;
  GPtrArray     *leaving;   /* (owned) (nullable): of SageCell */
  GPtrArray     *entering;  /* (owned) (nullable) */
  gboolean       uses_bin;  /* cells that leave go to the bin, that enter come from it */
  SageCellFacts *facts;     /* (owned) (nullable): those that the cell does not have just now */
} SageChange;

void      sage_change_free     (gpointer      data);
gsize     sage_change_get_size (SageChange   *change);
void      sage_change_apply    (SageNotebook *self,
                                SageChange   *change,
                                gboolean      forward,
                                gboolean      is_told);
SageCell *sage_change_get_cell (SageNotebook *self,
                                SageChange   *change,
                                gboolean      forward);

G_END_DECLS
