/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-filter-expression.h"
#include "sage-index-model.h"
#include "sage-index-page.h"

G_BEGIN_DECLS

#define SAGE_TYPE_INDEX_CELL (sage_index_cell_get_type ())

/* One cell of the view, or the whole of a narrow row. */
G_DECLARE_FINAL_TYPE (SageIndexCell, sage_index_cell, SAGE, INDEX_CELL, GtkWidget)

/* What a column is in one page. */
typedef struct
{
  SageIndexPage       *page;
  const SageColumn    *info;   /* (nullable): of the column with the checks and the narrow one */
  GtkColumnViewColumn *column; /* (owned) */
  gboolean             shown;  /* as the user wants it, were there room */
} SageIndexColumn;

/* What lines of text measure, in px. */
typedef struct
{
  guint serial; /* of the Pango context that it is of; 0: none yet */
  int   ascent; /* of a line above what the letters stand on */
  int   height; /* of a line */
  int   character; /* how wide one is on average */
} SageIndexFont;

typedef struct
{
  SageIndexModel       *model;
  GPtrArray            *columns;     /* of SageIndexColumn */
  SageIndexColumn      *checks;
  SageIndexColumn      *narrow;      /* the one that stands for all where there is no room */
  gboolean              is_narrow;
  gboolean              is_selecting; /* rows are selected: each shows its check */
  gboolean              chosen;      /* the user has switched columns on or off */
  double                width;       /* in px, for columns */
  guint                 fit;         /* source id */
  GSimpleActionGroup   *column_actions;
  GPtrArray            *cells;       /* of SageIndexCell: those that change with time or the selection */
  GPtrArray            *waiting;     /* of SageIndexCell: those that have a row and do not show it yet */
  guint                 fill;        /* source id, while some wait */
  guint                 tick;        /* source id while mapped */

  GPtrArray            *sources;     /* of SageResourceList (owned) */
  SageIndexCount        count_words; /* (nullable) */
  SageIndexFilter       belongs;     /* (nullable) */
  GtkFilter            *undo;        /* (owned): tells of deletions that may be taken back */
  const char           *state_words[SAGE_STATE_BAD + 1];

  SageFilterExpression *expression;
  GArray               *keys;        /* of SageFilterKey */
  int                   state;       /* the one that is shown alone; -1 for all */
  guint                 seen_states; /* a bit for each that a row was in */
  guint                 refilter;    /* source id, while ages are asked for */
  guint                 announce;    /* source id */

  SageResource         *focused;     /* (owned) (nullable): the row that had the focus last */
  SageResource         *refocus;     /* (owned) (nullable): the row to focus when rows are replaced */
  GtkRoot              *root;        /* (nullable): whose focus is followed */
  SageIndexFont         font;        /* of the view */
  SageIndexCell        *hot;         /* (weak) (nullable): the one that the pointer is on the name of */
  GtkWidget            *row_menu;    /* (nullable): the popover */
  GMenuModel           *row_menu_model; /* (owned) (nullable) */
  double                scroll;      /* where to scroll to once there are rows; -1: nowhere */
  guint                 restore_scroll; /* source id, when there are */

  GtkWidget *banner, *header, *titles, *title, *count, *spinner, *primary, *primary_content;
  GtkWidget *overflow, *filters, *search, *states_scroller, *states, *clear, *hint_revealer, *hint;
  GtkWidget *stack, *scroller, *view, *empty, *empty_action, *failed, *actions, *selected, *bulk;
} SageIndexPagePrivate;

struct _SageIndexCell
{
  GtkWidget          parent_instance;

  SageIndexColumn   *column;
  GtkColumnViewCell *item;     /* lives as long as this */
  SageResource      *row;      /* (owned) (nullable): while bound */
  gulong             notify;   /* handler id on the row */
  gboolean           is_shown; /* the content shows the row */
  double             due;      /* when the words for a time are others */
  guint              flash;    /* source id while the row is lit */

  PangoLayout       *line;     /* (owned) (nullable): the text of a cell that draws it itself */
  PangoLayout       *elapsed;  /* (owned) (nullable): since when, behind a state */
  const char        *picture;  /* (nullable): the name of the icon that is drawn before them */
  SageState          state;    /* the one whose style class is set, if there is a picture */
  gboolean           is_hot;   /* the pointer is on the name that is drawn */

  GtkWidget         *content;  /* (nullable): of other cells; made when there is a row to show */
  GtkWidget         *icon;     /* in it, each (nullable) */
  GtkWidget         *title;
  GtkWidget         *text;
  GtkWidget         *chip;
};

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
gboolean              sage_index_is_plain_line         (const char    *text);
char                 *sage_index_dup_line              (const char    *text);
SageIndexCell        *sage_index_cell_new              (SageIndexColumn   *column,
                                                        GtkColumnViewCell *item);
void                  sage_index_cell_show             (SageIndexCell *cell);
void                  sage_index_cell_hide             (SageIndexCell *cell);
void                  sage_index_cell_stop_flash       (SageIndexCell *cell);
gboolean              sage_index_cell_changes          (SageIndexCell *cell);
GtkWidget            *sage_index_cell_name             (SageIndexCell *cell);
void                  sage_index_cell_set_hot          (SageIndexCell *cell,
                                                        gboolean       is_hot);
void                  sage_index_page_fill_sight       (SageIndexPage *self);
SageIndexCell        *sage_index_page_check_at         (SageIndexPage *self,
                                                        double         x,
                                                        double         y);
GtkListItemFactory   *sage_index_cell_factory          (SageIndexColumn *column);
SageIndexCell        *sage_index_page_cell_at          (SageIndexPage *self,
                                                        GtkWidget     *widget);
void                  sage_index_cell_refresh_time     (SageIndexCell *cell,
                                                        double         now);
void                  sage_index_cell_update_check     (SageIndexCell *cell);
gboolean              sage_index_cell_is_on_name       (SageIndexCell *cell,
                                                        double         x);

/* the drawing of cells */
#define SAGE_INDEX_CHECK_SIZE 20
void                  sage_index_draw_begin            (SageIndexCell *cell);
void                  sage_index_draw_set_line         (SageIndexCell *cell,
                                                        const char    *line);
void                  sage_index_draw_set_state        (SageIndexCell *cell,
                                                        double         now);
void                  sage_index_draw_set_hot          (SageIndexCell *cell,
                                                        gboolean       is_hot);
void                  sage_index_draw_snapshot         (SageIndexCell *cell,
                                                        GtkSnapshot   *snapshot);
void                  sage_index_draw_check            (SageIndexCell *cell,
                                                        GtkSnapshot   *snapshot);
void                  sage_index_draw_measure          (SageIndexCell  *cell,
                                                        GtkOrientation  orientation,
                                                        int            *minimum,
                                                        int            *natural);
gboolean              sage_index_draw_is_on_line       (SageIndexCell *cell,
                                                        double         x);

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
