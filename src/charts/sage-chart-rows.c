/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-rows"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-chart-format.h"
#include "sage-chart-rows.h"

struct _SageChartRow
{
  GObject parent_instance;

  double  x;
  guint   nth; /* of the points at @x, from 0 */
};

/* What was read of a series at the last update. */
typedef struct
{
  SageChartSeries *series; /* (owned) */
  guint            epoch;
  gsize            n_points;
  double           last_x; /* minus infinity without points */
} Source;

/* A table of several series: a row for each x that any of them has a point at, as often as the one
 * that has most points there. Rows are made when somebody looks, so a million cost 8 MB. */
struct _SageChartRows
{
  GObject     parent_instance;

  GListModel *series;  /* (owned): of SageChartSeries */
  GArray     *sources; /* (owned): of Source */
  GArray     *x;       /* (owned): of double */
};

G_DEFINE_FINAL_TYPE (SageChartRow, sage_chart_row, G_TYPE_OBJECT)

static void
sage_chart_row_class_init (SageChartRowClass *klass)
{
}

static void
sage_chart_row_init (SageChartRow *self)
{
}

/**
 * sage_chart_row_get_x:
 *
 * Returns: where the row is
 */
double
sage_chart_row_get_x (SageChartRow *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_ROW (self), NAN);

  return self->x;
}

/**
 * sage_chart_row_get_value:
 * @series: one of the table's
 * @value: (out): its value there; may not be finite
 *
 * Returns: whether @series has a point there
 */
gboolean
sage_chart_row_get_value (SageChartRow    *self,
                          SageChartSeries *series,
                          double          *value)
{
  SageChartData *data;
  gsize i;

  g_return_val_if_fail (SAGE_IS_CHART_ROW (self), FALSE);
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (series), FALSE);

  data = sage_chart_series_get_data (series);
  i = sage_chart_data_find (data, self->x, 0) + self->nth;
  if (i >= sage_chart_data_get_n_points (data) || sage_chart_data_get_x (data)[i] != self->x)
    return FALSE;
  *value = sage_chart_data_get_y (data)[i];

  return TRUE;
}

/**
 * sage_chart_row_append_text:
 * @series: of #SageChartSeries; the visible ones are written
 * @separator: what to write between fields
 * @text: where to write
 *
 * Writes where the row is and each value there, with every digit; nothing where there is none.
 */
void
sage_chart_row_append_text (SageChartRow *self,
                            GListModel   *series,
                            char          separator,
                            GString      *text)
{
  g_autofree char *x = NULL;

  g_return_if_fail (SAGE_IS_CHART_ROW (self));

  x = sage_chart_format_all_digits (self->x);
  g_string_append (text, x);
  for (guint i = 0; i < g_list_model_get_n_items (series); i++)
    {
      g_autoptr(SageChartSeries) one = g_list_model_get_item (series, i);
      double value;

      if (!sage_chart_series_get_visible (one))
        continue;
      g_string_append_c (text, separator);
      if (sage_chart_row_get_value (self, one, &value))
        {
          g_autofree char *digits = sage_chart_format_all_digits (value);

          g_string_append (text, digits);
        }
    }
}

static GType
sage_chart_rows_get_item_type (GListModel *model)
{
  return SAGE_TYPE_CHART_ROW;
}

static guint
sage_chart_rows_get_n_items (GListModel *model)
{
  return SAGE_CHART_ROWS (model)->x->len;
}

static gpointer
sage_chart_rows_get_item (GListModel *model,
                          guint       position)
{
  SageChartRows *self = SAGE_CHART_ROWS (model);
  SageChartRow *row;

  if (position >= self->x->len)
    return NULL;

  row = g_object_new (SAGE_TYPE_CHART_ROW, NULL);
  row->x = g_array_index (self->x, double, position);
  while (row->nth < position && g_array_index (self->x, double, position - row->nth - 1) == row->x)
    row->nth++;

  return row;
}

static void
sage_chart_rows_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sage_chart_rows_get_item_type;
  iface->get_n_items = sage_chart_rows_get_n_items;
  iface->get_item = sage_chart_rows_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SageChartRows, sage_chart_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sage_chart_rows_list_model_init))

static void
clear_source (gpointer source)
{
  g_clear_object (&((Source *) source)->series);
}

static void
sage_chart_rows_finalize (GObject *object)
{
  SageChartRows *self = SAGE_CHART_ROWS (object);

  g_clear_object (&self->series);
  g_array_unref (self->sources);
  g_array_unref (self->x);

  G_OBJECT_CLASS (sage_chart_rows_parent_class)->finalize (object);
}

static void
sage_chart_rows_class_init (SageChartRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_chart_rows_finalize;
}

