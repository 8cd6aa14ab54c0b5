/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-form-input-private.h"

G_BEGIN_DECLS

/* A row that unfolds into a list of structures, to which more can be added. */
#define SAGE_TYPE_FORM_STRUCTURES (sage_form_structures_get_type ())

G_DECLARE_FINAL_TYPE (SageFormStructures, sage_form_structures, SAGE, FORM_STRUCTURES, AdwExpanderRow)

GtkWidget *sage_form_structures_new (const SageFormInputInfo *info);

G_END_DECLS
