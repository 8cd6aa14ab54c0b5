/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-resource.h"
#include "sage-shortcut-table.h"

G_BEGIN_DECLS

/* Something that the palette offers: a command, a place, a thing of the engine, a file. */
#define SAGE_TYPE_PALETTE_ITEM (sage_palette_item_get_type ())

G_DECLARE_FINAL_TYPE (SagePaletteItem, sage_palette_item, SAGE, PALETTE_ITEM, GObject)

SagePaletteItem *sage_palette_item_new             (const char         *title,
                                                    const char         *detail,
                                                    const char         *icon_name,
                                                    const char         *action,
                                                    GVariant           *target);
SagePaletteItem *sage_palette_item_for_shortcut    (const SageShortcut *shortcut);
SagePaletteItem *sage_palette_item_for_resource    (SageResource       *resource);
const char      *sage_palette_item_get_title       (SagePaletteItem    *self);
const char      *sage_palette_item_get_detail      (SagePaletteItem    *self);
const char      *sage_palette_item_get_icon_name   (SagePaletteItem    *self);
const char      *sage_palette_item_get_keys        (SagePaletteItem    *self);
const char      *sage_palette_item_get_action   (SagePaletteItem    *self);
void             sage_palette_item_activate        (SagePaletteItem    *self,
                                                    GtkWidget          *window);

G_END_DECLS
