/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-job.h"

G_BEGIN_DECLS

gboolean eng_job_spec_check (EngJobSpec  *spec,
                             GError     **error);

G_END_DECLS
