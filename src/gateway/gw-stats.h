/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define GW_STATS_BUCKETS 28 /* of powers of two: up to 134 s in microseconds */

typedef enum
{
  GW_OUTCOME_OK,
  GW_OUTCOME_CLIENT_ERROR, /* the model, or we, refused the request */
  GW_OUTCOME_SERVER_ERROR, /* we failed */
  GW_OUTCOME_MODEL_ERROR,  /* the model server failed */
} GwOutcome;

/* What happened to the requests of one variant since the gateway started. Counted by any thread
 * without a lock; kept over reloads. */
typedef struct
{
  gatomicrefcount refs;
  guint64         requests;
  guint64         client_errors;
  guint64         server_errors;
  guint64         model_errors;
  guint64         model_us;    /* sum of what the model took */
  guint64         overhead_us; /* sum of what the gateway took besides */
  guint64         buckets[GW_STATS_BUCKETS]; /* [i]: model latency below 2^i microseconds */
} GwStats;

GwStats    *gw_stats_new     (void);
GwStats    *gw_stats_ref     (GwStats   *stats);
void        gw_stats_unref   (GwStats   *stats);
void        gw_stats_count   (GwStats   *stats,
                              GwOutcome  outcome,
                              gint64     model_us,
                              gint64     total_us);
JsonObject *gw_stats_to_json (GwStats   *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwStats, gw_stats_unref)

G_END_DECLS
