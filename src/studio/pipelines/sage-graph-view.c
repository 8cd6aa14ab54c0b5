/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-graph-view"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sage-graph-edges.h"
#include "sage-graph-view.h"
#include "sage-step-card.h"

#define MARGIN 24.0
#define MIN_ZOOM 0.1
#define MAX_ZOOM 2.0
#define ZOOM_STEP 1.2

struct _SageGraphView
{
  GtkWidget      parent_instance;

  SageGraph     *graph;    /* (owned) (nullable) */
  GPtrArray     *cards;    /* (owned): SageStepCard by node; children of this widget */
  GskRenderNode *edges;    /* (owned) (nullable): drawn at 100 % */
  GdkRGBA        colour;   /* that they were drawn in */
  int            selected; /* index of a node, or -1 */
  double         zoom;
};

typedef enum
{
  PROP_SELECTED = 1,
  PROP_ZOOM,
} SageGraphViewProperty;

static GParamSpec *properties[PROP_ZOOM + 1];

enum
{
  SIGNAL_ACTIVATED,
  SIGNAL_STATES_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageGraphView, sage_graph_view, GTK_TYPE_WIDGET)

static void
forget_edges (SageGraphView *self)
{
  g_clear_pointer (&self->edges, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- Size and drawing ------------------------------------------------------------------------- */

static void
sage_graph_view_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (widget);
  double size = 0;

  if (self->graph != NULL)
    size = orientation == GTK_ORIENTATION_HORIZONTAL ? sage_graph_width (self->graph)
                                                     : sage_graph_height (self->graph);
  *minimum = *natural = (int) ceil (size * self->zoom + 2 * MARGIN);
  for (guint i = 0; i < self->cards->len; i++)
    gtk_widget_measure (self->cards->pdata[i], orientation, -1, NULL, NULL, NULL, NULL);
}

/* Where the graph begins: in the middle when there is more room than it takes. */
static void
get_origin (SageGraphView *self,
            int            width,
            int            height,
            double        *x,
            double        *y)
{
  *x = round (MAX (MARGIN, (width - sage_graph_width (self->graph) * self->zoom) / 2));
  *y = round (MAX (MARGIN, (height - sage_graph_height (self->graph) * self->zoom) / 2));
}

static gboolean
is_mirrored (SageGraphView *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static void
sage_graph_view_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (widget);
  double x;
  double y;

  if (self->graph == NULL)
    return;

  get_origin (self, width, height, &x, &y);
  for (guint i = 0; i < self->cards->len; i++)
    {
      const SageGraphNode *node = sage_graph_node (self->graph, i);
      double left = is_mirrored (self)
                      ? sage_graph_width (self->graph) - node->x - SAGE_GRAPH_NODE_WIDTH : node->x;
      GskTransform *transform = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) x, (float) y));

      transform = gsk_transform_scale (transform, (float) self->zoom, (float) self->zoom);
      transform = gsk_transform_translate (transform,
                                           &GRAPHENE_POINT_INIT ((float) left, (float) node->y));
      gtk_widget_allocate (self->cards->pdata[i], SAGE_GRAPH_NODE_WIDTH, SAGE_GRAPH_NODE_HEIGHT, -1,
                           transform);
    }
}

static void
sage_graph_view_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (widget);
  GdkRGBA colour;
  double x;
  double y;

  if (self->graph == NULL)
    return;

  gtk_widget_get_color (widget, &colour);
  if (self->edges != NULL && !gdk_rgba_equal (&colour, &self->colour))
    g_clear_pointer (&self->edges, gsk_render_node_unref);
  if (self->edges == NULL)
    {
      self->colour = colour;
      self->edges = sage_graph_edges_draw (widget, self->graph, self->selected, self->zoom);
    }

  get_origin (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget), &x, &y);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_scale (snapshot, (float) self->zoom, (float) self->zoom);
  if (self->edges != NULL)
    gtk_snapshot_append_node (snapshot, self->edges);
  gtk_snapshot_restore (snapshot);

  for (guint i = 0; i < self->cards->len; i++)
    gtk_widget_snapshot_child (widget, self->cards->pdata[i], snapshot);
}

static void
sage_graph_view_direction_changed (GtkWidget        *widget,
                                   GtkTextDirection  previous)
{
  GTK_WIDGET_CLASS (sage_graph_view_parent_class)->direction_changed (widget, previous);
  forget_edges (SAGE_GRAPH_VIEW (widget));
}

/* --- Selecting -------------------------------------------------------------------------------- */

