/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A table in text, of any size, by its rows: a thread finds where they begin, and they are read when
 * they are asked for. It is a list model of #SageCsvRow that grows while it is read, and shows what
 * passes its filter, sorted by a column if that is wanted. Properties: "busy", "rows" (guint64: all of
 * them), "columns" (guint), "broken-row" (guint64: the one with a quote that is never closed; 0).
 */
#define SAGE_TYPE_CSV_INDEX (sage_csv_index_get_type ())

G_DECLARE_FINAL_TYPE (SageCsvIndex, sage_csv_index, SAGE, CSV_INDEX, GObject)

/* A row: as much of it as columns are shown. */
#define SAGE_TYPE_CSV_ROW (sage_csv_row_get_type ())

G_DECLARE_FINAL_TYPE (SageCsvRow, sage_csv_row, SAGE, CSV_ROW, GObject)

SageCsvIndex       *sage_csv_index_new_for_bytes  (GBytes        *bytes);
SageCsvIndex       *sage_csv_index_new_for_file   (const char    *path,
                                                   GError       **error);
void                sage_csv_index_close          (SageCsvIndex  *self);
const char * const *sage_csv_index_get_titles     (SageCsvIndex  *self);
guint               sage_csv_index_get_n_columns  (SageCsvIndex  *self);
guint64             sage_csv_index_get_rows       (SageCsvIndex  *self);
guint64             sage_csv_index_get_broken_row (SageCsvIndex  *self);
gboolean            sage_csv_index_get_busy       (SageCsvIndex  *self);
void                sage_csv_index_set_filter     (SageCsvIndex  *self,
                                                   const char    *text);
void                sage_csv_index_set_sort       (SageCsvIndex  *self,
                                                   int            column,
                                                   gboolean       descending);
gboolean            sage_csv_index_is_too_large   (SageCsvIndex  *self);
guint64             sage_csv_row_get_number       (SageCsvRow    *self);
const char         *sage_csv_row_get_field        (SageCsvRow    *self,
                                                   guint          column);
gboolean            sage_csv_row_is_number        (SageCsvRow    *self,
                                                   guint          column);

#define SAGE_CSV_MAX_COLUMNS 100 /* that are shown */

G_END_DECLS
