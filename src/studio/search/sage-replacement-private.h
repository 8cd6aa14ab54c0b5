/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-replacement.h"
#include "sage-search-edit.h"

G_BEGIN_DECLS

/* One file in which matches are replaced. */
typedef struct
{
  GFile  *file;     /* (owned) */
  char   *relative; /* (owned) */
  GArray *places;   /* (owned): of SageSearchPlace */
  char    digest[SAGE_SHA256_HEX]; /* of what it has to hold; then of what it holds */
  GArray *edits;    /* (owned) (nullable): what was done to a document that is open */
  goffset kept_at;  /* where what a file on the disk held is kept */
  gsize   kept;     /* bytes of it */
  gboolean is_done;
  GError *error;    /* (owned) (nullable): why it was left as it is */
} SageReplacedFile;

/* sage-replacement-open.c */
gboolean sage_replacement_is_open   (SageReplacedFile         *file);
void     sage_replacement_edit_open (SageReplacedFile         *file,
                                     const SageSearchPattern  *pattern,
                                     const char               *replacement);
gboolean sage_replacement_undo_open (SageReplacedFile         *file);

G_END_DECLS
