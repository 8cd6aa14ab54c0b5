/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* A request to an endpoint and what came of it, kept as long as the page. */
#define SAGE_TYPE_INVOCATION (sage_invocation_get_type ())

G_DECLARE_FINAL_TYPE (SageInvocation, sage_invocation, SAGE, INVOCATION, GObject)

SageInvocation *sage_invocation_new              (const char          *endpoint,
                                                  const char          *content_type,
                                                  const char          *accept,
                                                  const char          *body);
void            sage_invocation_send_async       (SageInvocation      *self,
                                                  SageConnection      *connection,
                                                  GCancellable        *cancellable,
                                                  GAsyncReadyCallback  callback,
                                                  gpointer             user_data);
gboolean        sage_invocation_send_finish      (SageInvocation      *self,
                                                  GAsyncResult        *result,
                                                  GError             **error);
const char     *sage_invocation_get_content_type (SageInvocation      *self);
const char     *sage_invocation_get_accept       (SageInvocation      *self);
const char     *sage_invocation_get_body         (SageInvocation      *self);
double          sage_invocation_get_sent         (SageInvocation      *self);
double          sage_invocation_get_latency      (SageInvocation      *self);
guint           sage_invocation_get_status       (SageInvocation      *self);
SageReply      *sage_invocation_get_reply        (SageInvocation      *self);
const char     *sage_invocation_get_problem      (SageInvocation      *self);

G_END_DECLS
