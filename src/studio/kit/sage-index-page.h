/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"
#include "sage-resource-list.h"

G_BEGIN_DECLS

#define SAGE_TYPE_INDEX_PAGE (sage_index_page_get_type ())

G_DECLARE_DERIVABLE_TYPE (SageIndexPage, sage_index_page, SAGE, INDEX_PAGE, SagePage)

/**
 * SageIndexPageClass:
 * @open: (nullable): opens a row; by default the row's location, in the tab or in a new one
 * @remove: (nullable): deletes rows, or offers to; without it there is no Delete
 * @selection_changed: (nullable): which rows actions are for has changed: says which are possible
 *
 * What a list does beside listing. Actions that are for rows act on what
 * sage_index_page_dup_selected() returns, from wherever they were activated. Rows that wait for a
 * deletion to be taken back, see sage_undo_remove(), are out of sight by themselves.
 */
struct _SageIndexPageClass
{
  SagePageClass parent_class;

  void (*open)              (SageIndexPage *self,
                             SageResource  *row,
                             gboolean       new_tab);
  void (*remove)            (SageIndexPage *self,
                             GListModel    *rows);
  void (*selection_changed) (SageIndexPage *self);
};

typedef enum
{
  SAGE_COLUMN_NAME,     /* icon of the kind and the title, which is a link */
  SAGE_COLUMN_STATE,    /* a SageStateChip */
  SAGE_COLUMN_TIME,     /* "created", "modified" or "ended" as property: "4 min ago" */
  SAGE_COLUMN_DURATION, /* from created to ended; it counts while it goes on */
  SAGE_COLUMN_TEXT,     /* a property that is a string, or text() */
  SAGE_COLUMN_CUSTOM,   /* create(), bind() and unbind() */
} SageColumnKind;

/*
 * A column. It is kept as it is: make it `static const`. The first one has the names and cannot be
 * hidden. All sort, except a custom one without compare(). A column of texts is found by its words
 * and by `id:word`.
 */
typedef struct
{
  const char     *id;       /* "created": it is remembered, so it never changes */
  const char     *title;    /* marked with N_() */
  SageColumnKind  kind;
  int             width;    /* in px at the normal size of text; 0: what the kind needs */
  gboolean        expand;   /* takes what is left */
  gboolean        numeric;  /* figures of one width, at the end */
  gboolean        hidden;   /* until it is switched on in the menu of the header */
  const char     *property; /* of SageResource */

  char      *(*text)    (SageIndexPage *page,
                         SageResource  *row); /* (transfer full) (nullable) */
  int        (*compare) (SageResource  *a,
                         SageResource  *b);
  GtkWidget *(*create)  (SageIndexPage *page);
  void       (*bind)    (GtkWidget     *widget,
                         SageResource  *row);
  void       (*unbind)  (GtkWidget     *widget,
                         SageResource  *row); /* (nullable): lets go of what bind() connected */
} SageColumn;

/* Returns: (transfer full): "1,204 jobs": ngettext ("%'u job", "%'u jobs", n) */
typedef char     *(*SageIndexCount)  (guint          n);

/* Returns: whether @row is in the list at all */
typedef gboolean  (*SageIndexFilter) (SageIndexPage *self,
                                      SageResource  *row);

void          sage_index_page_set_model         (SageIndexPage    *self,
                                                 GListModel       *model);
void          sage_index_page_add_source        (SageIndexPage    *self,
                                                 SageResourceList *list);
void          sage_index_page_add_column        (SageIndexPage    *self,
                                                 const SageColumn *column);
void          sage_index_page_set_count         (SageIndexPage    *self,
                                                 SageIndexCount    count);
void          sage_index_page_set_state_word    (SageIndexPage    *self,
                                                 SageState         state,
                                                 const char       *word);
void          sage_index_page_set_empty         (SageIndexPage    *self,
                                                 const char       *icon_name,
                                                 const char       *title,
                                                 const char       *description,
                                                 const char       *label,
                                                 const char       *action_name);
void          sage_index_page_set_primary       (SageIndexPage    *self,
                                                 const char       *label,
                                                 const char       *action_name);
void          sage_index_page_set_menu          (SageIndexPage    *self,
                                                 GMenuModel       *menu);
void          sage_index_page_add_filter_widget (SageIndexPage    *self,
                                                 GtkWidget        *widget);
void          sage_index_page_add_bulk_action   (SageIndexPage    *self,
                                                 const char       *label,
                                                 const char       *icon_name,
                                                 const char       *action_name,
                                                 gboolean          destructive);
void          sage_index_page_set_row_menu      (SageIndexPage    *self,
                                                 GMenuModel       *menu);
void          sage_index_page_set_filter_func   (SageIndexPage    *self,
                                                 SageIndexFilter   filter);
void          sage_index_page_refilter          (SageIndexPage    *self);
GListModel   *sage_index_page_dup_selected      (SageIndexPage    *self);
SageResource *sage_index_page_get_focused       (SageIndexPage    *self);
const char   *sage_index_page_get_filter        (SageIndexPage    *self);
void          sage_index_page_set_filter        (SageIndexPage    *self,
                                                 const char       *filter);

G_END_DECLS
