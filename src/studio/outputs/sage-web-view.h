/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * HTML, shown by a browser's engine when it comes in sight. Only a few pages are alive at a time; the
 * others are pictures of themselves, which a click brings back to life. Where the engine cannot be
 * shut in, or is missing, a message says so. Signals: "link-activated" (const char *uri); "settled":
 * there is a page, a picture of it or a message.
 */
#define SAGE_TYPE_WEB_VIEW (sage_web_view_get_type ())

G_DECLARE_FINAL_TYPE (SageWebView, sage_web_view, SAGE, WEB_VIEW, GtkWidget)

#define SAGE_WEB_VIEW_MAX_LIVE 4

GtkWidget  *sage_web_view_new       (const char  *html,
                                     gboolean     is_trusted,
                                     GObject     *owner);
gboolean    sage_web_view_is_live   (SageWebView *self);
const char *sage_web_view_get_fault (SageWebView *self);

G_END_DECLS
