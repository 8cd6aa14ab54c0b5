/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-search-result.h"

G_BEGIN_DECLS

#define SAGE_SEARCH_MAX_MATCHES 10000

/* What a search could not look at, or not fully. */
typedef struct
{
  guint    n_files;      /* that were looked at */
  guint    n_binary;
  guint    n_large;
  guint    n_unreadable; /* files, notebooks that are none, folders */
  guint    n_costly;     /* in which the expression took too long */
  guint    n_long;       /* in which lines were searched only at their beginning */
  gboolean many_files;   /* there are more files than are looked at */
  gboolean many_matches; /* there are more matches than are shown */
} SageSearchCounts;

/*
 * One search through the files of a folder, in a thread of its own. What it has found comes in by
 * and by. Documents that are open are searched as they are in memory. Properties (notify): "is-running",
 * "n-matches", "n-searched" (files).
 */
#define SAGE_TYPE_PROJECT_SEARCH (sage_project_search_get_type ())

G_DECLARE_FINAL_TYPE (SageProjectSearch, sage_project_search, SAGE, PROJECT_SEARCH, GObject)

SageProjectSearch      *sage_project_search_new         (GFile                  *folder,
                                                         const SageSearchQuery  *query,
                                                         GHashTable             *unsaved,
                                                         GError                **error);
void                    sage_project_search_start       (SageProjectSearch      *self);
void                    sage_project_search_cancel      (SageProjectSearch      *self);
gboolean                sage_project_search_is_running  (SageProjectSearch      *self);
gboolean                sage_project_search_was_cancelled (SageProjectSearch    *self);
GListModel             *sage_project_search_get_files   (SageProjectSearch      *self);
guint                   sage_project_search_get_n_matches (SageProjectSearch    *self);
SageSearchPattern      *sage_project_search_get_pattern (SageProjectSearch      *self);
const SageSearchCounts *sage_project_search_get_counts  (SageProjectSearch      *self);

G_END_DECLS
