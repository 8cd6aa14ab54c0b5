/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/* A section of the engine in the sidebar: icon, name, a badge that counts, and what unfolds its recent
 * items. Properties: "expanded". */
#define SAGE_TYPE_SECTION_ROW (sage_section_row_get_type ())

G_DECLARE_FINAL_TYPE (SageSectionRow, sage_section_row, SAGE, SECTION_ROW, GtkListBoxRow)

GtkWidget  *sage_section_row_new            (const char     *location);
const char *sage_section_row_get_location   (SageSectionRow *self);
void        sage_section_row_set_connection (SageSectionRow *self,
                                             SageConnection *connection);
void        sage_section_row_set_expandable (SageSectionRow *self,
                                             gboolean        expandable);
gboolean    sage_section_row_get_expanded   (SageSectionRow *self);
void        sage_section_row_set_expanded   (SageSectionRow *self,
                                             gboolean        expanded);

G_END_DECLS
