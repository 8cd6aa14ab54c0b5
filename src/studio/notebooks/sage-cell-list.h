/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SageCellListClass-less functions of a list, all called with its data:
 * @make: (transfer floating): a row that shows nothing yet
 * @bind: shows an item in a row
 * @unbind: empties a row, which another item will get
 * @estimate: how high the row of an item is likely to be, which nobody has measured yet
 */
typedef struct
{
  GtkWidget *(*make)     (gpointer   data);
  void       (*bind)     (GtkWidget *row,
                          gpointer   item,
                          gpointer   data);
  void       (*unbind)   (GtkWidget *row,
                          gpointer   data);
  int        (*estimate) (gpointer   item,
                          gpointer   data);
} SageCellListFunctions;

/*
 * A column of rows of any height, of which only those near the view exist. What is in sight stays
 * where it is when the rows above it turn out to be of another height, come or go; the row that has
 * the focus is kept wherever it is. A GtkScrollable; the properties beside its own: "max-width".
 */
#define SAGE_TYPE_CELL_LIST (sage_cell_list_get_type ())

G_DECLARE_FINAL_TYPE (SageCellList, sage_cell_list, SAGE, CELL_LIST, GtkWidget)

GtkWidget *sage_cell_list_new           (const SageCellListFunctions *functions,
                                         gpointer                     data);
void       sage_cell_list_set_model     (SageCellList                *self,
                                         GListModel                  *model);
void       sage_cell_list_set_max_width (SageCellList                *self,
                                         int                          max_width);
GtkWidget *sage_cell_list_get_row       (SageCellList                *self,
                                         guint                        position);
GtkWidget *sage_cell_list_reach_row     (SageCellList                *self,
                                         guint                        position);
void       sage_cell_list_scroll_to     (SageCellList                *self,
                                         guint                        position);
void       sage_cell_list_show_rect     (SageCellList                *self,
                                         GtkWidget                   *row,
                                         double                       top,
                                         double                       height);
guint      sage_cell_list_find_position (SageCellList                *self,
                                         double                       y,
                                         gboolean                    *is_upper_half);
void       sage_cell_list_foreach_row   (SageCellList                *self,
                                         void                       (*callback) (GtkWidget *row,
                                                                                 gpointer   data),
                                         gpointer                     data);
void       sage_cell_list_get_place     (SageCellList                *self,
                                         guint                       *position,
                                         double                      *offset);
void       sage_cell_list_set_place     (SageCellList                *self,
                                         guint                        position,
                                         double                       offset);

G_END_DECLS
