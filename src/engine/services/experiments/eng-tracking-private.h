/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-experiments.h"
#include "eng-run-filter.h"

G_BEGIN_DECLS

/* MLflow's limits; lengths in characters. */
#define ENG_KEY_MAX 250
#define ENG_PARAM_VALUE_MAX 6000
#define ENG_TAG_VALUE_MAX 5000
#define ENG_BATCH_METRICS_MAX 1000
#define ENG_BATCH_OTHERS_MAX 100
#define ENG_PAGE_MAX 50000
#define ENG_PAGE_DEFAULT 1000

#define ENG_STAGE_ACTIVE "active"
#define ENG_STAGE_DELETED "deleted"
#define ENG_RUN_NAME_TAG "mlflow.runName"

/* The row of a run. */
typedef struct
{
  gint64  number;
  gint64  experiment;
  gint64  started;  /* milliseconds since the epoch */
  gint64  ended;    /* the same; -1: not yet */
  double  told;     /* seconds since the epoch */
  char   *id;           /* (owned) */
  char   *name;         /* (owned) */
  char   *user;         /* (owned) */
  char   *status;       /* (owned) */
  char   *stage;        /* (owned) */
  char   *artifact_uri; /* (owned) */
} EngTrackedRun;

/* A point of a metric. */
typedef struct
{
  double value;
  gint64 step;
  gint64 time; /* milliseconds since the epoch */
} EngPoint;

/* A key with its text, or a metric's key with a point: what a request brings. Nothing is copied. */
typedef struct
{
  const char *key;
  const char *value;
} EngPair;

typedef struct
{
  const char *key;
  EngPoint    point;
} EngMetric;

/**
 * EngOutRow:
 * @out: a reply
 * @connection: what @rows came from
 * @rows: a query that stands on a row
 *
 * Writes the row as an element of an array.
 */
typedef gboolean (*EngOutRow) (GString        *out,
                               EngConnection  *connection,
                               EngRows        *rows,
                               GError        **error);

/* One of the two that make the query of a search: eng_filter_sql_runs(), eng_filter_sql_experiments(). */
typedef EngFilterSql *(*EngMakeSearch) (JsonObject  *input,
                                        const char  *columns,
                                        const char  *stage,
                                        gint64       limit,
                                        gint64       offset,
                                        GError     **error);

/* eng-tracking-input.c */
gboolean eng_input_text          (JsonObject   *input,
                                  const char   *member,
                                  const char  **text,
                                  GError      **error);
gboolean eng_input_need          (JsonObject   *input,
                                  const char   *member,
                                  const char  **text,
                                  GError      **error);
gboolean eng_input_int           (JsonObject   *input,
                                  const char   *member,
                                  gint64        fallback,
                                  gint64       *number,
                                  GError      **error);
gboolean eng_input_double        (JsonObject   *input,
                                  const char   *member,
                                  double       *number,
                                  GError      **error);
gboolean eng_input_array         (JsonObject   *input,
                                  const char   *member,
                                  JsonArray   **array,
                                  GError      **error);
gboolean eng_input_texts         (JsonObject   *input,
                                  const char   *member,
                                  guint         max,
                                  char       ***texts,
                                  GError      **error);
gboolean eng_input_run_id        (JsonObject   *input,
                                  const char  **id,
                                  GError      **error);
gboolean eng_input_experiment    (JsonObject   *input,
                                  gint64       *id,
                                  GError      **error);
gboolean eng_input_page          (EngCall      *call,
                                  gint64        fallback,
                                  gint64        max,
                                  gint64       *limit,
                                  gint64       *offset,
                                  GError      **error);
gboolean eng_input_view          (JsonObject   *input,
                                  const char   *member,
                                  const char  **stage,
                                  GError      **error);
gboolean eng_experiment_id_parse (const char   *text,
                                  gint64       *id,
                                  GError      **error);

/* eng-tracking-check.c */
gboolean eng_check_length (const char     *what,
                           const char     *text,
                           glong           max,
                           GError        **error);
