/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell-heights.h"
#include "sage-cell-list.h"

G_BEGIN_DECLS

#define SAGE_CELL_LIST_GAP     12 /* between two rows */
#define SAGE_CELL_LIST_PADDING 18 /* above the first and below the last */

/* A row that exists. */
typedef struct
{
  GtkWidget *widget;
  gpointer   item;     /* (owned) */
  int        position; /* -1: its item is gone, or on its way to another place */
} SageListedRow;

/*
 * The place is remembered as a row and how far its top is from that of the view, not as a number of
 * pixels from the start: that number changes whenever a row above turns out to be higher or lower
 * than it was thought to be.
 */
struct _SageCellList
{
  GtkWidget              parent_instance;

  SageCellListFunctions  functions;
  gpointer               data;
  GListModel            *model;       /* (owned) (nullable) */
  SageCellHeights       *heights;     /* (owned): one for each item: measured or estimated */
  GPtrArray             *rows;        /* (owned): of SageListedRow */
  GPtrArray             *pool;        /* (owned): GtkWidget: rows that show nothing */
  guint                  anchor;      /* the item that stays in its place */
  double                 anchor_top;  /* of its top, from that of the view */
  GtkAdjustment         *adjustments[2]; /* (owned) (nullable): by orientation */
  guint                  policies[2];
  int                    max_width;
  guint                  populate;    /* source: rows are to be made before the next frame */
  gboolean               configuring; /* the adjustment changes because of us */
};

void           sage_listed_row_free            (SageListedRow *row);
SageListedRow *sage_cell_list_find_row         (SageCellList  *self,
                                                guint          position);
SageListedRow *sage_cell_list_find_lost_row    (SageCellList  *self,
                                                gpointer       item);
void           sage_cell_list_release_row      (SageCellList  *self,
                                                guint          index);
void           sage_cell_list_reorder_rows     (SageCellList  *self);
gboolean       sage_cell_list_is_populated     (SageCellList  *self);
void           sage_cell_list_populate         (SageCellList  *self);
void           sage_cell_list_populate_soon    (SageCellList  *self);
void           sage_cell_list_set_anchor       (SageCellList  *self,
                                                double         value);

G_END_DECLS
