/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-search-result.h"

G_BEGIN_DECLS

/* A file or a match in a list of them. Signal: "chosen": a box was ticked, or not any more. */
#define SAGE_TYPE_SEARCH_ROW (sage_search_row_get_type ())

G_DECLARE_FINAL_TYPE (SageSearchRow, sage_search_row, SAGE, SEARCH_ROW, GtkBox)

GtkWidget  *sage_search_row_new         (void);
void        sage_search_row_set_item    (SageSearchRow     *self,
                                         GObject           *item);
void        sage_search_row_update      (SageSearchRow     *self,
                                         SageSearchPattern *pattern,
                                         const char        *replacement);
const char *sage_search_row_get_name    (SageSearchRow     *self);
gboolean    sage_search_row_flip        (SageSearchRow     *self);

G_END_DECLS
