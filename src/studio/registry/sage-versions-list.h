/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-resource-list.h"

G_BEGIN_DECLS

/* The versions of a model group, newest first, with how each stands; they open on a click. */
#define SAGE_TYPE_VERSIONS_LIST (sage_versions_list_get_type ())

G_DECLARE_FINAL_TYPE (SageVersionsList, sage_versions_list, SAGE, VERSIONS_LIST, AdwBin)

GtkWidget *sage_versions_list_new       (void);
void       sage_versions_list_set_model (SageVersionsList *self,
                                         SageResourceList *versions);

G_END_DECLS
