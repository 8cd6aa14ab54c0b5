/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-filter-expression.h"
#include "sage-index-model.h"
#include "sage-index-page.h"

G_BEGIN_DECLS

/* What a column is in one page. */
typedef struct
{
  SageIndexPage       *page;
  const SageColumn    *info;   /* (nullable): of the column with the checks and the narrow one */
  GtkColumnViewColumn *column; /* (owned) */
  gboolean             shown;  /* as the user wants it, were there room */
} SageIndexColumn;

typedef struct
{
  SageIndexModel       *model;
  GPtrArray            *columns;     /* of SageIndexColumn */
  SageIndexColumn      *checks;
  SageIndexColumn      *narrow;      /* the one that stands for all where there is no room */
  gboolean              is_narrow;
  GSimpleActionGroup   *column_actions;
  GPtrArray            *cells;       /* of SageIndexCell: those that show a row */
  guint                 tick;        /* source id while mapped */

  GPtrArray            *sources;     /* of SageResourceList (owned) */
  SageIndexCount        count_words; /* (nullable) */
  SageIndexFilter       belongs;     /* (nullable) */
  const char           *state_words[SAGE_STATE_BAD + 1];

  SageFilterExpression *expression;
  GArray               *keys;        /* of SageFilterKey */
  int                   state;       /* the one that is shown alone; -1 for all */
  GPtrArray            *state_toggles; /* of GtkLabel: word and count of each toggle */
  guint                 refilter;    /* source id, while ages are asked for */
  guint                 announce;    /* source id */

  SageResource         *focused;     /* (owned) (nullable): the row that had the focus last */
  GtkRoot              *root;        /* (nullable): whose focus is followed */
  GtkWidget            *row_menu;    /* (nullable): the popover */
  GMenuModel           *row_menu_model; /* (owned) (nullable) */
  double                scroll;      /* where to scroll to once there are rows; -1: nowhere */

  GtkWidget *banner, *header, *titles, *title, *count, *spinner, *primary, *primary_content;
  GtkWidget *overflow, *filters, *search, *states, *clear, *hint_revealer, *hint, *stack;
  GtkWidget *scroller, *view, *empty, *empty_action, *failed, *actions, *selected, *bulk;
} SageIndexPagePrivate;

/* One cell of the view, or the whole of a narrow row. */
typedef struct
{
  SageIndexColumn   *column;
  GtkColumnViewCell *cell;     /* lives as long as this */
  SageResource      *row;      /* (owned) (nullable): while bound */
  gulong             notify;   /* handler id on the row */
  GtkWidget         *root;
  GtkWidget         *icon;     /* (nullable), as those that follow */
  GtkWidget         *title;
  GtkWidget         *text;
  GtkWidget         *chip;
  GtkWidget         *check;
  guint              flash;    /* source id while the row is lit */
} SageIndexCell;

SageIndexPagePrivate *sage_index_page_private          (SageIndexPage *self);
void                  sage_index_page_update           (SageIndexPage *self);
void                  sage_index_page_update_actions   (SageIndexPage *self);
void                  sage_index_page_update_buttons   (SageIndexPage *self);
const GError         *sage_index_page_get_error        (SageIndexPage *self);

/* columns and their cells */
void                  sage_index_page_init_columns     (SageIndexPage *self);
void                  sage_index_page_update_columns   (SageIndexPage *self);
SageIndexColumn      *sage_index_page_find_column      (SageIndexPage *self,
                                                        const char    *id);
void                  sage_index_column_free           (gpointer       column);
int                   sage_index_column_width          (const SageColumn *info);
double                sage_index_column_time           (SageIndexColumn *column,
                                                        SageResource    *row);
char                 *sage_index_column_text           (SageIndexColumn *column,
                                                        SageResource    *row);
GtkListItemFactory   *sage_index_cell_factory          (SageIndexColumn *column);
GtkListItemFactory   *sage_index_row_factory           (SageIndexPage *self);
SageIndexCell        *sage_index_page_cell_at          (SageIndexPage *self,
                                                        GtkWidget     *widget);
void                  sage_index_cell_refresh_time     (SageIndexCell *cell);

/* the filter */
gboolean              sage_index_page_row_belongs      (SageResource  *row,
                                                        gpointer       self);
gboolean              sage_index_page_row_matches      (SageResource  *row,
                                                        gpointer       self);
void                  sage_index_page_init_filter      (SageIndexPage *self);
void                  sage_index_page_filter_changed   (SageIndexPage *self);
void                  sage_index_page_set_state        (SageIndexPage *self,
                                                        int            state);
void                  sage_index_page_take_toggle      (SageIndexPage *self);
void                  sage_index_page_update_states    (SageIndexPage *self);
gboolean              sage_index_page_is_filtered      (SageIndexPage *self);
void                  sage_index_page_clear_filter     (SageIndexPage *self);

/* keys, pointer and what they do */
void                  sage_index_page_install_actions  (GtkWidgetClass *klass);
void                  sage_index_page_init_input       (SageIndexPage *self);
void                  sage_index_page_open             (SageIndexPage *self,
                                                        SageResource  *row,
                                                        gboolean       new_tab);
void                  sage_index_page_set_focused      (SageIndexPage *self,
                                                        SageResource  *row);
void                  sage_index_page_focus_list       (SageIndexPage *self);
void                  sage_index_page_follow_focus     (SageIndexPage *self,
                                                        GtkRoot       *root);

/* what is remembered */
GVariant             *sage_index_page_dup_state        (SageIndexPage *self);
void                  sage_index_page_take_state       (SageIndexPage *self,
                                                        GVariant      *state);
void                  sage_index_page_reset_columns    (SageIndexPage *self);

G_END_DECLS
