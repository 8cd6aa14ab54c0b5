/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-form-control-private.h"
#include "sage-form-row-private.h"

G_BEGIN_DECLS

/* A row for one value. */
#define SAGE_TYPE_FORM_SCALAR (sage_form_scalar_get_type ())

G_DECLARE_FINAL_TYPE (SageFormScalar, sage_form_scalar, SAGE, FORM_SCALAR, SageFormRow)

GtkWidget *sage_form_scalar_new (const SageFormInputInfo *info,
                                 SageFormType             type,
                                 const char * const      *choices);

G_END_DECLS
