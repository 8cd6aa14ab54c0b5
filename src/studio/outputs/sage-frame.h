/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SAGE_FRAME_MAX_COLUMNS 1000
#define SAGE_FRAME_MAX_CELLS (1000 * 1000)

typedef enum
{
  SAGE_FRAME_TEXT,
  SAGE_FRAME_NUMBER,
  SAGE_FRAME_BOOLEAN,
} SageFrameKind;

/* What a column's values come to. Missing ones count in @missing and nowhere else; the mean and the
 * numbers are of columns of numbers only. */
typedef struct
{
  guint       count;
  guint       missing;
  guint       distinct;
  double      min;
  double      max;
  double      mean;
  const char *first; /* (nullable): of texts, in their order */
  const char *last;  /* (nullable) */
} SageFrameStatistics;

/* A table of values, as a program has put it out: columns with names, the first ones an index. */
#define SAGE_TYPE_FRAME (sage_frame_get_type ())

G_DECLARE_FINAL_TYPE (SageFrame, sage_frame, SAGE, FRAME, GObject)

SageFrame     *sage_frame_new              (guint                n_columns,
                                            guint                n_index);
void           sage_frame_set_name         (SageFrame           *self,
                                            guint                column,
                                            const char          *name);
void           sage_frame_add_row          (SageFrame           *self,
                                            const char * const  *cells);
void           sage_frame_set_total        (SageFrame           *self,
                                            gint64               rows,
                                            gint64               columns);
void           sage_frame_finish           (SageFrame           *self);
guint          sage_frame_get_n_rows       (SageFrame           *self);
guint          sage_frame_get_n_columns    (SageFrame           *self);
guint          sage_frame_get_n_index      (SageFrame           *self);
gint64         sage_frame_get_total_rows   (SageFrame           *self);
gint64         sage_frame_get_total_columns (SageFrame          *self);
const char    *sage_frame_get_name         (SageFrame           *self,
                                            guint                column);
SageFrameKind  sage_frame_get_kind         (SageFrame           *self,
                                            guint                column);
const char    *sage_frame_get_cell         (SageFrame           *self,
                                            guint                row,
                                            guint                column);
gboolean       sage_frame_is_missing       (SageFrame           *self,
                                            guint                row,
                                            guint                column);
int            sage_frame_compare          (SageFrame           *self,
                                            guint                column,
                                            guint                a,
                                            guint                b);
gboolean       sage_frame_matches          (SageFrame           *self,
                                            guint                row,
                                            const char          *needle);
void           sage_frame_get_statistics   (SageFrame           *self,
                                            guint                column,
                                            SageFrameStatistics *statistics);
char          *sage_frame_to_csv           (SageFrame           *self,
                                            GListModel          *rows);

SageFrame     *sage_frame_new_from_html    (const char          *html,
                                            gsize                length);
SageFrame     *sage_frame_new_from_schema  (JsonNode            *node);

/* A row, by its number in the frame: what lists of rows are of. */
#define SAGE_TYPE_FRAME_ROW (sage_frame_row_get_type ())

G_DECLARE_FINAL_TYPE (SageFrameRow, sage_frame_row, SAGE, FRAME_ROW, GObject)

GListModel    *sage_frame_list_rows        (SageFrame           *self);
guint          sage_frame_row_get_number   (SageFrameRow        *self);

G_END_DECLS
