/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-experiments.h"
#include "eng-run-filter.h"
#include "sage-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static void
check_filter (EngFilterKind  kind,
              const char    *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) comparisons = eng_filter_parse (kind, text, &error);

  g_assert ((comparisons == NULL) == (error != NULL));
  for (guint i = 0; comparisons != NULL && i < comparisons->len; i++)
    {
      const EngComparison *comparison = g_ptr_array_index (comparisons, i);

      if (comparison->field.is_number)
        g_assert (isfinite (comparison->number) && comparison->texts->len == 0);
      else
        g_assert (comparison->texts->len > 0);
    }
}

/* The statement that a filter becomes has none of its text. */
static void
check_statement (const char *text)
{
  g_autoptr(JsonObject) input = json_object_new ();
  g_autoptr(EngFilterSql) sql = NULL;

  json_object_set_string_member (input, "experiment_ids", "0");
  json_object_set_string_member (input, "filter", text);
  sql = eng_filter_sql_runs (input, "r.id", "active", 10, 0, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr(GError) error = NULL;
  g_autoptr(EngOrder) order = NULL;

  /* what comes in JSON is UTF-8 */
  if (!g_utf8_validate (text, -1, NULL))
    return 0;

  check_filter (ENG_FILTER_RUNS, text);
  check_filter (ENG_FILTER_EXPERIMENTS, text);
  check_statement (text);
  order = eng_order_parse (ENG_FILTER_RUNS, text, &error);
  g_assert ((order == NULL) == (error != NULL));

  return 0;
}
