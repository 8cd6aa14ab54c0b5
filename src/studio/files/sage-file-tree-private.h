/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-file-tree.h"
#include "sage-git-marks.h"

G_BEGIN_DECLS

struct _SageFileTree
{
  AdwBin       parent_instance;

  GFile       *folder;      /* (owned) (nullable) */
  SageGitMarks *marks;      /* (owned) (nullable): of the folder */
  GtkFilter   *filter;      /* (owned): of what is hidden */
  gboolean     show_hidden;
  GtkListView *view;
  GtkPopover  *menu;        /* (nullable): of the row that it was asked for */
  guint        menu_id;     /* until that has given the focus back */
  GtkEntry    *name;        /* (nullable): where a new name is written */
  GFile       *renamed;     /* (owned) (nullable): what is to be called so */
  guint        left_id;     /* until the name that has lost the focus goes */
  GtkWidget   *drop_target; /* (nullable) (weak): the expander that something is dragged over */
  GString     *typed;       /* (owned): the beginning of a name */
  gint64       typed_at;    /* when the last letter of it was */
};

GtkTreeListRow *sage_file_tree_get_selected_row (SageFileTree   *self);
GFile          *sage_file_tree_get_selected     (SageFileTree   *self);
void            sage_file_tree_actions_install  (GtkWidgetClass *klass);
void            sage_file_tree_actions_init     (SageFileTree   *self);
GtkTreeExpander *sage_file_tree_find_expander   (SageFileTree   *self,
                                                 double          x,
                                                 double          y);
GtkTreeExpander *sage_file_tree_find_selected_expander (SageFileTree *self);

/* sage-file-tree-move.c */
gboolean        sage_file_tree_rename_to        (SageFileTree   *self,
                                                 GFile          *file,
                                                 GFile          *target,
                                                 GError        **error);
void            sage_file_tree_move_init        (SageFileTree   *self);

/* sage-file-tree-rename.c */
gboolean        sage_file_tree_is_name          (const char     *text);
void            sage_file_tree_begin_rename     (SageFileTree   *self);
void            sage_file_tree_end_rename       (SageFileTree   *self);

/* sage-file-tree-type.c */
void            sage_file_tree_type_init        (SageFileTree   *self);

/* sage-file-tree-marks.c */
void            sage_file_tree_add_mark         (GtkBox         *box);
void            sage_file_tree_bind_mark        (SageFileTree   *self,
                                                 GtkListItem    *item);
void            sage_file_tree_unbind_mark      (SageFileTree   *self,
                                                 GtkListItem    *item);
void            sage_file_tree_watch_marks      (SageFileTree   *self,
                                                 GFile          *folder,
                                                 GListModel     *list);

G_END_DECLS
