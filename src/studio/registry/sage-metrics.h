/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A report may have more numbers than anybody compares: those are left out. */
#define SAGE_METRICS_MOST 200

/* A number of an evaluation report. */
typedef struct
{
  char   *name; /* (owned): where it stands in the report: "accuracy", "confusion_matrix › 0 › 1" */
  double  value;
} SageMetric;

/* Which way a number should go, as far as its name tells. */
typedef enum
{
  SAGE_METRIC_UNKNOWN,
  SAGE_METRIC_HIGHER_IS_BETTER,
  SAGE_METRIC_LOWER_IS_BETTER,
} SageMetricGoal;

void            sage_metric_free     (SageMetric *self);
GPtrArray      *sage_metrics_flatten (JsonObject *report);
SageMetric     *sage_metrics_find    (GPtrArray  *metrics,
                                      const char *name);
SageMetricGoal  sage_metric_goal     (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMetric, sage_metric_free)

G_END_DECLS
