/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"
#include "sage-connection-state.h"
#include "sage-profile.h"
#include "sage-resource-list.h"

G_BEGIN_DECLS

/*
 * An engine as Studio sees it: the client to call it with, live lists and resources that follow its
 * events, and whether it is there. Properties: "profile" (construct only), "state", "error" (boxed
 * GError, nullable). Signals: "event" (SageResource *resource): after a row changed and it holds that;
 * "kernel-event" (const char *id, const char *what): of a kernel, e.g. "idle-warning", "kept", "dead".
 */
#define SAGE_TYPE_CONNECTION (sage_connection_get_type ())

G_DECLARE_FINAL_TYPE (SageConnection, sage_connection, SAGE, CONNECTION, GObject)

SageConnection     *sage_connection_new             (SageProfile        *profile);
void                sage_connection_open            (SageConnection     *self,
                                                     const char         *secret);
void                sage_connection_close           (SageConnection     *self);
SageProfile        *sage_connection_get_profile     (SageConnection     *self);
SageConnectionState sage_connection_get_state       (SageConnection     *self);
const GError       *sage_connection_get_error       (SageConnection     *self);
SageClient         *sage_connection_get_client      (SageConnection     *self);
SageResourceList   *sage_connection_get_list        (SageConnection     *self,
                                                     SageKind            kind,
                                                     const char         *parent);
SageResource       *sage_connection_get_resource    (SageConnection     *self,
                                                     SageKind            kind,
                                                     const char         *name);
void                sage_connection_watch           (SageConnection     *self,
                                                     SageResource       *resource);
void                sage_connection_unwatch         (SageConnection     *self,
                                                     SageResource       *resource);

void                sage_connection_call_async      (SageConnection     *self,
                                                     const char         *operation,
                                                     JsonObject         *input,
                                                     GCancellable       *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer            user_data);
JsonObject         *sage_connection_call_finish     (SageConnection     *self,
                                                     GAsyncResult       *result,
                                                     GError            **error);
void                sage_connection_find_arn_async  (SageConnection     *self,
                                                     SageKind            kind,
                                                     const char         *name,
                                                     GCancellable       *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer            user_data);
char               *sage_connection_find_arn_finish (SageConnection     *self,
                                                     GAsyncResult       *result,
                                                     GError            **error);
void                sage_connection_stop_async      (SageConnection     *self,
                                                     SageResource       *resource,
                                                     GCancellable       *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer            user_data);
void                sage_connection_remove_async    (SageConnection     *self,
                                                     SageResource       *resource,
                                                     GCancellable       *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer            user_data);
gboolean            sage_connection_act_finish      (SageConnection     *self,
                                                     GAsyncResult       *result,
                                                     GError            **error);

G_END_DECLS
