/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A JSON document to read: as a tree that folds, or as text; with a search (Ctrl+F) and ways to
 * copy a value, where it stands, or all. A new state of the same document leaves unfolded, selected
 * and in sight what was. It scrolls by itself.
 */
#define SAGE_TYPE_JSON_VIEW (sage_json_view_get_type ())

G_DECLARE_FINAL_TYPE (SageJsonView, sage_json_view, SAGE, JSON_VIEW, GtkWidget)

GtkWidget *sage_json_view_new        (void);
void       sage_json_view_set_node   (SageJsonView *self,
                                      JsonNode     *node);
void       sage_json_view_set_object (SageJsonView *self,
                                      JsonObject   *object);
char      *sage_json_view_dup_text   (SageJsonView *self);
void       sage_json_view_find       (SageJsonView *self);

G_END_DECLS
