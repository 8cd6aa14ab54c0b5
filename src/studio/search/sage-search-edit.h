/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-search-content.h"
#include "sage-search-pattern.h"

G_BEGIN_DECLS

/* A part of a text that another one takes the place of; offsets are bytes of the text before. */
typedef struct
{
  guint  cell;   /* its number, or %SAGE_SEARCH_NO_CELL */
  gsize  start;
  gsize  end;
  char  *before; /* (owned): what stood there */
  char  *by;     /* (owned) */
} SageSearchEdit;

/* A match that is to be replaced. */
typedef struct
{
  guint cell;
  gsize start;
  gsize end;
} SageSearchPlace;

GArray *sage_search_edits_make  (SageSearchContent       *content,
                                 const SageSearchPattern *pattern,
                                 const char              *replacement,
                                 GArray                  *places,
                                 GError                 **error);
GBytes *sage_search_edits_apply (GArray                  *edits,
                                 SageSearchContent       *content);
void    sage_search_edits_apply_to_notebook (GArray       *edits,
                                 SageNotebook            *notebook);
char   *sage_search_edits_apply_to_text (GArray           *edits,
                                 const char              *text);

G_END_DECLS
