/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-operation.h"

G_BEGIN_DECLS

void          eng_pipelines_register (EngEngine *engine);
JsonObject   *eng_pipeline_cache_explain (EngEngine *engine,
                                          const char *step,
                                          GError    **error);

/* The controller of all pipeline executions: one thread that is told of events and keeps time. */
typedef struct _EngPipelines EngPipelines;

EngPipelines *eng_pipelines_start (EngEngine     *engine,
                                   GError       **error);
void          eng_pipelines_stop  (EngPipelines  *pipelines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngPipelines, eng_pipelines_stop)

G_END_DECLS