static void
select_node (SageGraphView *self,
             int            index)
{
  if (self->selected == index)
    return;

  if (self->selected >= 0)
    sage_step_card_set_selected (self->cards->pdata[self->selected], FALSE);
  self->selected = index;
  if (index >= 0)
    sage_step_card_set_selected (self->cards->pdata[index], TRUE);
  forget_edges (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static int
card_index (SageGraphView *self,
            GtkWidget     *card)
{
  guint index;

  return card != NULL && g_ptr_array_find (self->cards, card, &index) ? (int) index : -1;
}

static void
card_pressed_cb (GtkGestureClick *click,
                 int              n_press,
                 double           x,
                 double           y,
                 gpointer         user_data)
{
  SageGraphView *self = user_data;
  GtkWidget *card = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click));
  int index = card_index (self, card);

  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (card);
  select_node (self, index);
  if (n_press == 2 && index >= 0)
    g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0,
                   sage_graph_node (self->graph, (guint) index)->name);
}

static void
card_focus_cb (GtkEventControllerFocus *focus,
               gpointer                 user_data)
{
  SageGraphView *self = user_data;

  select_node (self, card_index (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (focus))));
}

/* The end of an edge in the direction (dx, dy), or else the nearest card that lies there. */
static int
neighbour (SageGraphView *self,
           int            index,
           int            dx,
           int            dy)
{
  const SageGraphNode *here = sage_graph_node (self->graph, (guint) index);
  double nearest = INFINITY;
  int found = -1;

  for (guint i = 0; dx != 0 && i < sage_graph_n_edges (self->graph); i++)
    {
      const SageGraphEdge *edge = sage_graph_edge (self->graph, i);
      guint other = dx > 0 ? edge->to : edge->from;

      if ((int) (dx > 0 ? edge->from : edge->to) == index
          && fabs (sage_graph_node (self->graph, other)->y - here->y) < nearest)
        {
          nearest = fabs (sage_graph_node (self->graph, other)->y - here->y);
          found = (int) other;
        }
    }
  if (found >= 0)
    return found;

  for (guint i = 0; i < self->cards->len; i++)
    {
      const SageGraphNode *node = sage_graph_node (self->graph, i);
      double along = dx != 0 ? (node->x - here->x) * dx : (node->y - here->y) * dy;
      double across = dx != 0 ? node->y - here->y : node->x - here->x;

      if (along > 0 && along + 3 * fabs (across) < nearest)
        {
          nearest = along + 3 * fabs (across);
          found = (int) i;
        }
    }

  return found;
}

