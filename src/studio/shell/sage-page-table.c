/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-page-table"

#include "config.h"

#include <string.h>

#include "sage-page-table.h"

typedef GType (*GetType) (void);

/* Which page shows a location: its first word up to the slash, if it has one. */
static const struct
{
  const char *prefix;
  GetType     get_type;
} pages[] = {
  { "", NULL },
};

/**
 * sage_page_table_make:
 * @connection: the engine to show
 * @location: what to show: `jobs`, `training-job/NAME`
 *
 * Returns: (transfer floating) (nullable): a page for it, %NULL for a location that no page shows
 */
SagePage *
sage_page_table_make (SageConnection *connection,
                      const char     *location)
{
  g_return_val_if_fail (location != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gsize length = strcspn (location, "/");

      if (pages[i].get_type != NULL && strlen (pages[i].prefix) == length
          && strncmp (pages[i].prefix, location, length) == 0)
        return g_object_new (pages[i].get_type (), "connection", connection, "location", location,
                             NULL);
    }

  return NULL;
}
