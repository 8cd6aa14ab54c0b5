/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sage-http-tls.h"

G_BEGIN_DECLS

typedef struct _SageHttpServer SageHttpServer;

/* One request and its reply. Belongs to the server; valid until the handler returns or, if it was
 * suspended, until it is resumed. */
typedef struct _SageHttpRequest SageHttpRequest;

/**
 * SageHttpHandler:
 * @begin: (nullable): headers are in. May answer at once (sage_http_reply…), which refuses the body
 *   without reading it and without `100 Continue`, or set the body's limit or sink. Default: 1 MiB,
 *   kept in memory. @handle is not called for a request answered here.
 * @handle: the whole body is in, or the sink failed; must answer, or suspend and answer later from
 *   another thread.
 *
 * Both run on the connection's thread (%SAGE_HTTP_THREADED) or on an event thread
 * (%SAGE_HTTP_EVENTS), where they must not block.
 */
typedef struct
{
  void (*begin)  (SageHttpRequest *request,
                  gpointer         user_data);
  void (*handle) (SageHttpRequest *request,
                  gpointer         user_data);
} SageHttpHandler;

typedef enum
{
  SAGE_HTTP_THREADED, /* a thread a connection: handlers may block */
  SAGE_HTTP_EVENTS,   /* a few epoll threads */
} SageHttpThreading;

/**
 * SageHttpOptions:
 * @threading: how handlers are run
 * @n_threads: event threads of %SAGE_HTTP_EVENTS; 0: 2
 * @max_connections: over TCP, from everybody; 0: 512. Unix sockets have 64 of their own.
 * @max_per_peer: from one address; 0: 64; not applied to the Unix socket
 * @request_seconds: deadline of one whole request, from its first line to the end of its reply;
 *   0: none
 * @header_ms: until a request's headers must be complete; 0: 10 s
 * @idle_ms: how long a connection is kept between requests; 0: 60 s
 * @body_ms: a body must bring @body_rate bytes a second, looked at over stretches of this length;
 *   0: 10 s
 * @body_rate: bytes a second; 0: 1024
 * @patch: whether PATCH is a method too
 * @allowed_hosts: (nullable): names beyond localhost, 127.0.0.1 and [::1] that the Host header may
 *   carry, without port; one that starts with a dot stands for every name below it
 *
 * All zero gives the defaults.
 */
typedef struct
{
  SageHttpThreading   threading;
  guint               n_threads;
  guint               max_connections;
  guint               max_per_peer;
  guint               request_seconds;
  guint               header_ms;
  guint               idle_ms;
  guint               body_ms;
  guint               body_rate;
  gboolean            patch;
  const char * const *allowed_hosts;
} SageHttpOptions;

/* Takes the next bytes of a request's body as they arrive; %FALSE ends the request with @error. */
typedef gboolean (*SageHttpSinkFunc) (SageHttpRequest  *request,
                                      const guint8     *data,
                                      gsize             length,
                                      gpointer          user_data,
                                      GError          **error);

/* Takes over the upgraded connection; called on the server's GMainContext. */
typedef void (*SageHttpUpgradeFunc) (GIOStream *stream,
                                     gpointer   user_data);

SageHttpServer     *sage_http_server_new             (const SageHttpHandler  *handler,
                                                      gpointer                user_data,
                                                      const SageHttpOptions  *options);
gboolean            sage_http_server_listen_tcp      (SageHttpServer         *server,
                                                      const char             *address,
                                                      guint16                 port,
                                                      GError                **error);
gboolean            sage_http_server_listen_unix     (SageHttpServer         *server,
                                                      const char             *path,
                                                      GError                **error);
guint16             sage_http_server_listen_tls      (SageHttpServer         *server,
                                                      const char             *address,
                                                      guint16                 port,
                                                      SageHttpTls            *tls,
                                                      GError                **error);
void                sage_http_server_set_tls         (SageHttpServer         *server,
                                                      SageHttpTls            *tls);
gboolean            sage_http_server_adopt           (SageHttpServer         *server,
                                                      int                     fd,
                                                      GError                **error);
guint16             sage_http_server_port            (SageHttpServer         *server);
void                sage_http_server_stop            (SageHttpServer         *server);
void                sage_http_server_free            (SageHttpServer         *server);

const char         *sage_http_request_method         (SageHttpRequest        *request);
const char         *sage_http_request_path           (SageHttpRequest        *request);
const char         *sage_http_request_query          (SageHttpRequest        *request);
const char         *sage_http_request_header         (SageHttpRequest        *request,
                                                      const char             *name);
guint               sage_http_request_count_header   (SageHttpRequest        *request,
                                                      const char             *name);
const char * const *sage_http_request_headers        (SageHttpRequest        *request);
gint64              sage_http_request_content_length (SageHttpRequest        *request);
GBytes             *sage_http_request_body           (SageHttpRequest        *request);
gint64              sage_http_request_peer_uid       (SageHttpRequest        *request);
char               *sage_http_request_peer           (SageHttpRequest        *request);
gboolean            sage_http_request_is_tls         (SageHttpRequest        *request);
char               *sage_http_request_client         (SageHttpRequest        *request);
gboolean            sage_http_request_gone           (SageHttpRequest        *request);
void                sage_http_request_set_limit      (SageHttpRequest        *request,
                                                      gsize                   max_bytes);
void                sage_http_request_set_sink       (SageHttpRequest        *request,
                                                      SageHttpSinkFunc        func,
                                                      gpointer                user_data,
                                                      GDestroyNotify          destroy);
GError             *sage_http_request_sink_error     (SageHttpRequest        *request);
void                sage_http_request_set_data       (SageHttpRequest        *request,
                                                      gpointer                data,
                                                      GDestroyNotify          destroy);
gpointer            sage_http_request_data           (SageHttpRequest        *request);

void                sage_http_reply_header           (SageHttpRequest        *request,
                                                      const char             *name,
                                                      const char             *value);
void                sage_http_reply                  (SageHttpRequest        *request,
                                                      guint                   status,
                                                      const char             *content_type,
                                                      const void             *body,
                                                      gsize                   length);
void                sage_http_reply_bytes            (SageHttpRequest        *request,
                                                      guint                   status,
                                                      const char             *content_type,
                                                      GBytes                 *body);
void                sage_http_reply_fd               (SageHttpRequest        *request,
                                                      guint                   status,
                                                      const char             *content_type,
                                                      int                     fd,
                                                      guint64                 offset,
                                                      guint64                 length);
void                sage_http_reply_head             (SageHttpRequest        *request,
                                                      guint                   status,
                                                      const char             *content_type,
                                                      guint64                 length);
void                sage_http_reply_upgrade          (SageHttpRequest        *request,
                                                      const char             *accept_key,
                                                      SageHttpUpgradeFunc     func,
                                                      gpointer                user_data,
                                                      GDestroyNotify          destroy);
void                sage_http_suspend                (SageHttpRequest        *request);
void                sage_http_resume                 (SageHttpRequest        *request);
gboolean            sage_http_request_answered       (SageHttpRequest        *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageHttpServer, sage_http_server_free)

G_END_DECLS
