/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-sigv4.h"

G_BEGIN_DECLS

/* Takes the aws-chunked framing off a body as it arrives. */
typedef struct _EngS3Chunked EngS3Chunked;

typedef gboolean (*EngS3DataFunc) (const guint8  *data,
                                   gsize          length,
                                   gpointer       user_data,
                                   GError       **error);

EngS3Chunked *eng_s3_chunked_new     (const SageSigResult  *sig,
                                      EngS3DataFunc         func,
                                      gpointer              user_data);
void          eng_s3_chunked_free    (EngS3Chunked         *chunked);
gboolean      eng_s3_chunked_feed    (EngS3Chunked         *chunked,
                                      const guint8         *data,
                                      gsize                 length,
                                      GError              **error);
gboolean      eng_s3_chunked_finish  (EngS3Chunked         *chunked,
                                      GError              **error);
const char   *eng_s3_chunked_trailer (EngS3Chunked         *chunked,
                                      const char           *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngS3Chunked, eng_s3_chunked_free)

G_END_DECLS
