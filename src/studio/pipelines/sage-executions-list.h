/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-resource-view.h"

G_BEGIN_DECLS

GtkWidget *sage_executions_list_new (void);

G_END_DECLS
