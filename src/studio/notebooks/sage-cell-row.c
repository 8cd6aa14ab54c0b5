/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-row"

#include "config.h"

#include "sage-cell-row-private.h"
#include "sage-cell-toolbar.h"

#define GAP    6
#define BAR    3
#define LINE   20 /* about as high as a line of text */
#define OUTPUT_LINES 20 /* about as many as the cap on outputs lets be seen */

enum
{
  SIGNAL_COMMAND,
  SIGNAL_CHOSEN,
  SIGNAL_CHANGED_FLAGS,
  SIGNAL_CURSOR_MOVED,
  SIGNAL_OPEN_LOCATION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SageCellRow, sage_cell_row, GTK_TYPE_WIDGET)

/* Whether it shows code, which alone runs and has outputs. */
gboolean
sage_cell_row_is_code (SageCellRow *self)
{
  return sage_cell_get_kind (self->cell) == SAGE_CELL_CODE;
}

/* --- Pointer ---------------------------------------------------------------------------------- */

static void
command_cb (SageCellRow *self,
            const char  *name)
{
  g_signal_emit (self, signals[SIGNAL_COMMAND], 0, name);
}

static void
run_cb (SageCellRow *self)
{
  gboolean running = sage_cell_get_state (self->cell) == SAGE_CELL_RUNNING;

  command_cb (self, running ? "notebook.interrupt" : "notebook.run");
}

static void
unfold_cb (SageCellRow *self)
{
  sage_cell_set_folded (self->cell, FALSE);
}

static void
unfold_outputs_cb (SageCellRow *self)
{
  sage_cell_set_outputs_folded (self->cell, FALSE);
}

static void
open_changed_cb (SageCellRow *self)
{
  self->flags ^= SAGE_CELL_ROW_OPEN;
  g_signal_emit (self, signals[SIGNAL_CHANGED_FLAGS], 0);
}

/* Whether something at that place takes the focus itself: the source, text that can be selected. */
static gboolean
is_taken (SageCellRow *self,
          double       x,
          double       y)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  for (; at != NULL && at != GTK_WIDGET (self); at = gtk_widget_get_parent (at))
    if (gtk_widget_get_focusable (at))
      return TRUE;

  return FALSE;
}

static void
pressed_cb (SageCellRow     *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *gesture)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (!is_taken (self, x, y) || (state & GDK_SHIFT_MASK) != 0)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, (guint) state);
  if (n_press == 2 && self->markdown != NULL && gtk_widget_get_visible (self->markdown)
      && !sage_notebook_is_read_only (sage_notebook_document_get_notebook (self->document)))
    sage_cell_row_focus_source (self);
}

/* Most cells are never pointed at: what is for that is made when it is. */
static void
enter_cb (SageCellRow *self)
{
  if (self->toolbar != NULL || self->cell == NULL)
    return;

  self->toolbar = sage_cell_toolbar_new ();
  g_signal_connect_swapped (self->toolbar, "command", G_CALLBACK (command_cb), self);
  gtk_widget_set_parent (self->toolbar, GTK_WIDGET (self));
}

/* --- Layout: gutter, bar and body side by side, the toolbar over the corner -------------------- */

/* How wide the gutter is in every row, whatever its count is: what a run counts moves nothing. */
static int
measure_gutter (SageCellRow *self)
{
  int width;

  gtk_widget_measure (self->gutter, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);

  return width;
}

/* Returns: how wide what stands beside the body is together */
static int
measure_side (SageCellRow *self)
{
  return measure_gutter (self) + GAP + BAR + GAP;
}

static void
sage_cell_row_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  SageCellRow *self = SAGE_CELL_ROW (widget);
  int side = measure_side (self);
  int gutter;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (GTK_WIDGET (self->body), orientation, -1, minimum, natural, NULL, NULL);
      *minimum += side;
      *natural += side;
      return;
    }

  gtk_widget_measure (self->gutter, orientation, measure_gutter (self), NULL, &gutter, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->body), orientation, for_size < 0 ? -1 : MAX (for_size - side, 0),
                      minimum, natural, NULL, NULL);
  *minimum = MAX (*minimum, gutter);
  *natural = MAX (*natural, gutter);
}

