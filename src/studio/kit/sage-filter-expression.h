/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What is typed into the search of a list: `status:failed name:"churn a" -kind:training created:<2h
 * words`. All terms must hold; commas in a value of a key are alternatives; a minus negates.
 */
typedef struct _SageFilterExpression SageFilterExpression;

typedef enum
{
  SAGE_FILTER_TEXT, /* contains the value */
  SAGE_FILTER_SPAN, /* an age or a duration: `>7d`, `<2h`, `90min` (at most that) */
} SageFilterKind;

typedef struct
{
  const char     *name; /* in lower case; letters, digits and minus signs */
  SageFilterKind  kind;
} SageFilterKey;

typedef enum
{
  SAGE_FILTER_FINE,
  SAGE_FILTER_UNKNOWN_KEY, /* the term is taken for words to look for */
  SAGE_FILTER_BAD_SPAN,    /* the term is left out */
  SAGE_FILTER_TOO_LONG,    /* what comes after the limit is left out */
} SageFilterProblem;

/* Words to look for, made ready. */
typedef struct _SageNeedle SageNeedle;

/*
 * What an expression asks about a thing. @key is an index into the keys; -1 asks has_text() for
 * words without a key.
 */
typedef struct
{
  gboolean (*has_text) (gpointer          thing,
                        int               key,
                        const SageNeedle *needle);
  gboolean (*get_span) (gpointer          thing,
                        int               key,
                        double           *seconds); /* FALSE: it has none, and no term holds */
} SageFilterSubject;

SageFilterExpression *sage_filter_expression_new         (const char                 *text,
                                                          const SageFilterKey        *keys,
                                                          guint                       n_keys);
void                  sage_filter_expression_free        (SageFilterExpression       *self);
gboolean              sage_filter_expression_is_empty    (const SageFilterExpression *self);
gboolean              sage_filter_expression_has_spans   (const SageFilterExpression *self);
SageFilterProblem     sage_filter_expression_get_problem (const SageFilterExpression *self,
                                                          const char                **token);
gboolean              sage_filter_expression_matches     (const SageFilterExpression *self,
                                                          const SageFilterSubject    *subject,
                                                          gpointer                    thing);
gboolean              sage_needle_in                     (const SageNeedle           *needle,
                                                          const char                 *text);
const char           *sage_needle_get_text               (const SageNeedle           *needle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageFilterExpression, sage_filter_expression_free)

G_END_DECLS
