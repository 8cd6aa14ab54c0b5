/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-search"

#include "config.h"

#include <string.h>

#include "eng-page-token.h"
#include "eng-search.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-shape.h"

#define DEFAULT_PAGE 10

/* What can be searched. The resource's name is also that of its member in a SearchRecord. */
typedef struct
{
  const char *resource;
  const char *kind;
  const char *shape; /* of the record */
  const char *inner; /* (nullable): its member that holds the description, beside other things */
} Searchable;

static const Searchable searchable[] = {
  { "TrainingJob", "training-job", "TrainingJob", NULL },
  { "Endpoint", "endpoint", "Endpoint", NULL },
  { "Model", "model", "ModelDashboardModel", "Model" },
  { "ModelPackage", "model-package", "ModelPackage", NULL },
  { "ModelPackageGroup", "model-package-group", "ModelPackageGroup", NULL },
  { "Pipeline", "pipeline", "Pipeline", NULL },
  { "PipelineExecution", "pipeline-execution", "PipelineExecution", NULL },
};

/* One Search call under way. */
typedef struct
{
  EngCall          *call;
  const Searchable *what;
  const SageShape  *shape;      /* of the records */
  const SageShape  *inner;      /* (nullable): of the description in them */
  GHashTable       *endpoints;  /* (owned) (nullable): of models, by their names in lower case */
  JsonObject       *expression; /* (nullable) */
  JsonArray        *results;
  gint64            limit;
  char             *position;   /* (owned) (nullable): where the page before ended */
  gint64            position_id;
  gint64            before;     /* hits on the pages before */
  char             *next;       /* (owned) (nullable): token of the page after */
} Search;

static void
search_clear (Search *search)
{
  g_clear_pointer (&search->endpoints, g_hash_table_unref);
  g_free (search->position);
  g_free (search->next);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* The shape of what Describe answers. */
static const SageShape *
description_shape (Search *search)
{
  return search->inner != NULL ? search->inner : search->shape;
}

static const char *
sort_column (Search  *search,
             GError **error)
{
  const char *by = sage_json_string (search->call->input, "SortBy", "LastModifiedTime");
  const SageShape *shape = description_shape (search);

  if (strcmp (by, "LastModifiedTime") == 0)
    return "modified";
  if (strcmp (by, "CreationTime") == 0)
    return "created";
  if (g_str_has_suffix (by, "Name") && sage_shape_member (shape, by) != NULL)
    return "name";
  if (g_str_has_suffix (by, "Status") && sage_shape_member (shape, by) != NULL)
    return "status";

  sage_throw (error, SAGE_ERROR_INVALID, "Unknown property name: %s", by);

  return NULL;
}

static char *
make_sql (Search  *search,
          GError **error)
{
  const char *column = sort_column (search, error);
  gboolean up = strcmp (sage_json_string (search->call->input, "SortOrder", "Descending"),
                        "Ascending") == 0;
  gboolean text = column != NULL && (strcmp (column, "name") == 0 || strcmp (column, "status") == 0);

  if (column == NULL)
    return NULL;

  return g_strdup_printf ("SELECT id, doc, arn, %s, name FROM resource WHERE kind = ?1"
                          " AND (?2 IS NULL OR (%s, id) %s (%s, ?3)) ORDER BY %s %s, id %s",
                          column, column, up ? ">" : "<", text ? "?2" : "CAST (?2 AS REAL)",
                          column, up ? "ASC" : "DESC", up ? "ASC" : "DESC");
}

static gboolean
add_tags (EngConnection  *reader,
          const char     *arn,
          JsonObject     *record,
          GError        **error)
{
  g_autoptr(EngRows) rows = eng_query (reader, error,
                                       "SELECT key, value FROM tag WHERE arn = ?1 ORDER BY key",
                                       "t", arn);
  g_autoptr(GError) local_error = NULL;
  JsonArray *tags = json_array_new ();

  json_object_set_array_member (record, "Tags", tags);
  while (rows != NULL && eng_rows_next (rows, &local_error))
    {
      JsonObject *tag = json_object_new ();

      json_object_set_string_member (tag, "Key", eng_rows_text (rows, 0));
      json_object_set_string_member (tag, "Value", eng_rows_text (rows, 1));
      json_array_add_object_element (tags, tag);
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return rows != NULL && local_error == NULL;
}

static gboolean
is_wanted (Search     *search,
           JsonObject *description,
           JsonObject *record)
{
  g_autoptr(JsonObject) all = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (search->expression == NULL)
    return TRUE;
  if (record == description)
    return eng_search_matches (search->expression, record);

  /* what the description holds may be named with and without the member it is in */
  all = json_object_new ();
  json_object_iter_init (&iter, description);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (all, name, json_node_copy (node));
  json_object_iter_init (&iter, record);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (all, name, json_node_copy (node));

  return eng_search_matches (search->expression, all);
}

/* Puts the description of a model into its record, beside the endpoints that it is hosted on. */
static JsonObject *
wrap (Search     *search,
      const char *model,
      JsonObject *description)
{
  g_autofree char *key = g_ascii_strdown (model, -1);
  JsonArray *endpoints = g_hash_table_lookup (search->endpoints, key);
  JsonObject *record = json_object_new ();

  json_object_set_object_member (record, search->what->inner, json_object_ref (description));
  json_object_set_array_member (record, "Endpoints",
                                endpoints != NULL ? json_array_ref (endpoints) : json_array_new ());

  return record;
}

/* Adds the current row to the page if it is asked for. */
static gboolean
consider (Search         *search,
          EngConnection  *reader,
          EngRows        *rows,
          GError        **error)
{
  static const SageJsonLimits limits = { .max_bytes = 64 * 1024 * 1024, .max_keys = 1000000 };
  g_autoptr(GError) local_error = NULL;
  g_autoptr(JsonNode) node = sage_json_parse_object (eng_rows_text (rows, 1), -1, &limits,
                                                     &local_error);
  g_autoptr(JsonObject) description = NULL;
  g_autoptr(JsonObject) record = NULL;
  JsonObject *result;

  if (node == NULL)
    {
      /* It must not hide the others. */
      g_warning ("The stored description of '%s' is damaged: %s", eng_rows_text (rows, 2),
                 local_error->message);
      return TRUE;
    }

  description = sage_shape_project (description_shape (search), json_node_get_object (node));
  if (!add_tags (reader, eng_rows_text (rows, 2), description, error))
    return FALSE;
  record = search->inner != NULL ? wrap (search, eng_rows_text (rows, 4), description)
                                 : json_object_ref (description);
  if (!is_wanted (search, description, record))
    return TRUE;

  result = json_object_new ();
  json_object_set_object_member (result, search->what->resource, g_steal_pointer (&record));
  json_array_add_object_element (search->results, result);

  return TRUE;
}

static char *
row_position (EngRows *rows)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (sqlite3_column_type (rows, 3) == SQLITE_FLOAT)
    return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, eng_rows_double (rows, 3)));

  return eng_rows_dup_text (rows, 3);
}

