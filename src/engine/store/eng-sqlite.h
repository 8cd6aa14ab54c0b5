/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* One SQLite handle and its cached statements. Used by one thread at a time. */
typedef struct _EngConnection EngConnection;

/* A parameter of a statement whose parameters are not known before it runs. */
typedef struct
{
  const char *text;   /* (nullable): if not %NULL, this; it must outlive the query */
  double      number; /* else this */
} EngValue;

/* A statement under way; it goes back to its connection's cache when the scope ends. */
typedef sqlite3_stmt EngRows;

EngConnection *eng_connection_open  (const char     *path,
                                     gboolean        read_only,
                                     GError        **error);
void           eng_connection_free  (EngConnection  *connection);
sqlite3       *eng_connection_db    (EngConnection  *connection);

EngRows       *eng_query            (EngConnection  *connection,
                                     GError        **error,
                                     const char     *sql,
                                     const char     *types,
                                     ...);
EngRows       *eng_query_values     (EngConnection  *connection,
                                     GError        **error,
                                     const char     *sql,
                                     const EngValue *values,
                                     guint           n_values);
gboolean       eng_exec             (EngConnection  *connection,
                                     GError        **error,
                                     const char     *sql,
                                     const char     *types,
                                     ...);
gboolean       eng_rows_next        (EngRows        *rows,
                                     GError        **error);
void           eng_rows_close       (EngRows        *rows);
const char    *eng_rows_text        (EngRows        *rows,
                                     int             column);
char          *eng_rows_dup_text    (EngRows        *rows,
                                     int             column);
gint64         eng_rows_int         (EngRows        *rows,
                                     int             column);
double         eng_rows_double      (EngRows        *rows,
                                     int             column);
GBytes        *eng_rows_blob        (EngRows        *rows,
                                     int             column);
gboolean       eng_sqlite_throw     (sqlite3        *db,
                                     GError        **error,
                                     const char     *format,
                                     ...) G_GNUC_PRINTF (3, 4);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngConnection, eng_connection_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngRows, eng_rows_close)

G_END_DECLS
