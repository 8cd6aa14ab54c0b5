/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-resource.h"

G_BEGIN_DECLS

/*
 * The head of a detail page: what the thing is called, how it stands, one line of facts, and what
 * can be done. Properties: "compact": the secondary buttons lose their words; "narrow": the buttons
 * go below.
 */
#define SAGE_TYPE_DETAIL_HEADER (sage_detail_header_get_type ())

G_DECLARE_FINAL_TYPE (SageDetailHeader, sage_detail_header, SAGE, DETAIL_HEADER, GtkWidget)

void sage_detail_header_set_resource  (SageDetailHeader *self,
                                       SageResource     *resource);
void sage_detail_header_set_heading   (SageDetailHeader *self,
                                       const char       *text);
void sage_detail_header_set_icon_name (SageDetailHeader *self,
                                       const char       *icon_name);
void sage_detail_header_set_facts     (SageDetailHeader *self,
                                       const char       *text);
void sage_detail_header_set_primary   (SageDetailHeader *self,
                                       const char       *label,
                                       const char       *action_name,
                                       const char       *style);
void sage_detail_header_add_secondary (SageDetailHeader *self,
                                       const char       *label,
                                       const char       *icon_name,
                                       const char       *action_name);
void sage_detail_header_set_menu      (SageDetailHeader *self,
                                       GMenuModel       *menu);
void sage_detail_header_set_over      (SageDetailHeader *self,
                                       gboolean          over);

G_END_DECLS
