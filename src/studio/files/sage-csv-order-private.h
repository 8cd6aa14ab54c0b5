/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-csv-source-private.h"

G_BEGIN_DECLS

/* Which records are shown, and in which order: found by a thread. Owned by its task. */
typedef struct
{
  SageCsvSource *source;     /* (owned) */
  char          *filter;     /* (owned) (nullable): what a record must contain, folded to small letters */
  guint64        first;      /* the record to begin with */
  int            column;     /* that they are sorted by; -1: as they are in the file */
  gboolean       descending;
  GArray        *records;    /* (owned) (nullable): of guint64: what was found */
  gboolean       too_large;  /* there are too many to be sorted: they are as they are in the file */
} SageCsvOrder;

void sage_csv_order_free (SageCsvOrder *self);
void sage_csv_order_find (GTask        *task,
                          gpointer      object,
                          gpointer      task_data,
                          GCancellable *cancellable);

G_END_DECLS
