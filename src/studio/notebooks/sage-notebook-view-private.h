/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-cell-list.h"
#include "sage-cell-row.h"
#include "sage-notebook-view.h"

G_BEGIN_DECLS

struct _SageNotebookView
{
  AdwBin                parent_instance;

  SageNotebookDocument *document;   /* (owned) */
  SageNotebook         *notebook;   /* (owned): the document's */
  SageCellList         *list;
  GtkScrolledWindow    *scroller;
  SageCell             *current;    /* (owned) (nullable): what commands are for */
  SageCell             *end;        /* (owned) (nullable): the other end of the selection */
  guint                 position;   /* of current, when it was last looked for */
  GHashTable           *flags;      /* (owned): SageCell → the flags of its row that stay */
  GdkRectangle          drop_line;  /* where what is dragged would go; without a height: nowhere */
  gboolean              numbers;    /* line numbers */
  gboolean              full_width;
  char                 *keys;       /* (owned) (nullable): the keys of a sequence so far */
  gint64                keys_time;  /* of the last one */
};

/* sage-notebook-view.c */
guint     sage_notebook_view_find         (SageNotebookView *self,
                                           SageCell         *cell);
guint     sage_notebook_view_get_position (SageNotebookView *self);
guint    *sage_notebook_view_dup_selected (SageNotebookView *self,
                                           guint            *n);
void      sage_notebook_view_select       (SageNotebookView *self,
                                           guint             first,
                                           guint             last);
void      sage_notebook_view_go_to        (SageNotebookView *self,
                                           guint             position,
                                           gboolean          edit);
void      sage_notebook_view_stop_editing (SageNotebookView *self);
void      sage_notebook_view_set_flag     (SageNotebookView *self,
                                           SageCell         *cell,
                                           SageCellRowFlags  flag,
                                           gboolean          is_set);
SageCellRow *sage_notebook_view_get_row   (SageNotebookView *self,
                                           guint             position);
void      sage_notebook_view_refresh      (SageNotebookView *self);

/* sage-notebook-keys.c */
void      sage_notebook_view_add_keys     (SageNotebookView *self);

/* sage-notebook-clipboard.c */
void      sage_notebook_view_copy         (SageNotebookView *self);
void      sage_notebook_view_paste        (SageNotebookView *self,
                                           guint             position);

/* sage-notebook-drag.c */
void      sage_notebook_view_add_drag     (SageNotebookView *self,
                                           SageCellRow      *row);
void      sage_notebook_view_add_drop     (SageNotebookView *self);

G_END_DECLS
