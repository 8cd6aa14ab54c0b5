/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where in Python's strings a walk over its lines is. */
typedef struct
{
  char quote; /* of the triple-quoted string that is open; NUL: none */
} SagePythonQuote;

void     sage_python_quote_pass   (SagePythonQuote *self,
                                   const char      *line);
gboolean sage_python_is_magic     (const char      *line);
char    *sage_python_comment      (const char      *line);
char    *sage_python_uncomment    (const char      *line);
void     sage_python_swap_magics  (char           **lines,
                                   char          *(*swap) (const char *line));
gboolean sage_python_is_cell_language (const char  *name);

G_END_DECLS
