/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-search-pattern.h"

G_BEGIN_DECLS

#define SAGE_SEARCH_MAX_FILES 200000

/* @relative: the path below the folder. Returns: whether to go on */
typedef gboolean (*SageSearchWalkFunc) (const char *path,
                                        const char *relative,
                                        gpointer    user_data);

/* What a walk could not take. */
typedef struct
{
  guint    n_files;
  guint    n_unreadable; /* folders */
  gboolean is_cut;       /* there are more files than are looked at */
} SageSearchWalkCounts;

void sage_search_walk (const char            *folder,
                       const SageSearchQuery *query,
                       GCancellable          *cancellable,
                       SageSearchWalkFunc     func,
                       gpointer               user_data,
                       SageSearchWalkCounts  *counts);

G_END_DECLS
