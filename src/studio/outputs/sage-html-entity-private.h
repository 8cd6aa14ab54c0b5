/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void _sage_html_unescape (GString    *out,
                          const char *text,
                          gsize       length);

G_END_DECLS
