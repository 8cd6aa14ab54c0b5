/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-http-server.h"

G_BEGIN_DECLS

/* Where the gateway says it is, for messages and ARNs. */
typedef struct
{
  const char *region;
  const char *account;
} GwPlace;

void gw_reply_id    (SageHttpRequest *request);
void gw_reply_error (SageHttpRequest *request,
                     guint            status,
                     const char      *code,
                     const char      *message);
void gw_reply_model_error (SageHttpRequest *request,
                     const GwPlace   *place,
                     const char      *endpoint,
                     guint            original_status,
                     const char      *original_message,
                     gssize           length);

G_END_DECLS
