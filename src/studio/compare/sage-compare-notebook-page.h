/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-compare-page.h"

G_BEGIN_DECLS

/* A notebook beside another version of it, cell by cell. */
#define SAGE_TYPE_COMPARE_NOTEBOOK_PAGE (sage_compare_notebook_page_get_type ())

G_DECLARE_FINAL_TYPE (SageCompareNotebookPage, sage_compare_notebook_page, SAGE, COMPARE_NOTEBOOK_PAGE,
                      SageComparePage)

G_END_DECLS