/* @x: from the side where reading begins */
static void
place (SageCellRow *self,
       GtkWidget   *child,
       int          x,
       int          y,
       int          width,
       int          height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (child, &(GtkAllocation) {
    rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - x - width : x, y, width, height }, -1);
}

static void
sage_cell_row_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  SageCellRow *self = SAGE_CELL_ROW (widget);
  GtkRequisition toolbar;
  int gutter = measure_gutter (self);
  int side = measure_side (self);
  int gutter_height;

  gtk_widget_measure (self->gutter, GTK_ORIENTATION_VERTICAL, gutter, NULL, &gutter_height, NULL, NULL);
  place (self, self->gutter, 0, 0, gutter, gutter_height);
  place (self, self->bar, gutter + GAP, 0, BAR, height);
  place (self, GTK_WIDGET (self->body), side, 0, width - side, height);
  if (self->toolbar != NULL)
    {
      gtk_widget_get_preferred_size (self->toolbar, NULL, &toolbar);
      place (self, self->toolbar, width - toolbar.width - GAP, -9, toolbar.width, toolbar.height);
    }
}

static GtkSizeRequestMode
sage_cell_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_cell_row_dispose (GObject *object)
{
  SageCellRow *self = SAGE_CELL_ROW (object);

  if (self->signals != NULL)
    {
      g_signal_group_set_target (self->signals, NULL);
      g_signal_group_set_target (self->listing, NULL);
      g_signal_group_set_target (self->typing, NULL);
    }
  g_clear_object (&self->signals);
  g_clear_object (&self->listing);
  g_clear_object (&self->typing);
  g_clear_pointer (&self->toolbar, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAGE_TYPE_CELL_ROW);
  g_clear_object (&self->cell);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sage_cell_row_parent_class)->dispose (object);
}

static void
add_signals (SageCellRowClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  signals[SIGNAL_COMMAND] = g_signal_new ("command", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_CHANGED_FLAGS] = g_signal_new ("changed-flags", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN_LOCATION] = g_signal_new ("open-location", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT);
  signals[SIGNAL_CURSOR_MOVED] = g_signal_new ("cursor-moved", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 0);
}

static void
sage_cell_row_class_init (SageCellRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sage_cell_row_dispose;
  widget_class->measure = sage_cell_row_measure;
  widget_class->size_allocate = sage_cell_row_size_allocate;
  widget_class->get_request_mode = sage_cell_row_get_request_mode;
  add_signals (klass);

  g_type_ensure (SAGE_TYPE_CAPPED_BIN);
  g_type_ensure (SAGE_TYPE_ELAPSED);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/sagebrush/Studio/ui/notebooks/sage-cell-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, gutter);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, run);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, count);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, bar);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, body);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, folded);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, status);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, status_icon);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, status_text);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, elapsed);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, stale_icon);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, stale);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, outputs_folded);
  gtk_widget_class_bind_template_child (widget_class, SageCellRow, outputs);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, unfold_cb);
  gtk_widget_class_bind_template_callback (widget_class, unfold_outputs_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_changed_cb);
  gtk_widget_class_set_css_name (widget_class, "cellrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
sage_cell_row_init (SageCellRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  sage_cell_row_follow (self);

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (enter_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (enter_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * sage_cell_row_new:
 * @document: what the cells are of
 *
 * Returns: (transfer floating): a row that shows nothing
 */
GtkWidget *
sage_cell_row_new (SageNotebookDocument *document)
{
  SageCellRow *self = g_object_new (SAGE_TYPE_CELL_ROW, NULL);

  self->document = g_object_ref (document);
  g_signal_connect_object (sage_notebook_kernel_for (document), "notify::input",
                           G_CALLBACK (sage_cell_row_update_input), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sage_notebook_kernel_for (document), "notify::n-pending",
                           G_CALLBACK (sage_cell_row_update_pending), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/**
 * sage_cell_row_estimate:
 * @cell: a cell
 *
 * Returns: how high its row is likely to be
 */
int
sage_cell_row_estimate (SageCell *cell)
{
  const char *source = sage_cell_get_source (cell);
  int outputs = (int) MIN (sage_cell_guess_output_lines (cell), OUTPUT_LINES);
  int lines = 1;

  for (; *source != '\0'; source++)
    lines += *source == '\n';

  return lines * LINE + 18 + outputs * LINE;
}
