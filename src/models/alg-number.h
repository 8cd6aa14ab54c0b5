/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ALG_FLOAT_TEXT 24 /* room for alg_float_print(), the NUL included */

gsize alg_float_parse (const char *text,
                       gsize       length,
                       float      *value);
gsize alg_float_print (float       value,
                       char        out[ALG_FLOAT_TEXT]);

G_END_DECLS
