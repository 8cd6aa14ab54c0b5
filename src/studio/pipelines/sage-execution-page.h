/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* An execution of a pipeline: its steps on the canvas, live, and what became of each. */
#define SAGE_TYPE_EXECUTION_PAGE (sage_execution_page_get_type ())

G_DECLARE_FINAL_TYPE (SageExecutionPage, sage_execution_page, SAGE, EXECUTION_PAGE, SageDetailPage)

G_END_DECLS
