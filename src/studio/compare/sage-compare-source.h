/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* With what a file is compared. */
typedef enum
{
  SAGE_COMPARE_DISK,
  SAGE_COMPARE_HEAD,
} SageCompareSide;

/**
 * SageCompareForm:
 * @max_bytes: how large a version may be
 * @parse: called on a thread: makes of what is in a file what it is compared as
 * @free_func: frees that
 *
 * What a version of a file is read as.
 */
typedef struct
{
  gsize          max_bytes;
  gpointer       (*parse) (GBytes  *bytes,
                           GError **error);
  GDestroyNotify free_func;
} SageCompareForm;

void     sage_compare_source_read_async  (GFile                  *file,
                                          SageCompareSide         side,
                                          const SageCompareForm  *form,
                                          GCancellable           *cancellable,
                                          GAsyncReadyCallback     callback,
                                          gpointer                user_data);
gpointer sage_compare_source_read_finish (GAsyncResult           *result,
                                          GError                **error);
char    *sage_compare_source_explain     (SageCompareSide         side,
                                          const GError           *error);

G_END_DECLS
