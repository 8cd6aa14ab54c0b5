/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * A form for what an operation takes, made from AWS's model of it: types, choices, bounds and
 * patterns are checked while one types, by the same code as in the engine. Where there is a table of
 * labels for the operation (see sage-form-spec.c), it shows the members in it, else all. What it was
 * given with sage_form_set_values() and does not show, stays in what it yields.
 *
 * It scrolls by itself, and has a bar with its button at the bottom. Ctrl+Enter and the button are
 * the action "form.submit": if all is well, the signal "submit" (JsonObject *values) is emitted, else
 * the form goes to the first fault. Properties: "valid" (read only), "submit-label", "busy" (while
 * the engine is being asked: the button turns and nothing is submitted).
 */
#define SAGE_TYPE_FORM (sage_form_get_type ())

G_DECLARE_FINAL_TYPE (SageForm, sage_form, SAGE, FORM, GtkWidget)

GtkWidget  *sage_form_new              (const char   *service,
                                        const char   *operation);
GtkWidget  *sage_form_new_parameters   (JsonArray    *parameters);
GtkWidget  *sage_form_new_notebook_job (JsonArray    *parameters);
void        sage_form_set_values       (SageForm     *self,
                                        JsonObject   *values);
JsonObject *sage_form_get_values       (SageForm     *self);
char       *sage_form_dup_command      (SageForm     *self);
gboolean    sage_form_is_valid         (SageForm     *self);
void        sage_form_set_submit_label (SageForm     *self,
                                        const char   *label);
void        sage_form_set_busy         (SageForm     *self,
                                        gboolean      busy);
void        sage_form_submit           (SageForm     *self);
void        sage_form_show_error       (SageForm     *self,
                                        const GError *error);

G_END_DECLS
