/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A notebook to be run from the command line. */
typedef struct
{
  const char *socket;      /* of the engine */
  const char *input;
  const char *output;
  const char *kernel;      /* (nullable): instead of the one that the notebook names */
  char      **assignments; /* (nullable): NAME=VALUE */
} CtlNotebook;

gboolean ctl_notebook_run (const CtlNotebook  *job,
                           GError            **error);

G_END_DECLS
