/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-filter"

#include "config.h"

#include <string.h>

#include "eng-run-filter.h"
#include "eng-tracking-private.h"
#include "sage-error.h"

/* Whatever a client says becomes a parameter of the statement, and never its text. */

#define MAX_EXPERIMENTS 1000
#define MAX_ORDERS 10

struct _EngFilterSql
{
  GString   *text;     /* (owned) */
  GArray    *values;   /* (owned): of EngValue, in the order of their numbers */
  GPtrArray *owned;    /* (owned): what the values point to */
  GPtrArray *filter;   /* (owned): of EngComparison */
  GPtrArray *orders;   /* (owned): of EngOrder */
  char     **ids;      /* (owned) (nullable): of the experiments */
  gboolean   by_index; /* the first order's metric leads to the runs */
};

/**
 * eng_filter_sql_free:
 * @sql: (nullable): a query
 */
void
eng_filter_sql_free (EngFilterSql *sql)
{
  if (sql == NULL)
    return;

  g_string_free (sql->text, TRUE);
  g_array_unref (sql->values);
  g_ptr_array_unref (sql->owned);
  g_clear_pointer (&sql->filter, g_ptr_array_unref);
  g_ptr_array_unref (sql->orders);
  g_free (sql->ids);
  g_free (sql);
}

static void
add_text (EngFilterSql *self,
          const char   *text)
{
  EngValue value = { .text = text };

  g_array_append_val (self->values, value);
  g_string_append_printf (self->text, "?%u", self->values->len);
}

static void
add_number (EngFilterSql *self,
            double        number)
{
  EngValue value = { .number = number };

  g_array_append_val (self->values, value);
  g_string_append_printf (self->text, "?%u", self->values->len);
}

/* SQLite's GLOB minds upper and lower case, which its LIKE does not. */
static char *
like_to_glob (const char *pattern)
{
  GString *glob = g_string_new (NULL);

  for (const char *at = pattern; *at != '\0'; at++)
    if (*at == '%' && at[1] == '%')
      continue;
    else if (*at == '%')
      g_string_append_c (glob, '*');
    else if (*at == '_')
      g_string_append_c (glob, '?');
    else if (strchr ("*?[", *at) != NULL)
      g_string_append_printf (glob, "[%c]", *at);
    else
      g_string_append_c (glob, *at);

  return g_string_free_and_steal (glob);
}

static void
add_comparison (EngFilterSql        *self,
                const char          *column,
                const EngComparison *comparison)
{
  static const char * const signs[] = {
    [ENG_COMPARE_EQUAL] = " = ", [ENG_COMPARE_NOT_EQUAL] = " != ", [ENG_COMPARE_LESS] = " < ",
    [ENG_COMPARE_LESS_OR_EQUAL] = " <= ", [ENG_COMPARE_GREATER] = " > ",
    [ENG_COMPARE_GREATER_OR_EQUAL] = " >= ", [ENG_COMPARE_LIKE] = " GLOB ",
    [ENG_COMPARE_ILIKE] = " LIKE ", [ENG_COMPARE_IN] = " IN (", [ENG_COMPARE_NOT_IN] = " NOT IN (",
  };
  gboolean is_list = comparison->compare == ENG_COMPARE_IN || comparison->compare == ENG_COMPARE_NOT_IN;

  g_string_append (self->text, column);
  g_string_append (self->text, signs[comparison->compare]);
  if (comparison->field.is_number)
    add_number (self, comparison->number);
  for (guint i = 0; i < comparison->texts->len; i++)
    {
      const char *text = g_ptr_array_index (comparison->texts, i);

      if (i > 0)
        g_string_append_c (self->text, ',');
      if (comparison->compare == ENG_COMPARE_LIKE)
        {
          char *glob = like_to_glob (text);

          g_ptr_array_add (self->owned, glob);
          text = glob;
        }
      add_text (self, text);
    }
  if (is_list)
    g_string_append_c (self->text, ')');
}

/* Where the values of a key are, for runs (r) and experiments (e). */
static const char *
key_rows (EngFilterKind kind,
          EngFieldType  type)
{
  if (kind == ENG_FILTER_EXPERIMENTS)
    return "experiment_tag k WHERE k.experiment = e.id";

  return type == ENG_FIELD_METRIC ? "run_metric k WHERE k.run = r.number"
         : type == ENG_FIELD_PARAM ? "run_param k WHERE k.run = r.number"
                                   : "run_tag k WHERE k.run = r.number";
}

