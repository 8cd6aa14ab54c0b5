/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-filter"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-run-filter.h"
#include "sage-error.h"

/*
 * The filters of MLflow's searches:
 *
 *   filter     = comparison { AND comparison }
 *   comparison = field operator value
 *   field      = [ entity "." ] key         metrics.`val loss`, params.lr, tags."a/b", status
 *   operator   = "=" "!=" "<" "<=" ">" ">=" LIKE ILIKE IN NOT IN
 *   value      = number | 'text' | "text" | "(" 'text' { "," 'text' } ")"
 */

#define MAX_FILTER (64 * 1024) /* bytes */
#define MAX_COMPARISONS 50
#define MAX_LIST 1000
#define MAX_TOKEN 60           /* of what is wrong, in a message */

typedef struct
{
  const char    *at;
  EngFilterKind  kind;
  const char    *what; /* "filter string" or "order_by clause" */
} Parser;

typedef struct
{
  const char   *name;
  const char   *column;
  gboolean      is_number;
  EngFilterKind kind;
} Attribute;

static const Attribute attributes[] = {
  { "run_id", "r.id", FALSE, ENG_FILTER_RUNS },
  { "run_name", "r.name", FALSE, ENG_FILTER_RUNS },
  { "run name", "r.name", FALSE, ENG_FILTER_RUNS },
  { "Run name", "r.name", FALSE, ENG_FILTER_RUNS },
  { "Run Name", "r.name", FALSE, ENG_FILTER_RUNS },
  { "status", "r.status", FALSE, ENG_FILTER_RUNS },
  { "user_id", "r.user", FALSE, ENG_FILTER_RUNS },
  { "artifact_uri", "r.artifact_uri", FALSE, ENG_FILTER_RUNS },
  { "start_time", "r.started", TRUE, ENG_FILTER_RUNS },
  { "created", "r.started", TRUE, ENG_FILTER_RUNS },
  { "Created", "r.started", TRUE, ENG_FILTER_RUNS },
  { "end_time", "r.ended", TRUE, ENG_FILTER_RUNS },
  { "name", "e.name", FALSE, ENG_FILTER_EXPERIMENTS },
  { "experiment_id", "e.id", TRUE, ENG_FILTER_EXPERIMENTS },
  { "creation_time", "e.created", TRUE, ENG_FILTER_EXPERIMENTS },
  { "last_update_time", "e.updated", TRUE, ENG_FILTER_EXPERIMENTS },
};

static const struct
{
  const char   *name;
  EngFieldType  type;
  gboolean      only_runs;
} entities[] = {
  { "metric", ENG_FIELD_METRIC, TRUE }, { "metrics", ENG_FIELD_METRIC, TRUE },
  { "param", ENG_FIELD_PARAM, TRUE }, { "params", ENG_FIELD_PARAM, TRUE },
  { "parameter", ENG_FIELD_PARAM, TRUE }, { "parameters", ENG_FIELD_PARAM, TRUE },
  { "tag", ENG_FIELD_TAG, FALSE }, { "tags", ENG_FIELD_TAG, FALSE },
  { "attribute", ENG_FIELD_ATTRIBUTE, FALSE }, { "attributes", ENG_FIELD_ATTRIBUTE, FALSE },
  { "attr", ENG_FIELD_ATTRIBUTE, FALSE }, { "run", ENG_FIELD_ATTRIBUTE, TRUE },
  { "dataset", ENG_FIELD_DATASET, TRUE }, { "datasets", ENG_FIELD_DATASET, TRUE },
};

static void
field_clear (EngField *field)
{
  g_clear_pointer (&field->key, g_free);
}

/**
 * eng_comparison_free:
 * @comparison: (nullable): a comparison
 */
void
eng_comparison_free (EngComparison *comparison)
{
  if (comparison == NULL)
    return;

  field_clear (&comparison->field);
  g_clear_pointer (&comparison->texts, g_ptr_array_unref);
  g_free (comparison);
}

/**
 * eng_order_free:
 * @order: (nullable): an order
 */
void
eng_order_free (EngOrder *order)
{
  if (order == NULL)
    return;

  field_clear (&order->field);
  g_free (order);
}

