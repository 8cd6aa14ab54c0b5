/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-arn"

#include "config.h"

#include <string.h>

#include "sage-arn.h"

/**
 * sage_arn_parse:
 * @text: what may be an ARN
 * @arn: (out caller-allocates): its parts; clear with sage_arn_clear()
 *
 * Splits an ARN of the `type/name` form. Nothing is decoded or normalised.
 *
 * Returns: whether @text is such an ARN; @arn is empty if not
 */
gboolean
sage_arn_parse (const char *text,
                SageArn    *arn)
{
  g_auto(GStrv) parts = NULL;
  const char *slash;

  memset (arn, 0, sizeof *arn);

  if (text == NULL || !g_str_has_prefix (text, "arn:aws"))
    return FALSE;

  parts = g_strsplit (text, ":", 6);
  if (g_strv_length (parts) != 6)
    return FALSE;

  slash = strchr (parts[5], '/');
  if (slash == NULL || slash == parts[5] || slash[1] == '\0')
    return FALSE;

  arn->service = g_strdup (parts[2]);
  arn->region = g_strdup (parts[3]);
  arn->account = g_strdup (parts[4]);
  arn->type = g_strndup (parts[5], slash - parts[5]);
  arn->name = g_strdup (slash + 1);

  return TRUE;
}

/**
 * sage_arn_clear:
 * @arn: the parts
 *
 * Frees what sage_arn_parse() filled in.
 */
void
sage_arn_clear (SageArn *arn)
{
  g_clear_pointer (&arn->service, g_free);
  g_clear_pointer (&arn->region, g_free);
  g_clear_pointer (&arn->account, g_free);
  g_clear_pointer (&arn->type, g_free);
  g_clear_pointer (&arn->name, g_free);
}

/**
 * sage_arn_build:
 * @region: the region
 * @account: the twelve digits
 * @type: the resource type, e.g. `training-job`
 * @name: the name as given; it is lower-cased, as AWS does
 *
 * Returns: (transfer full): the ARN of a SageMaker resource
 */
char *
sage_arn_build (const char *region,
                const char *account,
                const char *type,
                const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strconcat ("arn:aws:sagemaker:", region, ":", account, ":", type, "/", lower, NULL);
}
