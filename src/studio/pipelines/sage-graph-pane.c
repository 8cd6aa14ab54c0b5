/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph-pane"

#include "config.h"

#include <string.h>

#include "sage-canvas.h"
#include "sage-graph-pane.h"
#include "sage-step-panel.h"

struct _SageGraphPane
{
  AdwBreakpointBin  parent_instance;

  GListModel       *steps;    /* (owned) (nullable): of the SageResource of an execution's steps */
  SageResource     *shown;    /* (owned) (nullable): the step that the panel shows */
  gboolean          chosen;   /* the user has selected a step */
  gboolean          choosing; /* we are selecting one */

  SageCanvas       *canvas;
  SageStepPanel    *panel;
};

typedef enum
{
  PROP_SELECTED = 1,
} SageGraphPaneProperty;

static GParamSpec *properties[PROP_SELECTED + 1];

G_DEFINE_FINAL_TYPE (SageGraphPane, sage_graph_pane, ADW_TYPE_BREAKPOINT_BIN)

static SageGraphView *
view_of (SageGraphPane *self)
{
  return sage_canvas_get_view (self->canvas);
}

/**
 * sage_graph_pane_get_step:
 * @self: a pane
 * @name: the name of a step
 *
 * Returns: (transfer none) (nullable): what became of it; %NULL if it has not begun
 */
SageResource *
sage_graph_pane_get_step (SageGraphPane *self,
                          const char    *name)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_PANE (self), NULL);

  for (guint i = 0; self->steps != NULL && i < g_list_model_get_n_items (self->steps); i++)
    {
      g_autoptr(SageResource) step = g_list_model_get_item (self->steps, i);

      if (strcmp (sage_resource_get_title (step), name) == 0)
        return step; /* the list keeps it */
    }

  return NULL;
}

static void
show_selected (SageGraphPane *self)
{
  const char *name = sage_graph_view_get_selected (view_of (self));
  const SageGraph *graph = sage_graph_view_get_graph (view_of (self));
  const SageGraphNode *node = NULL;
  SageResource *step = NULL;
  guint index;

  if (name != NULL && sage_graph_find (graph, name, &index))
    {
      node = sage_graph_node (graph, index);
      step = sage_graph_pane_get_step (self, name);
    }
  g_set_object (&self->shown, step);
  sage_step_panel_show (self->panel, node, step);
}

static void
selected_cb (SageGraphPane *self)
{
  self->chosen = !self->choosing;
  show_selected (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/* Enter on a step leads to what it made, or else to what is known of it. */
static void
activated_cb (SageGraphPane *self)
{
  if (!sage_step_panel_open (self->panel))
    gtk_widget_child_focus (GTK_WIDGET (self->panel), GTK_DIR_TAB_FORWARD);
}

/* The step that one would want to look at: what failed, or what runs. */
static void
select_interesting (SageGraphPane *self)
{
  static const SageState states[] = { SAGE_STATE_BAD, SAGE_STATE_RUNNING };

  for (gsize s = 0; !self->chosen && s < G_N_ELEMENTS (states); s++)
    for (guint i = 0; i < g_list_model_get_n_items (self->steps); i++)
      {
        g_autoptr(SageResource) step = g_list_model_get_item (self->steps, i);

        if (sage_resource_get_state (step) == states[s])
          {
            self->choosing = TRUE;
            sage_graph_view_set_selected (view_of (self), sage_resource_get_title (step));
            self->choosing = FALSE;
            return;
          }
      }
}

static void
steps_cb (SageGraphPane *self)
{
  const char *selected = sage_graph_view_get_selected (view_of (self));

  for (guint i = 0; i < g_list_model_get_n_items (self->steps); i++)
    {
      g_autoptr(SageResource) step = g_list_model_get_item (self->steps, i);

      sage_graph_view_set_step (view_of (self), sage_resource_get_title (step), step);
    }
  select_interesting (self);
  if (selected != NULL && sage_graph_pane_get_step (self, selected) != self->shown)
    show_selected (self);
}

static void
sage_graph_pane_dispose (GObject *object)
{
  SageGraphPane *self = SAGE_GRAPH_PANE (object);

  if (self->steps != NULL)
    g_signal_handlers_disconnect_by_data (self->steps, self);
  g_clear_object (&self->steps);
  g_clear_object (&self->shown);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_GRAPH_PANE);

  G_OBJECT_CLASS (sage_graph_pane_parent_class)->dispose (object);
}

static void
sage_graph_pane_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch ((SageGraphPaneProperty) prop_id)
    {
    case PROP_SELECTED:
      g_value_set_string (value, sage_graph_pane_get_selected (SAGE_GRAPH_PANE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_graph_pane_class_init (SageGraphPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_graph_pane_dispose;
  object_class->get_property = sage_graph_pane_get_property;
  properties[PROP_SELECTED] =
    g_param_spec_string ("selected", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (SAGE_TYPE_CANVAS);
  g_type_ensure (SAGE_TYPE_STEP_PANEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/pipelines/sage-graph-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SageGraphPane, canvas);
  gtk_widget_class_bind_template_child (widget_class, SageGraphPane, panel);
}

static void
sage_graph_pane_init (SageGraphPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (view_of (self), "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view_of (self), "activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sage_graph_pane_new (void)
{
  return g_object_new (SAGE_TYPE_GRAPH_PANE, NULL);
}

void
sage_graph_pane_set_connection (SageGraphPane  *self,
                                SageConnection *connection)
{
  g_return_if_fail (SAGE_IS_GRAPH_PANE (self));

  sage_step_panel_set_connection (self->panel, connection);
}

/**
 * sage_graph_pane_set_definition:
 * @self: a pane
 * @definition: a pipeline definition
 */
void
sage_graph_pane_set_definition (SageGraphPane *self,
                                JsonObject    *definition)
{
  g_return_if_fail (SAGE_IS_GRAPH_PANE (self));

  sage_canvas_set_definition (self->canvas, definition);
  if (self->steps != NULL)
    steps_cb (self);
  show_selected (self);
}

/**
 * sage_graph_pane_set_steps:
 * @self: a pane
 * @steps: (nullable): the live list of an execution's steps
 */
void
sage_graph_pane_set_steps (SageGraphPane *self,
                           GListModel    *steps)
{
  g_return_if_fail (SAGE_IS_GRAPH_PANE (self));

  if (self->steps == steps)
    return;

  if (self->steps != NULL)
    g_signal_handlers_disconnect_by_data (self->steps, self);
  g_set_object (&self->steps, steps);
  sage_graph_view_clear_steps (view_of (self));
  if (steps != NULL)
    {
      g_signal_connect_swapped (steps, "items-changed", G_CALLBACK (steps_cb), self);
      steps_cb (self);
    }
}

const char *
sage_graph_pane_get_selected (SageGraphPane *self)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_PANE (self), NULL);

  return sage_graph_view_get_selected (view_of (self));
}

void
sage_graph_pane_set_selected (SageGraphPane *self,
                              const char    *name)
{
  g_return_if_fail (SAGE_IS_GRAPH_PANE (self));

  sage_graph_view_set_selected (view_of (self), name);
}