/* @expected: what should stand where the parser is */
static gboolean
refuse (const Parser  *parser,
        const char    *expected,
        GError       **error)
{
  g_autofree char *rest = g_utf8_substring (parser->at, 0,
                                            MIN (g_utf8_strlen (parser->at, -1), MAX_TOKEN));

  return sage_throw (error, SAGE_ERROR_INVALID, "Invalid clause(s) in %s: expected %s at '%s'",
                     parser->what, expected, rest);
}

static void
skip_space (Parser *parser)
{
  while (g_ascii_isspace (*parser->at))
    parser->at++;
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (guchar) c >= 0x80;
}

/* Takes @word, in any case, where nothing goes on behind it. */
static gboolean
take_word (Parser     *parser,
           const char *word)
{
  gsize length = strlen (word);

  skip_space (parser);
  if (g_ascii_strncasecmp (parser->at, word, length) != 0 || is_word (parser->at[length]))
    return FALSE;
  parser->at += length;

  return TRUE;
}

/* What stands between quotes of the sort that the parser is at; a doubled one means itself.
 * Returns: (transfer full) (nullable): %NULL if it does not end */
static char *
take_quoted (Parser *parser)
{
  char quote = *parser->at;
  g_autoptr(GString) text = g_string_new (NULL);

  for (const char *at = parser->at + 1; *at != '\0'; at++)
    {
      if (*at == quote && at[1] == quote)
        at++;
      else if (*at == quote)
        {
          parser->at = at + 1;
          return g_string_free_and_steal (g_steal_pointer (&text));
        }
      g_string_append_c (text, *at);
    }

  return NULL;
}

/* A part of a field's name: quoted, or letters, digits and underscores; the last may have dots.
 * Returns: (transfer full) (nullable): it */
static char *
take_name (Parser   *parser,
           gboolean  dots)
{
  const char *start = parser->at;

  if (*start != '\0' && strchr ("`\"'", *start) != NULL)
    return take_quoted (parser);
  while (is_word (*parser->at) || (dots && *parser->at == '.'))
    parser->at++;

  return parser->at > start ? g_strndup (start, parser->at - start) : NULL;
}

static gboolean
find_entity (const Parser  *parser,
             const char    *name,
             EngFieldType  *type,
             GError       **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    if (strcmp (entities[i].name, name) == 0 &&
        (parser->kind == ENG_FILTER_RUNS || !entities[i].only_runs))
      {
        *type = entities[i].type;
        return TRUE;
      }

  return sage_throw (error, SAGE_ERROR_INVALID, "Invalid entity type '%.60s'. Valid values are %s", name,
                     parser->kind == ENG_FILTER_RUNS
                       ? "'metric', 'parameter', 'tag', 'attribute' and 'dataset'"
                       : "'tag' and 'attribute'");
}

static gboolean
find_column (const Parser  *parser,
             EngField      *field,
             GError       **error)
{
  static const char * const dataset[][2] = {
    { "name", "i.name" }, { "digest", "i.digest" }, { "context", "i.context" },
  };

  if (field->type == ENG_FIELD_DATASET)
    for (gsize i = 0; i < G_N_ELEMENTS (dataset); i++)
      if (strcmp (dataset[i][0], field->key) == 0)
        field->column = dataset[i][1];
  if (field->type == ENG_FIELD_ATTRIBUTE)
    for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
      if (attributes[i].kind == parser->kind && strcmp (attributes[i].name, field->key) == 0)
        {
          field->column = attributes[i].column;
          field->is_number = attributes[i].is_number;
        }

  return field->column != NULL ||
         sage_throw (error, SAGE_ERROR_INVALID, "Invalid %s key '%.60s' specified",
                     field->type == ENG_FIELD_DATASET ? "dataset" : "attribute", field->key);
}

