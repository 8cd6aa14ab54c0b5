/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-shape.h"

G_BEGIN_DECLS

/* What a control edits. */
typedef enum
{
  SAGE_FORM_STRING,
  SAGE_FORM_TEXT,    /* a string of several lines */
  SAGE_FORM_CHOICE,  /* a string out of some */
  SAGE_FORM_INTEGER,
  SAGE_FORM_NUMBER,
  SAGE_FORM_SWITCH,
  SAGE_FORM_TIME,    /* seconds since 1970, typed as ISO 8601 */
  SAGE_FORM_JSON,    /* whatever has no control of its own */
} SageFormType;

/*
 * The control for one value, which may be unset: an entry, a switch, a list of choices. Signal:
 * "changed", when a person changes it.
 */
#define SAGE_TYPE_FORM_CONTROL (sage_form_control_get_type ())

G_DECLARE_FINAL_TYPE (SageFormControl, sage_form_control, SAGE, FORM_CONTROL, GtkWidget)

SageFormType sage_form_type_of             (const SageShape    *shape);
GtkWidget   *sage_form_control_new         (SageFormType        type,
                                            const char * const *choices,
                                            gboolean            required);
void         sage_form_control_set_label   (SageFormControl    *self,
                                            GtkWidget          *label);
void         sage_form_control_set_name    (SageFormControl    *self,
                                            const char         *name);
gboolean     sage_form_control_is_small    (SageFormControl    *self);
JsonNode    *sage_form_control_get_value   (SageFormControl    *self);
const char  *sage_form_control_get_fault   (SageFormControl    *self);
void         sage_form_control_set_value   (SageFormControl    *self,
                                            JsonNode           *value);
void         sage_form_control_set_hint    (SageFormControl    *self,
                                            const char         *hint);
void         sage_form_control_set_invalid (SageFormControl    *self,
                                            gboolean            invalid);

G_END_DECLS
