/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-sqlite.h"

G_BEGIN_DECLS

/* What a filter is for. */
typedef enum
{
  ENG_FILTER_RUNS,
  ENG_FILTER_EXPERIMENTS,
} EngFilterKind;

typedef enum
{
  ENG_FIELD_ATTRIBUTE,
  ENG_FIELD_METRIC,
  ENG_FIELD_PARAM,
  ENG_FIELD_TAG,
  ENG_FIELD_DATASET,
} EngFieldType;

/* Something that runs or experiments are compared and sorted by. */
typedef struct
{
  EngFieldType  type;
  char         *key;        /* (owned): of a metric, parameter or tag */
  const char   *column;     /* (nullable): of an attribute or a data set: constant SQL */
  gboolean      is_number;
} EngField;

typedef enum
{
  ENG_COMPARE_EQUAL,
  ENG_COMPARE_NOT_EQUAL,
  ENG_COMPARE_LESS,
  ENG_COMPARE_LESS_OR_EQUAL,
  ENG_COMPARE_GREATER,
  ENG_COMPARE_GREATER_OR_EQUAL,
  ENG_COMPARE_LIKE,
  ENG_COMPARE_ILIKE,
  ENG_COMPARE_IN,
  ENG_COMPARE_NOT_IN,
} EngCompare;

/* One comparison; a filter is several with AND between. */
typedef struct
{
  EngField    field;
  EngCompare  compare;
  double      number; /* where the field is a number */
  GPtrArray  *texts;  /* (owned): else: of char *; one, or a list */
} EngComparison;

typedef struct
{
  EngField field;
  gboolean descending;
} EngOrder;

/* A query that a search has become. */
typedef struct _EngFilterSql EngFilterSql;

GPtrArray    *eng_filter_parse           (EngFilterKind   kind,
                                          const char     *text,
                                          GError        **error);
EngOrder     *eng_order_parse            (EngFilterKind   kind,
                                          const char     *text,
                                          GError        **error);
void          eng_comparison_free        (EngComparison  *comparison);
void          eng_order_free             (EngOrder       *order);

EngFilterSql *eng_filter_sql_runs        (JsonObject     *input,
                                          const char     *columns,
                                          const char     *stage,
                                          gint64          limit,
                                          gint64          offset,
                                          GError        **error);
EngFilterSql *eng_filter_sql_experiments (JsonObject     *input,
                                          const char     *columns,
                                          const char     *stage,
                                          gint64          limit,
                                          gint64          offset,
                                          GError        **error);
EngRows      *eng_filter_sql_query       (EngFilterSql   *sql,
                                          EngConnection  *reader,
                                          GError        **error);
void          eng_filter_sql_free        (EngFilterSql   *sql);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngComparison, eng_comparison_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngOrder, eng_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngFilterSql, eng_filter_sql_free)

G_END_DECLS
