/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-list"

#include "config.h"

#include "sage-cell-list-private.h"

#define GAP SAGE_CELL_LIST_GAP

/* What is in sight: moving it, and asking for it. */

/* The first item that is in sight at a distance from the start is the one that is to stay. */
void
sage_cell_list_set_anchor (SageCellList *self,
                           double        value)
{
  double top;

  self->anchor = sage_cell_heights_find (self->heights, value, &top);
  self->anchor_top = top - value;
}

/* Where an item is, from the top of the view. */
static double
distance_of (SageCellList *self,
             guint         position)
{
  return sage_cell_heights_get_top (self->heights, position)
         - sage_cell_heights_get_top (self->heights, self->anchor) + self->anchor_top;
}

/* Has an item stand at a distance from the top of the view. */
static void
move_to (SageCellList *self,
         guint         position,
         double        top)
{
  self->anchor = position;
  self->anchor_top = top;
  sage_cell_list_populate (self);
}

/**
 * sage_cell_list_scroll_to:
 * @self: a list
 * @position: of an item
 *
 * Brings it into sight, as far as it is not: all of it, or its start if it is higher than the view.
 */
void
sage_cell_list_scroll_to (SageCellList *self,
                          guint         position)
{
  int view = gtk_widget_get_height (GTK_WIDGET (self));
  double top;
  int height;

  g_return_if_fail (SAGE_IS_CELL_LIST (self));
  g_return_if_fail (position < sage_cell_heights_get_n (self->heights));

  top = distance_of (self, position);
  height = sage_cell_heights_get (self->heights, position);
  if (view <= 0 || top < GAP || height > view - 2 * GAP)
    {
      if (top < GAP || top > view / 2 || view <= 0)
        move_to (self, position, GAP);
    }
  else if (top + height > view - GAP)
    move_to (self, position, view - GAP - height);
}

/**
 * sage_cell_list_reach_row:
 * @self: a list
 * @position: of an item
 *
 * Brings the item into sight and makes a row for it if it has none.
 *
 * Returns: (transfer none) (nullable): the row
 */
GtkWidget *
sage_cell_list_reach_row (SageCellList *self,
                          guint         position)
{
  g_return_val_if_fail (SAGE_IS_CELL_LIST (self), NULL);
  if (position >= sage_cell_heights_get_n (self->heights))
    return NULL;

  sage_cell_list_scroll_to (self, position);
  if (sage_cell_list_find_row (self, position) == NULL)
    sage_cell_list_populate (self);

  return sage_cell_list_get_row (self, position);
}

/**
 * sage_cell_list_show_rect:
 * @self: a list
 * @row: one of its rows
 * @top: of what is to be in sight, from the top of the row
 * @height: of that
 */
void
sage_cell_list_show_rect (SageCellList *self,
                          GtkWidget    *row,
                          double        top,
                          double        height)
{
  int view = gtk_widget_get_height (GTK_WIDGET (self));

  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *candidate = self->rows->pdata[i];
      double at;

      if (candidate->widget != row || candidate->position < 0)
        continue;
      at = distance_of (self, (guint) candidate->position);
      if (at + top < GAP)
        move_to (self, (guint) candidate->position, GAP - top);
      else if (at + top + height > view - GAP && view > 0)
        move_to (self, (guint) candidate->position, view - GAP - height - top);
      return;
    }
}

/**
 * sage_cell_list_find_position:
 * @self: a list
 * @y: in the coordinates of the list
 * @is_upper_half: (out): whether it is nearer to the start of the row than to its end
 *
 * Returns: the item there, or the nearest one
 */
guint
sage_cell_list_find_position (SageCellList *self,
                              double        y,
                              gboolean     *is_upper_half)
{
  double start;
  double top;
  guint position;

  g_return_val_if_fail (SAGE_IS_CELL_LIST (self), 0);

  start = sage_cell_heights_get_top (self->heights, self->anchor) - self->anchor_top;
  position = sage_cell_heights_find (self->heights, start + y, &top);
  *is_upper_half = sage_cell_heights_get_n (self->heights) == 0
                   || start + y < top + sage_cell_heights_get (self->heights, position) / 2.0;

  return position;
}

void
sage_cell_list_foreach_row (SageCellList *self,
                            void        (*callback) (GtkWidget *row,
                                                     gpointer   data),
                            gpointer      data)
{
  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position >= 0)
        callback (row->widget, data);
    }
}

/**
 * sage_cell_list_get_place:
 * @self: a list
 * @position: (out): the item at the top of the view
 * @offset: (out): of its top from that of the view
 */
void
sage_cell_list_get_place (SageCellList *self,
                          guint        *position,
                          double       *offset)
{
  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  *position = self->anchor;
  *offset = self->anchor_top;
}

/**
 * sage_cell_list_set_place:
 *
 * Takes back what sage_cell_list_get_place() gave; a place that is no more is the nearest one.
 */
void
sage_cell_list_set_place (SageCellList *self,
                          guint         position,
                          double        offset)
{
  guint n;

  g_return_if_fail (SAGE_IS_CELL_LIST (self));

  n = sage_cell_heights_get_n (self->heights);
  if (n > 0)
    move_to (self, MIN (position, n - 1), CLAMP (offset, -1e6, 1e6));
}
