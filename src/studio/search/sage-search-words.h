/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-project-search.h"
#include "sage-replacement.h"

G_BEGIN_DECLS

/* What is said of a search and of a replacement. */
char *sage_search_words_result   (SageProjectSearch *search);
char *sage_search_words_replaced (SageReplacement   *replacement);
char *sage_search_words_left     (SageReplacement   *replacement);

G_END_DECLS
