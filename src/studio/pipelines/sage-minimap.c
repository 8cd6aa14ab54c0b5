/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-minimap"

#include "config.h"

#include "sage-minimap.h"

#define MAX_WIDTH  180.0
#define MAX_HEIGHT 110.0

struct _SageMinimap
{
  GtkWidget      parent_instance;

  SageGraphView *view;       /* (owned) (nullable) */
  GtkAdjustment *horizontal; /* (owned) (nullable) */
  GtkAdjustment *vertical;   /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SageMinimap, sage_minimap, GTK_TYPE_WIDGET)

/* Pixels here for each of the canvas. */
static double
get_scale (SageMinimap *self)
{
  double width = gtk_adjustment_get_upper (self->horizontal);
  double height = gtk_adjustment_get_upper (self->vertical);

  return width > 0 && height > 0 ? MIN (MAX_WIDTH / width, MAX_HEIGHT / height) : 0;
}

static void
sage_minimap_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  SageMinimap *self = SAGE_MINIMAP (widget);
  GtkAdjustment *adjustment = orientation == GTK_ORIENTATION_HORIZONTAL ? self->horizontal
                                                                        : self->vertical;

  *minimum = *natural = self->view != NULL
                          ? (int) (gtk_adjustment_get_upper (adjustment) * get_scale (self) + 0.5) : 0;
}

static void
draw_steps (SageMinimap *self,
            GtkSnapshot *snapshot,
            float        scale)
{
  SageStepCard *card;

  for (guint i = 0; (card = sage_graph_view_get_card (self->view, i)) != NULL; i++)
    {
      graphene_rect_t bounds;
      GdkRGBA colour;

      if (!gtk_widget_compute_bounds (GTK_WIDGET (card), GTK_WIDGET (self->view), &bounds))
        continue;
      sage_step_card_get_colour (card, &colour);
      if (sage_step_card_get_state (card) == SAGE_STATE_NONE)
        colour.alpha *= 0.4f;
      gtk_snapshot_append_color (snapshot, &colour,
                                 &GRAPHENE_RECT_INIT (bounds.origin.x * scale, bounds.origin.y * scale,
                                                      MAX (bounds.size.width * scale, 2),
                                                      MAX (bounds.size.height * scale, 2)));
    }
}

static void
sage_minimap_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  SageMinimap *self = SAGE_MINIMAP (widget);
  float scale = self->view != NULL ? (float) get_scale (self) : 0;
  GskRoundedRect frame;
  GdkRGBA colour;

  if (scale <= 0)
    return;

  draw_steps (self, snapshot, scale);

  gtk_widget_get_color (widget, &colour);
  gsk_rounded_rect_init_from_rect (
    &frame,
    &GRAPHENE_RECT_INIT ((float) gtk_adjustment_get_value (self->horizontal) * scale,
                         (float) gtk_adjustment_get_value (self->vertical) * scale,
                         (float) gtk_adjustment_get_page_size (self->horizontal) * scale,
                         (float) gtk_adjustment_get_page_size (self->vertical) * scale), 3);
  gtk_snapshot_append_border (snapshot, &frame, (float[]) { 1.5f, 1.5f, 1.5f, 1.5f },
                              (GdkRGBA[]) { colour, colour, colour, colour });
}

static void
adjustment_cb (SageMinimap *self)
{
  gboolean cut = gtk_adjustment_get_page_size (self->horizontal) + 1
                     < gtk_adjustment_get_upper (self->horizontal)
                 || gtk_adjustment_get_page_size (self->vertical) + 1
                      < gtk_adjustment_get_upper (self->vertical);

  gtk_widget_set_visible (GTK_WIDGET (self), cut);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Puts the middle of what is in sight there. */
static void
go_to (SageMinimap *self,
       double       x,
       double       y)
{
  double scale = get_scale (self);

  if (scale <= 0)
    return;

  gtk_adjustment_set_value (self->horizontal,
                            x / scale - gtk_adjustment_get_page_size (self->horizontal) / 2);
  gtk_adjustment_set_value (self->vertical,
                            y / scale - gtk_adjustment_get_page_size (self->vertical) / 2);
}

static void
drag_begin_cb (SageMinimap *self,
               double       x,
               double       y)
{
  go_to (self, x, y);
}

static void
drag_update_cb (SageMinimap    *self,
                double          dx,
                double          dy,
                GtkGestureDrag *drag)
{
  double x;
  double y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    go_to (self, x + dx, y + dy);
}

static void
sage_minimap_dispose (GObject *object)
{
  SageMinimap *self = SAGE_MINIMAP (object);

  g_clear_object (&self->view);
  g_clear_object (&self->horizontal);
  g_clear_object (&self->vertical);

  G_OBJECT_CLASS (sage_minimap_parent_class)->dispose (object);
}

static void
sage_minimap_class_init (SageMinimapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_minimap_dispose;
  widget_class->measure = sage_minimap_measure;
  widget_class->snapshot = sage_minimap_snapshot;

  gtk_widget_class_set_css_name (widget_class, "minimap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sage_minimap_init (SageMinimap *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static GtkAdjustment *
follow (SageMinimap   *self,
        GtkAdjustment *adjustment)
{
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (adjustment_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);

  return g_object_ref (adjustment);
}

/**
 * sage_minimap_set_view:
 * @self: a minimap
 * @view: the canvas
 * @scroller: where it scrolls
 *
 * Called once.
 */
void
sage_minimap_set_view (SageMinimap       *self,
                       SageGraphView     *view,
                       GtkScrolledWindow *scroller)
{
  g_return_if_fail (SAGE_IS_MINIMAP (self) && self->view == NULL);

  self->view = g_object_ref (view);
  self->horizontal = follow (self, gtk_scrolled_window_get_hadjustment (scroller));
  self->vertical = follow (self, gtk_scrolled_window_get_vadjustment (scroller));
  g_signal_connect_object (view, "states-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  adjustment_cb (self);
}
