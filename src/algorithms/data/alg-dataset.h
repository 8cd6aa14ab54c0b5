/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-csv.h"
#include "alg-job.h"
#include "alg-libsvm.h"

G_BEGIN_DECLS

typedef enum
{
  ALG_FORMAT_CSV,
  ALG_FORMAT_LIBSVM,
} AlgFormat;

/* All records of one channel. */
typedef struct
{
  AlgFormat format;
  AlgCsv    csv;    /* for ALG_FORMAT_CSV: the label is its first column */
  AlgLibsvm libsvm; /* for ALG_FORMAT_LIBSVM */
  guint     files;
} AlgDataset;

gboolean    alg_dataset_has_channel (AlgJob      *job,
                                     const char  *channel);
gboolean    alg_dataset_parse_type  (const char  *content_type,
                                     AlgFormat   *format,
                                     GError     **error);
AlgDataset *alg_dataset_load        (AlgJob      *job,
                                     const char  *channel,
                                     const char  *content_type,
                                     GError     **error);
void        alg_dataset_free        (AlgDataset  *dataset);
gsize       alg_dataset_rows        (AlgDataset  *dataset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlgDataset, alg_dataset_free)

G_END_DECLS
