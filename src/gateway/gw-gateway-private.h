/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gw-call.h"
#include "gw-gateway.h"
#include "gw-router.h"
#include "sage-sig-backoff.h"

G_BEGIN_DECLS

struct _GwGateway
{
  char           *region;      /* (owned) (nullable) */
  char           *account;     /* (owned) */
  GwPlace         place;       /* points to the two above, or a region of its own */
  char           *routes;      /* (owned) */
  char           *credentials; /* (owned) (nullable) */
  GwRouter       *router;      /* (owned) */
  SageHttpServer *server;      /* (owned) */
  SageSigBackoff *backoff;     /* (owned): the signatures that were wrong */
  GThreadPool    *workers;     /* (owned): for what may wait */
  gint64          started;     /* monotonic: since when is counted */
  int             watch_fd;    /* inotify */
  guint           watch_source;

  GMutex          lock;        /* guards waiters */
  GPtrArray      *waiters;     /* (owned): of GwWaiter: requests for the status that wait */
};

/* auth: who calls. Answers and returns FALSE unless the request may go on. */
gboolean gw_auth_begin  (GwGateway       *gateway,
                         SageHttpRequest *request);
gboolean gw_auth_check  (GwGateway       *gateway,
                         GwTable         *table,
                         SageHttpRequest *request);

/* invoke: the data plane */
gboolean gw_invoke_is   (const char      *path);
void     gw_invoke      (GwGateway       *gateway,
                         SageHttpRequest *request);
void     gw_invoke_work (gpointer         call,
                         gpointer         gateway);

/* control: the status, over the Unix socket only */
void     gw_control        (GwGateway       *gateway,
                            SageHttpRequest *request);
void     gw_control_wake   (GwGateway       *gateway);
void     gw_control_finish (GwGateway       *gateway);
void     gw_waiter_free    (gpointer         waiter);

G_END_DECLS
