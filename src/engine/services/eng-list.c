/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-list"

#include "config.h"

#include <string.h>

#include "eng-list.h"
#include "eng-page-token.h"
#include "sage-arn.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

#define DEFAULT_PAGE 10

/* A time nobody filters by. */
#define FOREVER 1e15

/* The columns that SortBy may name. */
typedef struct
{
  const char *sort_by;
  const char *column;
  gboolean    is_text;
} SortColumn;

static const SortColumn sort_columns[] = {
  { "CreationTime", "created", FALSE },
  { "Name", "name", TRUE },
  { "Status", "status", TRUE },
  { "LastModifiedTime", "modified", FALSE },
  { "Version", "sequence", FALSE },
  { "PipelineExecutionArn", "arn", TRUE },
  { "ModelArn", "arn", TRUE },
};

/* One listing under way. */
typedef struct
{
  EngCall          *call;
  const EngListing *listing;
  const SortColumn *sort;
  gboolean          descending;
  gint64            limit;
  char             *position;  /* (owned) (nullable): where the page before ended */
  gint64            position_id;
} List;

static const SortColumn *
find_sort (const char *sort_by)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sort_columns); i++)
    if (g_strcmp0 (sort_columns[i].sort_by, sort_by) == 0)
      return &sort_columns[i];

  return NULL;
}

static gboolean
read_paging (List    *list,
             GError **error)
{
  JsonObject *input = list->call->input;
  const char *by_default = list->listing->name_ascending ? "Name" : "CreationTime";
  const char *sort_by = sage_json_string (input, "SortBy", by_default);
  const char *token = sage_json_string (input, "NextToken", NULL);
  const char *order;

  list->sort = find_sort (sort_by);
  if (list->sort == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Sorting by %s is not supported", sort_by);

  order = sage_json_string (input, "SortOrder", list->sort->is_text ? "Ascending" : "Descending");
  list->descending = g_ascii_strcasecmp (order, "Descending") == 0;
  list->limit = sage_json_int (input, "MaxResults", DEFAULT_PAGE);

  return token == NULL ||
         eng_page_token_parse (list->call, token, &list->position, &list->position_id, error);
}

static char *
make_sql (List *list)
{
  const char *direction = list->descending ? "DESC" : "ASC";
  GString *sql = g_string_new (
    "SELECT id, doc, name, status, created, modified, sequence, arn FROM resource WHERE kind = ?1"
    " AND (?2 IS NULL OR parent = ?2)"
    " AND (?3 IS NULL OR status = ?3)"
    " AND (?4 IS NULL OR label = ?4)"
    " AND (?5 IS NULL OR instr (lower (name), lower (?5)) > 0)"
    " AND (?6 IS NULL OR substr (lower (name), 1, length (?6)) = lower (?6))"
    " AND created > ?7 AND created < ?8 AND modified > ?9 AND modified < ?10");

  if (list->listing->where != NULL)
    g_string_append_printf (sql, " AND %s", list->listing->where);

  /* Row values with a bound that the first page leaves open. */
  g_string_append_printf (sql, " AND (?11 IS NULL OR (%s, id) %s (%s, ?12))", list->sort->column,
                          list->descending ? "<" : ">",
                          list->sort->is_text ? "?11" : "CAST (?11 AS REAL)");
  g_string_append_printf (sql, " ORDER BY %s %s, id %s LIMIT ?13", list->sort->column, direction,
                          direction);

  return g_string_free_and_steal (sql);
}

/* The first of two spellings that AWS uses for one time bound. */
static double
time_bound (JsonObject *input,
            const char *name,
            const char *other,
            double      fallback)
{
  return sage_json_double (input, name, sage_json_double (input, other, fallback));
}

/* A parent may be given by name or ARN; the name is what rows hold. The ARN of something else is a
 * parent of nothing. */
static char *
parent_name (List *list)
{
  const char *given = NULL;
  g_auto(SageArn) arn = { 0 };

  if (list->listing->parent_member != NULL)
    given = sage_json_string (list->call->input, list->listing->parent_member, NULL);

  if (given != NULL && sage_arn_parse (given, &arn) &&
      g_strcmp0 (arn.type, list->listing->parent_kind) == 0)
    return g_steal_pointer (&arn.name);

  return g_strdup (given);
}

static const char *
filter (List       *list,
        const char *member)
{
  return member != NULL ? sage_json_string (list->call->input, member, NULL) : NULL;
}

static EngRows *
start_query (List           *list,
             EngConnection  *reader,
             GError        **error)
{
  JsonObject *input = list->call->input;
  g_autofree char *sql = make_sql (list);
  g_autofree char *parent = parent_name (list);

  return eng_query (reader, error, sql, "ttttttddddtii",
                    list->listing->kind,
                    parent,
                    filter (list, list->listing->status_member),
                    filter (list, list->listing->label_member),
                    filter (list, "NameContains"),
                    filter (list, list->listing->prefix_member),
                    time_bound (input, "CreationTimeAfter", "CreatedAfter", -FOREVER),
                    time_bound (input, "CreationTimeBefore", "CreatedBefore", FOREVER),
                    time_bound (input, "LastModifiedTimeAfter", "ModifiedAfter", -FOREVER),
                    time_bound (input, "LastModifiedTimeBefore", "ModifiedBefore", FOREVER),
                    list->position,
                    list->position_id,
                    list->limit + 1);
}

/* The sort value of the current row, as text that reads back exactly. */
static char *
row_position (List    *list,
              EngRows *rows)
{
  const char *names[] = { "name", "status", "created", "modified", "sequence", "arn" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], list->sort->column) == 0)
      {
        if (list->sort->is_text)
          return eng_rows_dup_text (rows, 2 + i);
        return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, eng_rows_double (rows, 2 + i)));
      }

  g_assert_not_reached ();
}

