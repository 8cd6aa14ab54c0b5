/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-summary"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-chart-private.h"

/* Nobody listens to more. */
#define MOST_SERIES 8

/* Returns the last finite value, or NaN. */
static double
get_last_value (SageChartData *data)
{
  const double *y = sage_chart_data_get_y (data);

  for (gsize i = sage_chart_data_get_n_points (data); i > 0; i--)
    if (isfinite (y[i - 1]))
      return y[i - 1];

  return NAN;
}

static void
describe_series (SageChart       *self,
                 SageChartSeries *series,
                 GString         *text)
{
  SageChartData *data = sage_chart_series_get_data (series);
  guint n_points = (guint) MIN (sage_chart_data_get_n_points (data), G_MAXUINT);
  guint n_gaps = (guint) MIN (sage_chart_data_get_n_gaps (data), G_MAXUINT);
  const char *name = sage_chart_series_get_name (series);
  SageChartExtent extent;
  g_autofree char *last = sage_chart_format_value (self->y_format, get_last_value (data));
  g_autofree char *min = NULL;
  g_autofree char *max = NULL;

  g_string_append_c (text, ' ');
  if (n_points == 0)
    {
      g_string_append_printf (text, _("%s: no points yet."), name);
      return;
    }

  sage_chart_data_get_extent (data, 0, sage_chart_data_get_n_points (data), &extent);
  min = sage_chart_format_value (self->y_format, extent.min);
  max = sage_chart_format_value (self->y_format, extent.max);
  if (sage_chart_extent_is_empty (&extent))
    g_string_append_printf (text, ngettext ("%s: %u point, which is not a number.",
                                            "%s: %u points, none of which is a number.", n_points),
                            name, n_points);
  else
    g_string_append_printf (text, ngettext ("%s: %u point, last %s, lowest %s, highest %s.",
                                            "%s: %u points, last %s, lowest %s, highest %s.",
                                            n_points), name, n_points, last, min, max);

  if (n_gaps > 0 && !sage_chart_extent_is_empty (&extent))
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text, ngettext ("%u of them is not a number.",
                                              "%u of them are not numbers.", n_gaps), n_gaps);
    }
}

/**
 * sage_chart_describe:
 *
 * Returns: (transfer full): the chart in words: why it is empty, or how many lines it has and what
 *   each comes to
 */
char *
sage_chart_describe (SageChart *self)
{
  GListModel *list = G_LIST_MODEL (self->series);
  g_autofree char *count = NULL;
  GString *text;
  guint n_visible = 0;

  g_return_val_if_fail (SAGE_IS_CHART (self), NULL);

  sage_chart_get_plot (self);
  if (sage_chart_get_message (self) != NULL)
    return g_strdup (sage_chart_get_message (self));

  text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (list, i);

      if (sage_chart_series_get_visible (series) && n_visible++ < MOST_SERIES)
        describe_series (self, series, text);
    }
  if (n_visible > MOST_SERIES)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text, ngettext ("%u more is in the table.", "%u more are in the table.",
                                              n_visible - MOST_SERIES), n_visible - MOST_SERIES);
    }

  count = g_strdup_printf (ngettext ("Chart of %u series.", "Chart of %u series.", n_visible),
                           n_visible);
  g_string_prepend (text, count);

  return g_string_free (text, FALSE);
}
