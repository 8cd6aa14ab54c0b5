/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-search-content.h"
#include "sage-search-pattern.h"

G_BEGIN_DECLS

/**
 * SageSearchLock:
 * @SAGE_SEARCH_FREE: it can be changed
 * @SAGE_SEARCH_READ_ONLY: its permissions forbid it
 * @SAGE_SEARCH_FOREIGN: it is not in UTF-8
 * @SAGE_SEARCH_BROKEN: a notebook that is not as it has to be
 *
 * Why nothing can be replaced in a file.
 */
typedef enum
{
  SAGE_SEARCH_FREE,
  SAGE_SEARCH_READ_ONLY,
  SAGE_SEARCH_FOREIGN,
  SAGE_SEARCH_BROKEN,
} SageSearchLock;

/* A place where it was found. Property (notify): "chosen": to be replaced. */
#define SAGE_TYPE_SEARCH_MATCH (sage_search_match_get_type ())

G_DECLARE_FINAL_TYPE (SageSearchMatch, sage_search_match, SAGE, SEARCH_MATCH, GObject)

struct _SageSearchMatch
{
  GObject   parent_instance;

  guint     cell;       /* its number, or %SAGE_SEARCH_NO_CELL */
  gboolean  in_output;
  gboolean  fixed;      /* it cannot be replaced */
  gboolean  chosen;
  guint     line;       /* from zero on */
  guint     column;     /* likewise, in characters */
  gsize     start;      /* in bytes of the text or the source */
  gsize     end;
  char     *matched;    /* (owned) */
  char     *shown;      /* (owned): the line, or the part of it around the match */
  gsize     shown_start; /* where in that it was found, in bytes */
  gsize     shown_end;
};

SageSearchMatch *sage_search_match_new        (guint                 cell,
                                               gboolean              in_output,
                                               const char           *text,
                                               const SageSearchSpan *span);
void             sage_search_match_set_chosen (SageSearchMatch      *self,
                                               gboolean              chosen);

/* A file in which it was found. */
#define SAGE_TYPE_SEARCH_FILE (sage_search_file_get_type ())

G_DECLARE_FINAL_TYPE (SageSearchFile, sage_search_file, SAGE, SEARCH_FILE, GObject)

struct _SageSearchFile
{
  GObject         parent_instance;

  GFile          *file;     /* (owned) */
  char           *relative; /* (owned): its path below the folder: any bytes */
  SageSearchLock  lock;
  GListStore     *matches;  /* (owned): of SageSearchMatch */
  char            digest[SAGE_SHA256_HEX]; /* of what was searched */
};

SageSearchFile  *sage_search_file_new         (const char           *path,
                                               const char           *relative);
void             sage_search_file_set_chosen  (SageSearchFile       *self,
                                               gboolean              chosen);
guint            sage_search_file_count       (SageSearchFile       *self,
                                               guint                *n_chosen);

G_END_DECLS
