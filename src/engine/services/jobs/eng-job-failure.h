/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job.h"

G_BEGIN_DECLS

char *eng_job_failure_reason (const char         *job_dir,
                              const EngJobStatus *status);
char *eng_job_read_message   (const char         *job_dir,
                              const char         *path,
                              gsize               max_characters);

G_END_DECLS
