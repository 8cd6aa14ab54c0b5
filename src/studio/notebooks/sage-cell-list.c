/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-list"

#include "config.h"

#include "sage-cell-list-private.h"

#define MIN_WIDTH 240

typedef enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
} SageCellListProperty;

G_DEFINE_FINAL_TYPE_WITH_CODE (SageCellList, sage_cell_list, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* --- The adjustments -------------------------------------------------------------------------- */

static void
value_cb (SageCellList *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  if (self->configuring)
    return;

  sage_cell_list_set_anchor (self, gtk_adjustment_get_value (adjustment));
  sage_cell_list_populate (self);
}

static void
configure (SageCellList *self,
           double        value,
           int           page)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double total = sage_cell_heights_get_total (self->heights);

  if (adjustment == NULL)
    return;

  self->configuring = TRUE;
  gtk_adjustment_configure (adjustment, value, 0, MAX (total, page), page * 0.1, page * 0.9, page);
  self->configuring = FALSE;
}

static void
set_adjustment (SageCellList   *self,
                GtkOrientation  orientation,
                GtkAdjustment  *adjustment)
{
  if (self->adjustments[orientation] == adjustment && adjustment != NULL)
    return;

  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_func (self->adjustments[orientation], value_cb, self);
  g_clear_object (&self->adjustments[orientation]);
  self->adjustments[orientation] = g_object_ref_sink (
    adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  if (orientation == GTK_ORIENTATION_VERTICAL)
    g_signal_connect_swapped (self->adjustments[orientation], "value-changed",
                              G_CALLBACK (value_cb), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* --- Layout ----------------------------------------------------------------------------------- */

static GtkSizeRequestMode
sage_cell_list_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
sage_cell_list_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  SageCellList *self = SAGE_CELL_LIST (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = self->max_width > 0 ? self->max_width : 900;
    }
  else
    {
      *minimum = 0;
      *natural = (int) sage_cell_heights_get_total (self->heights);
    }
}

static void
measure_rows (SageCellList *self,
              int           width)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];
      int minimum;
      int height;

      if (row->position < 0)
        continue;
      gtk_widget_measure (row->widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, MAX (minimum, width), NULL,
                          &height, NULL, NULL);
      sage_cell_heights_set (self->heights, (guint) row->position, height);
    }
}

static void
allocate_rows (SageCellList *self,
               double        value,
               int           width,
               int           left)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];
      int minimum;
      double top;

      gtk_widget_set_child_visible (row->widget, row->position >= 0);
      if (row->position < 0)
        continue;
      top = sage_cell_heights_get_top (self->heights, (guint) row->position);
      gtk_widget_measure (row->widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_size_allocate (row->widget, &(GtkAllocation) {
        left, (int) (top - value), MAX (minimum, width),
        sage_cell_heights_get (self->heights, (guint) row->position) }, -1);
    }
}

static void
sage_cell_list_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  SageCellList *self = SAGE_CELL_LIST (widget);
  int column = self->max_width > 0 ? MIN (width, self->max_width) : width;
  double wanted = 0;
  double value;

  measure_rows (self, column);
  if (sage_cell_heights_get_n (self->heights) > 0)
    wanted = sage_cell_heights_get_top (self->heights, self->anchor) - self->anchor_top;
  value = CLAMP (wanted, 0, MAX (0, sage_cell_heights_get_total (self->heights) - height));
  value = (double) (int) value;
  if (value != wanted)
    self->anchor_top = sage_cell_heights_get_top (self->heights, self->anchor) - value;
  configure (self, value, height);
  allocate_rows (self, value, column, (width - column) / 2);

  if (!sage_cell_list_is_populated (self))
    sage_cell_list_populate_soon (self);
}

static void
sage_cell_list_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  SageCellList *self = SAGE_CELL_LIST (widget);

  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position >= 0)
        gtk_widget_snapshot_child (widget, row->widget, snapshot);
    }
}

/* --- The model -------------------------------------------------------------------------------- */

/* The heights of new items: of those that only moved, what they have; of the others, a guess. */
static void
take_heights (SageCellList *self,
              guint         position,
              guint         removed,
              guint         added)
{
  g_autofree int *heights = g_new (int, MAX (added, 1));

  for (guint i = 0; i < added; i++)
    {
      g_autoptr(GObject) item = g_list_model_get_item (self->model, position + i);
      SageListedRow *row = sage_cell_list_find_lost_row (self, item);

      if (row != NULL)
        row->position = (int) (position + i);
      heights[i] = row != NULL ? gtk_widget_get_height (row->widget)
                               : self->functions.estimate (item, self->data);
    }
  sage_cell_heights_splice (self->heights, position, removed, heights, added);
}

