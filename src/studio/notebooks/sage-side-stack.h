/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkStack      *sage_side_stack_new       (const char *title,
                                          const char *description,
                                          GtkWidget  *list,
                                          const char *label);
AdwStatusPage *sage_side_stack_get_empty (GtkStack   *self);
void           sage_side_stack_show      (GtkStack   *self,
                                          gboolean    any);

G_END_DECLS