static gboolean
walk (Search         *search,
      EngConnection  *reader,
      EngRows        *rows,
      GError        **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *last = NULL;
  gint64 last_id = 0;

  while (eng_rows_next (rows, &local_error))
    {
      if (json_array_get_length (search->results) == search->limit)
        {
          g_autofree char *position =
            g_strdup_printf ("%" G_GINT64_FORMAT " %s", search->before + search->limit, last);

          search->next = eng_page_token_make (search->call, position, last_id);
          return TRUE;
        }
      if (!consider (search, reader, rows, error))
        return FALSE;
      g_free (last);
      last = row_position (rows);
      last_id = eng_rows_int (rows, 0);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* Positions are `HITS VALUE`: how many came before, and the sort value of the last. */
static gboolean
read_token (Search      *search,
            const char  *token,
            GError     **error)
{
  g_autofree char *position = NULL;
  char *space;

  if (!eng_page_token_parse (search->call, token, &position, &search->position_id, error))
    return FALSE;

  search->before = g_ascii_strtoll (position, &space, 10);
  search->position = g_strdup (*space != '\0' ? space + 1 : space);

  return TRUE;
}

/* Records behind this page are not read to be counted. */
static void
add_total (Search     *search,
           JsonObject *reply)
{
  JsonObject *total = json_object_new ();

  json_object_set_int_member (total, "Value",
                              search->before + json_array_get_length (search->results));
  json_object_set_string_member (total, "Relation",
                                 search->next != NULL ? "GreaterThanOrEqualTo" : "EqualTo");
  json_object_set_object_member (reply, "TotalHits", total);
}

static gboolean
prepare (Search  *search,
         GError **error)
{
  JsonObject *input = search->call->input;
  const char *token = sage_json_string (input, "NextToken", NULL);

  const char *resource = sage_json_string (input, "Resource", "");

  for (gsize i = 0; i < G_N_ELEMENTS (searchable); i++)
    if (strcmp (searchable[i].resource, resource) == 0)
      search->what = &searchable[i];
  if (search->what == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "Searching for %s is not supported", resource);

  search->shape = sage_model_shape ("sagemaker", search->what->shape);
  if (search->what->inner != NULL)
    search->inner = sage_shape_member (search->shape, search->what->inner);
  search->expression = sage_json_object (input, "SearchExpression");
  search->limit = sage_json_int (input, "MaxResults", DEFAULT_PAGE);

  return eng_search_check (search->expression, search->shape, search->inner, error) &&
         (token == NULL || read_token (search, token, error));
}

static gboolean
run_search (EngCall  *call,
            GError  **error)
{
  g_autoptr(JsonObject) reply = json_object_new ();
  g_autoptr(EngReader) reader = NULL;
  g_autoptr(EngRows) rows = NULL;
  g_autofree char *sql = NULL;
  g_auto(Search) search = { .call = call, .results = json_array_new () };

  json_object_set_array_member (reply, "Results", search.results);
  if (!prepare (&search, error))
    return FALSE;
  sql = make_sql (&search, error);
  if (sql == NULL)
    return FALSE;
  reader = eng_store_reader (call->engine->store, error);
  if (reader == NULL)
    return FALSE;
  if (search.inner != NULL &&
      (search.endpoints = eng_search_model_endpoints (reader, error)) == NULL)
    return FALSE;
  rows = eng_query (reader, error, sql, "tti", search.what->kind, search.position,
                    search.position_id);
  if (rows == NULL || !walk (&search, reader, rows, error))
    return FALSE;

  add_total (&search, reply);
  if (search.next != NULL)
    json_object_set_string_member (reply, "NextToken", search.next);
  eng_call_reply (call, reply);

  return TRUE;
}

static const EngOperation operations[] = {
  { "sagemaker", "Search", ENG_ACCESS_READ, run_search },
};

/**
 * eng_search_register:
 * @engine: the engine
 *
 * Adds Search to the table.
 */
void
eng_search_register (EngEngine *engine)
{
  eng_operations_add (engine->operations, operations, G_N_ELEMENTS (operations));
}
