/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-page-table"

#include "config.h"

#include <string.h>

#include "sage-definition-page.h"
#include "sage-endpoint-page.h"
#include "sage-endpoints-page.h"
#include "sage-execution-page.h"
#include "sage-group-page.h"
#include "sage-home-page.h"
#include "sage-job-page.h"
#include "sage-jobs-page.h"
#include "sage-models-page.h"
#include "sage-new-job-page.h"
#include "sage-package-page.h"
#include "sage-page-table.h"
#include "sage-pipeline-page.h"
#include "sage-pipelines-page.h"

typedef GType (*GetType) (void);

/* Which page shows a location: its first word up to the slash, if it has one. */
static const struct
{
  const char *prefix;
  GetType     get_type;
} pages[] = {
  { "definition", sage_definition_page_get_type },
  { "endpoint", sage_endpoint_page_get_type },
  { "endpoints", sage_endpoints_page_get_type },
  { "home", sage_home_page_get_type },
  { "jobs", sage_jobs_page_get_type },
  { "model-package", sage_package_page_get_type },
  { "model-package-group", sage_group_page_get_type },
  { "models", sage_models_page_get_type },
  { "new-job", sage_new_job_page_get_type },
  { "pipeline", sage_pipeline_page_get_type },
  { "pipeline-execution", sage_execution_page_get_type },
  { "pipelines", sage_pipelines_page_get_type },
  { "processing-job", sage_job_page_get_type },
  { "training-job", sage_job_page_get_type },
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

      if (strlen (pages[i].prefix) == length
          && strncmp (pages[i].prefix, location, length) == 0)
        return g_object_new (pages[i].get_type (), "connection", connection, "location", location,
                             NULL);
    }

  return NULL;
}
