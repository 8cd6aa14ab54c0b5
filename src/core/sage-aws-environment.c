/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-aws"

#include "config.h"

#include "sage-aws-environment.h"
#include "sage-json.h"

/**
 * sage_aws_environment:
 * @ready: what an engine says of itself when it is ready (ready.json)
 *
 * The variables by which boto3, the SageMaker SDK and the AWS CLI find that engine, for shells and
 * for kernels.
 *
 * Returns: (transfer full): "NAME=value"
 */
char **
sage_aws_environment (JsonObject *ready)
{
  static const struct
  {
    const char *variable;
    const char *member;
  } variables[] = {
    { "AWS_ENDPOINT_URL", "endpoint_url" },
    { "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "runtime_endpoint_url" },
    { "AWS_ACCESS_KEY_ID", "access_key_id" },
    { "AWS_SECRET_ACCESS_KEY", "secret_access_key" },
    { "AWS_SESSION_TOKEN", "session_token" },
    { "AWS_DEFAULT_REGION", "region" },
    { "AWS_REGION", "region" },
  };
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *value = sage_json_string (ready, variables[i].member, NULL);

      if (value != NULL)
        g_strv_builder_take (builder, g_strconcat (variables[i].variable, "=", value, NULL));
    }
  g_strv_builder_add (builder, "AWS_EC2_METADATA_DISABLED=true");

  return g_strv_builder_end (builder);
}
