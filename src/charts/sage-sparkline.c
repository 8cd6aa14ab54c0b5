/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-sparkline"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-chart-format.h"
#include "sage-sparkline.h"

#define MIN_WIDTH 48
#define NATURAL_WIDTH 96
#define HEIGHT 24
#define LINE_WIDTH 1.5f
#define DOT_RADIUS 2.5f
#define MARGIN 3.0f /* so that neither line nor dot is cut */
#define AREA_ALPHA 0.14f
#define MOST_VALUES 240 /* the oldest make room */

/* The course of a number, as small as a word: the last values, the newest with a dot. The lowest,
 * or zero, is at the bottom, the highest at the top. */
struct _SageSparkline
{
  GtkWidget        parent_instance;

  GArray          *values;  /* (owned): of double */
  AdwStyleManager *manager; /* (owned) */
  gboolean         from_zero;
};

typedef enum {
  PROP_FROM_ZERO = 1,
} SageSparklineProperty;

static GParamSpec *properties[PROP_FROM_ZERO + 1];

G_DEFINE_FINAL_TYPE (SageSparkline, sage_sparkline, GTK_TYPE_WIDGET)

static gboolean
sage_sparkline_get_extent (SageSparkline *self,
                           double        *min,
                           double        *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (guint i = 0; i < self->values->len; i++)
    {
      double value = g_array_index (self->values, double, i);

      if (isfinite (value))
        {
          *min = MIN (*min, value);
          *max = MAX (*max, value);
        }
    }

  return *min <= *max;
}

/* Returns where a value is. One value, or one that does not change, is in the middle, or at the bottom
 * if that is zero. */
static graphene_point_t
sage_sparkline_place (SageSparkline *self,
                      guint          i,
                      double         min,
                      double         max)
{
  GtkWidget *widget = GTK_WIDGET (self);
  float width = gtk_widget_get_width (widget) - 2 * MARGIN;
  float height = gtk_widget_get_height (widget) - 2 * MARGIN;
  double value = g_array_index (self->values, double, i);
  double x = self->values->len > 1 ? (double) i / (self->values->len - 1) : 1;
  double half = max / 2 - min / 2; /* the whole may be infinite; half of the least there is, nothing */
  double y = half > 0 ? (value / 2 - min / 2) / half : self->from_zero ? 0 : 0.5;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = 1 - x;

  return GRAPHENE_POINT_INIT (MARGIN + width * x, MARGIN + height * (1 - y));
}

/* Adds the line from @from up to the next gap. Returns where it ends. */
static guint
sage_sparkline_add_piece (SageSparkline  *self,
                          GskPathBuilder *line,
                          GskPathBuilder *area,
                          guint           from,
                          double          min,
                          double          max)
{
  graphene_point_t first = sage_sparkline_place (self, from, min, max);
  graphene_point_t last = first;
  float bottom = gtk_widget_get_height (GTK_WIDGET (self));
  guint i;

  gsk_path_builder_move_to (line, first.x, first.y);
  gsk_path_builder_move_to (area, first.x, bottom);
  gsk_path_builder_line_to (area, first.x, first.y);
  for (i = from + 1; i < self->values->len && isfinite (g_array_index (self->values, double, i)); i++)
    {
      last = sage_sparkline_place (self, i, min, max);
      gsk_path_builder_line_to (line, last.x, last.y);
      gsk_path_builder_line_to (area, last.x, last.y);
    }
  gsk_path_builder_line_to (area, last.x, bottom);
  gsk_path_builder_close (area);

  return i;
}

static void
sage_sparkline_draw_dot (SageSparkline *self,
                         GtkSnapshot   *snapshot,
                         const GdkRGBA *colour,
                         double         min,
                         double         max)
{
  graphene_point_t at = sage_sparkline_place (self, self->values->len - 1, min, max);
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;

  gsk_path_builder_add_circle (builder, &at, DOT_RADIUS);
  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, colour);
}

static void
sage_sparkline_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  SageSparkline *self = SAGE_SPARKLINE (widget);
  g_autoptr(GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (self->manager);
  g_autoptr(GskPathBuilder) line = gsk_path_builder_new ();
  g_autoptr(GskPathBuilder) area = gsk_path_builder_new ();
  g_autoptr(GskPath) line_path = NULL;
  g_autoptr(GskPath) area_path = NULL;
  GdkRGBA light = *accent;
  GskStroke *stroke;
  double min, max;

  if (!sage_sparkline_get_extent (self, &min, &max))
    return;
  if (self->from_zero)
    {
      min = MIN (min, 0);
      max = MAX (max, 0);
    }

  for (guint i = 0; i < self->values->len; i++)
    if (isfinite (g_array_index (self->values, double, i)))
      i = sage_sparkline_add_piece (self, line, area, i, min, max);

  light.alpha *= AREA_ALPHA;
  area_path = gsk_path_builder_to_path (area);
  gtk_snapshot_append_fill (snapshot, area_path, GSK_FILL_RULE_WINDING, &light);

  line_path = gsk_path_builder_to_path (line);
  stroke = gsk_stroke_new (LINE_WIDTH);
  gsk_stroke_set_line_join (stroke, GSK_LINE_JOIN_ROUND);
  gsk_stroke_set_line_cap (stroke, GSK_LINE_CAP_ROUND);
  gtk_snapshot_append_stroke (snapshot, line_path, stroke, accent);
  gsk_stroke_free (stroke);

  if (isfinite (g_array_index (self->values, double, self->values->len - 1)))
    sage_sparkline_draw_dot (self, snapshot, accent, min, max);
}

