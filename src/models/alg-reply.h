/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ALG_REPLY_UNKNOWN, /* asks for something we cannot give */
  ALG_REPLY_CSV,
  ALG_REPLY_JSON,
  ALG_REPLY_JSON_LINES,
} AlgReplyFormat;

AlgReplyFormat alg_reply_format     (const char      *accept,
                                     AlgReplyFormat   fallback);
const char    *alg_reply_media_type (AlgReplyFormat   format);
void           alg_reply_append     (GString         *out,
                                     AlgReplyFormat   format,
                                     const float     *values,
                                     gsize            n_rows,
                                     guint            n_outputs);

G_END_DECLS
