/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-text-diff.h"

G_BEGIN_DECLS

/* A run of lines that two texts have in common, or that one has in place of the other's. */
typedef struct
{
  char     *old_text; /* (owned) (nullable): %NULL: nothing stands there */
  char     *new_text; /* (owned) (nullable) */
  gboolean  is_equal;
  guint     n_hidden; /* of common lines that are left out; the texts are %NULL then */
} SageDiffLines;

GPtrArray     *sage_diff_lines_cut      (const char     *old_text,
                                         const char     *new_text);
GPtrArray     *sage_diff_lines_new_list (void);
void           sage_diff_lines_add      (GPtrArray      *runs,
                                         const char     *old_text,
                                         const char     *new_text,
                                         gboolean        is_equal);
PangoAttrList *sage_diff_lines_marks    (SageDiffLines  *self,
                                         gboolean        is_new);

G_END_DECLS