static void
items_changed_cb (SageCellList *self,
                  guint         position,
                  guint         removed,
                  guint         added)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position >= (int) (position + removed))
        row->position += (int) added - (int) removed;
      else if (row->position >= (int) position)
        row->position = -1;
    }

  take_heights (self, position, removed, added);

  if (self->anchor >= position + removed)
    self->anchor += added - removed;
  else if (self->anchor >= position + added)
    self->anchor = position;
  self->anchor = MIN (self->anchor, MAX (sage_cell_heights_get_n (self->heights), 1) - 1);

  sage_cell_list_reorder_rows (self);
  sage_cell_list_populate_soon (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sage_cell_list_set_model:
 * @self: a list
 * @model: (nullable): what to show the items of
 */
void
sage_cell_list_set_model (SageCellList *self,
                          GListModel   *model)
{
  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
      while (self->rows->len > 0)
        sage_cell_list_release_row (self, self->rows->len - 1);
      sage_cell_heights_splice (self->heights, 0, sage_cell_heights_get_n (self->heights), NULL, 0);
    }
  g_set_object (&self->model, model);
  if (model != NULL)
    {
      g_signal_connect_swapped (model, "items-changed", G_CALLBACK (items_changed_cb), self);
      items_changed_cb (self, 0, 0, g_list_model_get_n_items (model));
      self->anchor = 0;
      self->anchor_top = SAGE_CELL_LIST_PADDING;
    }
}

/* --- The object ------------------------------------------------------------------------------- */

static void
sage_cell_list_dispose (GObject *object)
{
  SageCellList *self = SAGE_CELL_LIST (object);

  g_clear_handle_id (&self->populate, g_source_remove);
  if (self->model != NULL)
    sage_cell_list_set_model (self, NULL);
  for (guint i = 0; i < 2; i++)
    if (self->adjustments[i] != NULL)
      {
        g_signal_handlers_disconnect_by_func (self->adjustments[i], value_cb, self);
        g_clear_object (&self->adjustments[i]);
      }
  g_ptr_array_set_size (self->pool, 0);

  G_OBJECT_CLASS (sage_cell_list_parent_class)->dispose (object);
}

static void
sage_cell_list_finalize (GObject *object)
{
  SageCellList *self = SAGE_CELL_LIST (object);

  sage_cell_heights_free (self->heights);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->pool);

  G_OBJECT_CLASS (sage_cell_list_parent_class)->finalize (object);
}

static void
sage_cell_list_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SageCellList *self = SAGE_CELL_LIST (object);

  switch ((SageCellListProperty) prop_id)
    {
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, (int) self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, (int) self->policies[GTK_ORIENTATION_VERTICAL]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_cell_list_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  SageCellList *self = SAGE_CELL_LIST (object);

  switch ((SageCellListProperty) prop_id)
    {
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_HORIZONTAL] = (guint) g_value_get_enum (value);
      break;
    case PROP_VSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_VERTICAL] = (guint) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_cell_list_class_init (SageCellListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sage_cell_list_dispose;
  object_class->finalize = sage_cell_list_finalize;
  object_class->get_property = sage_cell_list_get_property;
  object_class->set_property = sage_cell_list_set_property;
  widget_class->get_request_mode = sage_cell_list_get_request_mode;
  widget_class->measure = sage_cell_list_measure;
  widget_class->size_allocate = sage_cell_list_size_allocate;
  widget_class->snapshot = sage_cell_list_snapshot;

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  gtk_widget_class_set_css_name (widget_class, "celllist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
sage_cell_list_init (SageCellList *self)
{
  self->heights = sage_cell_heights_new (SAGE_CELL_LIST_GAP, SAGE_CELL_LIST_PADDING);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_listed_row_free);
  self->pool = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * sage_cell_list_new:
 * @functions: what makes and fills rows; copied
 * @data: what they are called with; it outlives the list, or sets the model to %NULL before it goes
 *
 * Returns: (transfer floating): a list of nothing
 */
GtkWidget *
sage_cell_list_new (const SageCellListFunctions *functions,
                    gpointer                     data)
{
  SageCellList *self = g_object_new (SAGE_TYPE_CELL_LIST, NULL);

  self->functions = *functions;
  self->data = data;

  return GTK_WIDGET (self);
}

/**
 * sage_cell_list_set_max_width:
 * @self: a list
 * @max_width: of the rows, which are in the middle; 0 for as wide as the list
 */
void
sage_cell_list_set_max_width (SageCellList *self,
                              int           max_width)
{
  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  self->max_width = max_width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sage_cell_list_get_row:
 * @self: a list
 * @position: of an item
 *
 * Returns: (transfer none) (nullable): its row, if it has one
 */
GtkWidget *
sage_cell_list_get_row (SageCellList *self,
                        guint         position)
{
  SageListedRow *row;

  g_return_val_if_fail (SAGE_IS_CELL_LIST (self), NULL);

  row = sage_cell_list_find_row (self, position);

  return row != NULL ? row->widget : NULL;
}

