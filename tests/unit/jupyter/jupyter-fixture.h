/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-jupyter-message.h"

G_BEGIN_DECLS

GBytes             *text_bytes    (const char   *text);
GBytes             *hex_bytes     (const char   *digits);
SageJupyterMessage *read_texts    (const char   *header,
                                   const char   *parent,
                                   const char   *metadata,
                                   const char   *content,
                                   GError      **error);
void                assert_text   (SageJupyterMessage *message,
                                   SageJupyterPart     part,
                                   const char         *text);
void                assert_bytes  (GBytes       *bytes,
                                   const void   *data,
                                   gsize         length);

G_END_DECLS
