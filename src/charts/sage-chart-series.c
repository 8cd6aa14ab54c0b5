/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-chart-series"

#include "config.h"

#include "sage-chart-series.h"

/* A named line: its points and how it is told from others. It knows no widget, so that several
 * charts can show one series. */
struct _SageChartSeries
{
  GObject        parent_instance;

  char          *name; /* (owned) */
  SageChartData *data; /* (owned) */
  guint          colour;
  gboolean       visible;
};

typedef enum {
  PROP_NAME = 1,
  PROP_VISIBLE,
  PROP_COLOUR,
  PROP_N_POINTS,
} SageChartSeriesProperty;

static GParamSpec *properties[PROP_N_POINTS + 1];

static guint changed_signal;

G_DEFINE_FINAL_TYPE (SageChartSeries, sage_chart_series, G_TYPE_OBJECT)

static void
sage_chart_series_finalize (GObject *object)
{
  SageChartSeries *self = SAGE_CHART_SERIES (object);

  g_free (self->name);
  sage_chart_data_free (self->data);

  G_OBJECT_CLASS (sage_chart_series_parent_class)->finalize (object);
}

static void
sage_chart_series_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SageChartSeries *self = SAGE_CHART_SERIES (object);

  switch ((SageChartSeriesProperty) prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_VISIBLE:
      g_value_set_boolean (value, self->visible);
      break;
    case PROP_COLOUR:
      g_value_set_uint (value, self->colour);
      break;
    case PROP_N_POINTS:
      g_value_set_uint64 (value, sage_chart_series_get_n_points (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_series_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  SageChartSeries *self = SAGE_CHART_SERIES (object);

  switch ((SageChartSeriesProperty) prop_id)
    {
    case PROP_NAME:
      sage_chart_series_set_name (self, g_value_get_string (value));
      break;
    case PROP_VISIBLE:
      sage_chart_series_set_visible (self, g_value_get_boolean (value));
      break;
    case PROP_COLOUR:
      sage_chart_series_set_colour (self, g_value_get_uint (value));
      break;
    case PROP_N_POINTS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_chart_series_class_init (SageChartSeriesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sage_chart_series_finalize;
  object_class->get_property = sage_chart_series_get_property;
  object_class->set_property = sage_chart_series_set_property;

  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, "",
                         (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_VISIBLE] =
    g_param_spec_boolean ("visible", NULL, NULL, TRUE,
                          (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_COLOUR] =
    g_param_spec_uint ("colour", NULL, NULL, 0, G_MAXUINT, SAGE_CHART_COLOUR_AUTOMATIC,
                       (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_N_POINTS] =
    g_param_spec_uint64 ("n-points", NULL, NULL, 0, G_MAXUINT64, 0,
                         (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * SageChartSeries::changed:
   *
   * Points came or went. Emitted once a call, so a reader only takes note and reads later.
   */
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_FIRST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_chart_series_init (SageChartSeries *self)
{
  self->name = g_strdup ("");
  self->data = sage_chart_data_new ();
  self->visible = TRUE;
  self->colour = SAGE_CHART_COLOUR_AUTOMATIC;
}

/**
 * sage_chart_series_new:
 * @name: what the legend calls it; plain text
 *
 * Returns: (transfer full): a visible series without points
 */
SageChartSeries *
sage_chart_series_new (const char *name)
{
  return g_object_new (SAGE_TYPE_CHART_SERIES, "name", name, NULL);
}

static void
sage_chart_series_changed (SageChartSeries *self)
{
  g_signal_emit (self, changed_signal, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_POINTS]);
}

/**
 * sage_chart_series_append:
 * @x: where the point is: a round, a step, seconds; not kept unless finite
 * @y: its value; one that is not finite is a gap in the line
 *
 * Adds a point. They may come in any order of @x.
 */
void
sage_chart_series_append (SageChartSeries *self,
                          double           x,
                          double           y)
{
  g_return_if_fail (SAGE_IS_CHART_SERIES (self));

  if (sage_chart_data_append (self->data, x, y))
    sage_chart_series_changed (self);
}

/**
 * sage_chart_series_append_many:
 * @x: (array length=n_points): where the points are
 * @y: (array length=n_points): their values
 *
 * Adds points as sage_chart_series_append() does, with one signal.
 */
void
sage_chart_series_append_many (SageChartSeries *self,
                               const double    *x,
                               const double    *y,
                               gsize            n_points)
{
  gboolean changed = FALSE;

  g_return_if_fail (SAGE_IS_CHART_SERIES (self));
  g_return_if_fail (n_points == 0 || (x != NULL && y != NULL));

  for (gsize i = 0; i < n_points; i++)
    changed |= sage_chart_data_append (self->data, x[i], y[i]);

  if (changed)
    sage_chart_series_changed (self);
}

/**
 * sage_chart_series_clear:
 *
 * Removes every point.
 */
void
sage_chart_series_clear (SageChartSeries *self)
{
  g_return_if_fail (SAGE_IS_CHART_SERIES (self));

  if (sage_chart_data_get_n_points (self->data) == 0)
    return;

  sage_chart_data_clear (self->data);
  sage_chart_series_changed (self);
}

/**
 * sage_chart_series_get_data:
 *
 * Returns: (transfer none): the points, for reading
 */
SageChartData *
sage_chart_series_get_data (SageChartSeries *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (self), NULL);

  return self->data;
}

/**
 * sage_chart_series_get_n_points:
 *
 * Returns: how many points there are, gaps among them
 */
guint64
sage_chart_series_get_n_points (SageChartSeries *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (self), 0);

  return sage_chart_data_get_n_points (self->data);
}

/**
 * sage_chart_series_get_name:
 *
 * Returns: (transfer none): what the legend calls it
 */
const char *
sage_chart_series_get_name (SageChartSeries *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (self), NULL);

  return self->name;
}

/**
 * sage_chart_series_set_name:
 * @name: (nullable): what the legend shall call it; plain text, made valid UTF-8 where it is not
 */
void
sage_chart_series_set_name (SageChartSeries *self,
                            const char      *name)
{
  g_autofree char *valid = NULL;

  g_return_if_fail (SAGE_IS_CHART_SERIES (self));

  valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  if (g_set_str (&self->name, valid))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/**
 * sage_chart_series_get_visible:
 *
 * Returns: whether charts draw it
 */
gboolean
sage_chart_series_get_visible (SageChartSeries *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (self), FALSE);

  return self->visible;
}

/**
 * sage_chart_series_set_visible:
 * @visible: whether charts shall draw it; the legend lists it in any case
 */
void
sage_chart_series_set_visible (SageChartSeries *self,
                               gboolean         visible)
{
  g_return_if_fail (SAGE_IS_CHART_SERIES (self));

  visible = !!visible;
  if (self->visible != visible)
    {
      self->visible = visible;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VISIBLE]);
    }
}

/**
 * sage_chart_series_get_colour:
 *
 * Returns: its place in the palette, or %SAGE_CHART_COLOUR_AUTOMATIC before a chart gave it one
 */
guint
sage_chart_series_get_colour (SageChartSeries *self)
{
  g_return_val_if_fail (SAGE_IS_CHART_SERIES (self), SAGE_CHART_COLOUR_AUTOMATIC);

  return self->colour;
}

/**
 * sage_chart_series_set_colour:
 * @colour: a place in the palette; from 8 on the colours come again with another line pattern
 */
void
sage_chart_series_set_colour (SageChartSeries *self,
                              guint            colour)
{
  g_return_if_fail (SAGE_IS_CHART_SERIES (self));

  if (self->colour != colour)
    {
      self->colour = colour;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOUR]);
    }
}
