/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include "eng-run-filter.h"
#include "eng-tracking-private.h"

static gboolean
search (EngCall  *call,
        GError  **error)
{
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngFilterSql) sql = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autoptr(GError) local_error = NULL;
  const char *stage = NULL;
  gint64 limit;
  gint64 offset;
  gint64 n = 0;

  if (!eng_input_page (call, ENG_PAGE_DEFAULT, ENG_PAGE_MAX, &limit, &offset, error) ||
      !eng_input_view (call->input, "run_view_type", &stage, error))
    return FALSE;
  sql = eng_filter_sql_runs (call->input, ENG_RUN_COLUMNS, stage, limit, offset, error);
  if (sql == NULL)
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  rows = eng_filter_sql_query (sql, reader, error);
  if (rows == NULL)
    return FALSE;

  g_string_append (call->output, "{\"runs\":[");
  while (n < limit && eng_rows_next (rows, &local_error))
    {
      g_autoptr(EngTrackedRun) run = eng_tracked_run_read (rows);

      if (!eng_tracked_run_out (call->output, reader, run, error))
        return FALSE;
      n++;
    }
  g_string_append_c (call->output, ']');
  if (local_error == NULL && n == limit && eng_rows_next (rows, &local_error))
    eng_out_page_token (call, offset + limit);
  g_string_append_c (call->output, '}');
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "SearchRuns", ENG_ACCESS_READ, search },
};

void
eng_run_search_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
