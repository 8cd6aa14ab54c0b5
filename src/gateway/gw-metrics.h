/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gw-table.h"

G_BEGIN_DECLS

char *gw_metrics_describe (GwTable    *table,
                           const char *name,
                           gint64      since);

G_END_DECLS
