/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job-run.h"

G_BEGIN_DECLS

/* The controller of all jobs: a queue for capacity, then a thread for each that runs. */
typedef struct _EngJobs EngJobs;

EngJobs *eng_jobs_start (EngEngine                  *engine,
                         const EngJobFamily * const *families,
                         guint                       n_families,
                         GError                    **error);
void     eng_jobs_stop  (EngJobs                    *jobs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngJobs, eng_jobs_stop)

G_END_DECLS
