/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "alg-job.h"

G_BEGIN_DECLS

/* One hyperparameter of the user's, as the script sees it. */
typedef struct
{
  char     *name;        /* (owned) */
  JsonNode *node;        /* (owned): what the text means as JSON; the text itself otherwise */
  char     *argument;    /* (owned): on the command line, as Python's str() writes it */
  char     *environment; /* (owned): in SM_HP_NAME */
} AlgScriptValue;

GPtrArray *alg_script_values_load (AlgJob *job);

G_END_DECLS
