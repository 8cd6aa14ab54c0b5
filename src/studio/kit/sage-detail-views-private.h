/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-resource.h"

G_BEGIN_DECLS

/*
 * What a detail page shows instead of its content, and what it says above it. The buttons activate
 * "detail.close" and "detail.retry". Property: "content" (the widget that is shown at last).
 */
#define SAGE_TYPE_DETAIL_VIEWS (sage_detail_views_get_type ())

G_DECLARE_FINAL_TYPE (SageDetailViews, sage_detail_views, SAGE, DETAIL_VIEWS, GtkWidget)

void sage_detail_views_show_loading (SageDetailViews *self);
void sage_detail_views_show_missing (SageDetailViews *self,
                                     SageResource    *resource,
                                     gboolean         deleted,
                                     const char      *location);
void sage_detail_views_show_failure (SageDetailViews *self,
                                     const GError    *error);
void sage_detail_views_show_content (SageDetailViews *self,
                                     SageResource    *resource,
                                     gboolean         away);

G_END_DECLS
