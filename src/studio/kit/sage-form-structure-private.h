/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-form-input-private.h"
#include "sage-form-members-private.h"

G_BEGIN_DECLS

/* A row that unfolds into the rows of a structure; one that need not be there can be switched off. */
#define SAGE_TYPE_FORM_STRUCTURE (sage_form_structure_get_type ())

G_DECLARE_FINAL_TYPE (SageFormStructure, sage_form_structure, SAGE, FORM_STRUCTURE, AdwExpanderRow)

GtkWidget *sage_form_structure_new       (const SageFormInputInfo *info);
void       sage_form_structure_set_title (SageFormStructure       *self,
                                          const char              *title);

typedef void (*SageFormAddRow) (GtkWidget          *row,
                                const SageFormSpec *spec,
                                gboolean            required,
                                gpointer            user_data);

void       sage_form_fill          (SageFormMembers         *members,
                                    const SageFormInputInfo *info,
                                    SageFormAddRow           add_row,
                                    gpointer                 user_data);

G_END_DECLS