static void
sage_chart_rows_init (SageChartRows *self)
{
  self->sources = g_array_new (FALSE, FALSE, sizeof (Source));
  g_array_set_clear_func (self->sources, clear_source);
  self->x = g_array_new (FALSE, FALSE, sizeof (double));
}

/**
 * sage_chart_rows_new:
 * @series: of #SageChartSeries; those that are visible make up the table
 *
 * Returns: (transfer full): the table as of now, a #GListModel of #SageChartRow
 */
SageChartRows *
sage_chart_rows_new (GListModel *series)
{
  SageChartRows *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (series), NULL);

  self = g_object_new (SAGE_TYPE_CHART_ROWS, NULL);
  self->series = g_object_ref (series);
  sage_chart_rows_update (self);

  return self;
}

/* Returns what @a and @b have, rising, each value as often as the one that has it more often. */
static GArray *
unite (const GArray *a,
       const GArray *b)
{
  GArray *both = g_array_sized_new (FALSE, FALSE, sizeof (double), MAX (a->len, b->len));
  guint i = 0;
  guint j = 0;

  while (i < a->len || j < b->len)
    {
      double left = i < a->len ? g_array_index (a, double, i) : INFINITY;
      double right = j < b->len ? g_array_index (b, double, j) : INFINITY;
      double next = MIN (left, right);

      g_array_append_val (both, next);
      i += left == next;
      j += right == next;
    }

  return both;
}

/* Unites the x values of the sources from @from to @to, halves first, so that many series cost
 * their logarithm. */
static GArray *
sage_chart_rows_unite (SageChartRows *self,
                       guint          from,
                       guint          to)
{
  g_autoptr(GArray) left = NULL;
  g_autoptr(GArray) right = NULL;

  if (to - from == 0)
    return g_array_new (FALSE, FALSE, sizeof (double));

  if (to - from == 1)
    {
      Source *source = &g_array_index (self->sources, Source, from);
      SageChartData *data = sage_chart_series_get_data (source->series);
      GArray *x = g_array_new (FALSE, FALSE, sizeof (double));

      if (source->n_points > 0)
        g_array_append_vals (x, sage_chart_data_get_x (data), source->n_points);
      return x;
    }

  left = sage_chart_rows_unite (self, from, from + (to - from) / 2);
  right = sage_chart_rows_unite (self, from + (to - from) / 2, to);

  return unite (left, right);
}

/* Reads the visible series. Returns the x before which no row has changed. */
static double
sage_chart_rows_read_sources (SageChartRows *self)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (Source));
  double unchanged = INFINITY;

  g_array_set_clear_func (sources, clear_source);
  for (guint i = 0; i < g_list_model_get_n_items (self->series); i++)
    {
      g_autoptr(SageChartSeries) series = g_list_model_get_item (self->series, i);
      SageChartData *data = sage_chart_series_get_data (series);
      gsize n_points = sage_chart_data_get_n_points (data);
      Source source = { series, sage_chart_data_get_epoch (data), n_points, -INFINITY };
      const Source *before = sources->len < self->sources->len
                             ? &g_array_index (self->sources, Source, sources->len) : NULL;

      if (!sage_chart_series_get_visible (series))
        continue;

      if (n_points > 0)
        source.last_x = sage_chart_data_get_x (data)[n_points - 1];
      if (before == NULL || before->series != series || before->epoch != source.epoch)
        unchanged = -INFINITY;
      else if (before->n_points != n_points)
        unchanged = MIN (unchanged, before->last_x);
      g_object_ref (series);
      g_array_append_val (sources, source);
    }

  if (sources->len != self->sources->len)
    unchanged = -INFINITY;
  g_array_unref (self->sources);
  self->sources = sources;

  return unchanged;
}

/**
 * sage_chart_rows_update:
 *
 * Brings the table up to date with its series: rows that are new or have other values are
 * announced, others left alone.
 */
void
sage_chart_rows_update (SageChartRows *self)
{
  double unchanged;
  GArray *x;
  guint n_before, same = 0;

  g_return_if_fail (SAGE_IS_CHART_ROWS (self));

  unchanged = sage_chart_rows_read_sources (self);
  if (unchanged == INFINITY)
    return;

  x = sage_chart_rows_unite (self, 0, self->sources->len);
  n_before = self->x->len;
  while (same < MIN (n_before, x->len) && g_array_index (x, double, same) < unchanged &&
         g_array_index (x, double, same) == g_array_index (self->x, double, same))
    same++;

  g_array_unref (self->x);
  self->x = x;
  g_list_model_items_changed (G_LIST_MODEL (self), same, n_before - same, x->len - same);
}