static gboolean
take_field (Parser    *parser,
            EngField  *field,
            GError   **error)
{
  g_autofree char *first = NULL;

  skip_space (parser);
  first = take_name (parser, FALSE);
  if (first == NULL)
    return refuse (parser, "a field", error);

  if (*parser->at == '.')
    {
      if (!find_entity (parser, first, &field->type, error))
        return FALSE;
      parser->at++;
      field->key = take_name (parser, TRUE);
      if (field->key == NULL)
        return refuse (parser, "a key", error);
    }
  else
    {
      field->type = ENG_FIELD_ATTRIBUTE;
      field->key = g_steal_pointer (&first);
    }
  field->is_number = field->type == ENG_FIELD_METRIC;

  return (field->type != ENG_FIELD_ATTRIBUTE && field->type != ENG_FIELD_DATASET) ||
         find_column (parser, field, error);
}

static gboolean
take_operator (Parser      *parser,
               EngCompare  *compare,
               GError     **error)
{
  /* those that others begin with come after them */
  static const struct
  {
    const char *sign;
    EngCompare  compare;
  } signs[] = {
    { "!=", ENG_COMPARE_NOT_EQUAL }, { "<=", ENG_COMPARE_LESS_OR_EQUAL },
    { ">=", ENG_COMPARE_GREATER_OR_EQUAL }, { "=", ENG_COMPARE_EQUAL }, { "<", ENG_COMPARE_LESS },
    { ">", ENG_COMPARE_GREATER },
  };

  skip_space (parser);
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_has_prefix (parser->at, signs[i].sign))
      {
        parser->at += strlen (signs[i].sign);
        *compare = signs[i].compare;
        return TRUE;
      }
  if (take_word (parser, "LIKE"))
    *compare = ENG_COMPARE_LIKE;
  else if (take_word (parser, "ILIKE"))
    *compare = ENG_COMPARE_ILIKE;
  else if (take_word (parser, "IN"))
    *compare = ENG_COMPARE_IN;
  else if (take_word (parser, "NOT") && take_word (parser, "IN"))
    *compare = ENG_COMPARE_NOT_IN;
  else
    return refuse (parser, "an operator", error);

  return TRUE;
}

static gboolean
may_compare (const EngComparison  *comparison,
             GError              **error)
{
  const EngField *field = &comparison->field;
  gboolean fits;

  switch (comparison->compare)
    {
    case ENG_COMPARE_EQUAL:
    case ENG_COMPARE_NOT_EQUAL:
      fits = TRUE;
      break;
    case ENG_COMPARE_LESS:
    case ENG_COMPARE_LESS_OR_EQUAL:
    case ENG_COMPARE_GREATER:
    case ENG_COMPARE_GREATER_OR_EQUAL:
      fits = field->is_number;
      break;
    case ENG_COMPARE_LIKE:
    case ENG_COMPARE_ILIKE:
      fits = !field->is_number;
      break;
    case ENG_COMPARE_IN:
    case ENG_COMPARE_NOT_IN:
    default:
      fits = !field->is_number && field->column != NULL;
      break;
    }

  return fits || sage_throw (error, SAGE_ERROR_INVALID, "Invalid comparator for '%.60s' in the filter "
                             "string", field->key);
}

static gboolean
take_number (Parser  *parser,
             double  *number,
             GError **error)
{
  const char *start;
  char *end = NULL;

  skip_space (parser);
  start = parser->at + strspn (parser->at, "+-");
  /* no "0x10", no "inf" */
  if (start - parser->at > 1 || (!g_ascii_isdigit (*start) && *start != '.') ||
      g_ascii_tolower (start[*start == '0']) == 'x')
    return refuse (parser, "a number", error);
  *number = g_ascii_strtod (parser->at, &end);
  if (end == parser->at || is_word (*end) || !isfinite (*number))
    return refuse (parser, "a number", error);
  parser->at = end;

  return TRUE;
}

static gboolean
take_text (Parser     *parser,
           GPtrArray  *texts,
           GError    **error)
{
  char *text;

  skip_space (parser);
  if (*parser->at != '\'' && *parser->at != '"')
    return refuse (parser, "a quoted string value", error);
  text = take_quoted (parser);
  if (text == NULL)
    return refuse (parser, "the end of a quoted string", error);
  g_ptr_array_add (texts, text);

  return TRUE;
}

