/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-notebook.h"

G_BEGIN_DECLS

/* What runs of a notebook without a reader, and what is said of it, wherever it does. */

GPtrArray *sage_notebook_list_runnable  (SageNotebook *notebook);
char      *sage_notebook_report_cell    (SageNotebook *notebook,
                                         SageCell     *cell,
                                         guint         done,
                                         guint         total);
char      *sage_notebook_report_failure (SageNotebook *notebook);
char      *sage_notebook_report_death   (JsonObject   *end);

G_END_DECLS