gboolean eng_check_key    (const char     *what,
                           const char     *key,
                           GError        **error);
gboolean eng_check_param  (const EngPair  *param,
                           GError        **error);
gboolean eng_check_tag    (const EngPair  *tag,
                           GError        **error);
gboolean eng_read_pair    (JsonObject     *object,
                           EngPair        *pair,
                           GError        **error);
gboolean eng_read_pairs   (JsonObject     *input,
                           const char     *member,
                           guint           max,
                           GArray        **pairs,
                           GError        **error);
gboolean eng_read_metric  (JsonObject     *object,
                           EngMetric      *metric,
                           GError        **error);

/* eng-tracking-output.c */
void     eng_out_member     (GString        *out,
                             const char     *name);
void     eng_out_text       (GString        *out,
                             const char     *name,
                             const char     *value);
void     eng_out_int        (GString        *out,
                             const char     *name,
                             gint64          value);
void     eng_out_double     (GString        *out,
                             const char     *name,
                             double          value);
void     eng_out_open       (GString        *out,
                             char            bracket);
void     eng_out_element    (GString        *out,
                             const char     *json);
gboolean eng_out_rows       (GString        *out,
                             const char     *member,
                             EngConnection  *connection,
                             EngRows        *rows,
                             EngOutRow       row,
                             GError        **error);
gboolean eng_out_pair       (GString        *out,
                             EngConnection  *connection,
                             EngRows        *rows,
                             GError        **error);
void     eng_out_page_token (EngCall        *call,
                             gint64          offset);

/* eng-run-search.c */
gboolean eng_search (EngCall        *call,
                     EngMakeSearch   make_sql,
                     const char     *columns,
                     const char     *member,
                     const char     *view,
                     EngOutRow       row,
                     GError        **error);

/* eng-tracked-run.c */
void           eng_tracked_run_free        (EngTrackedRun        *run);
EngTrackedRun *eng_tracked_run_read        (EngRows              *rows);
EngTrackedRun *eng_tracked_run_load        (EngConnection        *connection,
                                            const char           *id,
                                            GError              **error);
EngTrackedRun *eng_tracked_run_load_active (EngTx                *tx,
                                            const char           *id,
                                            GError              **error);
void           eng_tracked_run_out_info    (GString              *out,
                                            const EngTrackedRun  *run);
gboolean       eng_tracked_run_out         (GString              *out,
                                            EngConnection        *connection,
                                            const EngTrackedRun  *run,
                                            GError              **error);
gboolean       eng_tracked_run_tell        (EngTx                *tx,
                                            const EngTrackedRun  *run,
                                            const char           *status,
                                            GError              **error);
gboolean       eng_tracked_run_tell_seldom (EngTx                *tx,
                                            const EngTrackedRun  *run,
                                            GError              **error);
gboolean       eng_tracked_run_set_tag     (EngTx                *tx,
                                            const EngTrackedRun  *run,
                                            const EngPair        *tag,
                                            GError              **error);

/* eng-metric-segment.c */
gboolean eng_metrics_append (EngTx                *tx,
                             const EngTrackedRun  *run,
                             const EngMetric      *metrics,
                             guint                 n_metrics,
                             GError              **error);
GArray  *eng_metrics_read   (EngConnection        *connection,
                             gint64                run,
                             const char           *key,
                             GError              **error);

/* each adds its operations to the table */
void eng_experiment_register     (EngEngine *engine);
void eng_run_register            (EngEngine *engine);
void eng_run_log_register        (EngEngine *engine);
void eng_run_search_register     (EngEngine *engine);
void eng_metric_history_register (EngEngine *engine);
void eng_run_artifacts_register  (EngEngine *engine);

#define ENG_RUN_COLUMNS "r.number, r.id, r.experiment, r.name, r.user, r.status, r.stage, r.started, " \
                        "r.ended, r.artifact_uri, r.told"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngTrackedRun, eng_tracked_run_free)

G_END_DECLS