static gboolean
take_sign (Parser *parser,
           char    sign)
{
  skip_space (parser);
  if (*parser->at != sign)
    return FALSE;
  parser->at++;

  return TRUE;
}

static gboolean
take_list (Parser     *parser,
           GPtrArray  *texts,
           GError    **error)
{
  if (!take_sign (parser, '('))
    return refuse (parser, "a list in parentheses", error);
  do
    {
      if (!take_text (parser, texts, error))
        return FALSE;
      if (texts->len > MAX_LIST)
        return sage_throw (error, SAGE_ERROR_INVALID, "A list of the filter has more than %d elements",
                           MAX_LIST);
    }
  while (take_sign (parser, ','));

  return take_sign (parser, ')') || refuse (parser, "')'", error);
}

static EngComparison *
take_comparison (Parser  *parser,
                 GError **error)
{
  g_autoptr(EngComparison) comparison = g_new0 (EngComparison, 1);
  gboolean ok;

  comparison->texts = g_ptr_array_new_with_free_func (g_free);
  if (!take_field (parser, &comparison->field, error) ||
      !take_operator (parser, &comparison->compare, error) || !may_compare (comparison, error))
    return NULL;

  if (comparison->field.is_number)
    ok = take_number (parser, &comparison->number, error);
  else if (comparison->compare == ENG_COMPARE_IN || comparison->compare == ENG_COMPARE_NOT_IN)
    ok = take_list (parser, comparison->texts, error);
  else
    ok = take_text (parser, comparison->texts, error);

  return ok ? g_steal_pointer (&comparison) : NULL;
}

static gboolean
check_size (const Parser  *parser,
            GError       **error)
{
  return strlen (parser->at) <= MAX_FILTER ||
         sage_throw (error, SAGE_ERROR_INVALID, "The %s has more than %d bytes", parser->what, MAX_FILTER);
}

/**
 * eng_filter_parse:
 * @kind: what it is for
 * @text: UTF-8: a filter; it may be empty
 *
 * Returns: (transfer full) (element-type EngComparison): its comparisons, all of which must hold; %NULL
 *   with %SAGE_ERROR_INVALID
 */
GPtrArray *
eng_filter_parse (EngFilterKind   kind,
                  const char     *text,
                  GError        **error)
{
  Parser parser = { text, kind, "filter string" };
  g_autoptr(GPtrArray) comparisons =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_comparison_free);

  if (!check_size (&parser, error))
    return NULL;
  skip_space (&parser);
  if (*parser.at == '\0')
    return g_steal_pointer (&comparisons);
  do
    {
      EngComparison *comparison = take_comparison (&parser, error);

      if (comparison == NULL)
        return NULL;
      g_ptr_array_add (comparisons, comparison);
      if (comparisons->len > MAX_COMPARISONS)
        {
          sage_throw (error, SAGE_ERROR_INVALID, "The filter string has more than %d comparisons",
                      MAX_COMPARISONS);
          return NULL;
        }
    }
  while (take_word (&parser, "AND"));

  skip_space (&parser);
  if (*parser.at == '\0')
    return g_steal_pointer (&comparisons);
  refuse (&parser, "AND or the end", error);

  return NULL;
}

/**
 * eng_order_parse:
 * @kind: what it is for
 * @text: UTF-8: `field [ASC|DESC]`
 *
 * Returns: (transfer full): by what to sort, and how; %NULL with %SAGE_ERROR_INVALID
 */
EngOrder *
eng_order_parse (EngFilterKind   kind,
                 const char     *text,
                 GError        **error)
{
  Parser parser = { text, kind, "order_by clause" };
  g_autoptr(EngOrder) order = g_new0 (EngOrder, 1);

  if (!check_size (&parser, error) || !take_field (&parser, &order->field, error))
    return NULL;
  if (order->field.type == ENG_FIELD_DATASET)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "Runs are not sorted by their datasets");
      return NULL;
    }
  if (take_word (&parser, "DESC"))
    order->descending = TRUE;
  else
    take_word (&parser, "ASC");

  skip_space (&parser);
  if (*parser.at == '\0')
    return g_steal_pointer (&order);
  refuse (&parser, "ASC, DESC or the end", error);

  return NULL;
}
