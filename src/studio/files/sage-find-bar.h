/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* Finds and replaces in a source view. Signal: "close": the user is done with it. */
#define SAGE_TYPE_FIND_BAR (sage_find_bar_get_type ())

G_DECLARE_FINAL_TYPE (SageFindBar, sage_find_bar, SAGE, FIND_BAR, AdwBin)

void sage_find_bar_set_view (SageFindBar   *self,
                             GtkSourceView *view);
void sage_find_bar_open     (SageFindBar   *self,
                             gboolean       replace);
void sage_find_bar_step     (SageFindBar   *self,
                             gboolean       backward);
void sage_find_bar_close    (SageFindBar   *self);

G_END_DECLS
