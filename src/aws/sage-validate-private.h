/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-model-private.h"

G_BEGIN_DECLS

#define SAGE_REPORT_MAX_ECHO 64 /* characters of a value or name in a message */

/* What was found so far, and where the walk is. */
typedef struct
{
  GString *path;     /* trainingJobName, productionVariants.1.member.modelName */
  GString *messages; /* joined with "; " */
  guint    count;
  gboolean has_warned; /* of a member that there is not */
} SageReport;

gboolean  sage_pattern_matches        (guint16          pattern,
                                       const char      *text,
                                       gsize            length);

void      sage_report_add             (SageReport      *report,
                                       const SageShape *shape,
                                       JsonNode        *node,
                                       const char      *constraint);
void      sage_report_add_bound       (SageReport      *report,
                                       const SageShape *shape,
                                       JsonNode        *node,
                                       const char      *what,
                                       gboolean         above);
void      sage_report_check_bounds    (SageReport      *report,
                                       const SageShape *shape,
                                       JsonNode        *node,
                                       const char      *what,
                                       double           value);
void      sage_report_append_enum     (GString         *out,
                                       const SageShape *shape);
char     *sage_report_describe_string (const SageShape *shape);
gsize     sage_report_push            (SageReport      *report,
                                       const char      *segment);
void      sage_report_pop             (SageReport      *report,
                                       gsize            before);

G_END_DECLS
