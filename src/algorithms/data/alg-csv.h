/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A table of numbers, row after row; a missing value is NaN. */
typedef struct
{
  float *values;    /* (owned): rows × columns */
  gsize  rows;
  gsize  columns;   /* 0 until the first row is read */
  gsize  allocated; /* values that fit before the next growth */
  gsize  required;  /* how many of the first columns must not be missing */
} AlgCsv;

#define ALG_CSV_MAX_COLUMNS 1000000

void     alg_csv_init  (AlgCsv      *csv,
                        gsize        required);
void     alg_csv_clear (AlgCsv      *csv);
gboolean alg_csv_parse (AlgCsv      *csv,
                        const char  *data,
                        gsize        length,
                        const char  *name,
                        GError     **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AlgCsv, alg_csv_clear)

G_END_DECLS