/* A row whose document cannot be read is left out: it must not hide the others. The log says
 * what is wrong. Returns whether something was appended. */
static gboolean
append_summary (List            *list,
                EngRows         *rows,
                const SageShape *summary,
                gboolean         first)
{
  static const SageJsonLimits limits = { .max_bytes = 64 * 1024 * 1024, .max_keys = 1000000 };
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (eng_rows_text (rows, 1), -1, &limits, &error);
  g_autoptr(JsonObject) projected = NULL;
  g_autofree char *text = NULL;

  if (node == NULL)
    {
      g_warning ("The stored description of '%s' is damaged: %s", eng_rows_text (rows, 7),
                 error->message);
      return FALSE;
    }

  projected = sage_shape_project (summary, json_node_get_object (node));
  text = sage_json_object_to_string (projected);
  if (!first)
    g_string_append_c (list->call->output, ',');
  g_string_append (list->call->output, text);

  return TRUE;
}

static gboolean
append_page (List             *list,
             EngRows          *rows,
             const SageShape  *summary,
             GError          **error)
{
  GString *output = list->call->output;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *last = NULL;
  gint64 last_id = 0;
  gboolean first = TRUE;
  gint64 n = 0;

  g_string_append_printf (output, "{\"%s\":[", list->listing->reply_member);
  while (eng_rows_next (rows, &local_error))
    {
      if (n == list->limit)
        {
          g_autofree char *token = eng_page_token_make (list->call, last, last_id);

          g_string_append_printf (output, "],\"NextToken\":\"%s\"}", token);
          return TRUE;
        }
      n++;
      if (append_summary (list, rows, summary, first))
        first = FALSE;
      g_free (last);
      last = row_position (list, rows);
      last_id = eng_rows_int (rows, 0);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_string_append (output, "]}");

  return TRUE;
}

/**
 * eng_list_run:
 * @call: a List call
 * @listing: how it reads the `resource` table
 *
 * Answers one page.
 */
gboolean
eng_list_run (EngCall           *call,
              const EngListing  *listing,
              GError           **error)
{
  const SageShape *output = sage_model_output (call->operation->service, call->operation->name);
  const SageShape *summaries = sage_shape_member (output, listing->reply_member);
  List list = { .call = call, .listing = listing };
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;
  gboolean ok = FALSE;

  g_return_val_if_fail (summaries != NULL, FALSE);

  if (read_paging (&list, error) &&
      (reader = eng_store_reader (call->engine->store, error)) != NULL &&
      (rows = start_query (&list, reader, error)) != NULL)
    ok = append_page (&list, rows, sage_shape_element (summaries), error);
  g_free (list.position);

  return ok;
}
