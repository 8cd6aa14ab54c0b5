/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-digest.h"
#include "sage-notebook.h"
#include "sage-text-coding.h"

G_BEGIN_DECLS

#define SAGE_SEARCH_NO_CELL G_MAXUINT /* of what is no notebook */

/* What a file holds, as it is searched: a text, or the cells of a notebook. */
typedef struct
{
  GBytes         *bytes;    /* (owned) */
  char           *text;     /* (owned) (nullable) */
  SageTextCoding  coding;   /* of the text */
  SageNotebook   *notebook; /* (owned) (nullable) */
} SageSearchContent;

/* @cell: the number of a cell, or %SAGE_SEARCH_NO_CELL. Returns: whether to go on */
typedef gboolean (*SageSearchPartFunc) (guint       cell,
                                        gboolean    in_output,
                                        const char *text,
                                        gpointer    user_data);

gboolean           sage_search_is_notebook       (const char         *path);
SageSearchContent *sage_search_content_read      (const char         *path,
                                                  GBytes             *unsaved,
                                                  GError            **error);
void               sage_search_content_free      (SageSearchContent  *self);
void               sage_search_content_foreach   (SageSearchContent  *self,
                                                  gboolean            with_outputs,
                                                  SageSearchPartFunc  func,
                                                  gpointer            user_data);
void               sage_search_content_digest    (SageSearchContent  *self,
                                                  char                digest[SAGE_SHA256_HEX]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageSearchContent, sage_search_content_free)

G_END_DECLS
