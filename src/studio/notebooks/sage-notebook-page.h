/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/* A notebook: `notebook/PATH`. */
#define SAGE_TYPE_NOTEBOOK_PAGE (sage_notebook_page_get_type ())

G_DECLARE_FINAL_TYPE (SageNotebookPage, sage_notebook_page, SAGE, NOTEBOOK_PAGE, SagePage)

G_END_DECLS
