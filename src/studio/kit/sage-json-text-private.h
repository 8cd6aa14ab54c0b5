/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* JSON as text with colours that follow the style. Signal: "matches-changed". */
#define SAGE_TYPE_JSON_TEXT (sage_json_text_get_type ())

G_DECLARE_FINAL_TYPE (SageJsonText, sage_json_text, SAGE, JSON_TEXT, GtkWidget)

GtkWidget *sage_json_text_new         (void);
void       sage_json_text_set_text    (SageJsonText *self,
                                       const char   *text);
void       sage_json_text_set_query   (SageJsonText *self,
                                       const char   *query);
void       sage_json_text_step        (SageJsonText *self,
                                       gboolean      forward);
int        sage_json_text_get_matches (SageJsonText *self,
                                       int          *position);

G_END_DECLS
