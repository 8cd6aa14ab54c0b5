/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A document as a tree that folds. Actions: "json-tree.copy-value", "json-tree.copy-path". Signal:
 * "matches-changed".
 */
#define SAGE_TYPE_JSON_TREE (sage_json_tree_get_type ())

G_DECLARE_FINAL_TYPE (SageJsonTree, sage_json_tree, SAGE, JSON_TREE, GtkWidget)

GtkWidget *sage_json_tree_new         (void);
void       sage_json_tree_set_node    (SageJsonTree *self,
                                       JsonNode     *node);
void       sage_json_tree_set_query   (SageJsonTree *self,
                                       const char   *query);
void       sage_json_tree_step        (SageJsonTree *self,
                                       gboolean      forward);
int        sage_json_tree_get_matches (SageJsonTree *self,
                                       int          *position);

G_END_DECLS
