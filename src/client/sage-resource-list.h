/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-resource.h"

G_BEGIN_DECLS

/*
 * A live GListModel of the SageResource of one kind, newest first, owned by a SageConnection (see
 * sage_connection_get_list()). It fills page by page and then follows the events of the engine, so
 * nobody needs to ask it to refresh. Properties: "kind", "parent" (nullable: the name of the resource
 * that these belong to: a pipeline, an execution, a package group), "loading" (pages are
 * still to come), "loaded" (all came at least once), "error" (boxed GError, nullable: the last
 * load failed; the rows are what was known before), "n-items".
 */
#define SAGE_TYPE_RESOURCE_LIST (sage_resource_list_get_type ())

G_DECLARE_FINAL_TYPE (SageResourceList, sage_resource_list, SAGE, RESOURCE_LIST, GObject)

SageKind      sage_resource_list_get_kind    (SageResourceList *self);
const char   *sage_resource_list_get_parent  (SageResourceList *self);
gboolean      sage_resource_list_get_loading (SageResourceList *self);
gboolean      sage_resource_list_get_loaded  (SageResourceList *self);
const GError *sage_resource_list_get_error   (SageResourceList *self);
SageResource *sage_resource_list_find        (SageResourceList *self,
                                              const char       *name);
void          sage_resource_list_reload      (SageResourceList *self);

G_END_DECLS
