/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "sage-facts.h"

G_BEGIN_DECLS

void sage_job_facts_show_job     (SageFacts    *facts,
                                  SageResource *job,
                                  JsonObject   *description);
void sage_job_facts_show_inputs  (SageFacts    *facts,
                                  JsonObject   *description);
void sage_job_facts_show_outputs (SageFacts    *facts,
                                  JsonObject   *description);
void sage_job_facts_show_members (SageFacts    *facts,
                                  JsonObject   *object);
void sage_job_facts_show_metrics (SageFacts    *facts,
                                  JsonObject   *description);

G_END_DECLS
