/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-page.h"

G_BEGIN_DECLS

gboolean  sage_page_table_has  (const char     *prefix);
SagePage *sage_page_table_make (SageConnection *connection,
                                const char     *location);

G_END_DECLS
