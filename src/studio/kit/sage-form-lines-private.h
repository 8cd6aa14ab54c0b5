/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-form-row-private.h"

G_BEGIN_DECLS

/* A row for a list of scalars, or for pairs of a key and a value: a map, or tags. */
#define SAGE_TYPE_FORM_LINES (sage_form_lines_get_type ())

G_DECLARE_FINAL_TYPE (SageFormLines, sage_form_lines, SAGE, FORM_LINES, SageFormRow)

GtkWidget *sage_form_lines_new (const SageFormInputInfo *info);

G_END_DECLS
