/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-endpoints.h"
#include "eng-gateway-link.h"
#include "eng-job.h"

G_BEGIN_DECLS

/* One endpoint that changes or whose model server is watched, on a thread of its own. */
typedef struct
{
  EngEngine      *engine;
  EngGatewayLink *link;
  char           *name;     /* (owned) */
  EngResource    *resource; /* (owned) (nullable): as it was read last */
  JsonObject     *state;    /* (owned) (nullable): its state, read-only */
  int             wake_fd;  /* readable when the row changed or the engine stops */
  gboolean        woken;    /* the row may have changed since it was read */
  int            *quit;     /* atomic: the engine stops */
} EngEndpointRun;

/* Where a deployment lives, and how the gateway reaches it. */
typedef struct
{
  char       *directory; /* (owned): `endpoints/<row>-<generation>`; a job directory for a server */
  char       *model_dir; /* (owned) */
  JsonObject *backend;   /* (owned): for the routing table */
  gboolean    server;    /* a process of its own answers, not the gateway */
} EngDeployment;

/* SageMaker gives a model container this long to end. */
#define ENG_DEPLOYMENT_GRACE_SECONDS 30

/* Why a model server is not watched any more. */
typedef enum
{
  ENG_ENDPOINT_LEFT,     /* the engine stops, or the server cannot be watched */
  ENG_ENDPOINT_WOKEN,    /* the row asks for something else */
  ENG_ENDPOINT_GIVEN_UP, /* it ends again and again */
} EngEndpointWatched;

void      eng_endpoint_run             (EngEngine       *engine,
                                        EngGatewayLink  *link,
                                        const char      *name,
                                        int              wake_fd,
                                        int             *quit);
gboolean  eng_endpoint_run_pause       (EngEndpointRun  *run,
                                        int              milliseconds);
gboolean  eng_endpoint_run_is_stale    (EngEndpointRun  *run);

gboolean  eng_deployment_init          (EngDeployment   *deployment,
                                        EngEngine       *engine,
                                        EngResource     *resource,
                                        gint64           generation,
                                        JsonObject      *plan,
                                        GError         **error);
void      eng_deployment_clear         (EngDeployment   *deployment);
gboolean  eng_deployment_unpack        (EngDeployment   *deployment,
                                        EngEngine       *engine,
                                        JsonObject      *plan,
                                        GError         **error);
gboolean  eng_deployment_reset         (EngDeployment   *deployment,
                                        GError         **error);
gboolean  eng_deployment_serve         (EngDeployment   *deployment,
                                        EngEngine       *engine,
                                        const char      *name,
                                        JsonObject      *plan,
                                        GError         **error);
gboolean  eng_deployment_await_health  (EngDeployment   *deployment,
                                        EngEndpointRun  *run,
                                        JsonObject      *plan,
                                        GError         **error);
gboolean  eng_deployment_ping          (EngDeployment   *deployment);
char     *eng_deployment_describe_end  (EngDeployment   *deployment,
                                        const EngJobStatus *status,
                                        const char      *cause);
gboolean  eng_deployment_remove        (EngDeployment   *deployment,
                                        guint            grace_seconds,
                                        int             *quit);
EngEndpointWatched eng_endpoint_watch  (EngEndpointRun  *run,
                                        EngDeployment   *deployment,
                                        JsonObject      *plan,
                                        GError         **error);
gboolean  eng_endpoint_prove           (EngEndpointRun  *run,
                                        EngDeployment   *deployment,
                                        GError         **error);
void      eng_endpoint_sweep           (EngEngine       *engine,
                                        int             *quit);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EngDeployment, eng_deployment_clear)

G_END_DECLS
