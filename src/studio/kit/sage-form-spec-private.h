/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-form-input-private.h"

G_BEGIN_DECLS

typedef enum
{
  SAGE_FORM_ADVANCED = 1 << 0,  /* folded away */
  SAGE_FORM_MULTILINE = 1 << 1,
} SageFormFlags;

/*
 * A member to show: where it is (`A.B`; in the structures of a list `A.B[].C`), or with no path the
 * title of a group of them.
 */
struct _SageFormSpec
{
  const char    *path;    /* (nullable) */
  const char    *label;
  const char    *help;    /* (nullable) */
  SageFormFlags  flags;
  const char    *initial; /* (nullable): JSON that a new form starts with */
};

/* The name of the table for StartPipelineExecution where the pipeline and its parameters are known. */
#define SAGE_FORM_KNOWN_EXECUTION "StartPipelineExecution/known"

/* And for CreateTrainingJob where the job runs a notebook. */
#define SAGE_FORM_NOTEBOOK_JOB "CreateTrainingJob/notebook"

const SageFormSpec *sage_form_spec_find  (const char         *operation);
const SageFormSpec *sage_form_spec_next  (const SageFormSpec *at,
                                          const char         *inside,
                                          const char        **path);
const char         *sage_form_spec_word  (const char         *word);

G_END_DECLS