static gboolean
is_metric (const EngField *field,
           const EngField *other)
{
  return field->type == ENG_FIELD_METRIC && other->type == ENG_FIELD_METRIC &&
         strcmp (field->key, other->key) == 0;
}

static void
add_filter (EngFilterSql  *self,
            EngFilterKind  kind)
{
  const EngOrder *first = self->by_index ? g_ptr_array_index (self->orders, 0) : NULL;

  for (guint i = 0; i < self->filter->len; i++)
    {
      const EngComparison *comparison = g_ptr_array_index (self->filter, i);
      const EngField *field = &comparison->field;

      g_string_append (self->text, " AND ");
      if (field->type == ENG_FIELD_ATTRIBUTE)
        add_comparison (self, field->column, comparison);
      else if (first != NULL && is_metric (&first->field, field))
        add_comparison (self, "o0.value", comparison);
      else if (field->type == ENG_FIELD_DATASET)
        {
          g_string_append (self->text, "EXISTS (SELECT 1 FROM run_input i WHERE i.run = r.number AND ");
          add_comparison (self, field->column, comparison);
          g_string_append_c (self->text, ')');
        }
      else
        {
          g_string_append_printf (self->text, "EXISTS (SELECT 1 FROM %s AND k.key = ",
                                  key_rows (kind, field->type));
          add_text (self, field->key);
          g_string_append (self->text, " AND ");
          add_comparison (self, "k.value", comparison);
          g_string_append_c (self->text, ')');
        }
    }
}

/* What has no value comes last, whichever way the others are sorted. */
static void
add_orders (EngFilterSql  *self,
            EngFilterKind  kind)
{
  for (guint i = 0; i < self->orders->len; i++)
    {
      const EngOrder *order = g_ptr_array_index (self->orders, i);

      if (order->field.type == ENG_FIELD_ATTRIBUTE)
        g_string_append (self->text, order->field.column);
      else if (i == 0 && self->by_index)
        g_string_append (self->text, "o0.value");
      else
        {
          g_string_append_printf (self->text, "(SELECT k.value FROM %s AND k.key = ",
                                  key_rows (kind, order->field.type));
          add_text (self, order->field.key);
          g_string_append_c (self->text, ')');
        }
      g_string_append (self->text, order->descending ? " DESC, " : " ASC NULLS LAST, ");
    }
  g_string_append (self->text, kind == ENG_FILTER_RUNS ? "r.started DESC, r.id" : "e.created DESC, e.id");
}

/* Reads what searches of either kind have. */
static EngFilterSql *
begin (JsonObject     *input,
       EngFilterKind   kind,
       GError        **error)
{
  g_autoptr(EngFilterSql) self = g_new0 (EngFilterSql, 1);
  g_autofree char **orders = NULL;
  const char *filter = NULL;

  self->text = g_string_new (NULL);
  self->values = g_array_new (FALSE, FALSE, sizeof (EngValue));
  self->owned = g_ptr_array_new_with_free_func (g_free);
  self->orders = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_order_free);
  if (!eng_input_text (input, "filter", &filter, error) ||
      !eng_input_texts (input, "order_by", MAX_ORDERS, &orders, error))
    return NULL;
  self->filter = eng_filter_parse (kind, filter != NULL ? filter : "", error);
  if (self->filter == NULL)
    return NULL;
  for (char **text = orders; *text != NULL; text++)
    {
      EngOrder *order = eng_order_parse (kind, *text, error);

      if (order == NULL)
        return NULL;
      g_ptr_array_add (self->orders, order);
    }

  return g_steal_pointer (&self);
}

static void
finish (EngFilterSql  *self,
        EngFilterKind  kind,
        const char    *stage,
        gint64         limit,
        gint64         offset)
{
  if (stage != NULL)
    {
      g_string_append (self->text, kind == ENG_FILTER_RUNS ? " AND r.stage = " : " AND e.stage = ");
      add_text (self, stage);
    }
  add_filter (self, kind);
  g_string_append (self->text, " ORDER BY ");
  add_orders (self, kind);
  /* one more than asked for tells whether there is a further page */
  g_string_append (self->text, " LIMIT ");
  add_number (self, (double) limit + 1);
  g_string_append (self->text, " OFFSET ");
  add_number (self, (double) offset);
}

