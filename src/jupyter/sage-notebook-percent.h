/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* Where a cell of a script is, in bytes. */
typedef struct
{
  SageCellKind kind;
  gboolean     is_marked; /* it begins with a line "# %%" */
  gsize        start;     /* of that line, or of its first one */
  gsize        source;    /* of what is in it */
  gsize        end;       /* where the next one begins */
} SagePercentRange;

char         *sage_notebook_to_percent    (SageNotebook  *self,
                                           GError       **error);
SageNotebook *sage_notebook_from_percent  (const char    *text,
                                           GError       **error);
GArray       *sage_notebook_percent_ranges (const char   *text);
GBytes       *sage_notebook_strip_outputs (SageNotebook  *self,
                                           GError       **error);

G_END_DECLS
