/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/epoll.h>

#include "sage-http-private.h"
#include "sage-http-tls-private.h"

G_BEGIN_DECLS

typedef struct _SageHttpLink SageHttpLink;

typedef enum
{
  SAGE_HTTP_LINK_HANDSHAKE,
  SAGE_HTTP_LINK_OPEN,
  SAGE_HTTP_LINK_CLOSING, /* sends what is left, then drops what comes */
} SageHttpLinkStage;

#define SAGE_HTTP_LINK_STAGES 3

/* What pumping came to. */
typedef enum
{
  SAGE_HTTP_LINK_WAITS, /* for what its ends say they want */
  SAGE_HTTP_LINK_MORE,  /* there is more to do at once; others have their turn first */
  SAGE_HTTP_LINK_SHAKEN, /* the handshake is done: it is to be connected */
  SAGE_HTTP_LINK_DEAD,
} SageHttpLinkVerdict;

/* One of the two sockets of a link. */
typedef struct
{
  SageHttpLink *link; /* (unowned) (nullable): NULL for what is no link's */
  int           fd;   /* (owned): -1 for none */
  guint32       want; /* epoll events */
  guint32       watched; /* those that the relay waits for */
} SageHttpLinkEnd;

typedef struct
{
  guint8 *bytes; /* (owned) (nullable) */
  gsize   at;
  gsize   length;
} SageHttpLinkBuffer;

/* A TLS connection, and the socket by which the server has it in clear. The relay's thread only. */
struct _SageHttpLink
{
  SageHttpLinkStage   stage;
  int                 epoll; /* of the relay */
  SageHttpTlsSession *tls;  /* (owned) */
  SageHttpTlsPeer    *peer; /* (owned) */
  SageHttpLinkEnd     outer; /* TLS */
  SageHttpLinkEnd     inner; /* clear */
  SageHttpLinkBuffer  in;    /* from outer to inner */
  SageHttpLinkBuffer  out;
  gint64              since;    /* monotonic µs: start of the stage */
  gint64              progress; /* monotonic µs: when something was sent last, or began to wait for it */
  gsize               dropped;  /* bytes, while closing */
  gboolean            begun;     /* the client has said something */
  gboolean            outer_eof; /* the client says no more */
  gboolean            deaf;      /* the server reads no more */
  gboolean            flushed;   /* all was sent, and that it was all */

  /* of the relay */
  GList               place; /* in the queue of its stage */
  gboolean            is_ready; /* is in the queue of those that have more to do */
  gboolean            is_dead;
};

SageHttpLink       *sage_http_link_new     (SageHttpTls  *tls,
                                            int           epoll,
                                            int           fd,
                                            char         *address);
void                sage_http_link_watch   (SageHttpLinkEnd *end,
                                            int           epoll);
int                 sage_http_link_connect (SageHttpLink *link);
void                sage_http_link_close   (SageHttpLink *link);
SageHttpLinkVerdict sage_http_link_pump    (SageHttpLink *link);
gboolean            sage_http_link_is_stalled (SageHttpLink *link);
gboolean            sage_http_link_is_left (SageHttpLink *link);
gboolean            sage_http_link_is_late (SageHttpLink *link,
                                            SageHttpServer *server,
                                            gint64        now);
void                sage_http_link_free    (SageHttpLink *link);

G_END_DECLS
