/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-canvas"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sage-canvas.h"
#include "sage-minimap.h"

#define ZOOM_STEP 1.25

struct _SageCanvas
{
  AdwBin         parent_instance;

  gboolean       fitted; /* the user sees what was fitted, or has chosen a zoom */

  GtkStack      *stack;
  GtkWidget     *scroller;
  SageGraphView *view;
  GtkButton     *zoom;
  GtkButton     *problems;
  SageMinimap   *minimap;
};

G_DEFINE_FINAL_TYPE (SageCanvas, sage_canvas, ADW_TYPE_BIN)

static void
fit (SageCanvas *self)
{
  sage_graph_view_fit (self->view, gtk_widget_get_width (self->scroller),
                       gtk_widget_get_height (self->scroller));
}

static void
fit_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  fit (SAGE_CANVAS (widget));
}

static void
zoom_in_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  SageCanvas *self = SAGE_CANVAS (widget);

  sage_graph_view_set_zoom (self->view, sage_graph_view_get_zoom (self->view) * ZOOM_STEP);
}

static void
zoom_out_action (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  SageCanvas *self = SAGE_CANVAS (widget);

  sage_graph_view_set_zoom (self->view, sage_graph_view_get_zoom (self->view) / ZOOM_STEP);
}

static void
zoom_normal_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  sage_graph_view_set_zoom (SAGE_CANVAS (widget)->view, 1);
}

static void
next_problem_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  sage_graph_view_select_next (SAGE_CANVAS (widget)->view, SAGE_STATE_BAD);
}

static void
states_cb (SageCanvas *self)
{
  guint n = sage_graph_view_count (self->view, SAGE_STATE_BAD);
  g_autofree char *text = g_strdup_printf (g_dngettext (NULL, "%u failed", "%u failed", n), n);

  gtk_button_set_label (self->problems, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), n > 0);
}

static void
zoom_cb (SageCanvas *self)
{
  double zoom = sage_graph_view_get_zoom (self->view);
  /* Translators: a zoom level, in percent */
  g_autofree char *text = g_strdup_printf (_("%d %%"), (int) round (zoom * 100));

  gtk_button_set_label (self->zoom, text);
}

/* Fits as soon as there is a size to fit into. */
static gboolean
fit_tick_cb (GtkWidget     *widget,
             GdkFrameClock *clock,
             gpointer       user_data)
{
  SageCanvas *self = SAGE_CANVAS (widget);

  if (gtk_widget_get_width (self->scroller) == 0)
    return G_SOURCE_CONTINUE;

  fit (self);

  return G_SOURCE_REMOVE;
}

static void
sage_canvas_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* which the template would free behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAGE_TYPE_CANVAS);

  G_OBJECT_CLASS (sage_canvas_parent_class)->dispose (object);
}

static void
sage_canvas_class_init (SageCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_canvas_dispose;

  g_type_ensure (SAGE_TYPE_GRAPH_VIEW);
  g_type_ensure (SAGE_TYPE_MINIMAP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-canvas.ui");
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, stack);
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, scroller);
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, view);
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, zoom);
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, problems);
  gtk_widget_class_bind_template_child (widget_class, SageCanvas, minimap);
  gtk_widget_class_install_action (widget_class, "canvas.next-problem", NULL, next_problem_action);
  gtk_widget_class_install_action (widget_class, "canvas.fit", NULL, fit_action);
  gtk_widget_class_install_action (widget_class, "canvas.zoom-in", NULL, zoom_in_action);
  gtk_widget_class_install_action (widget_class, "canvas.zoom-out", NULL, zoom_out_action);
  gtk_widget_class_install_action (widget_class, "canvas.zoom-normal", NULL, zoom_normal_action);
}

static void
sage_canvas_init (SageCanvas *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->view, "notify::zoom", G_CALLBACK (zoom_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "states-changed", G_CALLBACK (states_cb), self,
                           G_CONNECT_SWAPPED);
  sage_minimap_set_view (self->minimap, self->view, GTK_SCROLLED_WINDOW (self->scroller));
  zoom_cb (self);
}

GtkWidget *
sage_canvas_new (void)
{
  return g_object_new (SAGE_TYPE_CANVAS, NULL);
}

SageGraphView *
sage_canvas_get_view (SageCanvas *self)
{
  g_return_val_if_fail (SAGE_IS_CANVAS (self), NULL);

  return self->view;
}

/**
 * sage_canvas_set_definition:
 * @self: a canvas
 * @definition: a pipeline definition
 *
 * Shows the steps of @definition, all of them in sight at first.
 */
void
sage_canvas_set_definition (SageCanvas *self,
                            JsonObject *definition)
{
  g_autoptr(SageGraph) graph = NULL;

  g_return_if_fail (SAGE_IS_CANVAS (self));
  g_return_if_fail (definition != NULL);

  graph = sage_graph_new (definition);
  gtk_stack_set_visible_child_name (self->stack, sage_graph_n_nodes (graph) > 0 ? "graph" : "empty");
  sage_graph_view_take_graph (self->view, g_steal_pointer (&graph));
  if (!self->fitted)
    {
      self->fitted = TRUE;
      gtk_widget_add_tick_callback (GTK_WIDGET (self), fit_tick_cb, NULL, NULL);
    }
}
