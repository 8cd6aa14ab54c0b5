/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "sage-aws-error.h"
#include "sage-json.h"
#include "sage-shape.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

/* What is valid can be projected and searched for names of others; what is not has a message that is
 * valid text. */
static void
validate (const char *operation,
          JsonNode   *node)
{
  const SageShape *shape = sage_model_input ("sagemaker", operation);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) projected = sage_shape_project (shape, json_node_get_object (node));

  if (!sage_shape_validate (shape, node, &error))
    {
      g_autofree char *json = sage_aws_error_json (sage_aws_error_code (error), error->message);

      g_assert (g_utf8_validate (error->message, -1, NULL));
      g_assert (sage_json_scan (json, strlen (json), NULL, NULL));
    }
  else
    {
      g_autoptr(JsonNode) reduced = sage_json_take_object (json_object_ref (projected));
      const char *foreign = sage_shape_find_foreign (shape, node, "us-east-1", "000000000000");

      g_assert (sage_shape_validate (shape, reduced, NULL));
      g_assert (foreign == NULL || g_str_has_prefix (foreign, "arn:"));
    }
}

/* What members there are not is told in the log. */
static void
be_quiet (const char     *domain,
          GLogLevelFlags  level,
          const char     *message,
          gpointer        user_data)
{
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  static guint handler;
  g_autoptr(JsonNode) node = sage_json_parse_object ((const char *) data, size, NULL, NULL);

  if (handler == 0)
    handler = g_log_set_handler ("sage-validate", G_LOG_LEVEL_MESSAGE, be_quiet, NULL);
  if (node == NULL)
    return 0;

  validate ("CreateTrainingJob", node);
  validate ("CreatePipeline", node);
  validate ("Search", node);
  validate ("CreateModelCard", node);

  return 0;
}
