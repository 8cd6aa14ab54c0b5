/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-page.h"

G_BEGIN_DECLS

/* All pipelines, with how their last executions went. */
#define SAGE_TYPE_PIPELINES_PAGE (sage_pipelines_page_get_type ())

G_DECLARE_FINAL_TYPE (SagePipelinesPage, sage_pipelines_page, SAGE, PIPELINES_PAGE, SageIndexPage)

G_END_DECLS
