/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-ansi.h"
#include "sage-log-palette.h"

G_BEGIN_DECLS

void sage_ansi_add_attributes (PangoAttrList        *attributes,
                               const SageAnsiText   *text,
                               guint                 offset,
                               const SageLogPalette *palette);

G_END_DECLS