static gboolean
key_cb (SageGraphView   *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  int forward = is_mirrored (self) ? -1 : 1;
  int next;

  if (self->graph == NULL || self->cards->len == 0
      || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (key)
    {
    case GDK_KEY_Right:
      next = self->selected < 0 ? 0 : neighbour (self, self->selected, forward, 0);
      break;
    case GDK_KEY_Left:
      next = self->selected < 0 ? 0 : neighbour (self, self->selected, -forward, 0);
      break;
    case GDK_KEY_Down:
      next = self->selected < 0 ? 0 : neighbour (self, self->selected, 0, 1);
      break;
    case GDK_KEY_Up:
      next = self->selected < 0 ? 0 : neighbour (self, self->selected, 0, -1);
      break;
    case GDK_KEY_Home:
      next = 0;
      break;
    case GDK_KEY_End:
      next = (int) self->cards->len - 1;
      break;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (self->selected >= 0)
        g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0,
                       sage_graph_node (self->graph, (guint) self->selected)->name);
      return GDK_EVENT_STOP;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
    case GDK_KEY_equal:
      sage_graph_view_set_zoom (self, self->zoom * ZOOM_STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      sage_graph_view_set_zoom (self, self->zoom / ZOOM_STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
      sage_graph_view_set_zoom (self, 1);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }

  if (next >= 0)
    gtk_widget_grab_focus (self->cards->pdata[next]);

  return GDK_EVENT_STOP;
}

static gboolean
scroll_cb (SageGraphView            *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *scroll)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if ((state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;

  sage_graph_view_set_zoom (self, self->zoom * pow (ZOOM_STEP, -dy));

  return GDK_EVENT_STOP;
}

/* --- The widget ------------------------------------------------------------------------------- */

static void
remove_cards (SageGraphView *self)
{
  for (guint i = 0; i < self->cards->len; i++)
    gtk_widget_unparent (self->cards->pdata[i]);
  g_ptr_array_set_size (self->cards, 0);
}

static void
sage_graph_view_dispose (GObject *object)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (object);

  remove_cards (self);
  g_clear_pointer (&self->edges, gsk_render_node_unref);

  G_OBJECT_CLASS (sage_graph_view_parent_class)->dispose (object);
}

static void
sage_graph_view_finalize (GObject *object)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (object);

  g_ptr_array_unref (self->cards);
  sage_graph_free (self->graph);

  G_OBJECT_CLASS (sage_graph_view_parent_class)->finalize (object);
}

static void
sage_graph_view_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (object);

  switch ((SageGraphViewProperty) prop_id)
    {
    case PROP_SELECTED:
      g_value_set_string (value, sage_graph_view_get_selected (self));
      break;
    case PROP_ZOOM:
      g_value_set_double (value, self->zoom);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_graph_view_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (object);

  switch ((SageGraphViewProperty) prop_id)
    {
    case PROP_SELECTED:
      sage_graph_view_set_selected (self, g_value_get_string (value));
      break;
    case PROP_ZOOM:
      sage_graph_view_set_zoom (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* One stop for Tab, where the arrows move: on its way through the cards Tab would select each, and
 * nobody could get from a card to what the page shows of it. */
static gboolean
sage_graph_view_focus (GtkWidget        *widget,
                       GtkDirectionType  direction)
{
  SageGraphView *self = SAGE_GRAPH_VIEW (widget);

  if ((direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
      || self->cards->len == 0)
    return GTK_WIDGET_CLASS (sage_graph_view_parent_class)->focus (widget, direction);
  if (gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return gtk_widget_grab_focus (self->cards->pdata[MAX (self->selected, 0)]);
}

static void
sage_graph_view_class_init (SageGraphViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sage_graph_view_dispose;
  object_class->finalize = sage_graph_view_finalize;
  object_class->get_property = sage_graph_view_get_property;
  object_class->set_property = sage_graph_view_set_property;
  widget_class->focus = sage_graph_view_focus;
  widget_class->measure = sage_graph_view_measure;
  widget_class->size_allocate = sage_graph_view_size_allocate;
  widget_class->snapshot = sage_graph_view_snapshot;
  widget_class->direction_changed = sage_graph_view_direction_changed;

  properties[PROP_SELECTED] = g_param_spec_string ("selected", NULL, NULL, NULL, flags);
  properties[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, MIN_ZOOM, MAX_ZOOM, 1, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                            G_TYPE_STRING);
  signals[SIGNAL_STATES_CHANGED] = g_signal_new ("states-changed", G_TYPE_FROM_CLASS (klass),
                                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "graphview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sage_graph_view_init (SageGraphView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->cards = g_ptr_array_new ();
  self->selected = -1;
  self->zoom = 1;
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Steps of the pipeline"), -1);
}

GtkWidget *
sage_graph_view_new (void)
{
  return g_object_new (SAGE_TYPE_GRAPH_VIEW, NULL);
}

static void
card_changed_cb (SageGraphView *self)
{
  g_signal_emit (self, signals[SIGNAL_STATES_CHANGED], 0);
}

static void
add_card (SageGraphView       *self,
          const SageGraphNode *node)
{
  GtkWidget *card = sage_step_card_new (node);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (card_pressed_cb), self);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (focus, "enter", G_CALLBACK (card_focus_cb), self);
  gtk_widget_add_controller (card, focus);
  g_signal_connect_swapped (card, "changed", G_CALLBACK (card_changed_cb), self);
  gtk_widget_set_parent (card, GTK_WIDGET (self));
  g_ptr_array_add (self->cards, card);
}

static void
update_detail (SageGraphView *self)
{
  for (guint i = 0; i < self->cards->len; i++)
    sage_step_card_set_zoom (self->cards->pdata[i], self->zoom);
}

/**
 * sage_graph_view_take_graph:
 * @self: a canvas
 * @graph: (transfer full) (nullable): what to show
 *
 * Shows another pipeline, without states. The selection stays on a step of the same name.
 */
void
sage_graph_view_take_graph (SageGraphView *self,
                            SageGraph     *graph)
{
  g_autofree char *selected = NULL;
  guint index;

  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  selected = g_strdup (sage_graph_view_get_selected (self));
  self->selected = -1;
  remove_cards (self);
  sage_graph_free (self->graph);
  self->graph = graph;
  for (guint i = 0; graph != NULL && i < sage_graph_n_nodes (graph); i++)
    add_card (self, sage_graph_node (graph, i));
  update_detail (self);
  forget_edges (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  card_changed_cb (self);

  if (selected != NULL && graph != NULL && sage_graph_find (graph, selected, &index))
    select_node (self, (int) index);
  else if (selected != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

const SageGraph *
sage_graph_view_get_graph (SageGraphView *self)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_VIEW (self), NULL);

  return self->graph;
}

/**
 * sage_graph_view_set_step:
 * @self: a canvas
 * @name: the name of a step
 * @step: (nullable): what became of it in an execution; the card follows it
 */
void
sage_graph_view_set_step (SageGraphView *self,
                          const char    *name,
                          SageResource  *step)
{
  guint index;

  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  if (self->graph != NULL && sage_graph_find (self->graph, name, &index))
    sage_step_card_set_step (self->cards->pdata[index], step);
}

void
sage_graph_view_clear_steps (SageGraphView *self)
{
  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  for (guint i = 0; i < self->cards->len; i++)
    sage_step_card_set_step (self->cards->pdata[i], NULL);
}

/**
 * sage_graph_view_get_card:
 * @self: a canvas
 * @index: of a node of its graph
 *
 * Returns: (transfer none) (nullable): its card; %NULL past the last one
 */
SageStepCard *
sage_graph_view_get_card (SageGraphView *self,
                          guint          index)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_VIEW (self), NULL);

  return index < self->cards->len ? self->cards->pdata[index] : NULL;
}

/**
 * sage_graph_view_count:
 * @self: a canvas
 * @state: a state
 *
 * Returns: how many steps are in it
 */
guint
sage_graph_view_count (SageGraphView *self,
                       SageState      state)
{
  guint n = 0;

  g_return_val_if_fail (SAGE_IS_GRAPH_VIEW (self), 0);

  for (guint i = 0; i < self->cards->len; i++)
    n += sage_step_card_get_state (self->cards->pdata[i]) == state;

  return n;
}

/**
 * sage_graph_view_select_next:
 * @self: a canvas
 * @state: a state
 *
 * Selects the next step that is in @state, after the selected one and round again.
 */
void
sage_graph_view_select_next (SageGraphView *self,
                             SageState      state)
{
  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  for (guint i = 1; i <= self->cards->len; i++)
    {
      guint index = ((guint) (self->selected + (int) i)) % self->cards->len;

      if (sage_step_card_get_state (self->cards->pdata[index]) != state)
        continue;
      gtk_widget_grab_focus (self->cards->pdata[index]);
      select_node (self, (int) index);
      return;
    }
}

/**
 * sage_graph_view_get_selected:
 * @self: a canvas
 *
 * Returns: (nullable): the name of the selected step
 */
const char *
sage_graph_view_get_selected (SageGraphView *self)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_VIEW (self), NULL);

  return self->selected >= 0 ? sage_graph_node (self->graph, (guint) self->selected)->name : NULL;
}

void
sage_graph_view_set_selected (SageGraphView *self,
                              const char    *name)
{
  guint index;

  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  if (name != NULL && self->graph != NULL && sage_graph_find (self->graph, name, &index))
    select_node (self, (int) index);
  else
    select_node (self, -1);
}

double
sage_graph_view_get_zoom (SageGraphView *self)
{
  g_return_val_if_fail (SAGE_IS_GRAPH_VIEW (self), 1);

  return self->zoom;
}

/**
 * sage_graph_view_set_zoom:
 * @self: a canvas
 * @zoom: 1 for 100 %; it is kept between 10 % and 200 %
 */
void
sage_graph_view_set_zoom (SageGraphView *self,
                          double         zoom)
{
  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  zoom = CLAMP (zoom, MIN_ZOOM, MAX_ZOOM);
  if (fabs (zoom - 1) < 0.02)
    zoom = 1; /* sharp text, where the steps do not quite meet it */
  if (zoom == self->zoom)
    return;

  self->zoom = zoom;
  update_detail (self);
  forget_edges (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

/**
 * sage_graph_view_fit:
 * @self: a canvas
 * @width: the room that there is, in pixels
 * @height: likewise
 *
 * Makes the whole pipeline visible, no larger than 100 %.
 */
void
sage_graph_view_fit (SageGraphView *self,
                     int            width,
                     int            height)
{
  g_return_if_fail (SAGE_IS_GRAPH_VIEW (self));

  if (self->graph != NULL && sage_graph_width (self->graph) > 0 && width > 2 * MARGIN
      && height > 2 * MARGIN)
    sage_graph_view_set_zoom (self, MIN (1, MIN ((width - 2 * MARGIN) / sage_graph_width (self->graph),
                                                 (height - 2 * MARGIN)
                                                   / sage_graph_height (self->graph))));
}
