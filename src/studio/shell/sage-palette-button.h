/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What looks like a search entry in the header and opens the palette. */
#define SAGE_TYPE_PALETTE_BUTTON (sage_palette_button_get_type ())

G_DECLARE_FINAL_TYPE (SagePaletteButton, sage_palette_button, SAGE, PALETTE_BUTTON, AdwBin)

G_END_DECLS
