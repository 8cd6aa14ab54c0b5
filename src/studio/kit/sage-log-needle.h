/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is searched for: a text, in whatever case. */
typedef struct _SageLogNeedle SageLogNeedle;

SageLogNeedle *sage_log_needle_new      (const char          *text);
SageLogNeedle *sage_log_needle_ref      (SageLogNeedle       *self);
void           sage_log_needle_unref    (SageLogNeedle       *self);
const char    *sage_log_needle_get_text (const SageLogNeedle *self);
gboolean       sage_log_needle_find     (const SageLogNeedle *self,
                                         const char          *text,
                                         gsize                length,
                                         gsize                from,
                                         gsize               *start,
                                         gsize               *end);
char          *sage_log_needle_dup_pattern (const SageLogNeedle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageLogNeedle, sage_log_needle_unref)

G_END_DECLS
