/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-view"

#include "config.h"

#include <math.h>

#include "sage-math-view.h"
#include "sage-text.h"

#define DISPLAY_SCALE 1.15 /* formulas' letters are smaller than those of a text of the same size */
#define PADDING 6

struct _SageMathView
{
  GtkWidget    parent_instance;

  char        *source; /* (owned) */
  SageMath    *math;   /* (owned) */
  SageMathBox *box;    /* (owned) (nullable): made when it is needed */
};

G_DEFINE_FINAL_TYPE (SageMathView, sage_math_view, GTK_TYPE_WIDGET)

/* Returns: pixels of an em of a widget's text */
double
sage_math_font_size (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = (double) pango_font_description_get_size (font) / PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (context) > 0
              ? pango_cairo_context_get_resolution (context) / 72 : 96.0 / 72;

  return size > 0 ? size : 15;
}

static SageMathBox *
get_box (SageMathView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->box == NULL)
    self->box = sage_math_layout (self->math, gtk_widget_get_pango_context (widget),
                                  sage_math_font_size (widget) * DISPLAY_SCALE, TRUE);

  return self->box;
}

/* One that is too wide is made smaller, to half its size. */
static double
fit (SageMathView *self,
     int           width)
{
  double natural;
  double ascent;
  double descent;

  sage_math_box_get_size (get_box (self), &natural, &ascent, &descent);
  if (width < 0 || natural <= width || natural <= 0)
    return 1;

  return CLAMP (width / natural, 0.5, 1);
}

static void
sage_math_view_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  SageMathView *self = SAGE_MATH_VIEW (widget);
  double width;
  double ascent;
  double descent;

  sage_math_box_get_size (get_box (self), &width, &ascent, &descent);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 0;
      *natural = (int) ceil (width) + 2;
    }
  else
    *minimum = *natural = (int) ceil ((ascent + descent) * fit (self, for_size)) + 2 * PADDING;
}

static GtkSizeRequestMode
sage_math_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sage_math_view_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  SageMathView *self = SAGE_MATH_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  double scale = fit (self, width);
  double natural;
  double ascent;
  double descent;
  GdkRGBA colour;

  gtk_widget_get_color (widget, &colour);
  sage_math_box_get_size (get_box (self), &natural, &ascent, &descent);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                         (float) gtk_widget_get_height (widget)));
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) MAX ((width - natural * scale) / 2, 0),
                                                (float) (PADDING + ascent * scale)));
  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  sage_math_box_draw (self->box, snapshot, &colour);
  gtk_snapshot_pop (snapshot);
}

static void
sage_math_view_css_changed (GtkWidget         *widget,
                            GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sage_math_view_parent_class)->css_changed (widget, change);
  g_clear_pointer (&SAGE_MATH_VIEW (widget)->box, sage_math_box_free);
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  sage_text_copy (widget, SAGE_MATH_VIEW (widget)->source);
}

static void
sage_math_view_finalize (GObject *object)
{
  SageMathView *self = SAGE_MATH_VIEW (object);

  g_free (self->source);
  sage_math_free (self->math);
  sage_math_box_free (self->box);

  G_OBJECT_CLASS (sage_math_view_parent_class)->finalize (object);
}

static void
sage_math_view_class_init (SageMathViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sage_math_view_finalize;
  widget_class->measure = sage_math_view_measure;
  widget_class->get_request_mode = sage_math_view_get_request_mode;
  widget_class->snapshot = sage_math_view_snapshot;
  widget_class->css_changed = sage_math_view_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_MATH);
  gtk_widget_class_install_action (widget_class, "math.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "math.copy", NULL);
}

static void
sage_math_view_init (SageMathView *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

/**
 * sage_math_view_new:
 * @source: a formula in LaTeX
 *
 * Returns: (transfer floating) (nullable): a widget that shows it, or %NULL if it cannot be read
 */
GtkWidget *
sage_math_view_new (const char *source)
{
  g_autoptr(GError) error = NULL;
  SageMath *math = sage_math_parse (source, &error);
  SageMathView *self;

  if (math == NULL)
    {
      g_debug ("%s", error->message);
      return NULL;
    }

  self = g_object_new (SAGE_TYPE_MATH_VIEW, NULL);
  self->math = math;
  self->source = g_strdup (source);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, source, -1);

  return GTK_WIDGET (self);
}
