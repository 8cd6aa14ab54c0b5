/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A whole answer to a request that is no JSON operation: its status, headers and bytes. */
typedef struct _SageReply SageReply;

#define SAGE_TYPE_REPLY (sage_reply_get_type ())

GType       sage_reply_get_type         (void);
SageReply  *sage_reply_ref              (SageReply   *self);
void        sage_reply_unref            (SageReply   *self);
guint       sage_reply_get_status       (SageReply   *self);
const char *sage_reply_get_header       (SageReply   *self,
                                         const char  *name);
const char *sage_reply_get_content_type (SageReply   *self);
GBytes     *sage_reply_get_body         (SageReply   *self);
gboolean    sage_reply_check            (SageReply   *self,
                                         GError     **error);

gboolean    sage_reply_check_bucket     (SageReply   *self,
                                         GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageReply, sage_reply_unref)

G_END_DECLS
