/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a program of the user's ended. */
typedef struct
{
  int      exit_code; /* 128 plus the signal when one killed it */
  int      signal;    /* 0 when it exited */
  GString *tail;      /* (owned): the end of its standard error */
} AlgScriptExit;

gboolean alg_script_process_run (const char     *directory,
                                 GStrv           argv,
                                 GStrv           environment,
                                 AlgScriptExit  *result,
                                 GError        **error);
char    *alg_script_last_error  (const char     *tail);

G_END_DECLS
