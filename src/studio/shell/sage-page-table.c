/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-page-table"

#include "config.h"

#include <string.h>

#include "sage-compare-notebook-page.h"
#include "sage-compare-text-page.h"
#include "sage-definition-page.h"
#include "sage-editor-page.h"
#include "sage-endpoint-page.h"
#include "sage-endpoints-page.h"
#include "sage-execution-page.h"
#include "sage-group-page.h"
#include "sage-home-page.h"
#include "sage-job-page.h"
#include "sage-jobs-page.h"
#include "sage-models-page.h"
#include "sage-new-job-page.h"
#include "sage-notebook-page.h"
#include "sage-package-page.h"
#include "sage-page-table.h"
#include "sage-pipeline-page.h"
#include "sage-pipelines-page.h"
#include "sage-terminal-page.h"

typedef GType (*GetType) (void);

/* Which page shows a location: by its first word up to the slash, if it has one, and by its end. The first
 * that fits does. */
static const struct
{
  const char *prefix;
  GetType     get_type;
  const char *suffix; /* (nullable) */
} pages[] = {
  { "compare-disk", sage_compare_notebook_page_get_type, ".ipynb" },
  { "compare-disk", sage_compare_text_page_get_type, NULL },
  { "compare-head", sage_compare_notebook_page_get_type, ".ipynb" },
  { "compare-head", sage_compare_text_page_get_type, NULL },
  { "definition", sage_definition_page_get_type, NULL },
  { "endpoint", sage_endpoint_page_get_type, NULL },
  { "endpoints", sage_endpoints_page_get_type, NULL },
  { "file", sage_editor_page_get_type, NULL },
  { "home", sage_home_page_get_type, NULL },
  { "jobs", sage_jobs_page_get_type, NULL },
  { "model-package", sage_package_page_get_type, NULL },
  { "model-package-group", sage_group_page_get_type, NULL },
  { "models", sage_models_page_get_type, NULL },
  { "new-job", sage_new_job_page_get_type, NULL },
  { "notebook", sage_notebook_page_get_type, NULL },
  { "pipeline", sage_pipeline_page_get_type, NULL },
  { "pipeline-execution", sage_execution_page_get_type, NULL },
  { "pipelines", sage_pipelines_page_get_type, NULL },
  { "processing-job", sage_job_page_get_type, NULL },
  { "terminal", sage_terminal_page_get_type, NULL },
  { "training-job", sage_job_page_get_type, NULL },
};

/**
 * sage_page_table_has:
 * @prefix: the first word of a location
 *
 * Returns: whether there is a page for it
 */
gboolean
sage_page_table_has (const char *prefix)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (strcmp (pages[i].prefix, prefix) == 0)
      return TRUE;

  return FALSE;
}

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
          && strncmp (pages[i].prefix, location, length) == 0
          && (pages[i].suffix == NULL || g_str_has_suffix (location, pages[i].suffix)))
        return g_object_new (pages[i].get_type (), "connection", connection, "location", location,
                             NULL);
    }

  return NULL;
}
