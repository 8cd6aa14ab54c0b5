/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A place in a source that a line of a traceback names. */
typedef struct
{
  guint  start; /* of the words that name it, in bytes */
  guint  end;
  char  *path;  /* (owned): of a file, or "In[N]", or "cell" */
  int    line;  /* from 1 */
} SageTraceLocation;

gboolean sage_traceback_find    (const char        *text,
                                 SageTraceLocation *location);
void     sage_traceback_clear   (SageTraceLocation *location);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageTraceLocation, sage_traceback_clear)

G_END_DECLS