/* Runs are mostly sorted by a metric that they are filtered by, too: then its index has them in their
 * order, and the first page is found without looking at the others. */
static gboolean
can_use_index (const EngFilterSql *self)
{
  const EngOrder *first = self->orders->len > 0 ? g_ptr_array_index (self->orders, 0) : NULL;

  if (first == NULL || self->ids[0] == NULL || self->ids[1] != NULL)
    return FALSE;
  for (guint i = 0; i < self->filter->len; i++)
    {
      const EngComparison *comparison = g_ptr_array_index (self->filter, i);

      if (is_metric (&first->field, &comparison->field))
        return TRUE;
    }

  return FALSE;
}

static gboolean
add_experiments (EngFilterSql  *self,
                 GError       **error)
{
  g_string_append (self->text, self->by_index ? "o0.experiment IN (" : "r.experiment IN (");
  for (char **id = self->ids; *id != NULL; id++)
    {
      gint64 number;

      if (!eng_experiment_id_parse (*id, &number, error))
        return FALSE;
      if (id != self->ids)
        g_string_append_c (self->text, ',');
      add_number (self, (double) number);
    }
  g_string_append_c (self->text, ')');

  return TRUE;
}

/**
 * eng_filter_sql_runs:
 * @input: `experiment_ids`, `filter` and `order_by`
 * @columns: of the run `r`, which the query finds
 * @stage: (nullable): of their life cycle
 * @limit: how many; the query finds one more if there is one
 * @offset: how many go before them
 *
 * Returns: (transfer full): the query, valid as long as @input is; %NULL with %SAGE_ERROR_INVALID
 */
EngFilterSql *
eng_filter_sql_runs (JsonObject  *input,
                     const char  *columns,
                     const char  *stage,
                     gint64       limit,
                     gint64       offset,
                     GError     **error)
{
  g_autoptr(EngFilterSql) self = begin (input, ENG_FILTER_RUNS, error);

  if (self == NULL || !eng_input_texts (input, "experiment_ids", MAX_EXPERIMENTS, &self->ids, error))
    return NULL;
  self->by_index = can_use_index (self);
  g_string_append_printf (self->text, "SELECT %s FROM %s WHERE ", columns, self->by_index
                          ? "run_metric o0 CROSS JOIN run r ON r.number = o0.run" : "run r");
  if (!add_experiments (self, error))
    return NULL;
  if (self->by_index)
    {
      const EngOrder *first = g_ptr_array_index (self->orders, 0);

      g_string_append (self->text, " AND o0.key = ");
      add_text (self, first->field.key);
    }
  finish (self, ENG_FILTER_RUNS, stage, limit, offset);

  return g_steal_pointer (&self);
}

/**
 * eng_filter_sql_experiments:
 * @input: `filter` and `order_by`
 * @columns: of the experiment `e`, which the query finds
 * @stage: (nullable): of their life cycle
 * @limit: how many; the query finds one more if there is one
 * @offset: how many go before them
 *
 * Returns: (transfer full): the query, valid as long as @input is; %NULL with %SAGE_ERROR_INVALID
 */
EngFilterSql *
eng_filter_sql_experiments (JsonObject  *input,
                            const char  *columns,
                            const char  *stage,
                            gint64       limit,
                            gint64       offset,
                            GError     **error)
{
  g_autoptr(EngFilterSql) self = begin (input, ENG_FILTER_EXPERIMENTS, error);

  if (self == NULL)
    return NULL;
  g_string_append_printf (self->text, "SELECT %s FROM experiment e WHERE TRUE", columns);
  finish (self, ENG_FILTER_EXPERIMENTS, stage, limit, offset);

  return g_steal_pointer (&self);
}

/**
 * eng_filter_sql_query:
 * @sql: a query
 * @reader: where to
 *
 * Returns: (transfer full): its rows; @sql must outlive them
 */
EngRows *
eng_filter_sql_query (EngFilterSql   *sql,
                      EngConnection  *reader,
                      GError        **error)
{
  return eng_query_values (reader, error, sql->text->str, (const EngValue *) (void *) sql->values->data,
                           sql->values->len);
}