static void
sage_sparkline_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : HEIGHT;
}

static void
sage_sparkline_changed (SageSparkline *self)
{
  g_autofree char *description = NULL;
  double min, max;

  gtk_widget_queue_draw (GTK_WIDGET (self));

  if (!sage_sparkline_get_extent (self, &min, &max))
    description = g_strdup (_("No values yet"));
  else
    {
      double value = g_array_index (self->values, double, self->values->len - 1);
      g_autofree char *last = sage_chart_format_value (SAGE_CHART_FORMAT_NUMBER, value);
      g_autofree char *lowest = sage_chart_format_value (SAGE_CHART_FORMAT_NUMBER, min);
      g_autofree char *highest = sage_chart_format_value (SAGE_CHART_FORMAT_NUMBER, max);

      description = g_strdup_printf (_("Last %s, lowest %s, highest %s"), last, lowest, highest);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static void
sage_sparkline_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch ((SageSparklineProperty) prop_id)
    {
    case PROP_FROM_ZERO:
      g_value_set_boolean (value, SAGE_SPARKLINE (object)->from_zero);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_sparkline_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch ((SageSparklineProperty) prop_id)
    {
    case PROP_FROM_ZERO:
      SAGE_SPARKLINE (object)->from_zero = g_value_get_boolean (value);
      gtk_widget_queue_draw (GTK_WIDGET (object));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_sparkline_dispose (GObject *object)
{
  SageSparkline *self = SAGE_SPARKLINE (object);

  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);

  G_OBJECT_CLASS (sage_sparkline_parent_class)->dispose (object);
}

static void
sage_sparkline_finalize (GObject *object)
{
  g_array_unref (SAGE_SPARKLINE (object)->values);

  G_OBJECT_CLASS (sage_sparkline_parent_class)->finalize (object);
}

static void
sage_sparkline_class_init (SageSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = sage_sparkline_get_property;
  G_OBJECT_CLASS (klass)->set_property = sage_sparkline_set_property;
  G_OBJECT_CLASS (klass)->dispose = sage_sparkline_dispose;
  G_OBJECT_CLASS (klass)->finalize = sage_sparkline_finalize;
  properties[PROP_FROM_ZERO] = g_param_spec_boolean ("from-zero", NULL, NULL, FALSE,
                                                     (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (G_OBJECT_CLASS (klass), G_N_ELEMENTS (properties), properties);

  widget_class->snapshot = sage_sparkline_snapshot;
  widget_class->measure = sage_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "sage-sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sage_sparkline_init (SageSparkline *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
  self->manager = g_object_ref (
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self))));
  g_signal_connect_swapped (self->manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (self->manager, "notify::accent-color-rgba",
                            G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  sage_sparkline_changed (self);
}

/**
 * sage_sparkline_new:
 *
 * Its accessible label is for the caller to set: it says what the values are of.
 *
 * Returns: (transfer floating): a sparkline without values
 */
GtkWidget *
sage_sparkline_new (void)
{
  return g_object_new (SAGE_TYPE_SPARKLINE, NULL);
}

/**
 * sage_sparkline_append:
 * @value: the newest value; a gap unless finite. The oldest of 240 makes room for it.
 */
void
sage_sparkline_append (SageSparkline *self,
                       double         value)
{
  g_return_if_fail (SAGE_IS_SPARKLINE (self));

  if (self->values->len == MOST_VALUES)
    g_array_remove_index (self->values, 0);
  g_array_append_val (self->values, value);
  sage_sparkline_changed (self);
}

/**
 * sage_sparkline_set_values:
 * @values: (array length=n_values) (nullable): the values, the newest last; only the newest 240
 *   are shown
 *
 * Replaces all values.
 */
void
sage_sparkline_set_values (SageSparkline *self,
                           const double  *values,
                           gsize          n_values)
{
  gsize n_shown = MIN (n_values, MOST_VALUES);

  g_return_if_fail (SAGE_IS_SPARKLINE (self));
  g_return_if_fail (n_values == 0 || values != NULL);

  g_array_set_size (self->values, 0);
  if (n_shown > 0)
    g_array_append_vals (self->values, values + (n_values - n_shown), n_shown);
  sage_sparkline_changed (self);
}
