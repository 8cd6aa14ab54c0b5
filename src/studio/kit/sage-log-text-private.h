/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-palette.h"
#include "sage-log-text.h"
#include "sage-log-wrap.h"

G_BEGIN_DECLS

/* No line has this number. */
#define SAGE_LOG_NO_LINE (G_MININT64 / 2)

/* Space around the text, in pixels. */
#define SAGE_LOG_MARGIN 12

/* A place in the log: before a byte of a line. */
typedef struct
{
  gint64 line;
  guint  byte;
} SageLogPlace;

/* What is laid out of a line beside its segments: its time, and the row that says that it is cut
 * short. */
#define SAGE_LOG_TIME G_MAXUINT
#define SAGE_LOG_MORE (G_MAXUINT - 1)

/* A part of a line that is laid out. */
typedef struct
{
  gint64         line;
  guint          segment;
  PangoLayout   *layout; /* (owned) */
  GskRenderNode *node;   /* (owned) (nullable): the text, drawn */
  guint64        used;   /* the frame that last needed it */
} SageLogLayout;

/* What the row below a line that is cut short offers. */
typedef enum
{
  SAGE_LOG_LINK_NONE,
  SAGE_LOG_LINK_EXPAND,
  SAGE_LOG_LINK_SAVE,
} SageLogLink;

struct _SageLogText
{
  GtkWidget            parent_instance;

  SageLogBuffer       *buffer;      /* (owned) (nullable) */
  SageLogNeedle       *needle;      /* (owned) (nullable): what is marked */
  GPtrArray           *metrics;     /* (owned): of GRegex */
  GtkWidget           *menu;        /* (owned by GTK) (nullable) */
  gboolean             wrap;
  gboolean             show_times;
  gboolean             follow;

  /* scrolling */
  GtkAdjustment       *adjustments[2]; /* (owned) (nullable): by GtkOrientation */
  GtkScrollablePolicy  policies[2];
  gboolean             end_in_sight;
  gboolean             configuring; /* the adjustments change, but nobody scrolls */

  /* how large things are; see sage-log-text-rows.c */
  gboolean             measured;
  double               cell_width;
  int                  row_height;
  int                  baseline;    /* of a row, from its top */
  guint                columns;     /* of a row when lines are wrapped */
  guint                widest;      /* columns of the widest line */
  gboolean             dated;       /* times are shown with their days */
  gint64               base;        /* the row of the first line */
  GArray              *rows;        /* (owned): of guint: how many rows each line takes */
  GArray              *starts;      /* (owned): of gint64: the row after that of the base that each
                                       line starts at, and the end */

  /* what is drawn; see sage-log-text-layout.c and sage-log-text-draw.c */
  SageLogPalette       palette;
  GHashTable          *layouts;     /* (owned): of SageLogLayout */
  GHashTable          *segments;    /* (owned): of GArray of SageLogSegment, by line */
  guint64              frame;
  gint64               found;       /* the line whose matches stand out */
  GdkRGBA              accent;

  /* the selection; see sage-log-text-select.c */
  SageLogPlace         anchor;
  SageLogPlace         caret;
  double               goal;        /* where the caret goes in rows above and below; below 0: anew */

  /* the pointer; see sage-log-text-input.c */
  SageLogPlace         drag_start;
  SageLogPlace         drag_end;    /* of what the first click selected: a word, a line */
  int                  clicks;
  guint                autoscroll;  /* tick callback id */
  guint                activation;  /* source id: a click may yet become a double click */
  gint64               activated;   /* the line that was clicked */
  double               pointer_x;
  double               pointer_y;
  gint64               hovered;     /* the metric's line under the pointer */
};

/* sage-log-text-rows.c */
void     sage_log_text_measure_font  (SageLogText  *self);
void     sage_log_text_rebuild_rows  (SageLogText  *self);
void     sage_log_text_change_rows   (SageLogText  *self,
                                      int           head,
                                      int           tail);
