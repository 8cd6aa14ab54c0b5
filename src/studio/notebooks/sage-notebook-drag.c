/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-drag"

#include "config.h"

#include "sage-notebook-view-private.h"

/* What is dragged is a cell; with it go those that are selected with it. */

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            SageCellRow   *row)
{
  SageCell *cell = sage_cell_row_get_cell (row);

  return cell != NULL ? gdk_content_provider_new_typed (SAGE_TYPE_CELL, cell) : NULL;
}

static void
begin_cb (GtkDragSource *source,
          GdkDrag       *drag,
          SageCellRow   *row)
{
  g_autoptr(GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (row));

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

/* Lets the cells of a row be dragged by its gutter. */
void
sage_notebook_view_add_drag (SageNotebookView *self,
                             SageCellRow      *row)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), row, 0);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (begin_cb), row, 0);
  gtk_widget_add_controller (sage_cell_row_get_handle (row), GTK_EVENT_CONTROLLER (source));
}

/* --- Dropping --------------------------------------------------------------------------------- */

static guint
find_target (SageNotebookView *self,
             double            y)
{
  graphene_point_t point;
  gboolean upper;
  guint position;

  if (!gtk_widget_compute_point (GTK_WIDGET (self), GTK_WIDGET (self->list),
                                 &GRAPHENE_POINT_INIT (0, (float) y), &point))
    return 0;
  position = sage_cell_list_find_position (self->list, point.y, &upper);

  return upper ? position : position + 1;
}

static void
update_line (SageNotebookView *self,
             guint             target)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->notebook));
  GtkWidget *row = sage_cell_list_get_row (self->list, MIN (target, MAX (n, 1) - 1));
  graphene_rect_t bounds;

  self->drop_line.height = 0;
  if (row != NULL && gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
    self->drop_line = (GdkRectangle) {
      (int) bounds.origin.x,
      (int) (target < n ? bounds.origin.y - 7 : bounds.origin.y + bounds.size.height + 5),
      (int) bounds.size.width, 2,
    };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GdkDragAction
motion_cb (SageNotebookView *self,
           double            x,
           double            y)
{
  if (sage_notebook_is_read_only (self->notebook))
    return 0;

  update_line (self, find_target (self, y));

  return GDK_ACTION_MOVE;
}

static void
leave_cb (SageNotebookView *self)
{
  self->drop_line.height = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
drop_cb (SageNotebookView *self,
         const GValue     *value,
         double            x,
         double            y)
{
  SageCell *cell = g_value_get_object (value);
  guint target = find_target (self, y);
  guint position = sage_notebook_view_find (self, cell);
  g_autofree guint *positions = NULL;
  guint n;

  leave_cb (self);
  if (sage_notebook_is_read_only (self->notebook))
    return FALSE;
  if (position == G_MAXUINT) /* of another notebook */
    {
      SageCell *copy = sage_notebook_insert (self->notebook, target, sage_cell_get_kind (cell),
                                             sage_cell_get_source (cell));

      sage_notebook_view_go_to (self, sage_notebook_view_find (self, copy), FALSE);
      return TRUE;
    }

  positions = sage_notebook_view_dup_selected (self, &n);
  if (position < positions[0] || position > positions[n - 1])
    {
      n = 1;
      positions[0] = position;
    }
  if (target < positions[0] || target > positions[n - 1] + 1)
    sage_notebook_move (self->notebook, positions, n, target);
  sage_notebook_view_refresh (self);

  return TRUE;
}

/* Lets cells be dropped between those of the view. */
void
sage_notebook_view_add_drop (SageNotebookView *self)
{
  GtkDropTarget *target = gtk_drop_target_new (SAGE_TYPE_CELL, GDK_ACTION_MOVE | GDK_ACTION_COPY);

  g_signal_connect_swapped (target, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
