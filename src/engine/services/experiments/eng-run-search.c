/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-run"

#include "config.h"

#include "eng-tracking-private.h"

/**
 * eng_search:
 * @call: asks for a page
 * @make_sql: what its filter and order become
 * @columns: of a row
 * @member: what the rows are in the reply
 * @view: the member that says whether deleted ones are meant
 * @row: writes one
 *
 * Answers with a page of what a filter finds.
 */
gboolean
eng_search (EngCall        *call,
            EngMakeSearch   make_sql,
            const char     *columns,
            const char     *member,
            const char     *view,
            EngOutRow       row,
            GError        **error)
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
      !eng_input_view (call->input, view, &stage, error))
    return FALSE;
  sql = make_sql (call->input, columns, stage, limit, offset, error);
  if (sql == NULL)
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  rows = eng_filter_sql_query (sql, reader, error);
  if (rows == NULL)
    return FALSE;

  eng_out_open (call->output, '{');
  eng_out_member (call->output, member);
  g_string_append_c (call->output, '[');
  while (n < limit && eng_rows_next (rows, &local_error))
    {
      if (!row (call->output, reader, rows, error))
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

static gboolean
out_run (GString        *out,
         EngConnection  *connection,
         EngRows        *rows,
         GError        **error)
{
  g_autoptr(EngTrackedRun) run = eng_tracked_run_read (rows);

  return eng_tracked_run_out (out, connection, run, error);
}

static gboolean
search (EngCall  *call,
        GError  **error)
{
  return eng_search (call, eng_filter_sql_runs, ENG_RUN_COLUMNS, "runs", "run_view_type", out_run, error);
}

static const EngOperation operations[] = {
  { "sagemaker-mlflow", "SearchRuns", ENG_ACCESS_READ, search },
};

void
eng_run_search_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
