/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-log-source.h"

G_BEGIN_DECLS

void            sage_log_source_pager_init     (SageLogPagerInterface *iface);
SageConnection *sage_log_source_get_connection (SageLogSource         *self);

G_END_DECLS
