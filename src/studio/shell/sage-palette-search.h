/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-palette-item.h"

G_BEGIN_DECLS

/* A GListModel of the SagePaletteItem that fit best what was typed, best first. */
#define SAGE_TYPE_PALETTE_SEARCH (sage_palette_search_get_type ())

G_DECLARE_FINAL_TYPE (SagePaletteSearch, sage_palette_search, SAGE, PALETTE_SEARCH, GObject)

SagePaletteSearch *sage_palette_search_new         (void);
GListModel        *sage_palette_search_get_results (SagePaletteSearch *self);
void               sage_palette_search_add_item    (SagePaletteSearch *self,
                                                    SagePaletteItem   *item);
void               sage_palette_search_add_list    (SagePaletteSearch *self,
                                                    GListModel        *resources);
void               sage_palette_search_set_text    (SagePaletteSearch *self,
                                                    const char        *text);

G_END_DECLS
