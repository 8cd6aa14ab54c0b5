/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "sage-chart-series.h"
#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * The metrics that a training job prints, as series, read from its log from the beginning and
 * followed while it runs. Signals: "series-added" (SageChartSeries *series), "line" (const char *line):
 * each line of the log, for what else it tells. Properties: "error", "loading".
 */
#define SAGE_TYPE_METRIC_READER (sage_metric_reader_get_type ())

G_DECLARE_FINAL_TYPE (SageMetricReader, sage_metric_reader, SAGE, METRIC_READER, GObject)

SageMetricReader *sage_metric_reader_new             (SageConnection   *connection,
                                                      SageResource     *job);
void              sage_metric_reader_set_definitions (SageMetricReader *self,
                                                      JsonArray        *definitions);
void              sage_metric_reader_start           (SageMetricReader *self);
const GError     *sage_metric_reader_get_error       (SageMetricReader *self);
gboolean          sage_metric_reader_get_loading     (SageMetricReader *self);
char             *sage_metric_reader_dup_metric      (SageMetricReader *self,
                                                      const char       *line);

G_END_DECLS
