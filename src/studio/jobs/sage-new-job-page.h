/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

/* The form of a new job, made for a location `new-job/KIND`, or `new-job/KIND/NAME` to begin with
 * what another job was given. */
#define SAGE_TYPE_NEW_JOB_PAGE (sage_new_job_page_get_type ())

G_DECLARE_FINAL_TYPE (SageNewJobPage, sage_new_job_page, SAGE, NEW_JOB_PAGE, SagePage)

G_END_DECLS
