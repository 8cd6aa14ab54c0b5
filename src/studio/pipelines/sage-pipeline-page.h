/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* A pipeline: its steps on the canvas, its executions at the side, its definition. */
#define SAGE_TYPE_PIPELINE_PAGE (sage_pipeline_page_get_type ())

G_DECLARE_FINAL_TYPE (SagePipelinePage, sage_pipeline_page, SAGE, PIPELINE_PAGE, SageDetailPage)

G_END_DECLS
