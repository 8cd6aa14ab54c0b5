/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-aws"

#include "config.h"

#include "sage-aws-environment.h"
#include "sage-json.h"

typedef struct
{
  const char *variable;
  const char *member; /* of ready.json */
} Variable;

static void
add (GStrvBuilder *builder,
     const char   *variable,
     const char   *value)
{
  if (value != NULL)
    g_strv_builder_take (builder, g_strconcat (variable, "=", value, NULL));
}

/**
 * sage_aws_environment:
 * @ready: what an engine says of itself when it is ready (ready.json)
 *
 * The variables by which boto3, the SageMaker SDK, the AWS CLI and MLflow find that engine, for shells
 * and for kernels.
 *
 * Returns: (transfer full): "NAME=value"
 */
char **
sage_aws_environment (JsonObject *ready)
{
  static const Variable variables[] = {
    { "AWS_ENDPOINT_URL", "endpoint_url" },
    { "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "runtime_endpoint_url" },
    { "AWS_ACCESS_KEY_ID", "access_key_id" },
    { "AWS_SECRET_ACCESS_KEY", "secret_access_key" },
    { "AWS_SESSION_TOKEN", "session_token" },
    { "AWS_DEFAULT_REGION", "region" },
    { "AWS_REGION", "region" },
  };
  /* MLflow shows a key with its secret, which proves nothing of the keys of a session. */
  static const Variable tracking[] = {
    { "MLFLOW_TRACKING_URI", "endpoint_url" },
    { "MLFLOW_TRACKING_USERNAME", "access_key_id" },
    { "MLFLOW_TRACKING_PASSWORD", "secret_access_key" },
  };
  gboolean is_session = sage_json_string (ready, "session_token", NULL) != NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    add (builder, variables[i].variable, sage_json_string (ready, variables[i].member, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (tracking) && !is_session; i++)
    add (builder, tracking[i].variable, sage_json_string (ready, tracking[i].member, NULL));
  g_strv_builder_add (builder, "AWS_EC2_METADATA_DISABLED=true");

  return g_strv_builder_end (builder);
}
