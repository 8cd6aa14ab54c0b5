/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-resource-list.h"

G_BEGIN_DECLS

/*
 * A short live list on a page of something else, such as the versions of a model group. A click on a
 * row opens it. While there is no row it says why: still loading, nothing there, or the failure.
 */
#define SAGE_TYPE_RESOURCE_VIEW (sage_resource_view_get_type ())

G_DECLARE_FINAL_TYPE (SageResourceView, sage_resource_view, SAGE, RESOURCE_VIEW, AdwBin)

GtkWidget   *sage_resource_view_new           (const char         *label,
                                               GtkListItemFactory *factory);
void         sage_resource_view_set_empty     (SageResourceView   *self,
                                               const char         *icon_name,
                                               const char         *title,
                                               const char         *description);
void         sage_resource_view_set_failure   (SageResourceView   *self,
                                               const char         *title);
void         sage_resource_view_set_list      (SageResourceView   *self,
                                               SageResourceList   *list);
GtkListView *sage_resource_view_get_list_view (SageResourceView   *self);

G_END_DECLS
