/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"
#include "sage-event-stream.h"
#include "sage-registry-private.h"

G_BEGIN_DECLS

/* What the parts of a connection need of it. They do not outlive it, or are told when it ends. */

SageRegistry *sage_connection_get_registry  (SageConnection *self);
guint64       sage_connection_get_clock     (SageConnection *self);
guint64       sage_connection_tick          (SageConnection *self);
void          sage_connection_suspect       (SageConnection *self,
                                             const GError   *error);
gboolean      sage_connection_merge         (SageConnection *self,
                                             SageResource   *resource,
                                             JsonObject     *facts,
                                             gboolean        is_description,
                                             guint64         asked_at);
gboolean      sage_connection_apply         (SageConnection *self,
                                             SageResource   *resource,
                                             const char     *arn,
                                             const char     *status,
                                             double          time);
void          sage_connection_emit_event    (SageConnection *self,
                                             SageResource   *resource);
void          sage_connection_set_gone      (SageConnection *self,
                                             SageResource   *resource);

void          sage_connection_hurry         (SageConnection *self);
void          sage_connection_touch         (SageConnection *self,
                                             SageResource   *resource);

/* Acts under way: whoever asks for the same meanwhile follows the first. */
gboolean      sage_connection_begin_act     (SageConnection *self,
                                             const char     *key,
                                             GTask          *task);
GPtrArray    *sage_connection_end_act       (SageConnection *self,
                                             const char     *key);

/* Lists of the connection, in no order. */
guint             sage_connection_n_lists   (SageConnection *self);
SageResourceList *sage_connection_nth_list  (SageConnection *self,
                                             guint           index);

char         *sage_name_dup_parent            (SageKind             kind,
                                               const char          *name);

G_END_DECLS
