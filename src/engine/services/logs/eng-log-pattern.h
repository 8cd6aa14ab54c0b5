/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What FilterLogEvents looks for: terms, phrases and regular expressions, all of which must occur. */
typedef struct _EngLogPattern EngLogPattern;

EngLogPattern *eng_log_pattern_new     (const char     *text,
                                        GError        **error);
void           eng_log_pattern_free    (EngLogPattern  *pattern);
gboolean       eng_log_pattern_matches (EngLogPattern  *pattern,
                                        const char     *message,
                                        gboolean       *matches,
                                        GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngLogPattern, eng_log_pattern_free)

G_END_DECLS
