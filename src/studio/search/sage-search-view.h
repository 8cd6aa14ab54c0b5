/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-project-search.h"

G_BEGIN_DECLS

/*
 * What a search has found, by file: Enter opens the place, Space chooses what is replaced. Signal:
 * "chosen-changed".
 */
#define SAGE_TYPE_SEARCH_VIEW (sage_search_view_get_type ())

G_DECLARE_FINAL_TYPE (SageSearchView, sage_search_view, SAGE, SEARCH_VIEW, AdwBin)

void sage_search_view_set_search      (SageSearchView    *self,
                                       SageProjectSearch *search);
void sage_search_view_set_replacement (SageSearchView    *self,
                                       const char        *replacement);

G_END_DECLS
