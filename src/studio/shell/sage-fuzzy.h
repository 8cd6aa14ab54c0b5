/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int sage_fuzzy_score (const char *needle,
                      const char *text);

G_END_DECLS
