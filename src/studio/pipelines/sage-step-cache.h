/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-facts.h"

G_BEGIN_DECLS

/* What there is to say of a step and the results of earlier executions. */
const char *sage_step_cache_source  (SageResource   *step);
void        sage_step_cache_show    (SageFacts      *facts,
                                     SageResource   *step);
void        sage_step_cache_explain (SageFacts      *facts,
                                     SageResource   *step,
                                     SageConnection *connection,
                                     GCancellable   *cancellable);

G_END_DECLS
