/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS


/* A part of a line that is laid out on its own: a row of a wrapped line, a stretch of a long one. */
typedef struct
{
  guint start; /* in bytes */
  guint end;
  guint column; /* where it begins */
} SageLogSegment;

guint   sage_log_columns    (const char *text,
                             gsize       length);
guint   sage_log_indent     (const char *text,
                             gsize       length,
                             guint       columns);
guint   sage_log_count_rows (const char *text,
                             gsize       length,
                             guint       columns);
GArray *sage_log_wrap       (const char *text,
                             gsize       length,
                             guint       columns);
GArray *sage_log_cut        (const char *text,
                             gsize       length,
                             guint       columns);

G_END_DECLS