void     sage_log_text_update_line   (SageLogText  *self,
                                      gint64        number);
void     sage_log_text_configure     (SageLogText  *self);
void     sage_log_text_scroll_to     (SageLogText  *self,
                                      double        value);
void     sage_log_text_check_edges   (SageLogText  *self);
gint64   sage_log_text_row_of_line   (SageLogText  *self,
                                      gint64        number);
gint64   sage_log_text_line_at_row   (SageLogText  *self,
                                      gint64        row,
                                      guint        *row_in_line);
gint64   sage_log_text_row_at        (SageLogText  *self,
                                      double        y);
double   sage_log_text_gutter_width  (SageLogText  *self);
double   sage_log_text_origin        (SageLogText  *self);

/* sage-log-text-layout.c */
GArray        *sage_log_text_segments      (SageLogText       *self,
                                            gint64             number);
guint          sage_log_text_segment_of    (GArray            *segments,
                                            guint              byte);
double         sage_log_text_segment_x     (SageLogText       *self,
                                            GArray            *segments,
                                            guint              index);
double         sage_log_text_row_y         (SageLogText       *self,
                                            gint64             row);
SageLogLayout *sage_log_text_layout        (SageLogText       *self,
                                            gint64             number,
                                            guint              segment);
SageLogLink    sage_log_text_link_at       (SageLogText       *self,
                                            double             x,
                                            double             y,
                                            gint64            *number);
void           sage_log_text_forget        (SageLogText       *self);
void           sage_log_text_forget_line   (SageLogText       *self,
                                            gint64             number);
void           sage_log_text_forget_old    (SageLogText       *self);
SageLogPlace   sage_log_text_place_at      (SageLogText       *self,
                                            double             x,
                                            double             y);
gboolean       sage_log_text_place_bounds  (SageLogText       *self,
                                            const SageLogPlace *place,
                                            graphene_rect_t   *bounds);

/* sage-log-text-draw.c */
void     sage_log_text_snapshot      (GtkWidget    *widget,
                                      GtkSnapshot  *snapshot);

/* sage-log-text-select.c */
int      sage_log_place_compare      (const SageLogPlace *a,
                                      const SageLogPlace *b);
gboolean sage_log_text_get_range     (SageLogText        *self,
                                      SageLogPlace       *start,
                                      SageLogPlace       *end);
void     sage_log_text_select        (SageLogText        *self,
                                      const SageLogPlace *anchor,
                                      const SageLogPlace *caret);
void     sage_log_text_clamp         (SageLogText        *self);
void     sage_log_text_expand        (SageLogText        *self,
                                      const SageLogPlace *place,
                                      int                 clicks,
                                      SageLogPlace       *start,
                                      SageLogPlace       *end);
void     sage_log_text_move          (SageLogText        *self,
                                      GtkMovementStep     step,
                                      int                 count,
                                      gboolean            extend);
void     sage_log_text_reveal_caret  (SageLogText        *self);
void     sage_log_text_select_all    (SageLogText        *self);
void     sage_log_text_copy          (SageLogText        *self);

/* sage-log-text-input.c */
void     sage_log_text_input_class_init (GtkWidgetClass *widget_class);
void     sage_log_text_input_init       (SageLogText    *self);
void     sage_log_text_update_actions   (SageLogText    *self);
gboolean sage_log_text_is_metric        (SageLogText    *self,
                                         gint64          number);

/* sage-log-text-accessible.c */
void     sage_log_text_accessible_init    (GtkAccessibleTextInterface *iface);

/* sage-log-text.c */
void     sage_log_text_update_end    (SageLogText *self);
void     sage_log_text_emit_metric    (SageLogText *self,
                                       gint64       number);
void     sage_log_text_emit_save      (SageLogText *self,
                                       gint64       number);
void     sage_log_text_expand_line    (SageLogText *self,
                                       gint64       number);
void     sage_log_text_notify_selection (SageLogText *self);

G_END_DECLS
