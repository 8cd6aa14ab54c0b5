/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-champion"

#include "config.h"

#include <string.h>

#include "sage-champion.h"

/**
 * sage_version_number:
 * @package: a version of a model
 *
 * Returns: its number; 0 for a package of no group
 */
guint64
sage_version_number (SageResource *package)
{
  const char *slash = strrchr (sage_resource_get_name (package), '/');

  return slash != NULL ? g_ascii_strtoull (slash + 1, NULL, 10) : 0;
}

/**
 * sage_version_group:
 * @package: a version of a model
 *
 * Returns: (transfer full) (nullable): the name of its group, as its own name spells it; names of the
 *   engine's are equal without regard to case
 */
char *
sage_version_group (SageResource *package)
{
  const char *name = sage_resource_get_name (package);
  const char *slash = strrchr (name, '/');

  return slash != NULL ? g_strndup (name, (gsize) (slash - name)) : NULL;
}

/**
 * sage_champion_find:
 * @packages: the versions of the group
 * @candidate: the one that is judged
 *
 * Returns: (transfer none) (nullable): the approved version to compare it with: of the others, the one
 *   with the highest number
 */
SageResource *
sage_champion_find (GListModel   *packages,
                    SageResource *candidate)
{
  SageResource *champion = NULL;
  guint n = g_list_model_get_n_items (packages);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SageResource) package = g_list_model_get_item (packages, i);

      if (package == candidate || sage_resource_get_deleted (package)
          || g_strcmp0 (sage_resource_get_approval (package), "Approved") != 0)
        continue;
      if (champion == NULL || sage_version_number (package) > sage_version_number (champion))
        champion = package; /* the list holds it */
    }

  return champion;
}
