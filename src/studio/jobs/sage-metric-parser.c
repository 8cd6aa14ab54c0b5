/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-metric-parser"

#include "config.h"

#include <math.h>
#include <string.h>

#include "sage-json.h"
#include "sage-metric-parser.h"

#define MAX_DEFINITIONS 40 /* as the API has it */
#define MAX_LINE 4096      /* bytes of a line that are looked at */
#define SEPARATOR "#011"   /* how the log writes a tab */

typedef struct
{
  char   *name;  /* (owned) */
  GRegex *regex; /* (owned) (nullable): given up after an error */
} Definition;

struct _SageMetricParser
{
  GArray *definitions; /* of Definition */
};

static void
definition_clear (gpointer data)
{
  Definition *definition = data;

  g_free (definition->name);
  g_clear_pointer (&definition->regex, g_regex_unref);
}

SageMetricParser *
sage_metric_parser_new (void)
{
  SageMetricParser *self = g_new0 (SageMetricParser, 1);

  self->definitions = g_array_new (FALSE, TRUE, sizeof (Definition));
  g_array_set_clear_func (self->definitions, definition_clear);

  return self;
}

void
sage_metric_parser_free (SageMetricParser *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->definitions);
  g_free (self);
}

/**
 * sage_metric_parser_set_definitions:
 * @self: a parser
 * @definitions: (nullable): the MetricDefinitions of a training job, [{Name, Regex}]; what is no
 *   regular expression is left out
 */
void
sage_metric_parser_set_definitions (SageMetricParser *self,
                                    JsonArray        *definitions)
{
  guint n = definitions != NULL ? json_array_get_length (definitions) : 0;

  g_array_set_size (self->definitions, 0);
  for (guint i = 0; i < MIN (n, MAX_DEFINITIONS); i++)
    {
      JsonObject *object = sage_json_array_object (definitions, i);
      const char *name = object != NULL ? sage_json_string (object, "Name", NULL) : NULL;
      const char *pattern = object != NULL ? sage_json_string (object, "Regex", NULL) : NULL;
      Definition definition = { 0 };

      if (name == NULL || pattern == NULL)
        continue;
      definition.regex = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, NULL);
      if (definition.regex == NULL)
        continue;
      definition.name = g_strdup (name);
      g_array_append_val (self->definitions, definition);
    }
}

static gboolean
read_number (const char  *text,
             double      *value,
             const char **end)
{
  char *stop;

  *value = g_ascii_strtod (text, &stop);
  if (end != NULL)
    *end = stop;

  return stop != text && isfinite (*value);
}

/* "validation-auc" → "validation:auc": the name that SageMaker gives XGBoost's metrics */
static char *
metric_name (const char *text,
             gsize       length)
{
  char *name = g_strndup (text, length);
  char *dash = strchr (name, '-');

  if (dash != NULL)
    *dash = ':';

  return name;
}

/* "[7]#011train-auc:0.93621#011validation-auc:0.94759". Returns: whether it was such a line */
static gboolean
parse_xgboost (const char     *line,
               SageMetricFunc  callback,
               gpointer        user_data)
{
  const char *at = strchr (line, '[');
  const char *end;
  double round;

  if (at == NULL || !g_ascii_isdigit (at[1]) || !read_number (at + 1, &round, &end) || end[0] != ']')
    return FALSE;
  at = end + 1;
  if (!g_str_has_prefix (at, SEPARATOR) && at[0] != '\t')
    return FALSE;

  while (g_str_has_prefix (at, SEPARATOR) || at[0] == '\t')
    {
      const char *colon;
      g_autofree char *name = NULL;
      double value;

      at += at[0] == '\t' ? 1 : strlen (SEPARATOR);
      colon = strchr (at, ':');
      if (colon == NULL || colon == at || !read_number (colon + 1, &value, &end))
        break;
      name = metric_name (at, (gsize) (colon - at));
      callback (name, round, value, user_data);
      at = end;
    }

  return TRUE;
}

static void
parse_definition (Definition     *definition,
                  const char     *line,
                  SageMetricFunc  callback,
                  gpointer        user_data)
{
  g_autoptr(GMatchInfo) match = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  double value;

  if (definition->regex == NULL)
    return;
  if (!g_regex_match_full (definition->regex, line, -1, 0, 0, &match, &error))
    {
      if (error != NULL) /* it takes too long: it would for every line */
        g_clear_pointer (&definition->regex, g_regex_unref);
      return;
    }

  text = g_match_info_fetch (match, g_match_info_get_match_count (match) > 1 ? 1 : 0);
  if (text != NULL && read_number (text, &value, NULL))
    callback (definition->name, -1, value, user_data);
}

/**
 * sage_metric_parser_line:
 * @self: a parser
 * @line: a line of a log, valid UTF-8
 * @callback: called for each metric in it
 * @user_data: for @callback
 */
void
sage_metric_parser_line (SageMetricParser *self,
                         const char       *line,
                         SageMetricFunc    callback,
                         gpointer          user_data)
{
  g_autofree char *cut = NULL;

  if (strnlen (line, MAX_LINE + 1) > MAX_LINE)
    {
      const char *end = g_utf8_find_prev_char (line, line + MAX_LINE);

      line = cut = g_strndup (line, end != NULL ? (gsize) (end - line) : 0);
    }

  if (parse_xgboost (line, callback, user_data))
    return;
  for (guint i = 0; i < self->definitions->len; i++)
    parse_definition (&g_array_index (self->definitions, Definition, i), line, callback, user_data);
}
