/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The points of one line: two arrays, ordered by x, and a pyramid of extents over them. Appending
 * is cheap; ordering and the pyramid are brought up to date when somebody reads. */
typedef struct _SageChartData SageChartData;

/* The finite values of a stretch of points; min > max when there are none. */
typedef struct
{
  double min;
  double max;
  double min_positive; /* for logarithmic axes; the largest number there is when none is */
} SageChartExtent;

#define SAGE_CHART_EXTENT_EMPTY ((SageChartExtent) { G_MAXDOUBLE, -G_MAXDOUBLE, G_MAXDOUBLE })

SageChartData *sage_chart_data_new          (void);
void           sage_chart_data_free         (SageChartData         *self);
gboolean       sage_chart_data_append       (SageChartData         *self,
                                             double                 x,
                                             double                 y);
void           sage_chart_data_clear        (SageChartData         *self);
gsize          sage_chart_data_get_n_points (const SageChartData   *self);
const double  *sage_chart_data_get_x        (SageChartData         *self);
const double  *sage_chart_data_get_y        (SageChartData         *self);
guint          sage_chart_data_get_epoch    (SageChartData         *self);
gboolean       sage_chart_data_get_whole_x  (const SageChartData   *self);
gsize          sage_chart_data_get_n_gaps   (const SageChartData   *self);
void           sage_chart_data_get_extent   (SageChartData         *self,
                                             gsize                  from,
                                             gsize                  to,
                                             SageChartExtent       *extent);
gsize          sage_chart_data_find         (SageChartData         *self,
                                             double                 x,
                                             gsize                  from);
gsize          sage_chart_data_find_nearest (SageChartData         *self,
                                             double                 x);

gboolean       sage_chart_extent_is_empty   (const SageChartExtent *self);
void           sage_chart_extent_add        (SageChartExtent       *self,
                                             double                 value);
void           sage_chart_extent_union      (SageChartExtent       *self,
                                             const SageChartExtent *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageChartData, sage_chart_data_free)

G_END_DECLS
