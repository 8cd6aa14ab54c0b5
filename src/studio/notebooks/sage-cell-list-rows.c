/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-cell-list"

#include "config.h"

#include "sage-cell-list-private.h"

/* Which items have rows: those near the view, and the one that has the focus. */

/* Forgets a row; its widget goes. */
void
sage_listed_row_free (SageListedRow *row)
{
  g_clear_object (&row->item);
  g_clear_pointer (&row->widget, gtk_widget_unparent);
  g_free (row);
}

/* Returns: (nullable): the row of an item that has one */
SageListedRow *
sage_cell_list_find_row (SageCellList *self,
                         guint         position)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position == (int) position)
        return row;
    }

  return NULL;
}

static gboolean
has_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Keeps the widget of a row for another item. */
void
sage_cell_list_release_row (SageCellList *self,
                            guint         index)
{
  SageListedRow *row = self->rows->pdata[index];
  GtkWidget *widget = g_steal_pointer (&row->widget);

  self->functions.unbind (widget, self->data);
  g_ptr_array_add (self->pool, g_object_ref (widget));
  gtk_widget_unparent (widget);
  g_ptr_array_remove_index_fast (self->rows, index);
}

/* A row whose item has moved is found again: it keeps the focus, and what is being typed. */
SageListedRow *
sage_cell_list_find_lost_row (SageCellList *self,
                              gpointer      item)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position < 0 && row->item == item)
        return row;
    }

  return NULL;
}

static void
update_set (SageCellList  *self,
            SageListedRow *row)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row->widget),
                                  GTK_ACCESSIBLE_RELATION_POS_IN_SET, row->position + 1,
                                  GTK_ACCESSIBLE_RELATION_SET_SIZE,
                                  (int) sage_cell_heights_get_n (self->heights), -1);
}

/* In the order of the items, which is that of the Tab key and of a screen reader. */
static void
place_widget (SageCellList  *self,
              SageListedRow *row)
{
  GtkWidget *before = NULL;
  int best = -1;

  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *other = self->rows->pdata[i];

      if (other != row && other->position >= 0 && other->position < row->position
          && other->position > best)
        {
          best = other->position;
          before = other->widget;
        }
    }
  gtk_widget_insert_after (row->widget, GTK_WIDGET (self), before);
}

/* The items have come into another order, or are more or fewer. */
void
sage_cell_list_reorder_rows (SageCellList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SageListedRow *row = self->rows->pdata[i];

      if (row->position >= 0)
        {
          place_widget (self, row);
          update_set (self, row);
        }
    }
}

static void
make_row (SageCellList *self,
          guint         position)
{
  g_autoptr(GObject) item = g_list_model_get_item (self->model, position);
  SageListedRow *row = sage_cell_list_find_lost_row (self, item);

  if (row != NULL)
    {
      row->position = (int) position;
      place_widget (self, row);
      update_set (self, row);
      return;
    }

  row = g_new0 (SageListedRow, 1);
  row->item = g_steal_pointer (&item);
  row->position = (int) position;
  row->widget = self->pool->len > 0 ? g_ptr_array_steal_index (self->pool, self->pool->len - 1)
                                    : g_object_ref_sink (self->functions.make (self->data));
  g_ptr_array_add (self->rows, row);
  place_widget (self, row);
  g_object_unref (row->widget); /* its parent has it now */
  self->functions.bind (row->widget, row->item, self->data);
  update_set (self, row);
}

/* The items that are to have rows: those in sight and as much again above and below. */
static void
find_range (SageCellList *self,
            guint        *first,
            guint        *end)
{
  double height = MAX (gtk_widget_get_height (GTK_WIDGET (self)), 600);
  double top = self->anchor_top;
  guint n = sage_cell_heights_get_n (self->heights);
  guint i = n > 0 ? MIN (self->anchor, n - 1) : 0;

  while (i > 0 && top > -height / 2)
    {
      i--;
      top -= sage_cell_heights_get (self->heights, i) + SAGE_CELL_LIST_GAP;
    }
  *first = i;
  while (i < n && top < height * 1.5)
    {
      top += sage_cell_heights_get (self->heights, i) + SAGE_CELL_LIST_GAP;
      i++;
    }
  *end = i;
}

/* Whether all items that are to have rows have them. */
gboolean
sage_cell_list_is_populated (SageCellList *self)
{
  guint first;
  guint end;

  find_range (self, &first, &end);
  for (guint i = first; i < end; i++)
    if (sage_cell_list_find_row (self, i) == NULL)
      return FALSE;

  return TRUE;
}

/* Gives the items near the view rows, and takes them from the others. */
void
sage_cell_list_populate (SageCellList *self)
{
  guint first;
  guint end;

  g_clear_handle_id (&self->populate, g_source_remove);
  find_range (self, &first, &end);
  for (guint i = first; i < end; i++)
    if (sage_cell_list_find_row (self, i) == NULL)
      make_row (self, i);

  for (guint i = self->rows->len; i > 0; i--)
    {
      SageListedRow *row = self->rows->pdata[i - 1];
      gboolean inside = row->position >= (int) first && row->position < (int) end;

      if (!inside && (row->position < 0 || !has_focus (row->widget)))
        sage_cell_list_release_row (self, i - 1);
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
populate_cb (gpointer user_data)
{
  SageCellList *self = user_data;

  self->populate = 0;
  sage_cell_list_populate (self);

  return G_SOURCE_REMOVE;
}

/* Rows cannot be made while rows are being measured. */
void
sage_cell_list_populate_soon (SageCellList *self)
{
  if (self->populate == 0)
    self->populate = g_idle_add_full (GTK_PRIORITY_RESIZE - 1, populate_cb, self, NULL);
}

