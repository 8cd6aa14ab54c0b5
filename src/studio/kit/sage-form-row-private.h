/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-form-input-private.h"

G_BEGIN_DECLS

/* A row with a label, help, a place for controls beside or below them, and a message under all. */
#define SAGE_TYPE_FORM_ROW (sage_form_row_get_type ())

G_DECLARE_DERIVABLE_TYPE (SageFormRow, sage_form_row, SAGE, FORM_ROW, AdwPreferencesRow)

struct _SageFormRowClass
{
  AdwPreferencesRowClass parent_class;
};

void       sage_form_row_set_up      (SageFormRow             *self,
                                      const SageFormInputInfo *info);
GtkWidget *sage_form_row_get_label   (SageFormRow             *self);
void       sage_form_row_set_suffix  (SageFormRow             *self,
                                      GtkWidget               *widget);
void       sage_form_row_set_below   (SageFormRow             *self,
                                      GtkWidget               *widget);
gboolean   sage_form_row_set_message (SageFormRow             *self,
                                      const char              *message,
                                      gboolean                 untouched_too);
void       sage_form_row_touch       (SageFormRow             *self);

G_END_DECLS
