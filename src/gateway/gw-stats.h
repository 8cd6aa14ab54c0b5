/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "sage-latency.h"

G_BEGIN_DECLS

typedef enum
{
  GW_OUTCOME_OK,
  GW_OUTCOME_CLIENT_ERROR, /* the model, or we, refused the request */
  GW_OUTCOME_SERVER_ERROR, /* we failed */
  GW_OUTCOME_MODEL_ERROR,  /* the model server failed */
} GwOutcome;

/* What happened to the requests of one variant since the gateway started. Counted by any thread
 * without a lock; kept over reloads. There is no count of all of them: it would be one more for every
 * request to raise, and is the sum of @buckets and @refused. */
typedef struct
{
  gatomicrefcount refs;
  guint64         refused;     /* the model was not asked */
  guint64         client_errors;
  guint64         server_errors;
  guint64         model_errors;
  guint64         model_us;    /* sum of what the model took */
  guint64         overhead_us; /* sum of what the gateway took besides */
  guint64         buckets[SAGE_LATENCY_BUCKETS]; /* of the others, by what they took in all */
} GwStats;

GwStats    *gw_stats_new     (void);
GwStats    *gw_stats_ref     (GwStats   *stats);
void        gw_stats_unref   (GwStats   *stats);
void        gw_stats_count   (GwStats   *stats,
                              GwOutcome  outcome,
                              gint64     model_us,
                              gint64     total_us);
void        gw_stats_refuse  (GwStats   *stats,
                              GwOutcome  outcome);
JsonObject *gw_stats_to_json (GwStats   *stats,
                              gboolean   with_latency);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwStats, gw_stats_unref)

G_END_DECLS
