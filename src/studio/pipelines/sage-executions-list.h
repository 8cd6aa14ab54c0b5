/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-resource-list.h"

G_BEGIN_DECLS

/* The executions of a pipeline, the newest first; a click opens one. */
#define SAGE_TYPE_EXECUTIONS_LIST (sage_executions_list_get_type ())

G_DECLARE_FINAL_TYPE (SageExecutionsList, sage_executions_list, SAGE, EXECUTIONS_LIST, AdwBin)

GtkWidget *sage_executions_list_new       (void);
void       sage_executions_list_set_model (SageExecutionsList *self,
                                           SageResourceList   *executions);

G_END_DECLS
