/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-document.h"

G_BEGIN_DECLS

typedef enum
{
  ALG_ROWS_UNKNOWN, /* a media type that is none of the others */
  ALG_ROWS_GUESS,   /* no media type: the text itself tells */
  ALG_ROWS_CSV,
  ALG_ROWS_LIBSVM,
  ALG_ROWS_JSON,    /* one document, or one on each line */
} AlgRowsFormat;

/* A matrix of what a request asks about, row by row; what is missing is not a number. Used again
 * and again, it allocates only while it grows. */
typedef struct
{
  float *values;     /* (owned) */
  gsize  n_rows;
  guint  n_features; /* of the model: what each row must have */
  gsize  capacity;   /* rows that values has room for */
} AlgRows;

void          alg_rows_init   (AlgRows        *rows);
void          alg_rows_clear  (AlgRows        *rows);
AlgRowsFormat alg_rows_format (const char     *media_type);
gboolean      alg_rows_parse  (AlgRows        *rows,
                               AlgRowsFormat   format,
                               guint           n_features,
                               const char     *text,
                               gsize           length,
                               GError        **error);

/* The formats; called by alg_rows_parse() only. */
float        *alg_rows_append (AlgRows        *rows,
                               GError        **error);
gboolean      alg_rows_parse_csv (AlgRows     *rows,
                               const char     *text,
                               gsize           length,
                               GError        **error);
gboolean      alg_rows_parse_libsvm (AlgRows  *rows,
                               const char     *text,
                               gsize           length,
                               GError        **error);
gboolean      alg_rows_parse_json (AlgRows    *rows,
                               const char     *text,
                               gsize           length,
                               GError        **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AlgRows, alg_rows_clear)

G_END_DECLS
