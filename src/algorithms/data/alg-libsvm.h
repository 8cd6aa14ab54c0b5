/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ALG_LIBSVM_MAX_INDEX ((1u << 26) - 1)

/* Sparse rows in compressed form, with what stands before their values. */
typedef struct
{
  GArray *offsets; /* (owned) of guint64: rows + 1 of them */
  GArray *indices; /* (owned) of guint32: ascending in a row */
  GArray *values;  /* (owned) of float */
  GArray *labels;  /* (owned) of float */
  GArray *weights; /* (owned) of float: one a row, or empty */
  GArray *groups;  /* (owned) of guint32: query ids, one a row, or empty */
  gsize   columns; /* the highest index plus one */
} AlgLibsvm;

void     alg_libsvm_init  (AlgLibsvm   *table);
void     alg_libsvm_clear (AlgLibsvm   *table);
gboolean alg_libsvm_parse (AlgLibsvm   *table,
                           const char  *data,
                           gsize        length,
                           const char  *name,
                           GError     **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AlgLibsvm, alg_libsvm_clear)

G_END_DECLS
