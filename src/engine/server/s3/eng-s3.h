/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-caller.h"
#include "sage-http-server.h"
#include "sage-sigv4.h"

G_BEGIN_DECLS

/* One S3 request between its headers and its reply. */
typedef struct _EngS3Call EngS3Call;

EngS3Call *eng_s3_begin     (EngEngine           *engine,
                             const SageSigResult *sig,
                             const EngCaller     *who,
                             SageHttpRequest     *request);
void       eng_s3_handle    (EngS3Call           *call);
void       eng_s3_call_free (EngS3Call           *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngS3Call, eng_s3_call_free)

G_END_DECLS
