/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-kernel.h"
#include "sage-notebook.h"

G_BEGIN_DECLS

/* Called when a cell has run. */
typedef void (*AlgCellEnded) (SageCell *cell,
                              guint     done,
                              guint     total,
                              gpointer  user_data);

gboolean alg_cells_run (SageNotebook  *notebook,
                        AlgKernel     *kernel,
                        AlgCellEnded   ended,
                        gpointer       user_data,
                        GError       **error);

G_END_DECLS
