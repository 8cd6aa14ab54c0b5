/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What the numbers of an axis are. */
typedef enum {
  SAGE_CHART_FORMAT_NUMBER,
  SAGE_CHART_FORMAT_BYTES,
  SAGE_CHART_FORMAT_DURATION, /* seconds */
  SAGE_CHART_FORMAT_TIME,     /* seconds since the epoch, shown in local time */
} SageChartFormat;

#define SAGE_TYPE_CHART_FORMAT (sage_chart_format_get_type ())
GType sage_chart_format_get_type   (void);

char *sage_chart_format_value      (SageChartFormat format,
                                    double          value);
char *sage_chart_format_read_out   (SageChartFormat format,
                                    double          value,
                                    double          resolution);
char *sage_chart_format_all_digits (double          value);
char *sage_chart_format_tick       (SageChartFormat format,
                                    double          value,
                                    double          step,
                                    double          largest);

G_END_DECLS
