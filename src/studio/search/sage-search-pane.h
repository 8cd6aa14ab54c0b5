/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Finds and replaces in all files of a project. */
#define SAGE_TYPE_SEARCH_PANE (sage_search_pane_get_type ())

G_DECLARE_FINAL_TYPE (SageSearchPane, sage_search_pane, SAGE, SEARCH_PANE, AdwBin)

GtkWidget *sage_search_pane_new        (void);
void       sage_search_pane_set_folder (SageSearchPane *self,
                                        GFile          *folder);
void       sage_search_pane_open       (SageSearchPane *self);

G_END_DECLS
