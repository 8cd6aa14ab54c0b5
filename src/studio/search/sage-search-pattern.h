/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is searched, and where. */
typedef struct
{
  const char *text;
  gboolean    case_sensitive;
  gboolean    whole_words;
  gboolean    is_regex;
  const char *include;      /* (nullable): patterns for paths, with commas between them */
  const char *exclude;      /* (nullable): likewise */
  gboolean    in_outputs;   /* of notebooks too */
  gboolean    in_ignored;   /* files and folders too that .gitignore names */
} SageSearchQuery;

/* A place in a text where it was found; offsets are bytes. */
typedef struct
{
  guint  line;       /* from zero on */
  gsize  line_start;
  gsize  line_end;   /* without what ends the line */
  gsize  start;
  gsize  end;
  char  *by;         /* (owned) (nullable): what is to stand there instead */
} SageSearchSpan;

/**
 * SageScanFlags:
 * @SAGE_SCAN_CUT: there are more matches than were asked for
 * @SAGE_SCAN_COSTLY: the expression takes too long there, and was given up
 * @SAGE_SCAN_LONG: of a very long line only the beginning was searched
 *
 * Why there may be more than what was found.
 */
typedef enum
{
  SAGE_SCAN_CUT = 1 << 0,
  SAGE_SCAN_COSTLY = 1 << 1,
  SAGE_SCAN_LONG = 1 << 2,
} SageScanFlags;

/* What a query looks for in a text, made ready. It can be used by any thread. */
typedef struct _SageSearchPattern SageSearchPattern;

SageSearchPattern *sage_search_pattern_new    (const SageSearchQuery   *query,
                                               GError                 **error);
SageSearchPattern *sage_search_pattern_ref    (SageSearchPattern       *self);
void               sage_search_pattern_unref  (SageSearchPattern       *self);
gboolean           sage_search_pattern_check_replacement (const SageSearchPattern *self,
                                               const char              *replacement,
                                               GError                 **error);
GArray            *sage_search_pattern_scan   (const SageSearchPattern *self,
                                               const char              *text,
                                               const char              *replacement,
                                               guint                    most,
                                               GCancellable            *cancellable,
                                               SageScanFlags           *flags);
char              *sage_search_pattern_expand (const SageSearchPattern *self,
                                               const char              *line,
                                               gsize                    start,
                                               const char              *replacement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageSearchPattern, sage_search_pattern_unref)

G_END_DECLS
