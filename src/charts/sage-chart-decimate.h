/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-chart-data.h"
#include "sage-chart-scale.h"

G_BEGIN_DECLS

/* A corner of a line on the screen: pixels from the start of the x axis and from the top. */
typedef struct
{
  float    x;
  float    y;
  gboolean begins; /* nothing leads here: the line begins, or begins again after a gap */
} SageChartVertex;

/* Where a line is drawn. */
typedef struct
{
  SageChartScale x;
  SageChartScale y;
  double         width;     /* pixels */
  double         height;    /* pixels */
  guint          n_columns; /* device pixels across the width */
} SageChartFrame;

GArray *sage_chart_decimate      (SageChartData        *data,
                                  const SageChartFrame *frame,
                                  gboolean             *dense);
double  sage_chart_vertex_travel (const GArray         *vertices);

G_END_DECLS
