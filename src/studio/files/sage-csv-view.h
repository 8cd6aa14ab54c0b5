/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-csv-index.h"

G_BEGIN_DECLS

/* A table in text, to read: its columns, its rows, a filter. */
#define SAGE_TYPE_CSV_VIEW (sage_csv_view_get_type ())

G_DECLARE_FINAL_TYPE (SageCsvView, sage_csv_view, SAGE, CSV_VIEW, AdwBin)

GtkWidget *sage_csv_view_new       (void);
void       sage_csv_view_set_index (SageCsvView  *self,
                                    SageCsvIndex *index);
void       sage_csv_view_find      (SageCsvView  *self);

G_END_DECLS
