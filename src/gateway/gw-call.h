/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gw-reply.h"
#include "gw-table.h"

G_BEGIN_DECLS

#define GW_MAX_BODY (6 * 1024 * 1024) /* of a request and of a reply: AWS's own limit, 6291456 */

/* One invocation that has found its variant. */
typedef struct
{
  SageHttpRequest *request;
  const GwPlace   *place;
  GwEndpoint      *endpoint; /* (owned) once it has left the event thread */
  GwVariant       *variant;  /* (owned) once it has left the event thread */
  gint64           started;  /* monotonic, in microseconds */
} GwCall;

void     gw_native_answer (GwCall *call);
gboolean gw_native_is_long (GwCall *call);
void     gw_proxy_answer  (GwCall *call);

G_END_DECLS
