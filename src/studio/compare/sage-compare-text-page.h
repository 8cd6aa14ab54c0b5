/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-compare-page.h"

G_BEGIN_DECLS

/* A text file beside another version of it, line by line. */
#define SAGE_TYPE_COMPARE_TEXT_PAGE (sage_compare_text_page_get_type ())

G_DECLARE_FINAL_TYPE (SageCompareTextPage, sage_compare_text_page, SAGE, COMPARE_TEXT_PAGE, SageComparePage)

G_END_DECLS
