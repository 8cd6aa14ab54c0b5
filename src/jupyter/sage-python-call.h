/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The call that a cursor is in. Offsets are in bytes of the source. */
typedef struct
{
  char  *callee;  /* (owned): "os.path.join" */
  gsize  open;    /* of its parenthesis */
  guint  index;   /* of the argument of the cursor */
  char  *keyword; /* (owned) (nullable): its name, where it is given by name */
} SagePythonCall;

SagePythonCall *sage_python_call_find (const char     *source,
                                       gsize           cursor);
void            sage_python_call_free (SagePythonCall *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagePythonCall, sage_python_call_free)

G_END_DECLS
