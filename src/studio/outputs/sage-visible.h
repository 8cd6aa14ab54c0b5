/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean  sage_visible_is_hidden  (gunichar    character);
gboolean  sage_visible_has_hidden (const char *text);
char     *sage_visible_name       (gunichar    character);
char     *sage_visible_dup        (const char *text);

G_END_DECLS
