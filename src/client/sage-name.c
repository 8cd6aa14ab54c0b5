/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-name"

#include "config.h"

#include <string.h>

#include "sage-connection-private.h"

#define EXECUTION "/execution/"

/**
 * sage_name_dup_parent:
 * @kind: a kind
 * @name: the name of a resource of it, as in events
 *
 * Returns: (transfer full) (nullable): the name of what it belongs to: the pipeline of an
 *   execution, the execution of a step, the group of a model package
 */
char *
sage_name_dup_parent (SageKind    kind,
                      const char *name)
{
  const char *end = NULL;

  if (kind == SAGE_KIND_EXECUTION)
    end = strstr (name, EXECUTION);
  else if (kind == SAGE_KIND_STEP || kind == SAGE_KIND_PACKAGE)
    end = strrchr (name, '/');

  return end != NULL ? g_strndup (name, end - name) : NULL;
}
