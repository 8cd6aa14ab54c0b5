/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-connection.h"

G_BEGIN_DECLS

/* What is to be put where. */
typedef struct
{
  const char *package_arn;
  const char *endpoint;
  const char *instance_type;
  gboolean    update; /* the endpoint is there already */
} SageDeploymentPlan;

typedef enum
{
  SAGE_DEPLOYMENT_MODEL,
  SAGE_DEPLOYMENT_CONFIG,
  SAGE_DEPLOYMENT_ENDPOINT,
  SAGE_DEPLOYMENT_CLEANING, /* something failed; what was made is being deleted */
} SageDeploymentStage;

/**
 * SageDeploymentProgress:
 * @stage: what is being done now
 * @user_data: what came with it
 *
 * Called before each step.
 */
typedef void (*SageDeploymentProgress) (SageDeploymentStage stage,
                                        gpointer            user_data);

void     sage_deployment_async  (SageConnection           *connection,
                                 const SageDeploymentPlan *plan,
                                 SageDeploymentProgress    progress,
                                 gpointer                  progress_data,
                                 GCancellable             *cancellable,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data);
gboolean sage_deployment_finish (SageConnection           *connection,
                                 GAsyncResult             *result,
                                 GError                  **error);

G_END_DECLS
