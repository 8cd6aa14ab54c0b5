/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A value of a document and where it stands; the rows of the tree. */
#define SAGE_TYPE_JSON_ITEM (sage_json_item_get_type ())

G_DECLARE_FINAL_TYPE (SageJsonItem, sage_json_item, SAGE, JSON_ITEM, GObject)

SageJsonItem *sage_json_item_new           (SageJsonItem *parent,
                                            const char   *name,
                                            guint         index,
                                            JsonNode     *node);
JsonNode     *sage_json_item_get_node      (SageJsonItem *self);
char         *sage_json_item_dup_key       (SageJsonItem *self);
char         *sage_json_item_dup_path      (SageJsonItem *self);
GListModel   *sage_json_item_make_children (SageJsonItem *self);

G_END_DECLS
