/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-log.h"
#include "eng-operation.h"

G_BEGIN_DECLS

/* A page of events is at most 1 MiB at CloudWatch Logs; ours ends soon after. */
#define ENG_LOG_PAGE_BYTES (1024 * 1024)

/* CloudWatch Logs' own limit, and default, of events in a page. */
#define ENG_LOG_PAGE_EVENTS 10000

JsonObject *eng_log_event_to_json (const EngLogEntry  *entry);
gboolean    eng_log_events_get    (EngCall            *call,
                                   GError            **error);
gboolean    eng_log_events_filter (EngCall            *call,
                                   GError            **error);

G_END_DECLS
