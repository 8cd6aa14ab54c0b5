/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One HTTP/1.1 connection to a server on a Unix socket, kept alive between calls. Blocking; used by
 * one thread at a time. */
typedef struct _SageHttpPeer SageHttpPeer;

/* What the server answered; clear with sage_http_answer_clear(). */
typedef struct
{
  guint       status;
  GPtrArray  *fields; /* (owned): name, value, name, value, … */
  GByteArray *body;   /* (owned) */
} SageHttpAnswer;

SageHttpPeer *sage_http_peer_open     (const char          *socket_path,
                                       GError             **error);
void          sage_http_peer_free     (SageHttpPeer        *peer);
gboolean      sage_http_peer_is_idle  (SageHttpPeer        *peer);
gboolean      sage_http_peer_answered (SageHttpPeer        *peer);
gboolean      sage_http_peer_call     (SageHttpPeer        *peer,
                                       const char          *method,
                                       const char          *target,
                                       const char * const  *headers,
                                       const void          *body,
                                       gsize                length,
                                       gsize                max_reply,
                                       gint64               deadline,
                                       SageHttpAnswer      *answer,
                                       GError             **error);
gboolean      sage_http_get           (const char          *socket_path,
                                       const char          *target,
                                       guint                timeout_ms,
                                       SageHttpAnswer      *answer,
                                       GError             **error);
const char   *sage_http_answer_field  (SageHttpAnswer      *answer,
                                       const char          *name);
void          sage_http_answer_clear  (SageHttpAnswer      *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageHttpPeer, sage_http_peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageHttpAnswer, sage_http_answer_clear)

G_END_DECLS
