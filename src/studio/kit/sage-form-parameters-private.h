/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-form-structure-private.h"

G_BEGIN_DECLS

/* The rows for the parameters that the definition of a pipeline declares. */
typedef struct _SageFormParameters SageFormParameters;

SageFormParameters *sage_form_parameters_new          (JsonArray          *declared,
                                                       SageFormAddRow      add_row,
                                                       gpointer            user_data);
void                sage_form_parameters_free         (SageFormParameters *self);
JsonArray          *sage_form_parameters_get          (SageFormParameters *self);
void                sage_form_parameters_set          (SageFormParameters *self,
                                                       JsonArray          *values);
GtkWidget          *sage_form_parameters_show_error   (SageFormParameters *self,
                                                       const char         *path,
                                                       const char         *message);
void                sage_form_parameters_clear_errors (SageFormParameters *self);
GtkWidget          *sage_form_parameters_check        (SageFormParameters *self,
                                                       gboolean            untouched_too);

G_END_DECLS
