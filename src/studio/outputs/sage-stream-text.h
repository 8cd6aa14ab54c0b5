/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-ansi.h"

G_BEGIN_DECLS

#define SAGE_STREAM_MAX_LINES 2000
#define SAGE_STREAM_MAX_BYTES (256 * 1024)
#define SAGE_STREAM_MAX_LINE 4096 /* bytes of one line that are shown */

/*
 * The end of what a program has written, as a terminal would show it. It is fed as text comes, which
 * costs what is new, however much there was before. Lines have numbers that they keep, from 0.
 */
typedef struct _SageStreamText SageStreamText;

SageStreamText     *sage_stream_text_new          (void);
void                sage_stream_text_free         (SageStreamText *self);
gint64              sage_stream_text_feed         (SageStreamText *self,
                                                   const char     *data,
                                                   gsize           length);
gint64              sage_stream_text_get_first    (SageStreamText *self);
gint64              sage_stream_text_get_end      (SageStreamText *self);
const SageAnsiText *sage_stream_text_get_line     (SageStreamText *self,
                                                   gint64          number);
gboolean            sage_stream_text_is_truncated (SageStreamText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageStreamText, sage_stream_text_free)

G_END_DECLS
