/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of SageMaker's notebook jobs: what their requests hold, and those who read them go by. */

#define SAGE_NOTEBOOK_JOB_ENTRYPOINT "amazon_sagemaker_scheduler"
#define SAGE_NOTEBOOK_JOB_VERSION "1.0"

char     *sage_notebook_job_output_name (const char *name);
gboolean  sage_notebook_job_progress    (const char *line,
                                         guint      *done,
                                         guint      *total);

G_END_DECLS
