/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *sage_html_sanitise (const char *html,
                          gsize       length,
                          gboolean   *dropped);
char *sage_html_to_text  (const char *html,
                          gsize       length);
char *sage_css_sanitise  (const char *style,
                          gboolean   *dropped);

G_END_DECLS
