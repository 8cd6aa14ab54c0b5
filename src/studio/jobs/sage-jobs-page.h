/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-index-page.h"

G_BEGIN_DECLS

/* One list over all kinds of jobs. */
#define SAGE_TYPE_JOBS_PAGE (sage_jobs_page_get_type ())

G_DECLARE_FINAL_TYPE (SageJobsPage, sage_jobs_page, SAGE, JOBS_PAGE, SageIndexPage)

G_END_DECLS
