/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Finds metrics in the lines of a log: XGBoost's own form, and the regular expressions of a job. */
typedef struct _SageMetricParser SageMetricParser;

/**
 * SageMetricFunc:
 * @name: the metric, e.g. `validation:auc`
 * @x: the round if the line tells it, else -1
 * @value: the value
 * @user_data: what sage_metric_parser_line() was given
 */
typedef void (*SageMetricFunc) (const char *name,
                                double      x,
                                double      value,
                                gpointer    user_data);

SageMetricParser *sage_metric_parser_new             (void);
void              sage_metric_parser_free            (SageMetricParser *self);
void              sage_metric_parser_set_definitions (SageMetricParser *self,
                                                      JsonArray        *definitions);
void              sage_metric_parser_line            (SageMetricParser *self,
                                                      const char       *line,
                                                      SageMetricFunc    callback,
                                                      gpointer          user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageMetricParser, sage_metric_parser_free)

G_END_DECLS
