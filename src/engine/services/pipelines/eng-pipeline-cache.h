/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-pipeline-task.h"

G_BEGIN_DECLS

/* What a task does so that a step need not run twice. */
gboolean  eng_pipeline_cache_take   (EngPipelineTask  *task,
                                     EngEngine        *engine,
                                     GError          **error);
gboolean  eng_pipeline_cache_seal   (EngPipelineTask  *task,
                                     EngEngine        *engine,
                                     GError          **error);

/* For the parts of the cache alone. */
gboolean  eng_pipeline_cache_key    (EngPipelineTask  *task,
                                     EngEngine        *engine,
                                     GError          **error);
char     *eng_pipeline_cache_inputs (EngEngine        *engine,
                                     JsonObject       *request,
                                     GError          **error);
void      eng_pipeline_cache_miss   (EngPipelineTask  *task,
                                     EngStepResult    *spoilt,
                                     EngStepResult    *latest);

G_END_DECLS
