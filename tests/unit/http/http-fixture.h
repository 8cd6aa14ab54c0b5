/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-http-server.h"

G_BEGIN_DECLS

#define HTTP_WAIT_US (10 * G_USEC_PER_SEC)
#define HTTP_HOST "Host: localhost\r\n"
#define HTTP_GET(path) "GET " path " HTTP/1.1\r\n" HTTP_HOST "\r\n"

/* A server with a handler that does whatever its path says, and what it saw. */
typedef struct
{
  SageHttpServer *server;
  char           *dir;
  char           *socket_path;
  guint16         port;

  GMutex          lock;
  GCond           changed;
  GPtrArray      *seen;       /* "METHOD path?query" of every request handled */
  guint           n_begun;
  guint           n_gone;     /* request data destroyed */
  guint64         sunk;       /* bytes that reached the sink */
  gint64          uid;        /* peer of the last request */
  char           *peer;       /* its address */
  char           *client;     /* the user whose certificate it has shown */
  gboolean        is_tls;
  SageHttpRequest *held;      /* suspended by /hold */
  gboolean        open;       /* lets /block go on */
  GPtrArray      *streams;    /* upgraded connections */
} HttpFixture;

/* What came back for one request. */
typedef struct
{
  guint    status; /* 0: none */
  char    *head;   /* with the status line */
  GString *body;
} HttpReply;

typedef struct
{
  const char *name;
  void      (*func) (HttpFixture   *fixture,
                     gconstpointer  data);
} HttpTest;

void       http_fixture_add_tests (const char           *suite,
                                  const SageHttpOptions *options,
                                  const HttpTest        *tests,
                                  gsize                  n_tests);
void       http_fixture_start    (HttpFixture           *fixture,
                                  const SageHttpOptions *options);
void       http_fixture_stop     (HttpFixture           *fixture);
gboolean   http_fixture_saw      (HttpFixture           *fixture,
                                  const char            *request);
void       http_fixture_wait     (HttpFixture           *fixture,
                                  guint                 *counter,
                                  guint                  value);
void       http_fixture_open     (HttpFixture           *fixture);
SageHttpRequest *http_fixture_held (HttpFixture         *fixture);

int        http_connect          (HttpFixture           *fixture);
int        http_connect_from     (HttpFixture           *fixture,
                                  guint8                 peer);
int        http_connect_unix     (HttpFixture           *fixture);
void       http_send             (int                    fd,
                                  const void            *data,
                                  gssize                 length);
gboolean   http_try_send         (int                    fd,
                                  const void            *data,
                                  gsize                  length);
HttpReply *http_read_reply       (int                    fd,
                                  gboolean               is_head);
HttpReply *http_exchange         (int                    fd,
                                  const char            *request);
gboolean   http_is_closed        (int                    fd,
                                  gint64                 within_us);
void       http_reply_free       (HttpReply             *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpReply, http_reply_free)

G_END_DECLS
