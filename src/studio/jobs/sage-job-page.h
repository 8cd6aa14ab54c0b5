/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-detail-page.h"

G_BEGIN_DECLS

/* A training or processing job: what it is, how it went, what it printed. */
#define SAGE_TYPE_JOB_PAGE (sage_job_page_get_type ())

G_DECLARE_FINAL_TYPE (SageJobPage, sage_job_page, SAGE, JOB_PAGE, SageDetailPage)

G_END_DECLS
