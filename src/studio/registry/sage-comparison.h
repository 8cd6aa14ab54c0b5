/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-metrics.h"

G_BEGIN_DECLS

/* How a value of the candidate's stands to the champion's. */
typedef enum
{
  SAGE_MARK_NONE, /* there is nothing to compare it with */
  SAGE_MARK_SAME,
  SAGE_MARK_DIFFERENT,
  SAGE_MARK_HIGHER, /* where the name does not tell which is better */
  SAGE_MARK_LOWER,
  SAGE_MARK_BETTER,
  SAGE_MARK_WORSE,
} SageMark;

typedef enum
{
  SAGE_COMPARISON_TEXT,
  SAGE_COMPARISON_NUMBER,
  SAGE_COMPARISON_IDENTIFIER,
  SAGE_COMPARISON_LINK, /* the name of a training job */
  SAGE_COMPARISON_TIME, /* seconds since 1970, as a number */
} SageComparisonKind;

/* One row: the same thing of both sides. */
typedef struct
{
  SageComparisonKind  kind;
  char               *label;
  char               *texts[2];   /* (owned) (nullable): the candidate's and the champion's */
  double              numbers[2]; /* NaN: it has none */
  SageMark            mark;
} SageComparisonRow;

void       sage_comparison_row_free  (SageComparisonRow *self);
GPtrArray *sage_comparison_metrics   (GPtrArray         *candidate,
                                      GPtrArray         *champion);
GPtrArray *sage_comparison_facts     (JsonObject        *candidate,
                                      JsonObject        *champion);
SageMark   sage_comparison_mark      (const char        *name,
                                      double             candidate,
                                      double             champion);
char      *sage_comparison_mark_words (const SageComparisonRow *row);
char      *sage_comparison_training_job (JsonObject     *package);

G_END_DECLS
