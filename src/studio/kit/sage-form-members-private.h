/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-form-input-private.h"

G_BEGIN_DECLS

/*
 * The rows for the members of a structure, and the structure as it was before they changed it: what
 * no row is for stays as it is.
 */
typedef struct _SageFormMembers SageFormMembers;

SageFormMembers *sage_form_members_new          (const SageShape *shape);
void             sage_form_members_free         (SageFormMembers *self);
void             sage_form_members_add          (SageFormMembers *self,
                                                 const char      *path,
                                                 SageFormInput   *input);
SageFormInput   *sage_form_members_find         (SageFormMembers *self,
                                                 const char      *path);
JsonObject      *sage_form_members_get          (SageFormMembers *self);
void             sage_form_members_set          (SageFormMembers *self,
                                                 JsonObject      *object);
GtkWidget       *sage_form_members_show_error   (SageFormMembers *self,
                                                 const char      *path,
                                                 const char      *message,
                                                 gboolean         untouched_too);
void             sage_form_members_clear_errors (SageFormMembers *self);
GtkWidget       *sage_form_members_check        (SageFormMembers *self,
                                                 gboolean         untouched_too);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageFormMembers, sage_form_members_free)

G_END_DECLS
